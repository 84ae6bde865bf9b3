"""The search of a reader window, seen by a list-backed screen."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from kios_desktop.domain.errors import BadPattern, KiosError, Missing, PatternTooSlow
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.publication import Link, Metadata, Publication, TocEntry
from kios_desktop.epub.search import Match
from kios_desktop.epub.search_query import SearchQuery
from kios_desktop.epub.search_slices import Found
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader import search_presenter
from kios_desktop.ui.reader.book_map import BookMap
from kios_desktop.ui.reader.engine.wire import Paint
from kios_desktop.ui.reader.search_presenter import SearchPresenter
from kios_desktop.ui.reader.search_results import BookResults

WHALE = SearchQuery("whale")


@dataclass
class FakeScreen:
    """Keeps what it was shown last, and what was painted."""

    rows: list[str] = field(default_factory=list)
    progress: list[float | None] = field(default_factory=list)
    summary: str = ""
    wrong: bool = False
    said: list[str] = field(default_factory=list)
    marked: int | None = None
    step: str = ""
    hits: list[float] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)

    def show_results(self, results: BookResults, title_of: Callable[[Place, int], str]) -> None:
        self.rows = []
        for group in results.groups:
            title = title_of(results.place(group.first), group.chapter.index)
            self.rows.append(f"{title} ({group.count})")

    def show_progress(self, progress: float | None) -> None:
        self.progress.append(progress)

    def show_summary(self, words: str, wrong: bool = False) -> None:
        self.summary, self.wrong = words, wrong

    def say_summary(self) -> None:
        self.said.append(self.summary)

    def mark_result(self, result: int | None) -> None:
        self.marked = result

    def show_step(self, words: str) -> None:
        self.step = words

    def mark_hits(self, fractions: Sequence[float]) -> None:
        self.hits = list(fractions)

    def paint(self, what: Paint) -> None:
        self.paints.append(what)

    def painted(self, layer: str) -> dict[int, list[tuple[int, int]]]:
        """What the page shows, by spine item."""
        shown: dict[int, list[tuple[int, int]]] = {}
        for what in self.paints:
            if what.layer == layer:
                shown[what.spine] = what.ranges
        return {spine: ranges for spine, ranges in shown.items() if ranges}


def match(spine: int, start: int) -> Match:
    return Match(spine, start, start + 5, "a ", "whale", "", False)


def found(spine: int, *starts: int) -> Found:
    return Found(Chapter(spine, f"Chapter {spine + 1}"), [match(spine, start) for start in starts])


class Searched:
    """A presenter on a book of four chapters of 1,000 characters."""

    def __init__(
        self, *slices: list[Found], error: KiosError | None = None, contents: bool = True
    ) -> None:
        order = tuple(Link(f"c{n}.xhtml", "application/xhtml+xml") for n in range(4))
        toc = tuple(TocEntry(f"Chapter {n + 1}", link.href) for n, link in enumerate(order))
        book = Publication(
            Metadata("A book"), order, {x.href: x for x in order}, toc if contents else ()
        )
        self.map = BookMap(book, [1000] * 4, [1000] * 4)
        self.slices, self.error = slices, error
        self.asked: list[SearchQuery] = []
        self.ended: list[SearchQuery] = []
        self.errors: list[Exception] = []
        self.looked: list[Place] = []
        self.here: Place | None = Place(1, 150)
        self.held = asyncio.Event()
        self.held.set()
        self.screen = FakeScreen()
        self.presenter = SearchPresenter(
            self.map,
            self.screen,
            Tasks(self.errors.append),
            self._start,
            self.looked.append,
            lambda: self.here,
        )

    async def _start(
        self, query: SearchQuery
    ) -> AsyncGenerator[tuple[Sequence[Found], float], None]:
        self.asked.append(query)
        try:
            for count, one in enumerate(self.slices, 1):
                await asyncio.sleep(0)
                yield one, count / len(self.slices)
                await self.held.wait()
            if self.error is not None:
                raise self.error
        finally:
            self.ended.append(query)

    async def search(self, query: SearchQuery = WHALE) -> FakeScreen:
        self.presenter.search(query)
        await self.done()
        return self.screen

    async def done(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        assert self.errors == []


SLICES: tuple[list[Found], ...] = (
    [found(0, 10, 500)],
    [],
    [found(1, 100, 200), found(2, 0)],
    [found(2, 900)],
)


async def test_results_are_grouped_by_chapter_counted_and_told() -> None:
    screen = await Searched(*SLICES).search()
    assert screen.rows == ["Chapter 1 (2)", "Chapter 2 (2)", "Chapter 3 (2)"]
    assert screen.summary == "6 results in 3 chapters"
    assert screen.said == ["6 results in 3 chapters"]
    assert screen.progress == [None, 0.0, 0.25, 0.5, 0.75, 1.0, None]
    assert screen.hits == [0.0025, 0.125, 0.275, 0.3, 0.5, 0.725]


async def test_one_result_is_one() -> None:
    screen = await Searched([found(0, 3)]).search()
    assert screen.summary == "1 result in 1 chapter"


async def test_nothing_found_is_said_with_the_words() -> None:
    screen = await Searched([], []).search(SearchQuery(" squid "))
    assert screen.summary == "‘squid’ isn’t in this book."
    assert not screen.wrong
    assert screen.said == [screen.summary]


async def test_results_come_while_the_search_goes_on() -> None:
    searched = Searched(*SLICES)
    searched.held.clear()
    screen = await searched.search()
    assert screen.rows == ["Chapter 1 (2)"]
    assert screen.summary == "2 results in 1 chapter"
    assert screen.said == []
    searched.held.set()
    await searched.done()
    assert len(screen.rows) == 3


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            BadPattern("missing )", 2),
            "This is not a regular expression. At character 3: missing ).",
        ),
        (PatternTooSlow(), "This regular expression takes too long. "),
        (Missing("book.epub"), "This book can’t be opened. "),
    ],
)
async def test_what_went_wrong_is_said_and_what_was_found_stays(
    error: KiosError, words: str
) -> None:
    screen = await Searched([found(0, 3)], error=error).search()
    assert screen.summary.startswith(words)
    assert screen.wrong
    assert screen.rows == ["Chapter 1 (1)"]
    assert screen.progress[-1] is None


async def test_another_query_calls_the_first_one_off() -> None:
    searched = Searched(*SLICES)
    searched.held.clear()
    await searched.search()
    await searched.search(SearchQuery("squid"))
    assert searched.ended == [WHALE]
    assert searched.screen.rows == ["Chapter 1 (2)"], "those of the second"
    searched.presenter.search(SearchQuery("squid"))
    await searched.done()
    assert searched.asked == [WHALE, SearchQuery("squid")], "the same is not asked twice"


async def test_clearing_forgets_all_also_on_the_page() -> None:
    searched = Searched(*SLICES)
    screen = await searched.search()
    searched.presenter.choose(2)
    assert searched.presenter.is_active
    searched.presenter.clear()
    assert not searched.presenter.is_active
    assert (screen.rows, screen.summary, screen.step, screen.hits) == ([], "", "", [])
    assert screen.marked is None
    assert screen.painted("search") == screen.painted("found") == {}
    assert not searched.presenter.step(1)


async def test_clearing_calls_a_search_off() -> None:
    searched = Searched(*SLICES)
    searched.held.clear()
    await searched.search()
    searched.presenter.clear()
    searched.held.set()
    await searched.done()
    assert searched.ended == [WHALE]
    assert searched.screen.rows == []
    assert searched.screen.progress[-1] is None


async def test_a_chosen_result_is_looked_at_and_painted() -> None:
    searched = Searched(*SLICES)
    screen = await searched.search()
    searched.presenter.choose(3)
    assert searched.looked == [Place(1, 200)]
    assert (screen.step, screen.marked) == ("4 of 6", 3)
    assert screen.painted("found") == {1: [(200, 205)]}
    searched.presenter.choose(4)
    assert screen.painted("found") == {2: [(0, 5)]}


async def test_steps_begin_at_the_place_on_the_screen_and_go_round() -> None:
    searched = Searched(*SLICES)
    await searched.search()
    for _ in range(4):
        assert searched.presenter.step(1)
    assert searched.looked == [Place(1, 200), Place(2, 0), Place(2, 900), Place(0, 10)]
    assert searched.presenter.step(-1)
    assert searched.looked[-1] == Place(2, 900)


async def test_a_first_step_back_leads_before_the_screen() -> None:
    searched = Searched(*SLICES)
    await searched.search()
    searched.presenter.step(-1)
    assert searched.looked == [Place(1, 100)]


@pytest.mark.parametrize(
    ("here", "by", "place"),
    [
        (Place(3, 0), 1, Place(0, 10)),
        (Place(0, 0), -1, Place(2, 900)),
        (Place(1, 100), 1, Place(1, 100)),
        (None, 1, Place(0, 10)),
    ],
)
async def test_the_first_step_goes_round_too(here: Place | None, by: int, place: Place) -> None:
    searched = Searched(*SLICES)
    searched.here = here
    await searched.search()
    searched.presenter.step(by)
    assert searched.looked == [place]


async def test_a_chapter_that_is_loaded_gets_its_results_painted() -> None:
    searched = Searched(*SLICES)
    screen = await searched.search()
    searched.presenter.choose(3)
    screen.paints.clear()
    searched.presenter.loaded(1)
    assert screen.painted("search") == {1: [(100, 105), (200, 205)]}
    assert screen.painted("found") == {1: [(200, 205)]}
    searched.presenter.loaded(3)
    assert 3 not in screen.painted("search")


async def test_a_search_for_everything_ends_at_a_limit() -> None:
    many = [found(n, *range(0, 5 * search_presenter.MOST // 3, 5)) for n in range(4)]
    searched = Searched(*([one] for one in many))
    screen = await searched.search()
    assert screen.summary == f"The first {number(10_000)} results, in 3 chapters"
    assert len(screen.hits) == 10_000
    assert searched.ended == [WHALE]


async def test_without_contents_sections_have_the_readers_names() -> None:
    screen = await Searched([Found(Chapter(-2, "c1"), [match(1, 3)])], contents=False).search()
    assert screen.rows == ["Section 2 (1)"]


async def test_better_weights_move_the_marks() -> None:
    searched = Searched([found(1, 500)])
    screen = await searched.search()
    assert screen.hits == [0.375]
    searched.map.weigh((3000, 1000, 0, 0))
    searched.presenter.weighed()
    assert screen.hits == [0.875]


async def test_a_closed_window_is_shown_nothing() -> None:
    searched = Searched(*SLICES)
    searched.held.clear()
    await searched.search()
    searched.presenter.closed()
    rows = list(searched.screen.rows)
    searched.held.set()
    searched.presenter.search(SearchQuery("squid"))
    await searched.done()
    assert searched.screen.rows == rows
    assert searched.ended == [WHALE]
