"""The catalogs and the downloads panel in the main window, made with the first source."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QWidget

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.ui.catalog.area import CatalogArea
from kios_desktop.ui.catalog.cover_store import CoverStore
from kios_desktop.ui.downloads.panel import DownloadsPanel
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.downloads.presenter import DownloadsPresenter
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.actions import Actions
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.window_memory import WindowMemory

_OVER: Final = 1000  # px; in a narrower window the panel covers the page
_PAGE_LEAST: Final = 420  # px of the page beside the panel
_PANEL, _ENDLESS = "main/downloads", "catalog/load_more"


class Browsing(QObject):
    """Adds the catalog area to `pages`, and the downloads panel to `row`."""

    progressed = Signal(int, int)  # number of the download, of how many; (0, 0) after the last

    def __init__(
        self,
        window_area: QWidget,
        row: QHBoxLayout,
        pages: QStackedWidget,
        overlays: OverlayHost,
        actions: Actions,
        menu: QMenu,
        downloads: DownloadsPort,
        covers: Path,
        tasks: Tasks,
        memory: WindowMemory,
    ) -> None:
        super().__init__(window_area)
        self._area, self._row, self._pages = window_area, row, pages
        self._actions, self._overlays, self._memory = actions, overlays, memory
        self._over = False
        self.catalogs = CatalogArea(
            downloads,
            CoverStore(covers),
            tasks,
            overlays,
            actions.downloads,
            actions.search,
            menu,
            endless=memory.is_on(_ENDLESS),
        )
        self.catalogs.endless_changed.connect(lambda on: memory.keep(_ENDLESS, on))
        pages.addWidget(self.catalogs)
        self.panel = DownloadsPanel(downloads, self.catalogs.thumbnail)
        self.catalogs.cover_ready.connect(self.panel.cover_ready)
        self.panel.hide()
        row.addWidget(self.panel)
        presenter = DownloadsPresenter(
            downloads,
            self.panel,
            on_progress=self.progressed.emit,
            on_summary=self._say_summary,
        )
        self.panel.bind(presenter)
        self.panel.close_requested.connect(lambda: actions.downloads.setChecked(False))
        actions.downloads.toggled.connect(self._show_panel)
        actions.downloads.setEnabled(True)
        actions.downloads.setChecked(memory.is_on(_PANEL))

    def show_catalog(self, catalog: Catalog) -> None:
        view = self.catalogs.open_catalog(catalog)
        self._pages.setCurrentWidget(self.catalogs)
        view.focus_content()

    @property
    def shown(self) -> bool:
        return self._pages.currentWidget() is self.catalogs

    def set_shape(self, window_width: int, sidebar_width: int) -> None:
        """Put the panel over the page under 1000 px or with large text, else beside it."""
        left = window_width - sidebar_width - self.panel.width()
        over = window_width < _OVER or left < theme.scaled(_PAGE_LEAST)
        if over is not self._over:
            self._over = over
            visible = self.panel.isVisibleTo(self._area)
            if over:
                self._row.removeWidget(self.panel)
                self.panel.setParent(self._area)
            else:
                self._row.addWidget(self.panel)
            self.panel.setVisible(visible)
        self._place()

    def close_for_good(self) -> None:
        self.panel.close_for_good()
        self.catalogs.close_for_good()

    def _place(self) -> None:
        if not self._over:
            return
        width = self.panel.width()
        x = 0 if self._area.isRightToLeft() else self._area.width() - width
        self.panel.setGeometry(QRect(x, 0, width, self._area.height()))
        self.panel.raise_()

    def _show_panel(self, shown: bool) -> None:
        had_focus = self.panel.isAncestorOf(self._area.focusWidget() or self._area)
        self.panel.setVisible(shown)
        self._place()
        self._memory.keep(_PANEL, shown)
        if shown:
            self.panel.take_focus()
        elif had_focus and (view := self.catalogs.view()) is not None:
            view.focus_content()

    def _say_summary(self, text: str) -> None:
        show = self._actions.downloads
        self._overlays.toast(text, tr("Show"), lambda: show.setChecked(True))
