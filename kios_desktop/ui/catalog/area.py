"""The part of the main window that shows catalogs: one screen per source."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from kios_desktop.application.catalog_ports import Catalog, SyncedShelf
from kios_desktop.domain.download import Download
from kios_desktop.ui.catalog.cover_store import CoverStore
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.presenter import CatalogPresenter
from kios_desktop.ui.catalog.view import CatalogView
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks

_SLOT = "download"


@dataclass(frozen=True)
class _OpenCatalog:
    catalog: Catalog
    view: CatalogView
    presenter: CatalogPresenter
    covers: CatalogCovers


class CatalogArea(QStackedWidget):
    """Creates the screen of a source when it is first opened, and shows one at a time.

    `endless` is the setting “Load more while scrolling”, the same for all sources.
    """

    open_book_requested = Signal(object)  # BookId
    sign_in_requested = Signal(str)  # source id
    source_settings_requested = Signal(str)  # source id
    link_requested = Signal(str)
    remove_book_requested = Signal(object)  # BookId; the reader has confirmed it
    answered = Signal()
    left = Signal()  # back was requested on the first page
    endless_changed = Signal(bool)
    cover_ready = Signal(str)  # key of an entry

    def __init__(
        self,
        downloads: DownloadsPort,
        store: CoverStore,
        tasks: Tasks,
        overlays: OverlayHost,
        show_downloads: QAction,
        search: QAction,
        main_menu: QMenu,
        *,
        endless: bool = False,
    ) -> None:
        super().__init__()
        self._downloads, self._store, self._tasks = downloads, store, tasks
        self._overlays = overlays
        self._show_downloads, self._search, self._menu = show_downloads, search, main_menu
        self._endless = endless
        self._sources: dict[str, _OpenCatalog] = {}

    def open_catalog(self, catalog: Catalog) -> CatalogView:
        """Show a source as it was left. Another catalog object with the same source id replaces
        it."""
        known = self._sources.get(catalog.source_id)
        if known is not None and (known.catalog is not catalog):
            self.forget(catalog.source_id)
            known = None
        if known is None:
            known = self._sources[catalog.source_id] = self._make(catalog)
        self.setCurrentWidget(known.view)
        known.presenter.set_endless(self._endless)
        known.presenter.start()
        return known.view

    def forget(self, source_id: str, *, purge: bool = False) -> None:
        """Drop the screen of a source that was changed or removed; `purge` deletes its covers as
        well."""
        known = self._sources.pop(source_id, None)
        if known is not None:
            known.view.close_for_good()
            self.removeWidget(known.view)
            known.view.deleteLater()
        if purge:
            self._store.purge(source_id)

    def refresh(self, source_id: str) -> None:
        """Ask the server again, for instance after signing in."""
        known = self._sources.get(source_id)
        if known is not None:
            known.covers.try_again()
            known.presenter.refresh()

    def view(self) -> CatalogView | None:
        shown: QWidget | None = self.currentWidget()
        return shown if isinstance(shown, CatalogView) else None

    def presenter(self) -> CatalogPresenter | None:
        known = self._sources.get(self.source_id())
        return None if known is None else known.presenter

    def source_id(self) -> str:
        """The id of the source that is shown, "" for none."""
        shown = self.view()
        return next((i for i, one in self._sources.items() if one.view is shown), "")

    def thumbnail(self, download: Download, width: int, ratio: float) -> QPixmap | None:
        """A small cover for the downloads panel; None while its source is not open."""
        known = self._sources.get(download.source_id)
        return known.covers.pixmap(download.entry, width, ratio, _SLOT) if known else None

    def close_for_good(self) -> None:
        for source_id in list(self._sources):
            self.forget(source_id)

    def _make(self, catalog: Catalog) -> _OpenCatalog:
        ground = theme.current().color("sunken")
        covers = CatalogCovers(catalog, self._store, self._tasks, ground)
        view = CatalogView(
            catalog.source_id,
            catalog.name,
            self._downloads,
            covers,
            self._overlays,
            self._show_downloads,
            self._search,
            self._menu,
            shelf=isinstance(catalog, SyncedShelf),
        )
        presenter = CatalogPresenter(
            catalog, self._downloads, view, self._tasks, endless=self._endless
        )
        view.bind(presenter)
        view.open_book_requested.connect(self.open_book_requested)
        view.sign_in_requested.connect(self.sign_in_requested)
        view.source_settings_requested.connect(self.source_settings_requested)
        view.link_requested.connect(self.link_requested)
        view.answered.connect(self.answered)
        view.remove_book_requested.connect(self.remove_book_requested)
        view.left.connect(self.left)
        view.endless_chosen.connect(self._set_endless)
        covers.ready.connect(self.cover_ready)
        self.addWidget(view)
        return _OpenCatalog(catalog, view, presenter, covers)

    def _set_endless(self, endless: bool) -> None:
        self._endless = endless
        self.endless_changed.emit(endless)
