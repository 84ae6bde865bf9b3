"""Builds the parts of a running Kios, each once, when it is first used.

Imports that the first paint does not need stand inside the part that needs them: importing takes
longer than building.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from kios_desktop.application.books import KeptBooks
from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.application.open_files import Lease
from kios_desktop.application.publications import Publications
from kios_desktop.domain.archive import Restored
from kios_desktop.domain.errors import KiosError, StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import Preferences
from kios_desktop.log import RedactingFormatter
from kios_desktop.paths import Paths, resources
from kios_desktop.storage.database import Database
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore
from kios_desktop.storage.secrets import SecretStore
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account, BookSourceLinks
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.reader.reader_sync import ReaderSync
from kios_desktop.ui.reader.session import ReaderSession
from kios_desktop.ui.shell.notices import AppNotices
from kios_desktop.ui.shell.opening import Opening

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kios_desktop.application.account_review import AccountReview
    from kios_desktop.application.book_details import BookDetails
    from kios_desktop.application.book_marks import BookMarks
    from kios_desktop.application.catalogs import Catalogs
    from kios_desktop.application.cleanup import Cleanup
    from kios_desktop.application.credentials import CredentialStore
    from kios_desktop.application.dictionaries import Dictionaries
    from kios_desktop.application.inside_books import InsideBooks
    from kios_desktop.application.library_search import LibrarySearch
    from kios_desktop.application.service_accounts import ServiceAccounts
    from kios_desktop.application.sources import BookSources
    from kios_desktop.application.sync_accounts import SyncAccounts
    from kios_desktop.library.downloads import Downloads
    from kios_desktop.library.importer import Importer
    from kios_desktop.storage.marks import Marks
    from kios_desktop.storage.sessions import Sessions
    from kios_desktop.storage.sources import Sources
    from kios_desktop.ui.exchange.export_choice import LastExport
    from kios_desktop.ui.exchange.mark_files import MarkFiles
    from kios_desktop.ui.exchange.windows import Toast
    from kios_desktop.ui.kit.overlay import OverlayHost
    from kios_desktop.ui.marks.controller import AllMarksController
    from kios_desktop.ui.reader.aloud.ports import MakeSpeech
    from kios_desktop.ui.reader.engine.page import BookProfile
    from kios_desktop.ui.reader.finished.cards import FinishedCards
    from kios_desktop.ui.reader.lookup.look_up_presenter import LookUpPresenter
    from kios_desktop.ui.reader.lookup.screen import LookUpScreen
    from kios_desktop.ui.reader.reading_sessions import ReadingSessions
    from kios_desktop.ui.reader.window import ReaderWindow
    from kios_desktop.ui.settings.controller import SettingsController
    from kios_desktop.ui.shell.browse_controller import BrowseController
    from kios_desktop.ui.shell.library_controller import LibraryController
    from kios_desktop.ui.shell.main_window import MainWindow
    from kios_desktop.ui.statistics.controller import StatisticsController

UNFINISHED: Final = "downloads"  # inside the library's folder, so on the same disk
COVERS: Final = "catalog-covers"


@dataclass(frozen=True, slots=True)
class Profile:
    """What has to be opened of a profile before any part is built."""

    paths: Paths
    database: Database
    positions: Positions
    preference_store: PreferenceStore
    preferences: Preferences
    restored: Restored = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the app does when windows are made, or ask for an action of the whole app."""

    quit: Callable[[], None]
    reader_opened: Callable[["ReaderWindow"], None]
    library_made: Callable[["MainWindow"], None]
    asked: Callable[[str], None]  # a name of `APP_KEYS`


