"""The highlights of all books: what is read of them, and what becomes of those that are changed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kios_desktop.domain.errors import Full, StorageError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder, in_order
from kios_desktop.domain.mark_query import HighlightCount, KeptMark, MarkQuery
from kios_desktop.domain.marks import Mark, MarkColour, MarkId
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.marks.presenter import PAGE, AllMarks, AllMarksPresenter
from tests.fakes_ui import sample_books
from tests.marks import highlight

NOW = datetime(2026, 12, 1, tzinfo=UTC)


class Records:
    """Marks in memory; `refused` is raised by what changes them."""

    def __init__(self, marks: dict[BookId, list[Mark]]) -> None:
        self.marks = marks
        self.refused: StorageError | None = None
        self.read: list[tuple[int, int]] = []

    async def get(self, mark_id: MarkId) -> KeptMark | None:
        for book_id, marks in self.marks.items():
            for mark in marks:
                if mark.id == mark_id:
                    return KeptMark(book_id, mark)
        return None

    async def highlights(self, query: MarkQuery, first: int, count: int) -> list[KeptMark]:
        self.read.append((first, count))
        found = [
            KeptMark(book_id, mark)
            for book_id, marks in self.marks.items()
            if query.book_id in (None, book_id)
            for mark in in_order(query.wanted.admitted(marks), query.order)
        ]
        return found[first : first + count]

    async def highlight_counts(self, wanted: MarkFilter) -> list[HighlightCount]:
        found = {book_id: wanted.admitted(marks) for book_id, marks in self.marks.items()}
        return [
            HighlightCount(book_id, len(marks), sum(bool(one.note) for one in marks))
            for book_id, marks in found.items()
            if marks
        ]

    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None:
        if self.refused is not None:
            raise self.refused
        by_id = {one.id: one for one in (*self.marks.get(book_id, ()), *changed)}
        self.marks[book_id] = list(by_id.values())

    async def delete(self, ids: Sequence[MarkId]) -> None:
        for book_id, marks in self.marks.items():
            self.marks[book_id] = [one for one in marks if one.id not in ids]


class Books:
    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        known = {book.id: book for book in sample_books()}
        return [known[one] for one in ids]


class View:
    def __init__(self) -> None:
        self.shown = AllMarks()
        self.toasts: list[str] = []
        self.undo: Callable[[], None] | None = None

    def show_marks(self, marks: AllMarks) -> None:
        self.shown = marks

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self.toasts.append(text)
        self.undo = on_action


def unexpected(error: Exception) -> None:
    raise AssertionError from error


class Page:
    """The presenter with what it works with."""

    def __init__(self, marks: dict[BookId, list[Mark]]) -> None:
        self.records, self.view, self.changed = Records(marks), View(), list[BookId]()
        self.tasks = Tasks(unexpected)
        self.presenter = AllMarksPresenter(
            self.records, Books(), self.view, self.tasks, lambda: NOW, self.changed.append
        )

    async def settled(self) -> AllMarks:
        for _ in range(20):
            await asyncio.sleep(0)
        return self.view.shown


FIRST, SECOND = (book.id for book in sample_books()[:2])
FOG = highlight(1, 2, text="The fog", note="Thick")
FOLLY = highlight(3, 4, text="A folly", colour=MarkColour.PINK)
OTHER = highlight(1, 9, text="Another fog")


def two_books() -> Page:
    return Page({FIRST: [FOG, FOLLY], SECOND: [OTHER]})


pytestmark = pytest.mark.anyio


async def test_books_and_highlights_are_listed_with_counts() -> None:
    page = two_books()
    page.presenter.refresh()
    shown = await page.settled()
    assert [(line.book.id, line.count.highlights, line.count.notes) for line in shown.books] == [
        (FIRST, 2, 1),
        (SECOND, 1, 0),
    ]
    assert [one.mark for one in shown.marks] == [FOG, FOLLY, OTHER]
    assert (shown.total, shown.is_empty) == (3, False)


async def test_a_chosen_book_and_a_filter_are_joined_and_counts_follow_the_filter() -> None:
    page = two_books()
    page.presenter.search("fog")
    shown = await page.settled()
    assert [line.count.highlights for line in shown.books] == [1, 1]
    page.presenter.choose_book(SECOND)
    shown = await page.settled()
    assert ([one.mark for one in shown.marks], shown.total) == ([OTHER], 1)
    assert len(shown.books) == 2
    page.presenter.set_noted(True)  # the chosen book has none: all books are listed
    shown = await page.settled()
    assert ([one.mark for one in shown.marks], shown.query.book_id) == ([FOG], None)
    page.presenter.toggle_colour(MarkColour.PINK)
    shown = await page.settled()
    assert (shown.marks, shown.is_empty) == ([], False)


async def test_no_highlight_at_all_is_an_empty_page() -> None:
    page = Page({})
    page.presenter.refresh()
    assert (await page.settled()).is_empty


async def test_reading_goes_on_page_by_page_to_the_end() -> None:
    many = [highlight(n, n + 1) for n in range(PAGE + 3)]
    page = Page({FIRST: many})
    page.presenter.refresh()
    assert len((await page.settled()).marks) == PAGE
    page.presenter.more()
    assert len((await page.settled()).marks) == PAGE + 3
    reads = len(page.records.read)
    page.presenter.more()
    await page.settled()
    assert len(page.records.read) == reads


async def test_a_changed_highlight_is_saved_and_told() -> None:
    page = two_books()
    page.presenter.set_note(KeptMark(FIRST, FOLLY), "Hers")
    page.presenter.recolour(KeptMark(SECOND, OTHER), MarkColour.GREEN)
    page.presenter.set_note(KeptMark(FIRST, FOG), FOG.note)  # as it was
    shown = await page.settled()
    assert [(one.mark.note, one.mark.colour) for one in shown.marks] == [
        ("Thick", MarkColour.YELLOW),
        ("Hers", MarkColour.PINK),
        ("", MarkColour.GREEN),
    ]
    assert page.changed == [FIRST, SECOND]
    assert shown.marks[1].mark.changed_at == NOW


async def test_a_change_leaves_what_an_open_book_has_changed_since_it_was_listed() -> None:
    page = two_books()
    listed = KeptMark(FIRST, FOG)
    await page.records.save(FIRST, [replace(FOG, colour=MarkColour.PURPLE)])
    page.presenter.set_note(listed, "Thin")
    shown = await page.settled()
    assert (shown.marks[0].mark.note, shown.marks[0].mark.colour) == ("Thin", MarkColour.PURPLE)
    page.presenter.delete(listed)
    await page.settled()
    page.presenter.recolour(listed, MarkColour.BLUE)  # it is gone
    page.presenter.delete(listed)
    assert FOG.id not in [one.mark.id for one in (await page.settled()).marks]
    assert page.view.toasts == ["Highlight deleted"]


async def test_a_deleted_highlight_comes_back_by_undo() -> None:
    page = two_books()
    page.presenter.order_by(MarkOrder.NEWEST)
    page.presenter.delete(KeptMark(FIRST, FOG))
    assert FOG not in [one.mark for one in (await page.settled()).marks]
    assert page.view.toasts == ["Highlight deleted"]
    assert page.view.undo is not None
    page.view.undo()
    assert FOG in [one.mark for one in (await page.settled()).marks]
    assert page.changed == [FIRST, FIRST]


async def test_a_full_disk_is_told() -> None:
    page = two_books()
    page.records.refused = Full()
    page.presenter.recolour(KeptMark(FIRST, FOG), MarkColour.BLUE)
    await page.settled()
    assert len(page.view.toasts) == 1
    assert page.changed == []
