"""One running Kios: started on a profile, and closed in the opposite order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kios_desktop.application.closing import Closing
from kios_desktop.domain.archive import Restored
from kios_desktop.domain.source import Source
from kios_desktop.log import RedactingFormatter
from kios_desktop.paths import Paths
from kios_desktop.startup.background import BackgroundStart, back_up
from kios_desktop.startup.deferred_imports import import_ahead
from kios_desktop.startup.desktop import Desktop
from kios_desktop.startup.final_save import FinalSave
from kios_desktop.startup.garbage_collection import settle_garbage
from kios_desktop.startup.parts import Hooks, Parts, Profile
from kios_desktop.startup.single_instance import CommandReply, ForwardedCommand
from kios_desktop.startup.wiring import ask, build_menu_bar, end_requests, join_library, join_reader
from kios_desktop.storage.database import Database
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore
from kios_desktop.storage.secrets import SecretStore
from kios_desktop.ui.kit.appearance import apply_appearance
from kios_desktop.ui.kit.icons import program_icon
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.shell.notices import AppNotices
from kios_desktop.ui.widgets.focus_ring import install_focus_ring

if TYPE_CHECKING:
    from kios_desktop.ui.reader.engine.page import BookProfile
    from kios_desktop.ui.shell.main_window import MainWindow

Step = Callable[[], Awaitable[object] | None]

logger = logging.getLogger(__name__)


class App(QObject):
    """One Kios: `start`, wait for `finished`, `close`; `close` also after a `start` that failed."""

    quit_begun = Signal()

    def __init__(
        self,
        qt: QApplication,
        paths: Paths,
        formatter: RedactingFormatter,
        secrets: SecretStore | None = None,
        engine: "BookProfile | None" = None,
        desktop: Desktop | None = None,
    ) -> None:
        """`secrets` replaces the system's password store, for the tour and for tests; `desktop`
        describes another desktop than this one. `engine` is a web engine that runs already."""
        super().__init__()
        self._qt, self._paths, self._formatter = qt, paths, formatter
        self._secrets, self._engine = secrets, engine
        self._desktop = desktop or Desktop.of_this_system()
        self.parts: Parts  # from the moment the profile is open
        self.notices = AppNotices(self._made_window, lambda: self.parts.window)
        self.tasks = Tasks(self.notices.report)
        self.finished, self._closed = asyncio.Event(), asyncio.Event()
        self.quitting = self._started = False
        self._closing = Closing()
        self.final_save = FinalSave(qt.platformName() not in ("offscreen", "minimal"))
        install_focus_ring(qt)
        qt.setWindowIcon(program_icon())

    # -- the start

    async def start(self, show_library: bool = True) -> None:
        """Open the profile and show the library. Raises StorageError.

        Without `show_library` the main window is made when somebody first wants it.
        """
        if not show_library:
            self.tasks.start(import_ahead())
        profile = await self._open_profile()
        hooks = Hooks(
            self.quit,
            lambda window: join_reader(parts, window),
            lambda window: join_library(parts, window),
            lambda name: ask(parts, name),
        )
        given = self._formatter, self._secrets, self._engine, self.tasks, self.notices, self
        parts = self.parts = Parts(profile, *given, hooks, self._desktop.make_speech)
        apply_appearance(self._qt, profile.preferences, first=True)
        parts.readers.changed.connect(self._readers_changed)
        # these connect to the signals of reader windows, so they exist before the first one
        self._following = (parts.reader_sync, parts.opening, parts.reader_session)
        self._qt.applicationStateChanged.connect(self._state_changed)
        self._add_endings()
        self.background = BackgroundStart(parts, self)
        self._started = True
        self.notices.begin(parts.readers)
        if self._desktop.has_menu_bar:
            self.menu_bar = build_menu_bar(parts)
            self._closing.add("the menu bar", self.menu_bar.deleteLater)
        parts.live.listen(self._preferences_changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._preferences_changed)
        if show_library and not self.quitting:
            parts.window.show()
        self.background.schedule(behind_a_book=not show_library)
        if self.quitting:
            self.background.end()
            end_requests(parts)
        settle_garbage()

    async def _open_profile(self) -> Profile:
        """Raises StorageError. `close` closes what was opened before the error."""
        add = self._closing.add
        add("the pages", lambda: asyncio.sleep(0.01))  # time for deleted pages to go
        add("the web engine", self._end_engine)
        restored = await self._restore_if_asked()
        turns = LastTurns(self._paths.database.with_name("last-turns"))
        add("the last turns", turns.close)
        database = await Database.open(self._paths.database)
        add("the database", database.aclose)
        positions = Positions(database, turns)
        await positions.recover()
        store = PreferenceStore(database)
        preferences = await store.load()
        return Profile(self._paths, database, positions, store, preferences, restored)

    async def _restore_if_asked(self) -> Restored:
        """Restore the backup that was chosen when Kios ran last."""
        if not self._paths.restore_request.exists():
            return None
        from kios_desktop.application.whole_profile import restore_if_asked

        return await asyncio.to_thread(restore_if_asked, self._paths)

    # -- while it runs

    async def save_source(self, source: Source) -> None:
        """Add or replace a server, and connect to it."""
        await self.parts.sources.save(source)
        self.parts.sync.accounts_changed()

    async def carry_out(
        self, command: ForwardedCommand, reply: Callable[[CommandReply], None]
    ) -> None:
        """Run a command of a second start, and reply with its outcome."""
        from kios_desktop.cli.writing import carry_out

        parts = self.parts
        reply(await carry_out(command, parts.database, self._paths.library, parts.marks_changed))
        self.parts.library_changed()

    def _readers_changed(self) -> None:
        if self.quitting:
            return
        self.parts.library_changed()
        window = self._made_window()
        if not self.parts.readers.windows() and not (window is not None and window.isVisible()):
            self.quit()

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if self.quitting:  # everything is sent once the pages have reported their last turns
            return
        parts = self.parts
        if state is Qt.ApplicationState.ApplicationActive:
            parts.sync.foregrounded()
            if parts.is_made("browsing"):
                parts.browsing.foregrounded()
        else:
            parts.sync.backgrounded()

    def _preferences_changed(self) -> None:
        parts, value = self.parts, self.parts.live.value
        apply_appearance(self._qt, value)
        parts.readers.restyle()
        if parts.is_made("library"):
            parts.library.presenter.continue_reading_shown(value.show_continue_reading)
        if parts.is_made("inside_books"):
            on, paused = value.search_inside_books, value.inside_books_paused
            parts.inside_books.want(on=on, paused=paused)
        parts.sync.set_preferences(value.sync)

    def _made_window(self) -> "MainWindow | None":
        """The main window, or None while it was not needed yet."""
        return self.parts.window if self._started and self.parts.is_made("library") else None

    # -- the end

    def quit(self) -> None:
        """Hide the windows and set `finished`; `close` then sends and saves.

        Places are on the disk at every page turn, so nothing is lost if the process dies here.
        """
        if self.quitting:
            return
        self.quitting = True
        self.final_save.begin()
        try:
            self.quit_begun.emit()
            if self._started:
                self._hide()
        except Exception:
            logger.exception("a window could not be closed; quitting goes on")
        finally:
            self.finished.set()

    def _hide(self) -> None:
        parts = self.parts
        self.background.end()
        end_requests(parts)
        if parts.is_made("library"):
            parts.window.hide()
        if parts.is_made("settings"):
            parts.settings.close()
        parts.reader_session.store_all()
        parts.readers.close_all()

    def terminate(self) -> None:
        """Quit without a question, because the system ends Kios."""
        self.final_save.end()
        self.quit()

    async def save(self) -> None:
        """Save and send everything before the desktop session ends.

        Kios keeps running, because the log-out may be cancelled.
        """
        if self.quitting:
            await self._closed.wait()
        elif self._started:
            await self.final_save.deliver(self.parts.sync, self.parts.readers)

    async def close(self) -> None:
        """After `finished`: send, save, close the database. A step that fails stops no other."""
        self.quitting = True
        try:
            await self._closing.aclose()
        finally:
            self._closed.set()

    def _add_endings(self) -> None:
        """Steps of `close`, in reverse order. A deferred part is closed only if it was built."""
        parts, add = self.parts, self._closing.add

        def if_made(name: str, end: Step) -> Step:
            return lambda: end() if parts.is_made(name) else None

        add("open books", parts.publications.aclose)
        add("accounts", if_made("accounts", lambda: parts.accounts.aclose()))
        made = "service_accounts"
        add("accounts at services", if_made(made, lambda: parts.service_accounts.aclose()))
        add("search inside books", if_made("library_search", lambda: parts.library_search.close()))
        add("the index of books", if_made("inside_books", lambda: parts.inside_books.aclose()))
        add("downloads", if_made("downloads", lambda: parts.downloads.aclose()))
        add("catalogs on screen", if_made("library", lambda: parts.window.close_browsing()))
        add("the reader windows", parts.readers.end)
        add("their last messages", lambda: asyncio.sleep(0))
        add("the places of windows", parts.window_memory.save)
        add("the library’s window", if_made("library", lambda: parts.window.close_now()))
        add("the state of the application", self._stop_watching)
        add("the daily copy", lambda: back_up(parts))
        add("tasks", self.tasks.aclose)
        add("sync", lambda: self.final_save.flush(parts.sync), None)
        add("the pages of books", parts.readers.all_closed)

    def _stop_watching(self) -> None:
        self._qt.applicationStateChanged.disconnect(self._state_changed)

    def _end_engine(self) -> None:
        if self._engine is not None:
            self._engine.close()
