"""The main window: it stacks the screens and owns the menu."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QWindowStateChangeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.library import BookId, ShelfCounts
from kios_desktop.domain.progress import Health, SyncOverview
from kios_desktop.ui.kit.actions import main_menu, make_actions
from kios_desktop.ui.kit.menu_key import add_menu_key
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.view import LibraryView
from kios_desktop.ui.shell.drop_frame import DropFrame, dropped_paths
from kios_desktop.ui.shell.file_dialogs import choose_files, choose_folder
from kios_desktop.ui.shell.first_run import OnboardingPage
from kios_desktop.ui.shell.place_offer import PlaceOfferBar
from kios_desktop.ui.shell.regions import focus_region
from kios_desktop.ui.shell.sidebar import Sidebar, SourceLine
from kios_desktop.ui.shell.sync_popover import SyncPopover
from kios_desktop.ui.sync.sync_menu import SyncMenu

if TYPE_CHECKING:
    from kios_desktop.application.catalog_ports import Catalog
    from kios_desktop.application.live_preferences import LivePreferences
    from kios_desktop.ui.book.controller import BookDetailsController
    from kios_desktop.ui.book.ports import BookFacts, BookRoutes
    from kios_desktop.ui.catalog.presenter import CatalogPresenter
    from kios_desktop.ui.catalog.view import CatalogView
    from kios_desktop.ui.downloads.ports import DownloadsPort
    from kios_desktop.ui.exchange.mark_files import MakeMarkFiles
    from kios_desktop.ui.marks.controller import AllMarksController
    from kios_desktop.ui.marks.ports import BooksById, HighlightRecords
    from kios_desktop.ui.shell.browsing import Browsing
    from kios_desktop.ui.statistics.controller import StatisticsController
    from kios_desktop.ui.statistics.ports import BooksEver, SessionRecords

LEAST: Final = QSize(800, 560)
DEFAULT: Final = QSize(1200, 800)
_RAIL_UNDER: Final = 1000


class MainWindow(QMainWindow):
    """The one main window. It emits a signal for everything the reader asks for."""

    add_requested = Signal(list)  # list[Path]
    open_requested = Signal(object)  # BookId
    excerpt_requested = Signal(object, str)  # Excerpt: open its book there; the words asked for
    sync_book_requested = Signal(object)  # BookId
    sync_now_requested = Signal()
    retry_requested = Signal(object)  # BookId: send its waiting place
    discard_requested = Signal(object)  # BookId: drop its waiting place; confirmed
    continue_requested = Signal(object)  # BookId: open it at the other device's place
    settings_requested = Signal(str)  # page key, "" for the last one
    add_source_requested = Signal()
    source_chosen = Signal(str)  # source id; `show_catalog` follows
    sign_in_requested = Signal(str)  # source id
    source_settings_requested = Signal(str)  # source id, to correct its address or certificate
    go_requested = Signal(object, object)  # BookId, Locator: open the book there
    marks_requested = Signal()  # the highlights of all books; `show_marks` follows
    statistics_requested = Signal()  # `show_statistics` follows
    mark_requested = Signal(object)  # KeptMark: open its book there
    link_requested = Signal(str)  # a web address; a question follows
    catalog_answered = Signal()  # a request to a server succeeded or failed
    guide_requested = Signal()
    skipped = Signal()  # “Skip for now” was chosen
    close_requested = Signal()
    quit_requested = Signal()
    foregrounded = Signal()

    def __init__(self, covers: Covers, library_folder: Path, memory: WindowMemory) -> None:
        super().__init__()
        self.setWindowTitle("Kios")
        self.setMinimumSize(LEAST)
        self.setAcceptDrops(True)
        self._memory = memory
        self._library_folder = library_folder
        self._closing = False
        self._onboarded = False
        self._counts: ShelfCounts | None = None
        self._has_source = False
        self._offline = False
        self._browsing: Browsing | None = None
        self._books: BookDetailsController | None = None
        self._marks: AllMarksController | None = None
        self._statistics: StatisticsController | None = None
        self._returns_to_statistics = False  # from the page of a book
        self._covers = covers
        self.actions_ = make_actions(self)
        area = QWidget()
        self._area = area
        self.setCentralWidget(area)
        self.overlays = OverlayHost(area)
        self.sidebar = Sidebar()
        self.library = LibraryView(covers, library_folder, self.actions_, self.overlays)
        self.onboarding = OnboardingPage()
        self._sync_popover = SyncPopover(self.overlays, self.sidebar.sync_line, self)
        self._pages = QStackedWidget()
        self._pages.setObjectName("pages")
        self._pages.addWidget(self.library)
        self._pages.addWidget(self.onboarding)
        row = QHBoxLayout(area)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        self._column.addWidget(self._pages, 1)
        row.addLayout(self._column, 1)
        self._row = row
        self._offers: list[PlaceOfferBar] = []  # above the page
        self._drop = DropFrame(area)
        self._connect()
        self._restore_geometry()

    # -- state

    def show_counts(self, counts: ShelfCounts) -> None:
        """Update the counts, and show the library or the first-run screen accordingly."""
        self._counts = counts
        self.sidebar.set_counts(counts)
        self._choose_page()

    def set_onboarded(self, onboarded: bool) -> None:
        """Show no first-run screen any more."""
        self._onboarded = onboarded
        self._choose_page()

    def set_has_source(self, has_source: bool) -> None:
        self._has_source = has_source
        self._choose_page()

    def set_sources(self, sources: Sequence[SourceLine]) -> None:
        """Show the sources in the sidebar, in the reader's order, and allow adding one."""
        self.sidebar.set_sources(sources)
        self.library.set_source(sources[0].name if sources else "")
        self.actions_.add_source.setEnabled(True)
        self.actions_.add_source.setVisible(True)
        if sources:
            self.set_has_source(True)

    def join_catalogs(self, downloads: "DownloadsPort", covers: Path, tasks: Tasks) -> None:
        """Add catalogs and the downloads panel. `covers` is the folder of catalog covers."""
        from kios_desktop.ui.shell.browsing import Browsing

        browsing = Browsing(
            self._area,
            self._row,
            self._pages,
            self.overlays,
            self.actions_,
            main_menu(self.actions_, self),
            downloads,
            covers,
            tasks,
            self._memory,
        )
        self._browsing = browsing
        self.actions_.downloads.setVisible(True)
        browsing.progressed.connect(self.sidebar.set_downloads)
        catalogs, panel = browsing.catalogs, browsing.panel
        catalogs.open_book_requested.connect(self.open_requested)
        catalogs.sign_in_requested.connect(self.sign_in_requested)
        catalogs.source_settings_requested.connect(self.source_settings_requested)
        catalogs.answered.connect(self.catalog_answered)
        catalogs.link_requested.connect(self.link_requested)
        catalogs.remove_book_requested.connect(self.library.remove)
        catalogs.left.connect(self.show_library)
        panel.open_requested.connect(self.open_requested)
        panel.sign_in_requested.connect(self.sign_in_requested)
        panel.folder_requested.connect(self.library.show_folder)
        browsing.set_shape(self.width(), self.sidebar.width())

    def show_catalog(self, catalog: "Catalog") -> None:
        """Show a catalog. Call `join_catalogs` before."""
        if self._browsing is not None:
            if self._books is not None:
                self._books.leave()
            self._browsing.show_catalog(catalog)
            self.sidebar.show_source(catalog.source_id)
            self.sidebar.show()

    def refresh_catalog(self, source_id: str) -> None:
        """Load a catalog anew, if it was browsed."""
        if self._browsing is not None:
            self._browsing.catalogs.refresh(source_id)

    def renew_catalog(self, catalog: "Catalog") -> None:
        """Replace a catalog whose settings changed, and keep showing it if it was shown."""
        if self._browsing is None:
            return
        shown = self._browsing.shown and self._browsing.catalogs.source_id() == catalog.source_id
        self._browsing.catalogs.forget(catalog.source_id)
        if shown:
            self.show_catalog(catalog)

    def forget_catalog(self, source_id: str, *, purge: bool = False) -> None:
        """Drop the catalog of a changed or removed source; `purge` deletes its covers."""
        if self._browsing is None:
            return
        shown = self._browsing.shown and self._browsing.catalogs.source_id() == source_id
        self._browsing.catalogs.forget(source_id, purge=purge)
        if shown:
            self.show_library()

    def join_books(self, facts: "BookFacts", routes: "BookRoutes", tasks: Tasks) -> None:
        """Add the page of a book."""
        from kios_desktop.ui.book.controller import BookDetailsController

        library, folder = self.library, self._library_folder
        details = BookDetailsController(
            self._pages, library, self._covers, folder, facts, routes, tasks
        )
        self._books = details
        details.page.open_requested.connect(self.open_requested)
        details.page.go_requested.connect(self.go_requested)
        details.page.set_up_requested.connect(lambda: self.settings_requested.emit("sync"))
        details.page.left.connect(self._leave_book)
        library.details_requested.connect(self.show_book)

    def show_book(self, book_id: BookId) -> None:
        """Show the page of a book. Call `join_books` before."""
        if self._books is not None:
            self._returns_to_statistics = False
            self._books.show(book_id, self.library.title())

    def _show_book_read(self, book_id: BookId) -> None:
        """Show the page of a book, which leads back to the statistics."""
        if self._books is not None:
            self._returns_to_statistics = True
            self._books.show(book_id, tr("Statistics"))

    def _leave_book(self) -> None:
        if self._returns_to_statistics and self._statistics is not None:
            self.show_statistics(self._statistics)
        else:
            self.show_library()

    def join_marks(
        self,
        records: "HighlightRecords",
        books: "BooksById",
        tasks: Tasks,
        changed: Callable[[BookId], object],
        make_files: "MakeMarkFiles",
    ) -> "AllMarksController":
        """Add the page with the highlights of all books."""
        from kios_desktop.ui.marks.controller import AllMarksController

        keys = self.actions_.search.shortcut()
        marks = AllMarksController(
            self._pages,
            self._covers,
            self.overlays,
            keys,
            records,
            books,
            tasks,
            changed,
            make_files,
        )
        self._marks = marks
        marks.page.open_requested.connect(self.mark_requested)
        return marks

    def show_marks(self, marks: "AllMarksController") -> None:
        """Show the highlights of all books, which `join_marks` added."""
        self._show_you(marks)
        self.sidebar.show_marks()

    def join_statistics(
        self,
        sessions: "SessionRecords",
        books: "BooksEver",
        preferences: "LivePreferences",
        tasks: Tasks,
        begin_anew: Callable[[], Awaitable[None]],
    ) -> "StatisticsController":
        """Add the page of statistics. `begin_anew` ends and saves the sessions that go on."""
        from kios_desktop.ui.statistics.controller import StatisticsController

        statistics = StatisticsController(
            self._pages,
            self._covers,
            self.overlays,
            sessions,
            books,
            preferences,
            tasks,
            begin_anew,
        )
        self._statistics = statistics
        statistics.page.book_requested.connect(self._show_book_read)
        return statistics

    def show_statistics(self, statistics: "StatisticsController") -> None:
        """Show the statistics, which `join_statistics` added."""
        self._show_you(statistics)
        self.sidebar.show_statistics()

    def _show_you(self, page: "AllMarksController | StatisticsController") -> None:
        """Show a page of the sidebar's section “You”, in place of what is shown."""
        if self._books is not None:
            self._books.leave()
        page.show()
        self.sidebar.show()

    @property
    def _you_page(self) -> "AllMarksController | StatisticsController | None":
        """The page of the sidebar's section “You” that is shown, if any."""
        pages = (self._marks, self._statistics)
        return next((page for page in pages if page is not None and page.shown), None)

    def catalog_view(self) -> "CatalogView | None":
        """The view of the catalog that is shown, if any."""
        browsing = self._browsing
        return browsing.catalogs.view() if browsing is not None and browsing.shown else None

    def catalog_presenter(self) -> "CatalogPresenter | None":
        """The presenter of the catalog that is shown, if any."""
        return self._browsing.catalogs.presenter() if self._browsing is not None else None

    def close_browsing(self) -> None:
        """Stop all requests of catalogs and book pages, because Kios quits."""
        if self._browsing is not None:
            self._browsing.close_for_good()
        if self._books is not None:
            self._books.close_for_good()

    def show_library(self) -> None:
        """Return from a catalog or a book to the shelf that was shown before."""
        self.sidebar.show_source("")
        if self._books is not None:
            self._books.leave()
        if self._you_page is not None:
            self._pages.setCurrentWidget(self.library)
        self._choose_page()

    def show_overview(self, overview: SyncOverview) -> None:
        """Show the state of sync in the sync line, the open sync menu and the offline banner."""
        self.sidebar.set_overview(overview)
        self._sync_popover.show_overview(overview)
        offline = overview.health is Health.OFFLINE
        if offline != self._offline:
            self._offline = offline
            self.library.show_offline(len(overview.waiting) if offline else None)

    def offer_to_keep_places(self, address: str, set_up: Callable[[], None]) -> None:
        """Offer to sync with the server at `address`, above the page until it is answered."""
        offer = PlaceOfferBar(address, set_up)
        self._column.insertWidget(0, offer)
        self._offers.append(offer)
        offer.destroyed.connect(lambda: self._offers.remove(offer))

    def withdraw_offers(self) -> None:
        """Remove the offers to keep places."""
        for offer in self._offers:
            offer.withdraw()

    def show_import(self, done: int, total: int) -> None:
        self.sidebar.set_import(done, total)

    def close_now(self) -> None:
        """Close for good, without asking."""
        self._closing = True
        self.close()

    def raise_(self) -> None:
        """Bring the window to the front."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        super().raise_()
        self.activateWindow()

    # -- dialogs

    def choose_files(self) -> None:
        """Open the native dialog for files."""
        choose_files(self, self.add_requested.emit)

    def choose_folder(self) -> None:
        choose_folder(self, self.add_requested.emit)

    def toggle_sync_menu(self) -> None:
        """Open the sync menu at the sync line, or close it."""
        self._sync_popover.toggle()

    @property
    def sync_menu(self) -> SyncMenu | None:
        """None while it is closed."""
        return self._sync_popover.menu

    # -- Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        self._save_geometry()
        if self._closing:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange:
            if self.isActiveWindow():
                self.foregrounded.emit()
        elif isinstance(event, QWindowStateChangeEvent):
            self.actions_.full_screen.setChecked(self.isFullScreen())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sidebar.set_rail(self.width() < _RAIL_UNDER)
        self.library.set_shape(self.width(), self.height())
        if self._browsing is not None:
            self._browsing.set_shape(self.width(), self.sidebar.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, unhandled by the focused widget: close an overlay, or else go one level back."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._pages.currentWidget() is self.library and self.library.end_search():
            event.accept()
        elif self.isFullScreen():
            self._set_full_screen(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self._drop.show_over(self._area)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.hide()
        if paths := dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self.add_requested.emit(paths)

    # -- construction

    def _connect(self) -> None:
        act = self.actions_
        act.add_files.triggered.connect(self.choose_files)
        act.add_folder.triggered.connect(self.choose_folder)
        act.add_source.triggered.connect(self.add_source_requested)
        act.search.triggered.connect(self._focus_search)
        act.sync_now.triggered.connect(self.sync_now_requested)
        act.sync_menu.triggered.connect(self.toggle_sync_menu)
        act.settings.triggered.connect(lambda: self.settings_requested.emit(""))
        act.about.triggered.connect(lambda: self.settings_requested.emit("about"))
        act.shortcuts.triggered.connect(self._show_shortcuts)
        act.guide.triggered.connect(self.guide_requested)
        act.full_screen.triggered.connect(self._set_full_screen)
        act.close.triggered.connect(self.close)
        act.quit.triggered.connect(self.quit_requested)
        self.sidebar.sync_menu_requested.connect(self.toggle_sync_menu)
        popover = self._sync_popover
        popover.sync_now_requested.connect(self.sync_now_requested)
        popover.settings_requested.connect(self.settings_requested)
        popover.source_settings_requested.connect(self.source_settings_requested)
        popover.retry_requested.connect(self.retry_requested)
        popover.discard_requested.connect(self.discard_requested)
        popover.continue_requested.connect(self.continue_requested)
        self.sidebar.shelf_chosen.connect(lambda _shelf: self.show_library())
        self.sidebar.shelf_chosen.connect(lambda _shelf: self.library.header.search.clear())
        self.sidebar.source_chosen.connect(self.source_chosen)
        self.sidebar.marks_requested.connect(self.marks_requested)
        self.sidebar.statistics_requested.connect(self.statistics_requested)
        self.library.browse_requested.connect(self.sidebar.go_to_first_source)
        self.sidebar.add_source_requested.connect(self.add_source_requested)
        self.library.open_requested.connect(self.open_requested)
        self.library.excerpt_requested.connect(self.excerpt_requested)
        self.library.sync_requested.connect(self.sync_book_requested)
        self.library.shelf_requested.connect(self.sidebar.set_shelf)
        self.library.sync_details_requested.connect(self.toggle_sync_menu)
        first = self.onboarding
        first.server_requested.connect(self.add_source_requested)
        first.files_requested.connect(self.choose_files)
        first.folder_requested.connect(self.choose_folder)
        first.guide_requested.connect(self.guide_requested)
        first.skipped.connect(lambda: self.set_onboarded(True))
        self.library.orphans_shown.connect(lambda: self.set_onboarded(True))  # no first run
        first.skipped.connect(self.skipped)
        add_menu_key(self)
        for keys, by in (("F6", 1), ("Shift+F6", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda by=by: self._next_region(by))

    def _choose_page(self) -> None:
        if self._counts is None:
            return
        if self._browsing is not None and self._browsing.shown and self.sidebar.browses:
            return
        if self._books is not None and self._books.shown:
            self._books.refresh()
            return
        if self._you_page is not None:
            self._you_page.refresh()
            return
        first = not (self._counts.all or self._has_source or self._onboarded)
        self._pages.setCurrentWidget(self.onboarding if first else self.library)
        self.sidebar.setVisible(not first)

    def _show_shortcuts(self) -> None:
        from kios_desktop.ui.kit.shortcut_list import show_shortcuts

        show_shortcuts(self)

    def _set_full_screen(self, on: bool) -> None:
        if on:
            self.showFullScreen()
        else:
            self.showNormal()

    def _focus_search(self) -> None:
        marks = self._marks.page if self._marks is not None and self._marks.shown else None
        (marks or self.catalog_view() or self.library).focus_search()

    def _regions(self) -> Sequence[QWidget]:
        if self._pages.currentWidget() is self.onboarding:
            return [self.onboarding]
        panel = [self._browsing.panel] if self._browsing is not None else []
        page = (self.catalog_view() or self.library).regions()
        if self._books is not None and self._books.shown:
            page = self._books.page.regions()
        if self._you_page is not None:
            page = self._you_page.page.regions()
        return [*self.sidebar.regions(), *self._offers, *page, *panel, self.sidebar.sync_line]

    def _next_region(self, by: int) -> None:
        """F6: focus the first control of the next visible region."""
        focus_region(self._regions(), by)

    def _save_geometry(self) -> None:
        self._memory.keep("main/geometry", bytes(self.saveGeometry().data()))

    def _restore_geometry(self) -> None:
        """Restore the last geometry; Qt moves a window off a screen that is gone."""
        kept = self._memory.geometry("main/geometry")
        if kept is not None and self.restoreGeometry(kept):
            return
        screen = QGuiApplication.primaryScreen()
        room = screen.availableSize() if screen is not None else DEFAULT
        self.resize(DEFAULT.boundedTo(room).expandedTo(LEAST))
