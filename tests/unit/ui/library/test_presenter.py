"""The library presenter over a list of books and a screen that writes down what it is shown."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Encrypted, Full
from kios_desktop.domain.library import (
    Book,
    BookId,
    Imported,
    ImportOutcome,
    ImportReport,
    Query,
    ReadingStatus,
    Shelf,
    ShelfCounts,
    Sort,
)
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.presenter import DEFAULT_ORDER, LibraryPresenter, Order
from tests.fakes_ui import NOW, ListShelf, ScriptedImporter, make_book, sample_books

ADDED = Imported("/a/new.epub", ImportOutcome.ADDED, BookId(4), "Frankenstein")
FAILED = Imported("/a/drm.epub", ImportOutcome.FAILED, error=Encrypted("Adobe ADEPT"))


class Screen:
    """A `LibraryScreen` that remembers."""

    def __init__(self) -> None:
        self.lists: list[tuple[list[BookId], Query]] = []
        self.rows: list[Book] = []
        self.apart: dict[BookId, str] = {}
        self.counts = ShelfCounts()
        self.continue_reading: list[Book] = []
        self.problem: Message | None = None
        self.problems = 0
        self.progress: list[tuple[int, int]] = []
        self.reports: list[ImportReport] = []
        self.selected: list[BookId] = []
        self.said: list[str] = []
        self.undo: Callable[[], None] | None = None

    def show_ids(self, ids: Sequence[BookId], query: Query) -> None:
        self.lists.append((list(ids), query))

    def show_rows(self, books: Sequence[Book]) -> None:
        self.rows.extend(books)

    def show_distinctions(self, apart: Mapping[BookId, str]) -> None:
        self.apart = dict(apart)

    def show_counts(self, counts: ShelfCounts) -> None:
        self.counts = counts

    def show_continue(self, books: Sequence[Book], apart: Mapping[BookId, str]) -> None:
        self.continue_reading, self.apart = list(books), {**self.apart, **apart}

    def show_problem(self, message: Message | None) -> None:
        self.problem = message
        self.problems += message is not None

    def show_import(self, done: int, total: int) -> None:
        self.progress.append((done, total))

    def show_import_report(self, report: ImportReport) -> None:
        self.reports.append(report)

    def select(self, book_id: BookId) -> None:
        self.selected.append(book_id)

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        self.said.append(text)
        self.undo = undo


class Rig:
    """A presenter, its screen, its books, and a way to wait until it has nothing left to do."""

    def __init__(
        self,
        books: list[Book],
        report: ImportReport | None = None,
        order: Order = DEFAULT_ORDER,
        on_order: Callable[[Order], None] = lambda _order: None,
    ) -> None:
        self.shelf = ListShelf(books)
        self.screen = Screen()
        self.tasks = Tasks(self._failed)
        self.counted: list[ShelfCounts] = []
        self.imports: list[tuple[int, int]] = []
        self.importer = ScriptedImporter(report or ImportReport(()), steps=((1, 2), (2, 2)))
        self.presenter = LibraryPresenter(
            self.shelf,
            self.importer,
            self.screen,
            self.tasks,
            on_counts=self.counted.append,
            on_import=lambda done, total: self.imports.append((done, total)),
            clock=lambda: NOW,
            order=order,
            on_order=on_order,
        )

    def _failed(self, error: Exception) -> None:
        raise AssertionError(error)

    async def settle(self) -> None:
        while self.tasks._running:
            await asyncio.wait(set(self.tasks._running))


@pytest.fixture
def rig() -> Rig:
    return Rig(sample_books())


async def test_starting_shows_counts_the_list_and_the_books_on_the_go(rig: Rig) -> None:
    rig.presenter.refresh()
    await rig.settle()
    assert rig.screen.counts.all == len(rig.shelf.books) == rig.counted[-1].all
    assert rig.screen.lists[-1][0] == [book.id for book in rig.shelf.books]
    assert [book.status for book in rig.screen.continue_reading] == [ReadingStatus.READING] * 5


async def test_choosing_a_shelf_shows_only_its_books_and_no_strip_on_the_unread(rig: Rig) -> None:
    rig.presenter.shelf_chosen(Shelf.UNREAD)
    await rig.settle()
    ids, query = rig.screen.lists[-1]
    assert query.shelf is Shelf.UNREAD
    unread = [book.id for book in rig.shelf.books if book.status is ReadingStatus.UNREAD]
    assert ids == unread
    assert rig.screen.continue_reading == []


async def test_only_the_newest_words_are_searched(rig: Rig) -> None:
    for words in ("d", "dr", "dracula"):
        rig.presenter.search_changed(words)
    await rig.settle()
    assert [query.words for _ids, query in rig.screen.lists] == ["dracula"]
    assert len(rig.screen.lists[0][0]) == 1
    assert rig.screen.continue_reading == []


async def test_searching_does_not_lose_the_counts_that_are_still_being_made(rig: Rig) -> None:
    rig.presenter.refresh()
    rig.presenter.search_changed("dracula")
    await rig.settle()
    assert rig.screen.counts.all == len(rig.shelf.books)


async def test_sort_and_direction_are_kept_together(rig: Rig) -> None:
    rig.presenter.sort_chosen(Sort.TITLE)
    rig.presenter.reverse_chosen(True)
    await rig.settle()
    _ids, query = rig.screen.lists[-1]
    assert (query.sort, query.reverse) == (Sort.TITLE, True)


async def test_a_search_looks_through_the_whole_library_and_leads_back(rig: Rig) -> None:
    finished = next(book for book in rig.shelf.books if book.status is ReadingStatus.FINISHED)
    rig.presenter.shelf_chosen(Shelf.UNREAD)
    rig.presenter.search_changed(finished.title)
    await rig.settle()
    ids, query = rig.screen.lists[-1]
    assert ids == [finished.id]
    assert (query.shelf, query.words) == (Shelf.ALL, finished.title)
    rig.presenter.search_changed("")
    await rig.settle()
    assert rig.screen.lists[-1][1].shelf is Shelf.UNREAD
    rig.presenter.search_changed("dracula")
    rig.presenter.shelf_chosen(Shelf.FINISHED)
    await rig.settle()
    assert rig.screen.lists[-1][1].words == "", "another shelf ends the search"


async def test_an_order_that_is_chosen_is_told_and_one_for_now_is_not() -> None:
    told: list[Order] = []
    rig = Rig(sample_books(), order=(Sort.AUTHOR, True), on_order=told.append)
    rig.presenter.refresh()
    await rig.settle()
    assert rig.screen.lists[-1][1] == Query(sort=Sort.AUTHOR, reverse=True)
    rig.presenter.show_newest()
    await rig.settle()
    assert rig.screen.lists[-1][1].sort is Sort.RECENTLY_ADDED
    assert told == []
    rig.presenter.sort_chosen(Sort.TITLE)
    assert told == [(Sort.TITLE, False)]


async def test_copies_are_told_apart_in_the_list_and_among_the_books_on_the_go() -> None:
    begun = [make_book(n, "Walden", progression=0.2) for n in (1, 2)]
    rig = Rig([*begun, make_book(3, "Emma", progression=0.1), make_book(4, "Walden", "Another")])
    rig.presenter.refresh()
    await rig.settle()
    assert rig.screen.apart == {1: "book-1", 2: "book-2"}
    rig.screen.apart = {}
    rig.presenter.rows_needed([BookId(2), BookId(3)])
    await rig.settle()
    assert rig.screen.apart == {1: "book-1", 2: "book-2"}
    rig.screen.apart = {}
    rig.presenter.rows_needed([BookId(3), BookId(4)])
    await rig.settle()
    assert rig.screen.apart == {}


async def test_rows_are_loaded_when_they_are_looked_at(rig: Rig) -> None:
    rig.presenter.rows_needed([BookId(2), BookId(1)])
    await rig.settle()
    assert [book.id for book in rig.screen.rows] == [2, 1]


async def test_typing_ahead_finds_a_title_that_begins_like_this(rig: Rig) -> None:
    rig.presenter.typed_ahead("dra")
    await rig.settle()
    found = next(book for book in rig.shelf.books if book.title == "Dracula")
    assert rig.screen.selected == [found.id]


async def test_typing_ahead_does_not_stop_at_a_match_inside_a_title(rig: Rig) -> None:
    rig.presenter.typed_ahead("machine")
    await rig.settle()
    assert rig.screen.selected == []


@pytest.mark.parametrize("title", ["Pride and Prejudice", "Frankenstein", "Dracula"])
async def test_a_changed_mark_can_be_taken_back(rig: Rig, title: str) -> None:
    before = next(book for book in rig.shelf.books if book.title == title)
    mark = (
        rig.presenter.mark_unread
        if before.status is ReadingStatus.FINISHED
        else rig.presenter.mark_finished
    )
    mark(before)
    await rig.settle()
    changed = next(book for book in rig.shelf.books if book.title == title)
    assert changed.status is not before.status
    assert rig.screen.undo is not None
    rig.screen.undo()
    await rig.settle()
    after = next(book for book in rig.shelf.books if book.title == title)
    assert after.finished_at == before.finished_at


async def test_a_rating_is_given_and_taken_back(rig: Rig) -> None:
    book = rig.shelf.books[0]
    rig.presenter.rate(book, 8)
    await rig.settle()
    assert rig.shelf.books[0].rating == 8
    rig.presenter.rate(rig.shelf.books[0], None)
    await rig.settle()
    assert rig.shelf.books[0].rating is None
    assert rig.screen.undo is not None
    rig.screen.undo()
    await rig.settle()
    assert rig.shelf.books[0].rating == 8


async def test_removing_a_book_takes_it_from_list_and_counts(rig: Rig) -> None:
    rig.presenter.remove(rig.shelf.books[0])
    await rig.settle()
    assert rig.screen.counts.all == 16
    assert BookId(1) not in rig.screen.lists[-1][0]


async def test_a_storage_failure_is_shown_and_goes_away_with_the_next_success(rig: Rig) -> None:
    rig.shelf.broken = Full()
    rig.presenter.refresh()
    await rig.settle()
    assert rig.screen.problem is not None
    assert "No space left" in rig.screen.problem.text
    rig.shelf.broken = None
    rig.presenter.refresh()
    await rig.settle()
    assert rig.screen.problem is None


async def test_one_added_book_is_said_in_a_word_and_selected() -> None:
    rig = Rig([make_book(4, "Frankenstein")], ImportReport((ADDED,)))
    rig.presenter.add([Path("/a/new.epub")])
    await rig.settle()
    assert rig.screen.said == ["Added ‘Frankenstein’"]
    assert rig.screen.selected == [4]
    assert rig.screen.reports == []


async def test_one_added_book_with_defects_has_a_report_that_lists_them() -> None:
    rig = Rig([], ImportReport((replace(ADDED, defects=(Defect(DefectKind.NO_CONTENTS),)),)))
    rig.presenter.add([Path("/a/new.epub")])
    await rig.settle()
    assert rig.screen.reports == [rig.importer.report]


async def test_an_import_with_a_failure_ends_with_its_report(rig: Rig) -> None:
    rig.importer.report = ImportReport((ADDED, FAILED))
    rig.presenter.add([Path("/a")])
    await rig.settle()
    assert rig.screen.reports == [rig.importer.report]
    assert rig.imports == [(1, 2), (2, 2), (0, 0)]
    assert rig.screen.progress == []  # it was over before two seconds had passed


async def test_a_folder_without_books_is_not_an_empty_report(rig: Rig) -> None:
    rig.presenter.add([Path("/empty")])
    await rig.settle()
    assert rig.screen.said == ["No EPUB files found"]


async def test_imports_run_one_after_the_other(rig: Rig) -> None:
    rig.presenter.add([Path("/a")])
    rig.presenter.add([Path("/b")])
    await rig.settle()
    assert rig.importer.asked == [[Path("/a")], [Path("/b")]]


async def test_the_setting_hides_the_strip(rig: Rig) -> None:
    rig.presenter.refresh()
    await rig.settle()
    rig.presenter.continue_reading_shown(False)
    await rig.settle()
    assert rig.screen.continue_reading == []
