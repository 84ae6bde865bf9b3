"""The search inside books as it is shown: over a search made of a table."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from kios_desktop.domain.errors import Full, StorageError
from kios_desktop.domain.inside_books import (
    BookExcerpts,
    BookHits,
    Excerpt,
    FoundInside,
    IndexProgress,
    IndexStage,
)
from kios_desktop.domain.library import Book, BookId
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.inside_model import (
    InsideModel,
    MoreBooks,
    MoreExcerpts,
    ShownExcerpts,
    spoken,
)
from kios_desktop.ui.library.inside_presenter import InsidePresenter, InsideResults
from kios_desktop.ui.library.inside_view import summary
from tests.fakes_ui import make_book

COMPLETE = IndexProgress(IndexStage.COMPLETE, 9, 9)
BUILDING = IndexProgress(IndexStage.BUILDING, 312, 1004)


def excerpt(book: int, number: int) -> Excerpt:
    return Excerpt(BookId(book), 0, number, f"Chapter {number}", "the ", "sea", " again", True)


def hits(book: int) -> BookHits:
    return BookHits(BookId(book), (book << 20,))


class Search:
    """Finds `count` excerpts in each of the `books`; `gate` lets an answer wait."""

    def __init__(self, books: int = 2, count: int = 5) -> None:
        self.books, self.number = books, count
        self.gates: dict[str, asyncio.Event] = {}
        self.error: StorageError | None = None
        self.asked: list[str] = []
        self.is_cut = False

    async def find(self, typed: str) -> FoundInside:
        self.asked.append(typed)
        if typed in self.gates:
            await self.gates[typed].wait()
        if self.error is not None:
            raise self.error
        found = tuple(hits(n) for n in range(1, self.books + 1))
        return FoundInside(found, tuple(self._some(one) for one in found[:8]), self.is_cut)

    def _some(self, one: BookHits) -> BookExcerpts:
        return BookExcerpts(one, tuple(excerpt(one.book_id, n) for n in range(3)))

    async def excerpts(self, books: Sequence[BookHits]) -> list[BookExcerpts]:
        return [self._some(one) for one in books]

    async def all_excerpts(self, hits: BookHits) -> BookExcerpts:
        shown = min(self.number, 10)
        everything = tuple(excerpt(hits.book_id, n) for n in range(shown))
        return BookExcerpts(hits, everything, self.number if shown == self.number else None)

    async def count(self, hits: BookHits) -> int:
        return self.number

    def call_off(self) -> None:
        self.asked.append("called off")


class Books:
    """All but those that were removed."""

    def __init__(self) -> None:
        self.removed: set[int] = set()

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        return [make_book(n, f"Book {n}") for n in ids if n not in self.removed]


class Screen:
    def __init__(self) -> None:
        self.results = InsideResults()
        self.words: list[str] = []

    def show_inside(self, results: InsideResults) -> None:
        self.results = results
        if results.groups:
            self.words.append(results.words)


class Shown:
    def __init__(self, search: Search | None = None) -> None:
        def fail(error: Exception) -> None:
            raise error

        self.search, self.books, self.screen = search or Search(), Books(), Screen()
        self.progress = COMPLETE
        self.presenter = InsidePresenter(
            self.search, self.books, self.screen, Tasks(fail), lambda: self.progress
        )

    @property
    def results(self) -> InsideResults:
        return self.screen.results

    async def type(self, words: str) -> InsideResults:
        self.presenter.search(words)
        await settle()
        return self.results


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


async def test_books_are_shown_with_excerpts_and_then_their_counts() -> None:
    shown = Shown()
    shown.presenter.search("sea")
    assert shown.results.looking
    assert summary(shown.results) == "Searching…"
    await settle()
    results = shown.results
    assert [group.book.title for group in results.groups] == ["Book 1", "Book 2"]
    assert [group.found.count for group in results.groups] == [5, 5]
    assert [group.rest for group in results.groups] == [2, 2]
    assert summary(results) == "In 2 books."


async def test_results_of_an_older_query_never_appear() -> None:
    shown = Shown()
    gate = shown.search.gates["old"] = asyncio.Event()
    await shown.type("old")
    await shown.type("new")
    gate.set()
    await settle()
    assert set(shown.screen.words) == {"new"}
    assert shown.results.words == "new"


async def test_the_same_words_are_asked_once() -> None:
    shown = Shown()
    await shown.type("sea")
    await shown.type("sea")
    assert shown.search.asked.count("sea") == 1


async def test_without_words_nothing_is_shown() -> None:
    shown = Shown()
    await shown.type("sea")
    results = await shown.type("")
    assert not results.is_shown
    assert results.groups == ()


async def test_without_an_index_nothing_is_asked() -> None:
    shown = Shown()
    shown.progress = IndexProgress()
    results = await shown.type("sea")
    assert shown.search.asked == []
    assert not results.is_shown
    shown.progress = COMPLETE  # it was switched on meanwhile
    shown.presenter.progressed(COMPLETE)
    await settle()
    assert shown.results.books == 2
    shown.presenter.progressed(IndexProgress())
    await settle()
    assert not shown.results.is_shown


async def test_it_says_how_far_the_books_are_read_and_asks_again_at_the_end() -> None:
    shown = Shown()
    shown.progress = BUILDING
    results = await shown.type("sea")
    assert summary(results) == "In 2 books. Still reading your books: 312 of 1004."
    shown.presenter.progressed(replace(BUILDING, read=313))
    assert "313 of" in summary(shown.results)
    assert shown.search.asked.count("sea") == 1
    shown.search.books = 3
    shown.presenter.progressed(COMPLETE)
    assert len(shown.results.groups) == 2  # they stay until the answer
    await settle()
    assert summary(shown.results) == "In 3 books."


async def test_while_books_are_missing_an_empty_result_is_shown_too() -> None:
    shown = Shown(Search(books=0))
    results = await shown.type("sea")
    assert not results.is_shown
    shown.progress = BUILDING
    results = await shown.type("seas")
    assert results.is_shown


async def test_more_books_and_all_excerpts_are_shown_on_request() -> None:
    shown = Shown(Search(books=20))
    await shown.type("sea")
    assert len(shown.results.groups) == 8
    shown.presenter.more()
    await settle()
    assert [group.book.title for group in shown.results.groups][-1] == "Book 16"
    shown.presenter.more()
    shown.presenter.more()
    await settle()
    assert len(shown.results.groups) == 20
    shown.presenter.expand(BookId(2))
    await settle()
    assert len(shown.results.groups[1].found.excerpts) == 5
    assert shown.results.groups[1].rest == 0
    assert len(shown.results.groups[0].found.excerpts) == 3


async def test_more_of_an_older_search_is_not_added() -> None:
    shown = Shown(Search(books=20))
    await shown.type("sea")
    shown.presenter.more()
    await shown.type("fog")
    assert len(shown.results.groups) == 8


async def test_a_removed_book_is_left_out() -> None:
    shown = Shown()
    shown.books.removed = {1}
    results = await shown.type("sea")
    assert [group.book.title for group in results.groups] == ["Book 2"]


async def test_of_a_frequent_word_it_says_that_there_may_be_more() -> None:
    shown = Shown()
    shown.search.is_cut = True
    results = await shown.type("the")
    assert summary(results) == "In 2 of the books that were added last. More words find others."


async def test_a_problem_is_a_sentence() -> None:
    shown = Shown()
    shown.search.error = Full("full")
    results = await shown.type("sea")
    assert results.is_shown
    assert "no space left" in summary(results)


# -- the rows


async def test_rows_are_headings_excerpts_and_what_shows_more() -> None:
    shown = Shown(Search(books=10))
    model = InsideModel()
    model.show(await shown.type("sea"))
    rows = [model.row(model.index(n)) for n in range(model.rowCount())]
    assert rows[4] == MoreExcerpts(BookId(1), 2)
    assert rows[-1] == MoreBooks(2)
    assert len(rows) == 8 * 5 + 1
    heading = rows[0]
    assert heading is not None
    assert spoken(heading) == "Book 1, Jane Austen, 5 results"
    first = rows[1]
    assert first is not None
    assert spoken(first) == "Chapter 0, the sea again"


async def test_of_very_many_excerpts_the_first_are_shown() -> None:
    shown = Shown(Search(books=1, count=4000))
    await shown.type("sea")
    shown.presenter.expand(BookId(1))
    await settle()
    model = InsideModel()
    model.show(shown.results)
    assert model.row(model.index(model.rowCount() - 1)) == ShownExcerpts(BookId(1), 10)


async def test_rows_that_stay_are_kept() -> None:
    shown = Shown()
    model = InsideModel()
    model.show(await shown.type("sea"))
    removed: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
    shown.presenter.expand(BookId(2))
    await settle()
    model.show(shown.results)
    assert removed == [(9, 9)]  # only “2 more in this book” of the second
    assert model.rowCount() == 5 + 6
