"""The composition root: builds everything, runs the loop, closes in order.

The only file that knows all packages. What happens at start, when another program comes to the
front, and at quit is here.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kios_desktop import log
from kios_desktop.application.books import KeptBooks
from kios_desktop.application.closing import Closing
from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.application.publications import Publications
from kios_desktop.domain.errors import KiosError, StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.lost import Lost
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.source import Source
from kios_desktop.paths import Paths, resources
from kios_desktop.startup.deferred_imports import read_late_modules
from kios_desktop.startup.desktop import Desktop
from kios_desktop.startup.final_save import LastWords
from kios_desktop.startup.garbage_collection import settle_garbage
from kios_desktop.startup.single_instance import Errand, Reply
from kios_desktop.storage.database import Database
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore
from kios_desktop.storage.secrets import SecretStore
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account, BookTies
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import tell
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.formats import when
from kios_desktop.ui.kit.icons import program_icon
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.reader.arrangement import Arrangement
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.reader.reader_sync import ReaderSync
from kios_desktop.ui.reader.window import ReaderWindow
from kios_desktop.ui.shell.damage_texts import lost_words
from kios_desktop.ui.shell.opening import Opening
from kios_desktop.ui.widgets.focus_ring import install_focus_ring

if TYPE_CHECKING:
    from kios_desktop.application.cleanup import Tidying
    from kios_desktop.application.sync_accounts import Accounts
    from kios_desktop.library.importer import Importer
    from kios_desktop.ui.library.presenter import LibraryPresenter
    from kios_desktop.ui.settings.controller import Settings
    from kios_desktop.ui.shell.browse_controller import Browse
    from kios_desktop.ui.shell.library_controller import Front
    from kios_desktop.ui.shell.main_window import MainWindow

logger = logging.getLogger(__name__)

BACK_UP_MS = 10_000  # after the start, when its work is done
WARM_UP_MS = 100  # after the library was painted
BOOK_FIRST_MS = 5000  # a book given at start goes first: until it shows, or so long


class App(QObject):
    """One running Kios on one profile: `start`, wait for `finished`, `close`.

    `close` may follow whatever became of `start`.
    """

    quit_begun = Signal()

    def __init__(
        self,
        qt: QApplication,
        paths: Paths,
        formatter: log.RedactingFormatter,
        secrets: SecretStore | None = None,
        engine: BookProfile | None = None,
        desktop: Desktop | None = None,
    ) -> None:
        """`secrets` replaces the system's password store, for the tour and for tests; `desktop`
        describes another one than ours."""
        super().__init__()
        self._qt, self._paths, self._formatter = qt, paths, formatter
        self._secrets, self._engine = secrets, engine
        self._desktop = desktop or Desktop.of_this_system()
        self.tasks = Tasks(self._report_bug)
        self._began_s = time.time()
        install_focus_ring(qt)
        qt.setWindowIcon(program_icon())
        self.finished, self._closed = asyncio.Event(), asyncio.Event()
        self.quitting = self._started = self._has_source = False
        self._closing = Closing()
        self.last_words = LastWords(qt.platformName() not in ("offscreen", "minimal"))
        self._front: Front | None = None

    async def start(self, show_library: bool = True) -> None:
        """Open the database and show the library. Raises StorageError.

        Without `show_library` the library's window is made when somebody first wants it.
        """
        paths = self._paths
        add = self._closing.add
        add("the pages", lambda: asyncio.sleep(0.01))  # those that were told to go are gone now
        add("the web engine", self._end_engine)
        turns = LastTurns(paths.database.with_name("last-turns"))
        add("the last turns", turns.close)
        self._database = await Database.open(paths.database)
        add("the database", self._database.aclose)
        self.books = KeptBooks(self._database, paths.library)
        self.positions = Positions(self._database, turns)
        await self.positions.recover()
        kept = PreferenceStore(self._database)
        self.live = LivePreferences(
            await kept.load(), lambda value: self.tasks.start(self._keep(kept, value))
        )
        theme.apply_theme(self._qt, self._theme_name())
        theme.reduce_motion(self.live.value.reduce_motion)
        self.sync = SyncEngine(
            self.positions,
            self._connect,
            self.live.value.sync,
            ties=LateTies(self),
            release=lambda: self.accounts.release(),
        )
        self._build_readers()
        self._add_endings()
        self._started = True
        if self._desktop.has_menu_bar:
            from kios_desktop.ui.shell.library_controller import build_menu_bar

            self.menu_bar = build_menu_bar(self)
            self._closing.add("the menu bar", self.menu_bar.deleteLater)
        self.live.listen(self._preferences_changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._preferences_changed)
        if show_library and not self.quitting:
            self.window.show()
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._after_first_paint)
        self._rest.start(WARM_UP_MS if show_library else BOOK_FIRST_MS)
        settle_garbage()

    # Made when they are first asked for: what they import would delay the library.

    @cached_property
    def accounts(self) -> "Accounts":
        from kios_desktop.application.sync_accounts import Accounts

        return Accounts(
            self._database,
            self.books,
            self._paths.library,
            self._paths.machine,
            self._formatter,
            lambda: self.live.value.sync.device,
            self._secrets,
            self._paths.cache,
            self._publications,
        )

    @cached_property
    def settings(self) -> "Settings":
        from kios_desktop.application.sources import LibrarySources
        from kios_desktop.ui.settings.controller import Settings

        sources = LibrarySources(
            self.accounts.sources, self.accounts.catalogs, self.books, self.browse.source_removed
        )
        made = Settings(
            self._paths.library, self.live, self.accounts, self.sync, self.tasks, sources
        )
        made.app_requested.connect(self.ask)
        return made

    @cached_property
    def tidying(self) -> "Tidying":
        from kios_desktop.application.cleanup import Tidying

        return Tidying(self._paths, self.books, self._began_s)

    @cached_property
    def importer(self) -> "Importer":
        from kios_desktop.library.importer import Importer
        from kios_desktop.library.known_files import KnownFiles

        known = KnownFiles(self._paths.machine / "added.json")
        return Importer(self.books, self._paths.library, known)

    @cached_property
    def browse(self) -> "Browse":
        from kios_desktop.application.book_details import BookPages
        from kios_desktop.ui.shell.browse_controller import Browse

        return Browse(
            self._database,
            self._paths.library,
            self._paths.cache,
            self.accounts,
            self.importer,
            self.sync,
            self.live,
            self.tasks,
            BookPages(
                self.books,
                self.positions,
                self.sync,
                self.accounts.catalogs,
                self.accounts.sources,
            ),
            lambda: self.settings,
            self._library_changed,
        )

    @property
    def browses(self) -> bool:
        """Whether `browse` was made."""
        return "browse" in self.__dict__

    async def _connect(self) -> Sequence[Account]:
        return await self.accounts.connect()

    @property
    def window(self) -> "MainWindow":
        """The library's."""
        return self._library_front().window

    @property
    def library(self) -> "LibraryPresenter":
        return self._library_front().library

    def _library_front(self) -> "Front":
        if self._front is None:
            from kios_desktop.ui.shell.library_controller import Front

            self._front = Front(self, self._paths.library, self._remembered)
            self._front.begin(has_source=self._has_source)
            if self.browses:
                self.browse.join(self._front.window)
            if "tidying" in self.__dict__:
                self._front.offer_orphans(self.tidying)
        return self._front

    def _build_readers(self) -> None:
        paths = self._paths
        self._remembered = WindowMemory(
            paths.machine / "windows.json",
            lambda save: self.tasks.start(asyncio.to_thread(save)),
        )
        self._publications = Publications()
        self.readers = readers = OpenBooks(
            paths.library,
            self.books,
            self.positions,
            self.sync,
            self.live,
            self.tasks,
            lambda: self._engine or BookProfile(resources() / "reader", self),
            self._publications,
        )
        self._reader_sync = ReaderSync(readers, self.sync)
        self.opening = Opening(self, paths.library, self._library_changed)
        readers.changed.connect(self._readers_changed)
        readers.window_opened.connect(self._reader_opened)
        self.arrangement = Arrangement(readers, self._remembered)
        self._qt.applicationStateChanged.connect(self._state_changed)

    def _after_first_paint(self) -> None:
        """What must not delay the library: accounts, the web engine, a backup."""
        if self.quitting:
            return
        self._say_recovered()
        self.tasks.start(self.opening.again(self.arrangement))
        self._database.damage.listen(self._say_damage)
        self.tasks.start(self._start_sync())
        QTimer.singleShot(BACK_UP_MS, lambda: self.tasks.start(self._back_up()))
        QTimer.singleShot(WARM_UP_MS, self.readers.warm_up)

    def _say_recovered(self) -> None:
        """What was read since the copy was made is gone; the reader ought to know."""
        if self._database.salvaged:
            text = tr(
                "The library was damaged, and there was no copy to go back to. Kios saved what it "
                "could still read; the damaged file was kept beside it. Books that are missing and "
                "still in the folder of Kios are offered in the library."
            )
            tell(tr("Your library was damaged"), text, self._qt.activeWindow())
        made = self._database.recovered_from
        if made is not None:
            text = tr(
                "The library was damaged. Kios put back the copy of {when}; the damaged file was "
                "kept beside it. Add books that are missing again: your places in them stay known "
                "to your server.",
                when=when(made, datetime.now(UTC)),
            )
            tell(tr("Your library was put back"), text, self._qt.activeWindow())

    async def _tidy(self) -> None:
        """Clear away what a Kios that was killed left, and offer books that nobody knows."""
        await self.tidying.run()
        if self._front:
            self._front.offer_orphans(self.tidying)

    def _say_damage(self, lost: Lost) -> None:
        if words := lost_words(lost):
            self.say(words)

    async def _start_sync(self) -> None:
        await read_late_modules()
        self.tasks.start(self._tidy())
        unlocked = await self.accounts.find_keystore()
        browse = self.browse
        if self._front:
            browse.join(self.window)
        await self.sync.start()
        self._has_source = bool(await self.accounts.sources.all())
        if self._front:
            self.window.set_has_source(self._has_source)
        if not unlocked and not self.quitting:
            self.settings.ask_to_unlock(self._qt.activeWindow() or self.window)

    async def _back_up(self) -> None:
        """Once a day, and never of a library that has nothing in it yet."""
        if (await self.books.counts()).all:
            await self._database.back_up_if_due()

    async def save_source(self, source: Source) -> None:
        """Add or replace a server, and connect to it."""
        await self.accounts.sources.save(source)
        self.sync.accounts_changed()

    # -- while it runs

    def _library_changed(self) -> None:
        if self._front:  # one that is made later looks by itself
            self.library.refresh()

    def _reader_opened(self, window: ReaderWindow) -> None:
        window.library_requested.connect(lambda: self.window.raise_())
        window.quit_requested.connect(self.quit)
        window.hidden_away.connect(self.sync.backgrounded)
        window.first_page.connect(self._book_shows)
        window.app_requested.connect(self.ask)
        window.settings_requested.connect(lambda page: self.settings.show(page))
        window.source_settings_requested.connect(lambda source: self.settings.edit_source(source))

    def ask(self, name: str) -> None:
        """The keys of Kios as a whole, in a window that can't answer them itself."""
        match name:
            case "quit":
                self.quit()
            case "sync_now":
                self.sync.sync_now()
            case "add_source":
                self.settings.add_source()
            case "add_files":
                self.window.raise_()
                self.window.choose_files()
            case "downloads":
                self.window.raise_()
                self.window.actions_.downloads.setChecked(True)

    def _book_shows(self) -> None:
        """What a book given at start kept waiting."""
        if self._rest.isActive():
            self._rest.start(WARM_UP_MS)

    def _readers_changed(self) -> None:
        if self.quitting:
            return
        self._library_changed()
        if not self.readers.windows() and not (self._front and self.window.isVisible()):
            self.quit()

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.sync.foregrounded()
            if self.browses:
                self.browse.foregrounded()
        else:
            self.sync.backgrounded()

    def _theme_name(self) -> str:
        return theme.resolve_name(self.live.value.window_theme)

    def _preferences_changed(self) -> None:
        value = self.live.value
        theme.reduce_motion(value.reduce_motion)
        if self._theme_name() != theme.current().name:
            theme.apply_theme(self._qt, self._theme_name())
        self.readers.restyle()
        if self._front:
            self.library.strip_allowed(value.show_continue_reading)
        self.sync.set_preferences(value.sync)

    async def _keep(self, kept: PreferenceStore, value: Preferences) -> None:
        try:
            await kept.save(value)
        except StorageError as e:
            words = explain(e)
            self.say(words.line)

    def _report_bug(self, error: Exception) -> None:
        """A task let something through: ours to mend. The reader is told, the log has the rest."""
        if isinstance(error, KiosError):
            words = explain(error)
            self.say(words.line)
            return
        logger.error("a task failed", exc_info=error)
        self.say(tr("Something went wrong. The log has the details."))

    def say(self, text: str) -> None:
        """In a window that is seen: the active one, another book, or the library, which is shown
        when nothing else is."""
        if self.quitting or not self._started:
            return
        books = [window for window in self.readers.windows() if window.isVisible()]
        active = next((window for window in books if window.isActiveWindow()), None)
        if active is None and books and not (self._front and self.window.isVisible()):
            active = books[0]
        if active is None:
            self.window.show()
        (active or self.window).overlays.toast(text)

    async def carry_out(self, errand: Errand, reply: Callable[[Reply], None]) -> None:
        """A command that a second start was given."""
        from kios_desktop.cli.writing import carry_out

        reply(await carry_out(errand, self._database, self._paths.library))
        self._library_changed()

    # -- the end

    def quit(self) -> None:
        """Hide, send what waits, close. Nothing is lost if it is cut short."""
        if self.quitting:
            return
        self.quitting = True
        try:
            self.quit_begun.emit()
            if self._front:
                self.window.hide()
            if "settings" in self.__dict__:
                self.settings.close()
            if self._started:
                self.arrangement.keep_all()
                self.readers.close_all()
        except Exception:
            logger.exception("not all windows went well; the rest of the end goes on")
        finally:
            self.finished.set()

    def terminate(self) -> None:
        """The system ends Kios: a quit that nobody is asked about."""
        self.last_words.end()
        self.quit()

    async def save(self) -> None:
        """Before the session ends: all that is known is on the disk, and sent where that can be
        done. Kios goes on, in case somebody calls the log-out off."""
        if self.quitting:
            await self._closed.wait()
        elif self._started:
            await self.last_words.deliver(self.sync)

    async def close(self) -> None:
        """After `finished`: send, save, close the database. None of it keeps the rest from being
        done, and what `start` did not come to is not there to be closed."""
        self.quitting = True
        try:
            await self._closing.aclose()
        finally:
            self._closed.set()

    def _add_endings(self) -> None:
        """How all of it ends, the last first. What is made late ends only if it was made."""
        made = self.__dict__
        add = self._closing.add
        add("accounts", lambda: self.accounts.aclose() if "accounts" in made else None)
        add("downloads", lambda: self.browse.aclose() if self.browses else None)
        add("the reader windows", self.readers.end)
        add("what they were told last", lambda: asyncio.sleep(0))
        add("the places of windows", self._remembered.save)
        add("the library’s window", lambda: self._front.window.close_now() if self._front else None)
        add("the state of the application", self._stop_watching)
        add("the daily copy", self._back_up)
        add("tasks", self.tasks.aclose)
        add("sync", lambda: self.last_words.flush(self.sync), None)
        add("the pages of books", self.readers.all_closed)

    def _stop_watching(self) -> None:
        self._qt.applicationStateChanged.disconnect(self._state_changed)

    def _end_engine(self) -> None:
        """One that was started ahead, and perhaps never shown anything."""
        if self._engine is not None:
            self._engine.close()


class LateTies:
    """Where books came from, asked for when the accounts are there anyway."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def ties(self, book_id: BookId) -> BookTies:
        return await self._app.accounts.catalogs.ties(book_id)
