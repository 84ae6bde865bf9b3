"""Searches a whole book, off the text of its chapters and never the page.

The folded texts are kept, up to a budget, as long as the `BookSearch` is: a second search reads
nothing and takes a hundredth of the time.
"""

import threading
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.search_folding import Folded
from kios_desktop.epub.search_query import Matcher, SearchQuery, matcher
from kios_desktop.epub.search_text import BORDER, SearchText

BUDGET_BYTES: Final = 64 * 1024 * 1024  # of texts that are kept; what is beyond is read again
_FOLDINGS: Final = 3  # texts kept of each chapter: as it is, and folded in two ways
_BEFORE, _AFTER = 50, 90  # characters of an excerpt on each side of a match


class Match(NamedTuple):
    """The characters with the ordinals [start, end) of a spine item, and what is around them.

    `before` and `after` are whole words of the same block, as a reader sees them; so is `text`.
    `begins_inside` says that there is more of the block before `before`.
    """

    spine_index: int
    start: int
    end: int
    before: str
    text: str
    after: str
    begins_inside: bool


class BookSearch:
    """Searches one publication of `count` spine items. Thread-safe; every step blocks."""

    def __init__(
        self, container: Container, publication: Publication, budget_bytes: int = BUDGET_BYTES
    ) -> None:
        self._budget_bytes = budget_bytes
        self._models = ContentModels(container, publication)
        self.count = len(publication.reading_order)
        self._kept: dict[str, _Chapter] = {}
        self._kept_bytes = 0
        self._lock = threading.Lock()

    def find(self, query: SearchQuery, using: Matcher | None = None) -> Iterator[list[Match]]:
        """The matches of each spine item in reading order: as many lists as there are items.

        Whoever stops asking calls the search off; who waits in another thread can stop `using`,
        a matcher of the query. Raises PatternError and, for a file that can't be read now,
        PublicationError.
        """
        found = using or matcher(query)
        try:
            found.begin()
            for spine_index in range(self.count):
                chapter = self._chapter(spine_index)
                if chapter is None:
                    yield []
                else:
                    yield chapter.matches(spine_index, found, query.match_case)
        finally:
            found.close()

    def _chapter(self, spine_index: int) -> "_Chapter | None":
        """The text of a spine item; None for one without."""
        link = self._models.link(spine_index)
        if link is None:
            return None
        with self._lock:
            kept = self._kept.get(link.href)
        if kept is not None:
            return kept
        model = self._models.glance(spine_index)
        if model is None:
            return None
        chapter = _Chapter(SearchText(model.tree))
        size = _FOLDINGS * chapter.seen.size
        with self._lock:
            if link.href not in self._kept and self._kept_bytes + size <= self._budget_bytes:
                self._kept[link.href] = chapter
                self._kept_bytes += size
        return chapter


class _Chapter:
    def __init__(self, seen: SearchText) -> None:
        self.seen = seen

    @cached_property
    def _caseless(self) -> Folded:
        return Folded(self.seen.text, match_case=False)

    @cached_property
    def _cased(self) -> Folded:
        return Folded(self.seen.text, match_case=True)

    def matches(self, spine_index: int, matcher: Matcher, match_case: bool) -> list[Match]:
        folded = self._cased if match_case else self._caseless
        found: list[Match] = []
        last = 0
        for span in matcher.spans(folded):
            start, end = folded.span(*span)
            if start >= last:  # not a second one in the same character, as of s in ß
                found.append(self._match(spine_index, start, end))
                last = end
        return found

    def _match(self, spine_index: int, start: int, end: int) -> Match:
        text = self.seen.text
        first, last = around(text, start, end)
        inside = begins_inside(text, first)
        parts = text[first:start], text[start:end], text[end:last]
        return Match(spine_index, *self.seen.ordinals(start, end), *parts, inside)


def around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where an excerpt of a match begins and ends: with a block, else with a word."""
    least, most = max(0, start - _BEFORE), end + _AFTER
    first = text.rfind(BORDER, least, start) + 1
    if not first and least:
        first = text.find(" ", least, start - 1) + 1 or least
    last = text.find(BORDER, end, most)
    if last < 0:
        last = most
        if most < len(text):
            space = text.rfind(" ", end + 1, most)
            last = most if space < 0 else space
    return first, last


def begins_inside(text: str, first: int) -> bool:
    """Whether an excerpt begins within a block."""
    return first > 0 and text[first - 1] != BORDER
