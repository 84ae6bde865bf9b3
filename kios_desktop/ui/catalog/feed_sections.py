"""The part of a feed above its entries: cards for links to other feeds, then groups."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.catalog import Entry, Feed, Group, Navigation
from kios_desktop.domain.download import EntryState
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.grid import EntryGrid
from kios_desktop.ui.catalog.model import EntryModel, pages_of
from kios_desktop.ui.catalog.navigation_cards import GAP as CARD_GAP
from kios_desktop.ui.catalog.navigation_cards import NavigationCards
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.delegate import GAP
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.layouts import clear

_SIDE: Final = GAP // 2  # px from the edge of a cell to its cover
_CARD_SIDE: Final = _SIDE - CARD_GAP // 2
_MOST_GROUPS: Final = 40


class FeedSections(QWidget):
    """Scrolls with the grid below. `connect_grid` connects the signals of each group's grid."""

    follow_requested = Signal(object, str)  # ServerUrl, title

    def __init__(
        self,
        state_of: Callable[[Entry], EntryState],
        covers: CatalogCovers,
        connect_grid: Callable[[EntryGrid], None],
    ) -> None:
        super().__init__()
        self._state_of, self._covers, self._connect_grid = state_of, covers, connect_grid
        self.cards: list[NavigationCards] = []
        self.grids: list[EntryGrid] = []
        self._models: list[EntryModel] = []
        self._feed, self._offline = Feed(ServerUrl("")), False
        self._aligned: list[tuple[QWidget, int]] = []  # with the px of margin at the leading edge
        self._slack = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 0)
        self._column.setSpacing(0)

    def show_feed(self, feed: Feed, offline: bool) -> None:
        """Show a feed. Cards that are the same as before are kept, and with them the keyboard
        focus."""
        if self._column.count() and offline is self._offline and _same(feed, self._feed):
            self._feed = feed
            self.setVisible(True)
            return
        self._clear()
        self._feed, self._offline = feed, offline
        mixed = bool(feed.entries or feed.groups)
        if feed.navigation:
            if mixed:
                self._add_title(tr("Browse"))
            self._add_cards(feed)
        for group in feed.groups[:_MOST_GROUPS]:
            self._add_group(group, offline)
        if feed.entries and (feed.navigation or feed.groups):
            self._add_title(tr("Books"))
        self.setVisible(bool(self._column.count()))

    def extend(self, navigation: tuple[Navigation, ...], groups: tuple[Group, ...]) -> None:
        """Add the links of further pages at the end; what is shown already stays where it is."""
        before = self._feed
        self._feed = replace(before, navigation=navigation, groups=groups)
        if _books_in(before) != _books_in(self._feed) or len(_linked(self._feed)) != len(
            self.cards
        ):
            self.show_feed(self._feed, self._offline)
            return
        for cards, old, new in zip(self.cards, _linked(before), _linked(self._feed), strict=True):
            cards.extend(new.navigation[len(old.navigation) :])

    def filter(self, words: str) -> int:
        """Show only links that match; returns their number."""
        return sum(cards.filter(words) for cards in self.cards)

    def align(self, slack: int) -> None:
        """End where the last column of covers ends; `slack` is what is left beside it, in px."""
        self._slack = slack
        for widget, margin in self._aligned:
            widget.setContentsMargins(margin, 0, margin + slack, 0)

    def states_changed(self) -> None:
        for grid in self.grids:
            grid.states_changed()

    def _clear(self) -> None:
        clear(self._column)
        self.cards, self.grids, self._models, self._aligned = [], [], [], []

    def _add_title(self, text: str, group: Group | None = None) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 8, 0, 8)
        row.addWidget(label(text, "section"))
        row.addStretch(1)
        if group is not None and group.href is not None:
            url = group.href
            show_all = button(tr("Show all"), "link", height="controlSmall")
            show_all.setProperty("flush", True)
            show_all.setAccessibleName(tr("Show all: {title}", title=text))
            show_all.clicked.connect(lambda: self.follow_requested.emit(url, text))
            row.addWidget(show_all)
        self._add_aligned(holder, _SIDE)

    def _add_aligned(self, widget: QWidget, margin: int) -> None:
        outer = QWidget()
        box = QVBoxLayout(outer)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(widget)
        outer.setContentsMargins(margin, 0, margin + self._slack, 0)
        self._aligned.append((outer, margin))
        self._column.addWidget(outer)

    def _add_cards(self, feed: Feed | Group) -> None:
        cards = NavigationCards()
        cards.set_links(feed.navigation)
        cards.follow_requested.connect(
            lambda link: self.follow_requested.emit(link.href, link.title)
        )
        self.cards.append(cards)
        self._add_aligned(cards, _CARD_SIDE)

    def _add_group(self, group: Group, offline: bool) -> None:
        self._add_title(group.title, group)
        if group.navigation:
            self._add_cards(group)
        if group.entries:
            self._add_entries(group.entries, offline, limited=group.href is not None)

    def _add_entries(self, entries: Sequence[Entry], offline: bool, limited: bool) -> None:
        model = EntryModel(self._state_of)
        grid = EntryGrid(model, self._covers, scrolls=False)
        if limited:
            grid.set_most_rows(1)  # “Show all” leads to the others
        model.set_pages(pages_of(entries), offline)
        self._connect_grid(grid)
        self._models.append(model)
        self.grids.append(grid)
        self._column.addWidget(grid)


def _linked(feed: Feed) -> list[Feed | Group]:
    """The parts of a feed that have cards, in order."""
    parts: list[Feed | Group] = [feed, *feed.groups[:_MOST_GROUPS]]
    return [part for part in parts if part.navigation]


def _same(one: Feed, other: Feed) -> bool:
    same_parts = one.navigation == other.navigation and one.groups == other.groups
    return same_parts and bool(one.entries) is bool(other.entries)


def _books_in(feed: Feed) -> list[tuple[str, int]]:
    return [(group.title, len(group.entries)) for group in feed.groups]
