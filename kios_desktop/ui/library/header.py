"""The header of the library: title, count, search, sort order, Add, and the main menu."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from kios_desktop.domain.library import Query, Shelf, Sort
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.actions import Actions, main_menu
from kios_desktop.ui.kit.formats import books, number
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.widgets.buttons import IconButton, MenuButton
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.search_field import SearchField

_NARROW: Final = 1000  # px of window width under which buttons show no text


def shelf_title(shelf: Shelf) -> str:
    return {
        Shelf.ALL: tr("All books"),
        Shelf.READING: tr("Reading now"),
        Shelf.UNREAD: tr("Unread"),
        Shelf.FINISHED: tr("Finished"),
    }[shelf]


def page_title(query: Query) -> str:
    return tr("Search") if query.words else shelf_title(query.shelf)


def sort_title(sort: Sort) -> str:
    return {
        Sort.RECENTLY_READ: tr("Recently read"),
        Sort.RECENTLY_ADDED: tr("Recently added"),
        Sort.TITLE: tr("Title"),
        Sort.AUTHOR: tr("Author"),
        Sort.SERIES: tr("Series"),
        Sort.PROGRESS: tr("Progress"),
    }[sort]


class LibraryHeader(QWidget):
    """Shows what is listed, and offers search, sorting and adding."""

    sort_chosen = Signal(object)  # Sort
    reverse_chosen = Signal(bool)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setFixedHeight(max(theme.size("header"), theme.control_height("heading") + 12))
        self._title = label("", "heading")
        self._count = label("", "body", "muted", tabular=True)
        self.search = SearchField(tr("Search your library"), actions.search.shortcut())
        self.sort = MenuButton("", "quiet", "sort-ascending")
        self.add = MenuButton(tr("Add"), "default", "plus")
        self.add.set_menu(self._add_menu(actions))
        self.more = IconButton("dots-three-vertical", tr("Main menu"))
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(main_menu(actions, self))
        self._fill_sort_menu()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._title)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self.search, 2)
        row.addWidget(self.sort)
        row.addWidget(self.add)
        row.addWidget(self.more)
        self._count.setContentsMargins(0, _baseline_shift(self._title, self._count), 0, 0)
        self._query = Query()

    def show_query(self, query: Query, count: int) -> None:
        """Show title, count and sort order of a query with `count` books."""
        self._query = query
        self._title.setText(page_title(query))
        self._count.setText(_count_text(query, count))
        self._group.actions()[list(Sort).index(query.sort)].setChecked(True)
        self._reverse.setChecked(query.reverse)
        self.sort.setIcon(icon("sort-descending" if query.reverse else "sort-ascending"))
        self._label_sort()

    def show_controls(self, shown: bool) -> None:
        """Show or hide search and sorting: an empty library has no use for them."""
        self.search.setVisible(shown)
        self.sort.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._label_sort()

    def _label_sort(self) -> None:
        narrow = self.window().width() < _NARROW
        name = sort_title(self._query.sort)
        _text(self.sort, "" if narrow else name, tr("Sort by: {order}", order=name))
        _text(self.add, "" if narrow else tr("Add"), tr("Add"))

    def _add_menu(self, actions: Actions) -> QMenu:
        menu = QMenu(self)
        menu.addActions([actions.add_files, actions.add_folder, actions.add_source])
        return menu

    def _fill_sort_menu(self) -> None:
        menu = QMenu(self)
        self._group = QActionGroup(menu)
        for sort in Sort:
            action = menu.addAction(sort_title(sort))
            action.setCheckable(True)
            self._group.addAction(action)
            action.triggered.connect(lambda _=False, sort=sort: self.sort_chosen.emit(sort))
        menu.addSeparator()
        self._reverse = menu.addAction(tr("Reverse order"))
        self._reverse.setCheckable(True)
        self._reverse.triggered.connect(self.reverse_chosen)
        self.sort.set_menu(menu)


def _count_text(query: Query, count: int) -> str:
    if query.words:
        return counted("%Ln books of your library", "", count, one="%Ln book of your library")
    return number(count) if count else books(count)


def _text(control: QPushButton, shown: str, name: str) -> None:
    control.setText(shown)
    control.setAccessibleName(name)
    control.setToolTip("" if shown else name)


def _baseline_shift(large: QLabel, small: QLabel) -> int:
    """The top margin of `small` that aligns the baselines of two vertically centred labels."""
    a, b = large.fontMetrics(), small.fontMetrics()
    return max(0, round(2 * ((a.ascent() - a.height() / 2) - (b.ascent() - b.height() / 2))))
