"""Where the reader has been in one catalog: back and forward, with what was in sight there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kios_desktop.domain.catalog import Entry, Search, Shown
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.pages import Pages

REMEMBERED: Final = 100  # stops
INSTANT: Final = 4  # stops that come back without asking the server
_KEPT_PAGES: Final = 2  # of a stop that was left


@dataclass(frozen=True, slots=True)
class FeedAt:
    """A feed; None is the root."""

    url: ServerUrl | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    search: Search
    words: str


@dataclass(frozen=True, slots=True)
class EntryAt:
    """The page of one entry."""

    entry: Entry


Target = FeedAt | Found | EntryAt


@dataclass(frozen=True, slots=True)
class Crumb:
    """A parent in the breadcrumb."""

    title: str
    target: FeedAt | Found


@dataclass(slots=True)
class Stop:
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

    _stops: list[Stop] = field(default_factory=list)
    _at: int = -1

    @property
    def now(self) -> Stop | None:
        return self._stops[self._at] if self._at >= 0 else None

    @property
    def stops(self) -> Sequence[Stop]:
        return self._stops

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._stops) - 1

    def go(self, stop: Stop) -> None:
        """A new place; what was ahead is forgotten."""
        self._stops = [*self._stops[: self._at + 1], stop][-REMEMBERED:]
        self._at = len(self._stops) - 1
        self._forget()

    def step(self, by: int) -> bool:
        """Back or forward; False at the ends."""
        if not 0 <= self._at + by < len(self._stops):
            return False
        self._at += by
        self._forget()
        return True

    def undo(self) -> None:
        """There is nothing at the last place gone to: it was never there."""
        self._stops = self._stops[: self._at]
        self._at -= 1

    def _forget(self) -> None:
        """Memory stays flat however long the way was."""
        for number, stop in enumerate(self._stops):
            distance = abs(number - self._at)
            if distance > INSTANT:
                stop.shown = stop.pages = None
            elif distance and stop.pages is not None:
                stop.pages.keep_around(stop.row, stop.row, _KEPT_PAGES)
