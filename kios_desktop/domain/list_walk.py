"""Follows a catalog's list from page to page, and decides when it is complete.

A `next` link does not prove that there is a next page, nor its absence that there is none: Stump
links every page to itself, other servers lead in a circle, and Storyteller omits the link in
series. BookLore's pages overlap. So distinct items are counted and compared with the server's
total.
"""

import re
from typing import Final, Self
from urllib.parse import parse_qsl, urlsplit

from kios_desktop.domain.catalog import Feed
from kios_desktop.domain.secret import ServerUrl

WINDOW: Final = 500_000  # addresses and items remembered: some 50 MB at most
_PAGE_NAMES: Final = frozenset({"page", "pagenumber", "p"})  # not COPS' `page`: see `_number`


class ListWalk:
    """Follows one list until it ends.

    The number of pages is not limited, the memory is: a circle of more than `window` items is
    followed as long as more is asked for. `whole`: the list begins with its first page, so that
    missing items can be counted at the end.
    """

    def __init__(
        self, first: ServerUrl | None = None, *, whole: bool = True, window: int = WINDOW
    ) -> None:
        self.next = first
        self.guessed = False
        self.listed = self.repeated = 0
        self._first, self._whole, self._window = first, whole, window
        self._seen: dict[int, None] = {}
        self._total: int | None = None
        self._unread = 0
        self._turned = self._misled = False

    def copy(self) -> Self:
        """A copy that continues from here independently."""
        other = type(self)(self._first, whole=self._whole, window=self._window)
        other.__dict__.update(self.__dict__, _seen=dict(self._seen))
        return other

    @property
    def has_more(self) -> bool:
        """Whether there is a next page, by the server's link or by its total."""
        counted = self._whole and self._total is not None and self._total > self.listed
        return self.next is not None and (not self.guessed or counted)

    @property
    def missing(self) -> int:
        """How many items of the server's total were not listed; 0 before the end or if unknown."""
        if self.next is not None or not (self._whole and self._turned) or self._total is None:
            return 0
        return max(0, self._total - self.listed - self._unread)

    @property
    def misled(self) -> bool:
        """Whether it ended because the server's `next` led to nothing new."""
        return self.next is None and self._misled

    def brings(self, feed: Feed) -> bool:
        """Whether a page has an item that was not listed before."""
        return any(item not in self._seen for item in _items(feed))

    def add(self, feed: Feed) -> int:
        """Adds the page that `next` led to; returns how many of its items are new."""
        asked, guessed = self.next or feed.url, self.guessed
        self.next, self.guessed, self._misled = None, False, False
        if self._first is None:
            self._first = asked
        if not self._seen and ((feed.first or 1) > 1 or feed.previous is not None):
            self._whole = False
        for url in (asked, feed.url):
            self._remember(hash(url))
        items = _items(feed)
        fresh = sum([self._remember(item) for item in items])
        self.listed += fresh
        self.repeated += len(items) - fresh if fresh else 0
        self._unread += feed.unread
        self._total = feed.total if feed.total is not None else self._total
        if self._total is not None and self._total < self.listed:
            self._total = None  # it counts something else
        self._turned = self._turned or feed.next is not None or len(items) == feed.per_page
        if not items or self._is_complete(len(items)):
            return fresh
        if feed.next is None:
            self.next, self.guessed = feed.untold if fresh else None, feed.untold is not None
        elif hash(feed.next) not in self._seen and (fresh or not guessed):
            self.next, self.guessed = feed.next, not fresh
        elif fresh or not guessed:
            self._guess(asked, feed.next)
        self._misled = feed.next is not None and (self.next is None or self.guessed)
        return fresh

    def end(self) -> None:
        """The next page does not exist: calibre answers 404 past the end."""
        self.next = None

    def _is_complete(self, on_page: int) -> bool:
        """Whether the total is reached. One of at most this page counts the page, not the list."""
        return self._total is not None and on_page < self._total == self.listed

    def _guess(self, asked: ServerUrl, misleading: ServerUrl) -> None:
        """Where `next` leads to a page that was listed, tries the page number after it."""
        found = _number(misleading, self._first or asked)
        if found is None:
            return
        name, number = found
        here = dict(parse_qsl(urlsplit(asked.reveal()).query)).get(name, "")
        after = max(number, int(here[:9]) if here.isascii() and here.isdecimal() else 1) + 1
        url = _with(misleading, name, after)
        if hash(url) not in self._seen:
            self.next, self.guessed = url, True

    def _remember(self, key: int) -> bool:
        """Whether it is new."""
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > self._window:
            del self._seen[next(iter(self._seen))]
        return True


def _items(feed: Feed) -> list[int]:
    """The items of a page: its entries, else those of its groups, else its links.

    Komga repeats the same links above each page of a group; they are not items of the list.
    """
    if feed.entries:
        return [hash(("entry", entry.key)) for entry in feed.entries]
    if feed.groups:
        entries = [hash(("entry", e.key)) for group in feed.groups for e in group.entries]
        links = [hash(("feed", link.href)) for group in feed.groups for link in group.navigation]
        return entries + links
    return [hash(("feed", link.href)) for link in feed.navigation]


def _number(url: ServerUrl, first: ServerUrl) -> tuple[str, int] | None:
    """(name, value) of the one query parameter that differs from the first page's address.

    None unless it is a page number. COPS has a `page` parameter in all addresses that is not one.
    """
    one, other = urlsplit(url.reveal()), urlsplit(first.reveal())
    if one[:3] != other[:3]:
        return None
    ours = parse_qsl(one.query, keep_blank_values=True)
    theirs = parse_qsl(other.query, keep_blank_values=True)
    differing = [pair for pair in ours if pair not in theirs]
    if len(differing) != 1:
        return None
    [(name, value)] = differing
    usable = name.lower() in _PAGE_NAMES and value.isascii() and value.isdecimal()
    return (name, int(value[:9])) if usable else None


def _with(url: ServerUrl, name: str, number: int) -> ServerUrl:
    query = rf"([?&]{re.escape(name)}=)\d+"
    return ServerUrl(re.sub(query, lambda found: f"{found[1]}{number}", url.reveal()))
