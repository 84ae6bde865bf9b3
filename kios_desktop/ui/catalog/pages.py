"""A list in pages. Only pages near the reader keep their entries in memory."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kios_desktop.domain.catalog import Entry, Feed, Group, Navigation
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl

MAX_LOADED_PAGES: Final = 20  # pages that keep their entries
MAX_PAGES: Final = 10_000  # pages of one list, a limit against endless lists


@dataclass(slots=True)
class _Page:
    """`repeats` are the entries that are on earlier pages too, as hashes of their keys."""

    url: ServerUrl
    count: int
    entries: tuple[Entry, ...] | None
    repeats: frozenset[int]


class Pages:
    """The pages loaded so far. Rows are numbered through all of them, from 0.

    A page whose entries were dropped keeps its address and length, so row numbers never change. An
    entry that is on an earlier page too is listed once. `navigation` and `groups` are those of all
    pages. `walk` is the state of following the list up to the first of these pages.
    """

    def __init__(self, first: Feed, walk: ListWalk | None = None) -> None:
        self._pages: list[_Page] = []
        self._starts: list[int] = []
        self._keys: set[int] = set()
        self.walk = ListWalk() if walk is None else walk
        self.navigation: tuple[Navigation, ...] = ()
        self.groups: tuple[Group, ...] = ()
        self.listed = 0
        self.add(first)

    @property
    def next(self) -> ServerUrl | None:
        """The address of the next page; None at the end, or when the list is too long."""
        return None if self.count >= MAX_PAGES else self.walk.next

    @property
    def looped(self) -> bool:
        """Whether the list was ended although the server links to a next page."""
        return self.walk.misled or self.count >= MAX_PAGES

    @property
    def rows(self) -> int:
        return self._starts[-1] + self._pages[-1].count

    @property
    def count(self) -> int:
        return len(self._pages)

    def add(self, feed: Feed) -> range:
        """Append a page; returns its rows."""
        start = self.rows if self._pages else 0
        keys = {hash(entry.key) for entry in feed.entries}
        repeats = frozenset(keys & self._keys)
        self._keys |= keys
        entries = _without(feed.entries, repeats)
        self._pages.append(_Page(feed.url, len(entries), entries, repeats))
        self._starts.append(start)
        self.listed += self.walk.add(feed)
        known = {link.href for link in self.navigation}
        self.navigation += tuple(link for link in feed.navigation if link.href not in known)
        self.groups = _joined(self.groups, feed.groups)
        return range(start, start + len(entries))

    def entry(self, row: int) -> Entry | None:
        """The entry of a row; None while it is not in memory."""
        if not 0 <= row < self.rows:
            return None
        number = self.number_of(row)
        page, at = self._pages[number], row - self._starts[number]
        return page.entries[at] if page.entries is not None and at < len(page.entries) else None

    def entries(self) -> list[tuple[int, Entry]]:
        """Row and entry of all entries in memory."""
        return [
            (start + at, entry)
            for start, page in zip(self._starts, self._pages, strict=True)
            for at, entry in enumerate(page.entries or ())
        ]

    def number_of(self, row: int) -> int:
        """The number of the page that contains a row, from 0."""
        return bisect_right(self._starts, row) - 1

    def url(self, number: int) -> ServerUrl:
        return self._pages[number].url

    def rows_of(self, number: int) -> range:
        start = self._starts[number]
        return range(start, start + self._pages[number].count)

    def missing(self, first: int, last: int) -> list[int]:
        """The numbers of the pages of these rows whose entries are not in memory."""
        if self.rows == 0:
            return []
        numbers = range(self.number_of(max(0, first)), self.number_of(min(last, self.rows - 1)) + 1)
        return [number for number in numbers if self._pages[number].entries is None]

    def refill(self, number: int, entries: Sequence[Entry]) -> None:
        """Store the entries of a page again. Those the server has added since are cut off."""
        page = self._pages[number]
        page.entries = _without(entries, page.repeats)[: page.count]

    def replace(self, entry: Entry) -> int | None:
        """Replace an entry by a fuller version; returns its row, None if it is not in memory."""
        for number, page in enumerate(self._pages):
            for at, known in enumerate(page.entries or ()):
                if known.key == entry.key and page.entries is not None:
                    page.entries = (*page.entries[:at], entry, *page.entries[at + 1 :])
                    return self._starts[number] + at
        return None

    def keep_around(self, first: int, last: int, most: int = MAX_LOADED_PAGES) -> None:
        """Drop the entries of pages that are far from these rows, until `most` pages have
        entries."""
        held = [n for n, page in enumerate(self._pages) if page.entries]
        if len(held) <= most or self.rows == 0:
            return
        middle = self.number_of(min(max(0, (first + last) // 2), self.rows - 1))
        held.sort(key=lambda number: abs(number - middle))
        for number in held[most:]:
            self._pages[number].entries = None


def _without(entries: Sequence[Entry], repeats: frozenset[int]) -> tuple[Entry, ...]:
    if not repeats:
        return tuple(entries)
    return tuple(entry for entry in entries if hash(entry.key) not in repeats)


def _joined(groups: tuple[Group, ...], more: Sequence[Group]) -> tuple[Group, ...]:
    """Merge the groups of a further page into those of the pages before it, by title."""
    found = {group.title: group for group in groups}
    if not groups or len(found) < len(groups):
        return (*groups, *more)
    for group in more:
        before = found.get(group.title, Group(group.title, group.href))
        links = {link.href for link in before.navigation}
        keys = {entry.key for entry in before.entries}
        found[group.title] = replace(
            before,
            navigation=before.navigation
            + tuple(link for link in group.navigation if link.href not in links),
            entries=before.entries + tuple(e for e in group.entries if e.key not in keys),
        )
    return tuple(found.values())
