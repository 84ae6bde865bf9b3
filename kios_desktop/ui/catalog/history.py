"""The history of pages visited in one catalog, with scroll positions and loaded data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kios_desktop.domain.catalog import Entry, Search, Shown
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.pages import Pages

MAX_ITEMS: Final = 100  # items that are kept
# items this close to the current one keep their data, and return without a request
MAX_LOADED_DISTANCE: Final = 4
_PAGES_OF_LEFT_ITEMS: Final = 2  # pages of entries that an item keeps when it is left


@dataclass(frozen=True, slots=True)
class FeedTarget:
    """A feed by its address; None is the root."""

    url: ServerUrl | None


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """The results of a search."""

    search: Search
    query: str


@dataclass(frozen=True, slots=True)
class EntryTarget:
    """The page of one entry."""

    entry: Entry


Target = FeedTarget | SearchTarget | EntryTarget


@dataclass(frozen=True, slots=True)
class Crumb:
    """A parent in the breadcrumb."""

    title: str
    target: FeedTarget | SearchTarget


@dataclass(slots=True)
class HistoryItem:
    """One visited page. `page` counts from 1; `first` is the number of its first entry, if known.

    `scroll` (px), `row` and the followed `link` are restored when the reader returns. `shown` and
    `pages` hold loaded data; items further back have lost it and are fetched again. `walk` is the
    state of following the list up to this page, None for its first page.
    """

    target: Target
    title: str
    trail: tuple[Crumb, ...] = ()
    page: int = 1
    first: int | None = None
    scroll: int = 0
    row: int = -1
    link: ServerUrl | None = None
    shown: Shown | None = None
    pages: Pages | None = None
    walk: ListWalk | None = None


@dataclass
class History:
    """The visited pages, of which one is the current one."""

    _items: list[HistoryItem] = field(default_factory=list)
    _at: int = -1

    @property
    def current(self) -> HistoryItem | None:
        return self._items[self._at] if self._at >= 0 else None

    @property
    def items(self) -> Sequence[HistoryItem]:
        return self._items

    @property
    def trail(self) -> tuple[Crumb, ...]:
        """The breadcrumb to the current page, itself included unless it is the page of an entry."""
        item = self.current
        if item is None:
            return ()
        if isinstance(item.target, EntryTarget):
            return item.trail
        if item.trail and item.trail[-1].target == item.target:
            return item.trail
        return (*item.trail, Crumb(item.title, item.target))

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._items) - 1

    def go(self, item: HistoryItem) -> None:
        """Add a page after the current one; pages ahead of it are dropped."""
        self._items = [*self._items[: self._at + 1], item][-MAX_ITEMS:]
        self._at = len(self._items) - 1
        self._release_memory()

    def step(self, by: int) -> bool:
        """Go back (-1) or forward (1); False at the ends."""
        if not 0 <= self._at + by < len(self._items):
            return False
        self._at += by
        self._release_memory()
        return True

    def drop_current(self) -> None:
        """Drop the current page, because it turned out not to exist."""
        self._items = self._items[: self._at]
        self._at -= 1

    def _release_memory(self) -> None:
        """Drop loaded data of items that are far from the current one."""
        for number, item in enumerate(self._items):
            distance = abs(number - self._at)
            if distance > MAX_LOADED_DISTANCE:
                item.shown = item.pages = None
            elif distance and item.pages is not None:
                item.pages.keep_around(item.row, item.row, _PAGES_OF_LEFT_ITEMS)
