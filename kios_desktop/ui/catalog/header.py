"""The header of a catalog and the breadcrumb below it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from kios_desktop.ui.catalog.ports import CatalogHeading
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import IconButton, action_button, button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import ElidedLabel
from kios_desktop.ui.widgets.layouts import clear
from kios_desktop.ui.widgets.search_field import SearchField

_TITLE_LEAST: Final = 80


class CatalogHeader(QWidget):
    """Back, forward, title, search, refresh, downloads, and a menu."""

    back_requested = Signal()
    forward_requested = Signal()
    search_requested = Signal(str)
    refresh_requested = Signal()
    endless_chosen = Signal(bool)
    choosing_chosen = Signal(bool)
    start_over_requested = Signal()

    def __init__(
        self,
        source_name: str,
        downloads: QAction,
        search_keys: QKeySequence,
        menu: QMenu,
        *,
        shelf: bool = False,
    ) -> None:
        """`shelf`: the source is a Kobo shelf, which has the menu item “Start over…”."""
        super().__init__()
        self.setFixedHeight(max(theme.size("header"), theme.control_height("heading") + 12))
        self.back = IconButton("arrow-left", tr("Back"), QKeySequence("Alt+Left"))
        self.forward = IconButton("arrow-right", tr("Forward"), QKeySequence("Alt+Right"))
        self._title = ElidedLabel("", "heading")
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._title.setMinimumWidth(_TITLE_LEAST)
        self.search = SearchField(tr("Search {source}", source=source_name), search_keys)
        self.refresh = IconButton("arrow-clockwise", tr("Refresh"))
        self.downloads = action_button(downloads, "download-simple")
        downloads.toggled.connect(self.downloads.setChecked)
        self.downloads.setChecked(downloads.isChecked())
        self.more = IconButton("dots-three-vertical", tr("More"))
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu(menu, shelf))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        row.addSpacing(8)
        row.addWidget(self._title, 3)
        row.addSpacing(12)
        row.addWidget(self.search, 2)
        row.addSpacing(8)
        row.addWidget(self.refresh)
        row.addWidget(self.downloads)
        row.addWidget(self.more)
        self.search.hide()
        self.back.clicked.connect(self.back_requested)
        self.forward.clicked.connect(self.forward_requested)
        self.refresh.clicked.connect(self.refresh_requested)
        self.search.entered.connect(lambda: self.search_requested.emit(self.search.text()))
        self.search.textEdited.connect(self._edited)

    def show_heading(self, heading: CatalogHeading) -> None:
        self._title.set_text(heading.title)
        self.forward.setEnabled(heading.can_go_forward)
        self.search.setVisible(heading.searchable)
        if self.search.text() != heading.query and not self.search.hasFocus():
            self.search.setText(heading.query)

    def title(self) -> str:
        return self._title.full_text()

    def show_modes(self, *, endless: bool, choosing: bool, can_choose: bool) -> None:
        """Update the check marks of the menu."""
        self._endless.setChecked(endless)
        self._choosing.setChecked(choosing)
        self._choosing.setEnabled(can_choose)

    def _edited(self, text: str) -> None:
        if not text:
            self.search_requested.emit("")

    def _menu(self, main: QMenu, shelf: bool) -> QMenu:
        """The menu: items about this list, then those of the main menu `main`."""
        menu = QMenu(self)
        self._choosing = menu.addAction(tr("Select books"))
        self._endless = menu.addAction(tr("Load more while scrolling"))
        for action in (self._choosing, self._endless):
            action.setCheckable(True)
        self._choosing.triggered.connect(self.choosing_chosen)
        self._endless.triggered.connect(self.endless_chosen)
        if shelf:
            menu.addSeparator()
            menu.addAction(tr("Start over…")).triggered.connect(self.start_over_requested)
        menu.addSeparator()
        menu.addActions(main.actions())
        return menu


class Breadcrumb(QWidget):
    """The path from the root feed; each parent is a link."""

    parent_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("You are here"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 4)
        self._row.setSpacing(4)
        self._shown: tuple[str, ...] = ()

    def show_trail(self, parents: Sequence[str], here: str) -> None:
        """Show the parents and the current title; hidden at the root, which has no parents."""
        wanted = (*parents, here)
        self.setVisible(bool(parents))
        if wanted == self._shown:
            return
        self._shown = wanted
        clear(self._row)
        for number, title in enumerate(parents):
            link = button(_short(title), "link", height="controlSmall")
            link.setFont(theme.font("smallStrong"))
            link.setFixedHeight(24)
            link.setProperty("flush", True)
            link.setAccessibleName(tr("Back to {title}", title=title))
            link.clicked.connect(lambda _=False, number=number: self.parent_chosen.emit(number))
            self._row.addWidget(link)
            caret = IconLabel("caret-right", "textFaint", 12)
            self._row.addWidget(caret, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(ElidedLabel(here, "small", "muted"), 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())


def _short(title: str) -> str:
    return title if len(title) <= 32 else title[:31] + "…"
