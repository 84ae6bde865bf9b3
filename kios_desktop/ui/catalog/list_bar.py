"""The bar above a list: facets, the filter of the page, and which part of the list is shown."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QMenu, QWidget

from kios_desktop.domain.catalog import Facet
from kios_desktop.ui.catalog.ports import Paging
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import IconButton, MenuButton
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.layouts import clear
from kios_desktop.ui.widgets.search_field import SearchField
from kios_desktop.ui.widgets.segmented import Segmented

_SEGMENTS: Final = 4
_SEGMENT_WORDS: Final = 34  # characters of all segments together
_MOST_GROUPS: Final = 4
_FILTER_WIDTH: Final = 190


class ListBar(QWidget):
    """Hidden while it has nothing to show."""

    facet_chosen = Signal(object)  # Facet
    filter_changed = Signal(str)
    previous_requested = Signal()
    next_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.filter = SearchField(tr("Filter this page"), QKeySequence())
        self.filter.setMaximumWidth(_FILTER_WIDTH)
        self.filter.textEdited.connect(self.filter_changed)
        self._words = label("", "small", "muted", tabular=True)
        self.previous = IconButton("caret-left", tr("Previous page"), px=16)
        self.next = IconButton("caret-right", tr("Next page"), px=16)
        self.previous.clicked.connect(self.previous_requested)
        self.next.clicked.connect(self.next_requested)
        self._facets = QHBoxLayout()
        self._facets.setSpacing(8)
        self._part = QHBoxLayout()
        self._part.setSpacing(8)
        self._part.addStretch(1)
        self._part.addWidget(self.filter, 1)
        for widget in (self._words, self.previous, self.next):
            self._part.addWidget(widget)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 4, 0, 6)
        self._rows.setSpacing(8)
        self._rows.addLayout(self._facets)
        self._rows.addLayout(self._part, 1)
        # the same height with and without the filter
        self.setMinimumHeight(theme.control_height() + 10)
        self._shown: tuple[Facet, ...] = ()
        self._only_menus = False
        self._paging = Paging()
        self._filterable = False
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()

    def show_facets(self, facets: Sequence[Facet]) -> None:
        """Show one control per group of facets: segments for a few short options, else a menu."""
        if tuple(facets) != self._shown:
            self._shown, self._only_menus = tuple(facets), False
            self._build_facets()
            self._show()

    def _build_facets(self) -> None:
        clear(self._facets)
        groups: dict[str, list[Facet]] = {}
        for facet in self._shown:
            groups.setdefault(facet.group, []).append(facet)
        segmented = [not self._only_menus and _segmentable(options) for options in groups.values()]
        for number, (name, options) in enumerate(list(groups.items())[:_MOST_GROUPS]):
            if segmented[number]:
                self._facets.addWidget(self._segments(name, options))
            else:
                if number and segmented[number - 1]:
                    self._facets.addWidget(_divider())
                self._facets.addWidget(self._menu_button(name, options))
        self._facets.addStretch(1)

    def show_paging(self, paging: Paging) -> None:
        if paging.text and paging.text != self._paging.text:
            announce(self, paging.text)
        self._paging = paging
        self._words.setText(paging.text)
        self.previous.setEnabled(paging.previous)
        self.next.setEnabled(paging.next)
        self._show()

    def show_filter(self, filterable: bool) -> None:
        """Offer or hide the filter; its text is cleared."""
        self._filterable = filterable
        self.filter.clear()
        self._show()

    def _show(self) -> None:
        turning = self._paging.previous or self._paging.next
        self._words.setVisible(bool(self._paging.text))
        self.previous.setVisible(turning)
        self.next.setVisible(turning)
        self.filter.setVisible(self._filterable)
        self.setVisible(bool(self._shown or self._paging.text or turning or self._filterable))
        self._divide()

    def _divide(self) -> None:
        """Put both parts into one row if they fit, else below each other."""
        if self._shown and not self._only_menus and self._facets.sizeHint().width() > self.width():
            self._only_menus = True  # segments need more room than menus
            QTimer.singleShot(0, self, self._build_facets)
        needed = self._facets.sizeHint().width() + self._part.minimumSize().width() + 8
        fits = not self._shown or needed <= self.width()
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._rows.setDirection(across if fits else down)

    def _segments(self, name: str, options: Sequence[Facet]) -> Segmented:
        made = Segmented([(str(n), facet.title) for n, facet in enumerate(options)], name)
        made.set_value(str(next(n for n, facet in enumerate(options) if facet.active)))
        made.chosen.connect(lambda key: self.facet_chosen.emit(options[int(key)]))
        return made

    def _menu_button(self, name: str, options: Sequence[Facet]) -> MenuButton:
        active = next((facet.title for facet in options if facet.active), tr("any"))
        text = tr("{group}: {active}", group=name or tr("Show"), active=active)
        made = MenuButton(text.replace("&", "&&"))
        made.setAccessibleName(text)
        menu = QMenu(made)
        group = QActionGroup(menu)
        for facet in options:
            count = f" ({facet.count:n})" if facet.count is not None else ""
            action = menu.addAction(f"{facet.title}{count}".replace("&", "&&"))
            action.setCheckable(True)
            group.addAction(action)
            action.setChecked(facet.active)
            action.triggered.connect(lambda _=False, facet=facet: self.facet_chosen.emit(facet))
        made.set_menu(menu)
        return made


def _segmentable(options: Sequence[Facet]) -> bool:
    """Whether a group fits into segments. They need an active option; a menu can say “any”."""
    short = sum(len(facet.title) for facet in options) <= _SEGMENT_WORDS
    return 1 < len(options) <= _SEGMENTS and short and any(facet.active for facet in options)


def _divider() -> QFrame:
    result = QFrame()
    result.setProperty("kind", "line")
    result.setFixedSize(1, theme.control_height() - 8)
    return result
