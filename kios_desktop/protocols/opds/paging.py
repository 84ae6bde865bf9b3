"""From page to page, however a server links them (opds.md 7.3).

`next` is no proof of a next page: Stump puts it on every page, others in a circle.
"""

from typing import Final

from kios_desktop.domain.catalog import Feed
from kios_desktop.domain.secret import ServerUrl

WINDOW: Final = 500_000  # addresses and keys remembered: some 50 MB at most, whatever is sent


class Paging:
    """Follows one list, and knows when it is over.

    There is no limit to the pages. What is remembered is bounded: a circle larger than `window`
    goes round as long as somebody keeps asking for more, in the same memory.
    """

    def __init__(self, first: ServerUrl, window: int = WINDOW) -> None:
        self._next: ServerUrl | None = first
        self._window = window
        self._seen: dict[int, None] = {}
        self._items = 0

    @property
    def next(self) -> ServerUrl | None:
        """The page to fetch; None when there is no more."""
        return self._next

    def add(self, feed: Feed) -> int:
        """Take the page that `next` led to; how many of its items were not seen before."""
        asked = self._next
        self._next = None
        for url in (asked, feed.url):
            if url is not None:
                self._remember(hash(url))
        keys = [hash(("entry", entry.key)) for entry in feed.entries]
        keys += [hash(("feed", navigation.href)) for navigation in feed.navigation]
        fresh = sum(self._remember(key) for key in keys)
        self._items += fresh
        following = feed.next
        if following is None or fresh == 0 or hash(following) in self._seen:
            return fresh
        # a total that is not more than the page is the page's own, and says nothing of the list
        if feed.total is not None and len(keys) < feed.total <= self._items:
            return fresh
        self._next = following
        return fresh

    def end(self) -> None:
        """The page is not there: calibre answers 404 past the end."""
        self._next = None

    def _remember(self, key: int) -> bool:
        """Whether it is new."""
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > self._window:
            del self._seen[next(iter(self._seen))]
        return True