class Parts:
    """`owner` is the Qt parent of what needs one.

    `store` replaces the system's password store. `engine` is the web engine, when it was started
    ahead of all.
    """

    def __init__(
        self,
        profile: Profile,
        formatter: RedactingFormatter,
        store: SecretStore | None,
        engine: "BookProfile | None",
        tasks: Tasks,
        notices: AppNotices,
        owner: QObject,
        hooks: Hooks,
        make_speech: "MakeSpeech",
    ) -> None:
        self.paths, self.database = profile.paths, profile.database
        self.positions, self.tasks, self.notices = profile.positions, tasks, notices
        self.hooks, self._make_speech = hooks, make_speech
        self._preferences, self.restored = profile.preferences, profile.restored
        self._preference_store = profile.preference_store
        self._formatter, self._store, self._engine, self._owner = formatter, store, engine, owner
        self._began_s = time.time()
        self.has_source = False

    def is_made(self, name: str) -> bool:
        """Whether that part was built already."""
        return name in self.__dict__

    # -- books and reading

    @cached_property
    def books(self) -> KeptBooks:
        return KeptBooks(self.database, self.paths.library)

    @cached_property
    def publications(self) -> Publications:
        return Publications(self.books, self.paths.library)

    @cached_property
    def live(self) -> LivePreferences:
        return LivePreferences(
            self._preferences, lambda value: self.tasks.start(self._save_preferences(value))
        )

    @cached_property
    def sync(self) -> SyncEngine:
        return SyncEngine(
            self.positions,
            self._connect,
            self.live.value.sync,
            source_links=DeferredSourceLinks(self),
            release=lambda: self.accounts.release(),
        )

    @cached_property
    def window_memory(self) -> WindowMemory:
        return WindowMemory(
            self.paths.machine / "windows.json",
            lambda save: self.tasks.start(asyncio.to_thread(save)),
        )

    @cached_property
    def readers(self) -> OpenBooks:
        readers = OpenBooks(
            self.books,
            self.positions,
            self.sync,
            self.live,
            self.tasks,
            self._web_engine,
            self.publications,
            self._book_marks,
            self._reading_sessions,
            self._look_up,
            self._make_speech,
        )
        self.live.listen(readers.preferences_changed)
        readers.window_opened.connect(self.hooks.reader_opened)
        readers.end_reached.connect(lambda book, window: self.finished_cards.show(book, window))
        return readers

    def _reading_sessions(self) -> "ReadingSessions":
        from kios_desktop.ui.reader.reading_sessions import ReadingSessions

        return ReadingSessions(
            self.sessions,
            self.tasks,
            lambda: self.live.value.statistics,
            self.sessions_changed,
        )

    @cached_property
    def dictionaries(self) -> "Dictionaries":
        from kios_desktop.application.dictionaries import Dictionaries

        return Dictionaries(self.paths.dictionaries, self.live)

    def _look_up(self, screen: "LookUpScreen", language: str) -> "LookUpPresenter":
        from kios_desktop.application.encyclopedia import Encyclopedia
        from kios_desktop.ui.reader.lookup.choices import LiveLookUpChoices
        from kios_desktop.ui.reader.lookup.look_up_presenter import LookUpPresenter

        choices = LiveLookUpChoices(self.live)
        return LookUpPresenter(
            self.dictionaries, Encyclopedia(), choices, screen, self.tasks, language
        )

    @cached_property
    def finished_cards(self) -> "FinishedCards":
        from kios_desktop.ui.reader.finished.cards import FinishedCards
        from kios_desktop.ui.reader.finished.presenter import FinishedPresenter

        cards = FinishedCards(
            FinishedPresenter(
                self.books,
                self.sessions,
                self.marks,
                lambda: self.live.value.statistics.day_starts_h,
            ),
            self.paths.library,
            self.tasks,
            self.library_changed,
        )
        cards.open_requested.connect(lambda book: self.tasks.start(self.opening.open_book(book)))
        return cards

    @cached_property
    def sessions(self) -> "Sessions":
        from kios_desktop.storage.sessions import Sessions

        return Sessions(self.database)

    def _book_marks(self, book_id: BookId, sha256: str, lease: Lease) -> "BookMarks":
        from kios_desktop.application.book_anchors import BookAnchors
        from kios_desktop.application.book_marks import BookMarks

        return BookMarks(
            self.marks, book_id, sha256, BookAnchors(lease, sha256), saved=self._refresh_marks
        )

    @cached_property
    def marks(self) -> "Marks":
        from kios_desktop.storage.marks import Marks

        return Marks(self.database)

    def _web_engine(self) -> "BookProfile":
        """The one that runs already, or a new one."""
        from kios_desktop.ui.reader.engine.page import BookProfile

        return self._engine or BookProfile(
            resources() / "reader", self._owner, self.paths.own_fonts
        )

    @cached_property
    def reader_sync(self) -> ReaderSync:
        return ReaderSync(self.readers, self.sync)

    @cached_property
    def reader_session(self) -> ReaderSession:
        return ReaderSession(self.readers, self.window_memory)

    @cached_property
    def opening(self) -> Opening:
        return Opening(
            self.readers,
            self.books,
            self.sync,
            self.tasks,
            self.paths.library,
            resources() / "guide.epub",
            lambda: self.library,
            lambda: self.importer,
            self.notices.say,
            self.library_changed,
            lambda excerpt: self.library_search.place_of(excerpt),
        )

    @cached_property
    def inside_books(self) -> "InsideBooks":
        from kios_desktop.application.inside_books import InsideBooks

        made = InsideBooks(self.paths.text_index, self.paths.library, self.books)
        self.books.when_changed(made.books_changed)
        made.watch_problem(self._say_index_problem)
        return made

    def _say_index_problem(self, problem: KiosError | None) -> None:
        from kios_desktop.ui.kit.index_error_texts import explain_index

        if problem is not None:
            self.notices.say(explain_index(problem))

    @cached_property
    def library_search(self) -> "LibrarySearch":
        from kios_desktop.application.library_search import LibrarySearch

        damaged = self.inside_books.was_damaged
        return LibrarySearch(self.paths.text_index, self.publications, damaged)

    @cached_property
    def importer(self) -> "Importer":
        from kios_desktop.library.importer import Importer
        from kios_desktop.library.known_files import KnownFiles

        known = KnownFiles(self.paths.machine / "added.json")
        return Importer(self.books, self.paths.library, known)

    @cached_property
    def cleanup(self) -> "Cleanup":
        from kios_desktop.application.cleanup import Cleanup

        return Cleanup(self.paths, self.books, self._began_s)

    # -- the main window

    @property
    def window(self) -> "MainWindow":
        return self.library.window

    @cached_property
    def library(self) -> "LibraryController":
        from kios_desktop.ui.shell.library_controller import LibraryController

        made = self.__dict__["library"] = LibraryController(  # set now: the next lines use it
            self.paths.library,
            self.window_memory,
            self.books,
            lambda: self.importer,
            self.sync,
            self.live,
            self.readers,
            self.tasks,
            self._books_counted,
            lambda: self.account_review if self.is_made("service_accounts") else None,
            self.hooks.quit,
        )
        self.hooks.library_made(made.window)
        made.begin(has_source=self.has_source)
        if self.is_made("browsing"):
            self.browsing.join(made.window)
        made.join_inside(lambda: (self.library_search, self.inside_books))
        if self.is_made("cleanup"):
            made.offer_orphans(self.cleanup)
        return made

    @cached_property
    def all_marks(self) -> "AllMarksController":
        return self.window.join_marks(
            self.marks, self.books, self.tasks, self._reload_marks, self.mark_files
        )

    def mark_files(
        self, overlays: "OverlayHost", opener: "QWidget", toast: "Toast", of: BookId | None = None
    ) -> "MarkFiles":
        """Export and import of marks in a window; `of` is its book, None for all."""
        from kios_desktop.application.mark_export import MarkExport
        from kios_desktop.application.mark_import import MarkImporter
        from kios_desktop.ui.exchange.mark_files import MarkFiles

        exporter = MarkExport(self.marks, self.books)
        importer = MarkImporter(
            self.books,
            self.publications,
            self.marks,
            lambda: datetime.now(UTC),
            self.marks_changed,
        )
        return MarkFiles(
            exporter, importer, self.last_export, self.tasks, overlays, opener, toast, of
        )

    @cached_property
    def last_export(self) -> "LastExport":
        """How marks were exported last, as long as Kios runs."""
        from kios_desktop.ui.exchange.export_choice import LastExport

        return LastExport()

    def marks_changed(self, book_id: BookId) -> None:
        """A book's marks were changed on the disk: whatever shows them shows them anew."""
        self._reload_marks(book_id)
        self._refresh_marks()

    def _reload_marks(self, book_id: BookId) -> None:
        """The window of a book, if it has one, reads its marks again."""
        if self.is_made("readers"):
            self.readers.marks_changed(book_id)

    def _refresh_marks(self) -> None:
        if self.is_made("all_marks"):
            self.all_marks.refresh()

    @cached_property
    def statistics(self) -> "StatisticsController":
        return self.window.join_statistics(
            self.sessions, self.books, self.live, self.tasks, self._begin_sessions_anew
        )

    async def _begin_sessions_anew(self) -> None:
        if self.is_made("readers"):
            await self.readers.begin_sessions_anew()

    def sessions_changed(self) -> None:
        """Sessions were saved or deleted: whatever shows them shows them anew."""
        if self.is_made("statistics"):
            self.statistics.refresh()

    def library_changed(self) -> None:
        """Refresh the main window, if it was made; a new one loads by itself."""
        self._refresh_marks()
        self.sessions_changed()
        if self.is_made("library"):
            self.library.presenter.refresh()

    def _books_counted(self) -> None:
        if self.is_made("browsing"):
            self.browsing.books_changed()

    # -- servers

    @cached_property
    def credentials(self) -> "CredentialStore":
        from kios_desktop.application.credentials import CredentialStore

        return CredentialStore(self.paths.machine, self._formatter, self._store)

    @cached_property
    def sources(self) -> "Sources":
        from kios_desktop.storage.sources import Sources

        return Sources(self.database, self.credentials.secrets)

    @cached_property
    def catalogs(self) -> "Catalogs":
        from kios_desktop.application.catalogs import Catalogs
        from kios_desktop.sources.place_support import PlaceSupport

        return Catalogs(
            self.database,
            self.books,
            self.paths.cache,
            self.credentials.hide,
            PlaceSupport(self.sources),
        )

    @cached_property
    def accounts(self) -> "SyncAccounts":
        from kios_desktop.application.device import Device
        from kios_desktop.application.sync_accounts import SyncAccounts

        return SyncAccounts(
            self.sources,
            self.catalogs,
            self.credentials,
            self.publications,
            self.books,
            Device(self.paths.machine, lambda: self.live.value.sync.device),
        )

    @cached_property
    def service_accounts(self) -> "ServiceAccounts":
        from kios_desktop.application.service_accounts import ServiceAccounts
        from kios_desktop.storage.account_items import AccountItems
        from kios_desktop.storage.accounts import Accounts

        return ServiceAccounts(
            self.sources,
            Accounts(self.database),
            AccountItems(self.database),
            self.credentials,
            self.books,
            self.marks,
            self.publications,
            self.catalogs,
            lambda: self.readers.growing_sessions(),
            self.marks_changed,
            self.library_changed,
        )

    @cached_property
    def account_review(self) -> "AccountReview":
        from kios_desktop.application.account_review import AccountReview

        return AccountReview(self.service_accounts, self.books, self.marks)

    def account_wanted(self) -> None:
        """Something was changed that accounts may want."""
        if self.is_made("service_accounts"):
            self.service_accounts.run_soon()

    async def _connect(self) -> Sequence[Account]:
        connected = await self.accounts.connect()
        if self.is_made("service_accounts"):
            await self.service_accounts.connect()
        return connected

    @cached_property
    def book_sources(self) -> "BookSources":
        from kios_desktop.application.sources import BookSources

        return BookSources(self.sources, self.catalogs, self.books, self.browsing.source_removed)

    @cached_property
    def settings(self) -> "SettingsController":
        from kios_desktop.application.account_desk import AccountDesk
        from kios_desktop.application.whole_profile import WholeProfile
        from kios_desktop.sources.catalog_presets import CATALOG_PRESETS
        from kios_desktop.sources.kobo_presets import KOBO_PRESETS
        from kios_desktop.sources.presets import PRESETS
        from kios_desktop.storage.device import default_device_name
        from kios_desktop.ui.settings.controller import SettingsController

        made = SettingsController(
            self.paths.library,
            self.paths.own_fonts,
            default_device_name(),
            self.live,
            self.credentials,
            self.sources,
            self.accounts.test,
            self.catalogs,
            self.sync,
            self.tasks,
            self.book_sources,
            PRESETS,
            (*CATALOG_PRESETS, *KOBO_PRESETS),
            self.inside_books,
            WholeProfile(self.paths),
            self.dictionaries,
            AccountDesk(self.service_accounts, self.account_review, self.books),
            self.service_accounts.examine,
            self.hooks.quit,
        )
        made.fonts_changed.connect(self.readers.restyle)
        made.app_requested.connect(self.hooks.asked)
        return made

    @cached_property
    def downloads(self) -> "Downloads":
        from kios_desktop.library.downloads import Downloads
        from kios_desktop.storage.downloads import DownloadRecords

        return Downloads(
            DownloadRecords(self.database, self.catalogs.root_of),
            self.catalogs.acquisitions,
            self.catalogs,
            self.importer,
            self.paths.library / UNFINISHED,
            added=lambda book_id: self.browsing.book_added(book_id),
        )

    @cached_property
    def book_details(self) -> "BookDetails":
        from kios_desktop.application.book_details import BookDetails

        return BookDetails(
            self.books,
            self.positions,
            self.sync,
            self.catalogs,
            self.sources,
            lambda: self.account_review,
        )

    @cached_property
    def browsing(self) -> "BrowseController":
        from kios_desktop.application.place_offer import PlaceOffer
        from kios_desktop.ui.shell.browse_controller import BrowseController

        made = BrowseController(
            self.sources,
            self.catalogs,
            PlaceOffer(self.sources, self.catalogs),
            self.downloads,
            self.paths.cache / COVERS,
            self.sync,
            self.live,
            self.tasks,
            self.book_details,
            lambda: self.settings,
            self.library_changed,
        )
        self.accounts.when_sources_change(made.sources_changed)
        return made

    # -- shared by several

    async def _save_preferences(self, value: Preferences) -> None:
        try:
            await self._preference_store.save(value)
        except StorageError as e:
            self.notices.say(explain(e).line)


class DeferredSourceLinks:
    """Looks up which sources delivered a book; builds the catalogs only when asked."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def source_links(self, book_id: BookId) -> BookSourceLinks:
        return await self._parts.catalogs.source_links(book_id)
