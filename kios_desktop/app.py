"""The composition root: builds everything, runs the loop, closes in order.

The only file that knows all packages. What happens at start, when another program comes to the
front, and at quit is here.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kios_desktop import log
from kios_desktop.closing import Closing
from kios_desktop.domain.errors import KiosError, StorageError
from kios_desktop.domain.library import BookId, ImportReport, ShelfCounts
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.source import Source
from kios_desktop.kept_books import KeptBooks
from kios_desktop.late import read_late_modules
from kios_desktop.opening import Opening
from kios_desktop.paths import Paths, resources
from kios_desktop.storage.database import Database
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore
from kios_desktop.storage.secrets import SecretStore
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account, BookTies
from kios_desktop.ui import theme
from kios_desktop.ui.desktop import Desktop
from kios_desktop.ui.dialog import tell
from kios_desktop.ui.garbage import settle_garbage
from kios_desktop.ui.last_question import LastQuestion
from kios_desktop.ui.library.ports import Progress
from kios_desktop.ui.live_preferences import LivePreferences
from kios_desktop.ui.messages import explain
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.reader.page import BookProfile
from kios_desktop.ui.reader.publications import Publications
from kios_desktop.ui.reader.reader_sync import ReaderSync
from kios_desktop.ui.reader.window import ReaderWindow
from kios_desktop.ui.single_instance import Errand, Reply
from kios_desktop.ui.tasks import Tasks
from kios_desktop.ui.widgets.focus_ring import install_focus_ring
from kios_desktop.ui.window_memory import WindowMemory
from kios_desktop.ui.wording import tr, when

if TYPE_CHECKING:
    from kios_desktop.accounts import Accounts
    from kios_desktop.browse import Browse
    from kios_desktop.library.importer import Importer
    from kios_desktop.settings import Settings
    from kios_desktop.ui.library.presenter import LibraryPresenter
    from kios_desktop.ui.main_window import MainWindow

logger = logging.getLogger(__name__)

READER_GEOMETRY = "reader/geometry"
QUIT_S = 4.0  # what servers may take when Kios quits
DISK_S = 5.0  # and then our own disk, before Kios ends without it
LAST_WORD_S = 0.05  # for a page to report what was turned last
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
        install_focus_ring(qt)
        self.finished = asyncio.Event()
        self.quitting = self._started = self._has_source = False
        self._closing = Closing()
        self.last_question = LastQuestion()
        self._somebody_there = qt.platformName() not in ("offscreen", "minimal")
        self._front: tuple[MainWindow, LibraryPresenter] | None = None

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
            self._build_menu_bar()
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
        from kios_desktop.accounts import Accounts

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
        from kios_desktop.library_sources import LibrarySources
        from kios_desktop.settings import Settings

        sources = LibrarySources(
            self.accounts.sources, self.accounts.catalogs, self.books, self.browse.source_removed
        )
        return Settings(
            self._paths.library, self.live, self.accounts, self.sync, self.tasks, sources
        )

    @cached_property
    def importer(self) -> "Importer":
        from kios_desktop.library.importer import Importer
        from kios_desktop.library.known_files import KnownFiles

        known = KnownFiles(self._paths.machine / "added.json")
        return Importer(self.books, self._paths.library, known)

    @cached_property
    def browse(self) -> "Browse":
        from kios_desktop.book_pages import BookPages
        from kios_desktop.browse import Browse

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

    async def _connect(self) -> Sequence[Account]:
        return await self.accounts.connect()

    @property
    def window(self) -> "MainWindow":
        """The library's."""
        return (self._front or self._build_library())[0]

    @property
    def library(self) -> "LibraryPresenter":
        return (self._front or self._build_library())[1]

    def _build_library(self) -> tuple["MainWindow", "LibraryPresenter"]:
        from kios_desktop.ui.library.cover import Covers
        from kios_desktop.ui.library.presenter import LibraryPresenter
        from kios_desktop.ui.main_window import MainWindow

        folder = self._paths.library
        covers = Covers(folder, self.tasks, theme.current().color("sunken"))
        window = MainWindow(covers, folder, self._remembered)
        library = LibraryPresenter(
            self.books,
            LateImporter(lambda: self.importer),
            window.library,
            self.tasks,
            on_counts=self._counted,
            on_import=window.show_import,
            show_continue=self.live.value.show_continue_reading,
        )
        window.library.bind(library)
        window.set_onboarded(self.live.value.onboarded)
        window.set_has_source(self._has_source)
        self._join_library(window, library)
        self._front = window, library
        if "browse" in self.__dict__:
            self.browse.join(window)
        library.refresh()
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
        readers.window_made.connect(self._place_reader)
        self._qt.applicationStateChanged.connect(self._state_changed)

    def _build_menu_bar(self) -> None:
        from kios_desktop.ui.menu_bar import MenuBar

        self.menu_bar = bar = MenuBar()
        bar.library_requested.connect(lambda: self.window.raise_())
        bar.add_files_requested.connect(lambda: self._in_library(self.window.choose_files))
        bar.add_folder_requested.connect(lambda: self._in_library(self.window.choose_folder))
        bar.sync_now_requested.connect(self._sync_now)
        bar.settings_requested.connect(lambda page: self.settings.show(page))
        bar.guide_requested.connect(lambda: self.tasks.start(self.opening.guide()))
        bar.quit_requested.connect(self.quit)
        self._closing.add("the menu bar", bar.deleteLater)

    def _in_library(self, do: Callable[[], None]) -> None:
        self.window.raise_()
        do()

    def _join_library(self, window: "MainWindow", library: "LibraryPresenter") -> None:
        window.sidebar.shelf_chosen.connect(library.shelf_chosen)
        window.add_requested.connect(library.add)
        window.open_requested.connect(lambda book: self.tasks.start(self.opening.book(book)))
        window.guide_requested.connect(lambda: self.tasks.start(self.opening.guide()))
        window.skipped.connect(self._skipped)
        window.close_requested.connect(self._library_closed)
        window.quit_requested.connect(self.quit)
        window.foregrounded.connect(library.refresh)
        window.settings_requested.connect(lambda page: self.settings.show(page))
        window.add_source_requested.connect(lambda: self.settings.add_source())
        window.sign_in_requested.connect(lambda source: self.settings.edit_source(source))
        window.source_settings_requested.connect(lambda source: self.settings.edit_source(source))
        window.sync_now_requested.connect(self._sync_now)
        window.sync_book_requested.connect(self._sync_book)
        window.retry_requested.connect(self.sync.retry)
        window.discard_requested.connect(self.sync.discard)
        window.go_requested.connect(lambda book, at: self.tasks.start(self.opening.at(book, at)))
        window.continue_requested.connect(
            lambda book: self.tasks.start(self.opening.at_offer(book))
        )
        self.sync.listen(lambda: window.show_overview(self.sync.overview()))
        window.show_overview(self.sync.overview())

    def _after_first_paint(self) -> None:
        """What must not delay the library: accounts, the web engine, a backup."""
        self._say_recovered()
        self.tasks.start(self._start_sync())
        QTimer.singleShot(BACK_UP_MS, lambda: self.tasks.start(self._back_up()))
        QTimer.singleShot(WARM_UP_MS, self.readers.warm_up)

    def _say_recovered(self) -> None:
        """What was read since the copy was made is gone; the reader ought to know."""
        made = self._database.recovered_from
        if made is not None and not self.quitting:
            text = tr(
                "The library was damaged. Kios put back the copy of {when}; the damaged file was "
                "kept beside it. Add books that are missing again: your places in them stay known "
                "to your server.",
                when=when(made, datetime.now(UTC)),
            )
            tell(tr("Your library was put back"), text, self._qt.activeWindow())

    async def _start_sync(self) -> None:
        await read_late_modules()
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

    def _counted(self, counts: ShelfCounts) -> None:
        self.window.show_counts(counts)
        if "browse" in self.__dict__:
            self.browse.books_changed()

    def _library_changed(self) -> None:
        if self._front:  # one that is made later looks by itself
            self.library.refresh()

    def _reader_opened(self, window: ReaderWindow) -> None:
        window.library_requested.connect(lambda: self.window.raise_())
        window.quit_requested.connect(self.quit)
        window.hidden_away.connect(self.sync.backgrounded)
        window.first_page.connect(self._book_shows)
        window.settings_requested.connect(lambda page: self.settings.show(page))
        window.source_settings_requested.connect(lambda source: self.settings.edit_source(source))

    def _book_shows(self) -> None:
        """What a book given at start kept waiting."""
        if self._rest.isActive():
            self._rest.start(WARM_UP_MS)

    def _place_reader(self, window: ReaderWindow) -> None:
        """As large and where the last reader window was."""
        kept = self._remembered.geometry(READER_GEOMETRY)
        if kept is not None:
            window.restoreGeometry(kept)
        window.closed.connect(
            lambda: self._remembered.keep(READER_GEOMETRY, bytes(window.saveGeometry().data()))
        )

    def _readers_changed(self) -> None:
        if self.quitting:
            return
        self._library_changed()
        if not self.readers.windows() and not (self._front and self.window.isVisible()):
            self.quit()

    def _library_closed(self) -> None:
        """With a book open the library only steps aside."""
        if self.readers.windows():
            self.window.hide()
        else:
            self.quit()

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.sync.foregrounded()
            if "browse" in self.__dict__:
                self.browse.foregrounded()
        else:
            self.sync.backgrounded()

    def _sync_now(self) -> None:
        """“Sync now” in the library."""
        self.sync.sync_now()

    def _sync_book(self, book_id: BookId) -> None:
        """“Sync this book now” in the library: a book that is closed can only have something to
        send; where others are in it is asked when it is opened."""
        waits = self.sync.book_overview(book_id).waiting is not None
        opened = self.readers.window_of(book_id) is not None
        if waits or opened:
            self.sync.retry(book_id)
        else:
            self.window.overlays.toast(
                tr("Nothing of this book waits to be sent. Kios looks for news when you open it.")
            )

    def _skipped(self) -> None:
        self.live.change(replace(self.live.value, onboarded=True))

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
            self.window.overlays.toast(f"{words.title}. {words.text}")

    def _report_bug(self, error: Exception) -> None:
        """A task let something through: ours to mend. The reader is told, the log has the rest."""
        if isinstance(error, KiosError):
            words = explain(error)
            said = f"{words.title}. {words.text}"
        else:
            logger.error("a task failed", exc_info=error)
            said = tr("Something went wrong. The log has the details.")
        if self.quitting:
            return
        if not self.readers.windows():
            self.window.show()  # what is said on a window that nobody sees is not said
        self.window.overlays.toast(said)

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
        self.quit_begun.emit()
        if self._front:
            self.window.hide()
        if "settings" in self.__dict__:
            self.settings.close()
        if self._started:
            self.readers.close_all()
        self.finished.set()

    def terminate(self) -> None:
        """The system ends Kios: a quit that nobody is asked about."""
        self.last_question.end()
        self.quit()

    async def save(self) -> None:
        """Before the session ends: all that is known is on the disk, and sent where that can be
        done. Kios goes on, in case somebody calls the log-out off."""
        if self.quitting or not self._started:
            return
        await asyncio.sleep(LAST_WORD_S)
        await self.sync.deliver(QUIT_S)

    async def close(self) -> None:
        """After `finished`: send, save, close the database. None of it keeps the rest from being
        done, and what `start` did not come to is not there to be closed."""
        self.quitting = True
        await self._closing.aclose()

    def _add_endings(self) -> None:
        """How all of it ends, the last first. What is made late ends only if it was made."""
        made = self.__dict__
        add = self._closing.add
        add("accounts", lambda: self.accounts.aclose() if "accounts" in made else None)
        add("downloads", lambda: self.browse.aclose() if "browse" in made else None)
        add("the reader windows", self.readers.end)
        add("what they were told last", lambda: asyncio.sleep(0))
        add("the places of windows", self._remembered.save)
        add("the library’s window", lambda: self._front[0].close_now() if self._front else None)
        add("the state of the application", self._stop_watching)
        add("the daily copy", self._back_up)
        add("tasks", self.tasks.aclose)
        add("sync", self._flush, None)
        add("the pages of books", self.readers.all_closed)

    async def _flush(self) -> None:
        """Send and save; what the disk refuses to the end is said before it is forgotten."""
        async with asyncio.timeout(QUIT_S + DISK_S):
            await self.sync.flush(QUIT_S)
        while titles := self.sync.unkept():
            error = self.sync.overview().storage_error
            logger.error("not kept at quit: the places in %d books: %s", len(titles), error)
            if not self._somebody_there or not await self.last_question.try_again(titles, error):
                return
            self.sync.try_saving()
            async with asyncio.timeout(DISK_S):
                await self.sync.saved()

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


class LateImporter:
    """An importer that is made when something is added."""

    def __init__(self, make: Callable[[], "Importer"]) -> None:
        self._make = make

    async def add(
        self, paths: Sequence[Path], *, progress: Progress, cancelled: Callable[[], bool]
    ) -> ImportReport:
        return await self._make().add(paths, progress=progress, cancelled=cancelled)
