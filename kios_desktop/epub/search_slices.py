"""A search in small slices, so that results come as they are found and nobody waits for Python."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kios_desktop.domain.errors import PatternError
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.epub.search import BookSearch, Match
from kios_desktop.epub.search_query import SearchQuery, matcher

SLICE_S = 0.02  # a chapter that takes longer is a slice of its own


@dataclass(frozen=True, slots=True)
class Found:
    """Matches that follow each other in one chapter of the contents."""

    chapter: Chapter
    matches: list[Match]


class Searching:
    """One search. `go_on` in any thread, one call at a time; `stop` at any time.

    `progress` is 0…1, `done` at the end.
    """

    def __init__(
        self, search: BookSearch, query: SearchQuery, chapter_of: Callable[[Place], Chapter]
    ) -> None:
        self._matcher = matcher(query)
        self._steps: Iterator[list[Match]] = search.find(query, self._matcher)
        self._count, self._chapter_of = search.count, chapter_of
        self._running = threading.Lock()
        self._stopped = False
        self._items = 0
        self.done = False

    @property
    def progress(self) -> float:
        return self._items / self._count if self._count else 1.0

    def go_on(self) -> list[Found]:
        """What one slice found. Blocking. Raises PatternError and PublicationError."""
        with self._running:
            return self._slice()

    def _slice(self) -> list[Found]:
        until = time.monotonic() + SLICE_S
        found: list[Match] = []
        while not self._stopped and time.monotonic() < until:
            try:
                matches = next(self._steps, None)
            except PatternError:
                if self._stopped:  # that is how it was stopped
                    break
                raise
            if matches is None:
                self.done = True
                break
            self._items += 1
            found += matches
        if self._stopped:
            self.done = True
        by_chapter = itertools.groupby(found, self._chapter)
        return [Found(chapter, list(matches)) for chapter, matches in by_chapter]

    def _chapter(self, match: Match) -> Chapter:
        return self._chapter_of(Place(match.spine_index, match.start))

    def stop(self) -> None:
        """Call the search off, also while a slice is running in another thread."""
        self._stopped = True
        self._matcher.stop()
