"""Where the reader has been in one catalog: back and forward, with what was in sight there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kios_desktop.domain.catalog import Entry, Search, Shown
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.pages import Pages

MAX_ITEMS: Final = 100  # stops
MAX_LOADED_DISTANCE: Final = 4  # stops that come back without asking the server
_KEPT_PAGES: Final = 2  # of a stop that was left


@dataclass(frozen=True, slots=True)
class FeedTarget:
    """A feed; None is the root."""

    url: ServerUrl | None


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """What a search found."""

    search: Search
    words: str


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
    """One place. `page` counts from 1; `first` is the number of its first entry, if known.

    `scroll` in px, `row` and the `link` that was followed are put back when the reader returns.
    `shown` and `pages` are what was loaded; a stop further back in the history has lost them and is
    fetched again. `walk` is how far the list was followed before this page, None for the first one.
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
    """Stops, and which one is now."""

    _items: list[HistoryItem] = field(default_factory=list)
    _at: int = -1

    @property
    def current(self) -> HistoryItem | None:
        return self._items[self._at] if self._at >= 0 else None

    @property
    def items(self) -> Sequence[HistoryItem]:
        return self._items

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._items) - 1

    def go(self, item: HistoryItem) -> None:
        """A new place; what was ahead is forgotten."""
        self._items = [*self._items[: self._at + 1], item][-MAX_ITEMS:]
        self._at = len(self._items) - 1
        self._release_memory()

    def step(self, by: int) -> bool:
        """Back or forward; False at the ends."""
        if not 0 <= self._at + by < len(self._items):
            return False
        self._at += by
        self._release_memory()
        return True

    def drop_current(self) -> None:
        """There is nothing at the last place gone to: it was never there."""
        self._items = self._items[: self._at]
        self._at -= 1

    def _release_memory(self) -> None:
        """Memory stays flat however long the way was."""
        for number, item in enumerate(self._items):
            distance = abs(number - self._at)
            if distance > MAX_LOADED_DISTANCE:
                item.shown = item.pages = None
            elif distance and item.pages is not None:
                item.pages.keep_around(item.row, item.row, _KEPT_PAGES)
