"""Searches an open book, shows what is found, and goes from one result to the next. No Qt."""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final, Protocol

from kios_desktop.domain.errors import KiosError
from kios_desktop.domain.locator import Place
from kios_desktop.epub.search import Match
from kios_desktop.epub.search_query import SearchQuery
from kios_desktop.epub.search_slices import Found
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.book_map import BookMap
from kios_desktop.ui.reader.engine.wire import Paint
from kios_desktop.ui.reader.search_results import BookResults

log = logging.getLogger(__name__)

MOST: Final = 10_000  # results; nobody reads more, and each is painted
ALL, CURRENT = "search", "found"  # layers of the page

StartSearch = Callable[[SearchQuery], AsyncGenerator[tuple[Sequence[Found], float], None]]
"""A search, as (what was found, progress 0…1). May raise KiosError."""


class SearchScreen(Protocol):
    """What the presenter shows."""

    def show_results(self, results: BookResults, title_of: Callable[[Place, int], str]) -> None:
        """`results` are new, or there are more of them. `title_of` a group's first place and
        the index of its chapter gives the chapter's title."""

    def show_progress(self, progress: float | None) -> None:
        """0…1 while a search is running, then None."""

    def show_summary(self, words: str, wrong: bool = False) -> None:
        """How many there are, that there is none, or (`wrong`) why it did not work."""

    def say_summary(self) -> None:
        """The search has ended: tell those who don't see it."""

    def mark_result(self, result: int | None) -> None: ...

    def show_step(self, words: str) -> None:
        """“3 of 27”, for the footer; "" when no result is the current one."""

    def mark_hits(self, fractions: Sequence[float]) -> None:
        """Where the results are in the book, 0…1, in order."""

    def paint(self, what: Paint) -> None:
        """Paint on the page, if it has the chapter."""


class SearchPresenter:
    """The search of one reader window. Results stay until there are others or they are cleared."""

    def __init__(
        self,
        book_map: BookMap,
        screen: SearchScreen,
        tasks: Tasks,
        start: StartSearch,
        look_at: Callable[[Place], None],
        here: Callable[[], Place | None],
    ) -> None:
        """`look_at` shows a place in the book; `here` is the place on the screen."""
        self._map, self._screen, self._tasks = book_map, screen, tasks
        self._start, self._look_at, self._here = start, look_at, here
        self.query = SearchQuery("")
        self._results = BookResults()
        self._current: int | None = None
        self._fractions: list[float] = []
        self._closed = False

    @property
    def is_active(self) -> bool:
        """Whether there is a search to be cleared."""
        return not self.query.is_empty

    def search(self, query: SearchQuery) -> None:
        """Search for something else; for nothing, clear the results."""
        if self._closed or query == self.query:
            return
        self._forget()
        self.query = query
        if query.is_empty:
            self._tasks.cancel(self._task)
        else:
            self._screen.show_progress(0.0)
            self._tasks.replace(self._task, self._run(query))

    def clear(self) -> None:
        """Forget the results, also on the page."""
        self.search(SearchQuery(""))

    @property
    def _task(self) -> str:
        return f"search-{id(self)}"

    def _forget(self) -> None:
        painted = {match.spine_index for match in self._results.matches}
        self._results, self._current, self._fractions = BookResults(), None, []
        self._screen.show_results(self._results, self._title)
        self._screen.show_progress(None)
        self._screen.show_summary("")
        self._screen.mark_result(None)
        self._screen.show_step("")
        self._screen.mark_hits([])
        for spine_index in painted:
            self._paint(spine_index)

    async def _run(self, query: SearchQuery) -> None:
        try:
            async with aclosing(self._start(query)) as slices:
                async for found, progress in slices:
                    self._add(found)
                    self._screen.show_progress(progress)
                    if len(self._results.matches) >= MOST:
                        break
        except KiosError as e:
            log.warning("a search ended: %s", e)
            message = explain(e)
            words = tr("{title}. {text}", title=message.title, text=message.text)
            self._screen.show_summary(words, wrong=True)
        else:
            self._screen.show_summary(self._summary(query))
        self._screen.show_progress(None)
        self._screen.say_summary()

    def _add(self, found: Sequence[Found]) -> None:
        if not found:
            return
        matches = self._results.add(found, MOST)
        self._fractions += map(self._fraction, matches)
        self._screen.show_results(self._results, self._title)
        self._screen.show_summary(self._count())
        self._screen.mark_hits(self._fractions)
        for spine_index in {match.spine_index for match in matches}:
            self._paint(spine_index)

    def _fraction(self, match: Match) -> float:
        return self._map.total_progression(Place(match.spine_index, match.start))

    def _title(self, place: Place, index: int) -> str:
        """Of a chapter: the entry of the contents, else what the reader calls the spine item."""
        named = self._map.has_contents and 0 <= index < len(self._map.lines)
        return self._map.lines[index].title if named else self._map.chapter(place).title

    def _summary(self, query: SearchQuery) -> str:
        if not self._results.matches:
            return tr("‘{q}’ isn’t in this book.", q=query.words.strip())
        if len(self._results.matches) >= MOST:
            count = number(len(self._results.matches))
            return tr("The first {n} results, in {chapters}", n=count, chapters=self._chapters())
        return self._count()

    def _count(self) -> str:
        results = counted("%Ln results", "", len(self._results.matches), one="%Ln result")
        return tr("{results} in {chapters}", results=results, chapters=self._chapters())

    def _chapters(self) -> str:
        return counted("%Ln chapters", "", len(self._results.groups), one="%Ln chapter")

    # -- going to results

    def choose(self, result: int) -> None:
        """Look at a result."""
        before, self._current = self._current, result
        match = self._results.matches[result]
        self._screen.mark_result(result)
        count = len(self._results.matches)
        self._screen.show_step(tr("{n} of {count}", n=number(result + 1), count=number(count)))
        self._look_at(self._results.place(result))
        if before is not None:
            left = self._results.matches[before].spine_index
            if left != match.spine_index:
                self._paint_current(left)
        self._paint_current(match.spine_index)

    def step(self, by: int) -> bool:
        """Look at the next result (1) or the previous one (-1); False when there is none.

        Without a current one, it is the nearest to the place on the screen.
        """
        count = len(self._results.matches)
        if not count:
            return False
        if self._current is None:
            self.choose(self._results.after(self._here(), by))
        else:
            self.choose((self._current + by) % count)
        return True

    # -- the page

    def loaded(self, spine_index: int) -> None:
        """A chapter was laid out, and has nothing painted yet."""
        if self._results.matches:
            self._paint(spine_index)

    def weighed(self) -> None:
        """It is known how long the chapters are."""
        if not self._closed:
            self._fractions = list(map(self._fraction, self._results.matches))
            self._screen.mark_hits(self._fractions)

    def _paint(self, spine_index: int) -> None:
        ranges = self._results.ranges(spine_index)
        self._screen.paint(Paint(spine=spine_index, layer=ALL, ranges=ranges))
        self._paint_current(spine_index)

    def _paint_current(self, spine_index: int) -> None:
        ranges = []
        if self._current is not None:
            match = self._results.matches[self._current]
            if match.spine_index == spine_index:
                ranges = [(match.start, match.end)]
        self._screen.paint(Paint(spine=spine_index, layer=CURRENT, ranges=ranges))

    def closed(self) -> None:
        self._closed = True
        self._tasks.cancel(self._task)
