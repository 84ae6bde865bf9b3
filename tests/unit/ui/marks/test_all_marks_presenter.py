"""The highlights of all books: what is read of them, and what becomes of those that are changed."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from kios_desktop.domain.errors import Full
from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_filter import MarkOrder
from kios_desktop.domain.mark_query import (
    KeptMark,
)
from kios_desktop.domain.marks import Mark, MarkColour
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.marks.presenter import AllMarks, AllMarksPresenter
from tests.fakes_marks import FakeHighlights, SampleBooks
from tests.fakes_ui import sample_books
from tests.marks import highlight

NOW = datetime(2026, 12, 1, tzinfo=UTC)


class View:
    def __init__(self) -> None:
        self.shown = AllMarks()
        self.cards: list[KeptMark] = []
        self.toasts: list[str] = []
        self.undo: Callable[[], None] | None = None

    def show_marks(self, marks: AllMarks) -> None:
        self.shown = marks

    def show_cards(self, cards: Sequence[KeptMark]) -> None:
        self.cards = list(cards)

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
        self.records, self.view, self.changed = FakeHighlights(marks), View(), list[BookId]()
        self.tasks = Tasks(unexpected)
        self.presenter = AllMarksPresenter(
            self.records, SampleBooks(), self.view, self.tasks, lambda: NOW, self.changed.append
        )

    async def settled(self) -> AllMarks:
        for _ in range(20):
            await asyncio.sleep(0)
        return self.view.shown

    async def listed(self) -> list[Mark]:
        """The highlights that are listed, read as they come into sight."""
        shown = await self.settled()
        self.presenter.read([key.mark_id for key in shown.keys])
        await self.settled()
        return [kept.mark for kept in self.view.cards]


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
    assert await page.listed() == [FOG, FOLLY, OTHER]
    assert not shown.is_empty


async def test_a_chosen_book_and_a_filter_are_joined_and_counts_follow_the_filter() -> None:
    page = two_books()
    page.presenter.search("fog")
    shown = await page.settled()
    assert [line.count.highlights for line in shown.books] == [1, 1]
    page.presenter.choose_book(SECOND)
    shown = await page.settled()
    assert await page.listed() == [OTHER]
    assert len(shown.books) == 2
    page.presenter.set_noted(True)  # the chosen book has none: all books are listed
    shown = await page.settled()
    assert (await page.listed(), shown.query.book_id) == ([FOG], None)
    page.presenter.toggle_colour(MarkColour.PINK)
    shown = await page.settled()
    assert (shown.keys, shown.is_empty) == ([], False)


async def test_how_many_there_are_in_all_is_known_whatever_is_listed() -> None:
    page = two_books()
    page.presenter.refresh()
    assert (await page.settled()).total == 3
    page.presenter.choose_book(SECOND)
    assert (await page.settled()).total == 3
    page.presenter.toggle_colour(MarkColour.PINK)
    shown = await page.settled()
    assert (len(shown.keys), shown.total) == (1, 3)
    page.records.marks[FIRST] = [FOLLY]
    page.presenter.refresh()
    assert (await page.settled()).total == 2


async def test_no_highlight_at_all_is_an_empty_page() -> None:
    page = Page({})
    page.presenter.refresh()
    assert (await page.settled()).is_empty


async def test_a_changed_highlight_is_saved_and_told() -> None:
    page = two_books()
    page.presenter.set_note(FOLLY.id, "Hers")
    page.presenter.recolour([OTHER.id], MarkColour.GREEN)
    page.presenter.set_note(FOG.id, FOG.note)  # as it was
    listed = await page.listed()
    assert [(one.note, one.colour) for one in listed] == [
        ("Thick", MarkColour.YELLOW),
        ("Hers", MarkColour.PINK),
        ("", MarkColour.GREEN),
    ]
    assert page.changed == [FIRST, SECOND]
    assert listed[1].changed_at == NOW


async def test_a_change_leaves_what_an_open_book_has_changed_since_it_was_listed() -> None:
    page = two_books()
    await page.records.save_kept([KeptMark(FIRST, replace(FOG, colour=MarkColour.PURPLE))])
    page.presenter.set_note(FOG.id, "Thin")
    first = (await page.listed())[0]
    assert (first.note, first.colour) == ("Thin", MarkColour.PURPLE)
    page.presenter.delete([FOG.id])
    await page.settled()
    page.presenter.recolour([FOG.id], MarkColour.BLUE)  # it is gone
    page.presenter.delete([FOG.id])
    assert FOG.id not in [one.id for one in await page.listed()]
    assert page.view.toasts == ["Highlight deleted"]


async def test_a_deleted_highlight_comes_back_by_undo() -> None:
    page = two_books()
    page.presenter.order_by(MarkOrder.NEWEST)
    page.presenter.delete([FOG.id])
    assert FOG not in await page.listed()
    assert page.view.toasts == ["Highlight deleted"]
    assert page.view.undo is not None
    page.view.undo()
    assert FOG in await page.listed()
    assert page.changed == [FIRST, FIRST]


async def test_a_full_disk_is_told() -> None:
    page = two_books()
    page.records.refused = Full()
    page.presenter.recolour([FOG.id], MarkColour.BLUE)
    await page.settled()
    assert len(page.view.toasts) == 1
    assert page.changed == []


async def test_several_are_deleted_and_coloured_together_with_one_undo() -> None:
    page = two_books()
    page.presenter.recolour([FOG.id, FOLLY.id, OTHER.id], MarkColour.PINK)
    assert {one.colour for one in await page.listed()} == {MarkColour.PINK}
    before = await page.listed()
    assert page.changed == [FIRST, SECOND]
    page.presenter.delete([FOG.id, OTHER.id])
    assert [one.id for one in await page.listed()] == [FOLLY.id]
    assert page.view.toasts == ["2 highlights deleted"]
    assert page.view.undo is not None
    page.view.undo()
    assert sorted(one.id for one in await page.listed()) == sorted(one.id for one in before)


async def test_what_a_full_disk_does_not_take_back_can_be_tried_again() -> None:
    page = two_books()
    page.presenter.delete([FOG.id, OTHER.id])
    await page.settled()
    assert page.view.undo is not None
    page.records.refused = Full()
    page.view.undo()
    await page.settled()
    assert len(page.view.toasts) == 2
    page.records.refused = None
    page.view.undo()
    assert len(await page.listed()) == 3
