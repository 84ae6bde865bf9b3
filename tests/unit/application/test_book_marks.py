"""The marks of an open book: shown at once, saved in order, and kept when the disk is full."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from kios_desktop.application.book_marks import SLICE, BookMarks
from kios_desktop.domain.errors import Damaged, Full
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.marks import (
    Anchor,
    Mark,
    MarkColour,
    MarkId,
    MarkKind,
    MarkStyle,
    Passage,
    TextQuote,
)
from tests.marks import highlight

BOOK, SHA = BookId(1), "now"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass
class Disk:
    """Keeps marks; a full one refuses."""

    kept: dict[MarkId, Mark] = field(default_factory=dict)
    full: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)  # closed, answers are late

    def __post_init__(self) -> None:
        self.gate.set()

    async def of_book(self, _book_id: BookId) -> list[Mark]:
        found = list(self.kept.values())
        await self.gate.wait()
        return found

    async def save(self, _book_id: BookId, changed: Sequence[Mark]) -> None:
        await asyncio.sleep(0)
        if self.full:
            raise Full("no room")
        self.kept |= {mark.id: mark for mark in changed}

    async def delete(self, ids: Sequence[MarkId]) -> None:
        if self.full:
            raise Full("no room")
        for one in ids:
            self.kept.pop(one, None)


@dataclass
class Book:
    """A file in which a passage has its places as its text, and others are found by theirs."""

    texts: dict[str, Passage] = field(default_factory=dict)
    damaged: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def make(self, passage: Passage) -> Anchor:
        await self.gate.wait()
        if self.damaged:
            raise Damaged("the chapter")
        text = f"{passage.start.ordinal} to {passage.end.ordinal}"
        return Anchor(passage, "epubcfi(/6)", TextQuote(text), "c.xhtml", Chapter(0, "One"), SHA)

    async def find(self, anchors: Sequence[Anchor]) -> list[Anchor]:
        await asyncio.sleep(0)
        return [
            replace(one, passage=self.texts.get(one.quote.exact), sha256=SHA) for one in anchors
        ]


@dataclass
class Reading:
    disk: Disk = field(default_factory=Disk)
    book: Book = field(default_factory=Book)
    changes: int = 0

    def __post_init__(self) -> None:
        self.marks = BookMarks(self.disk, BOOK, SHA, self.book, lambda: NOW)
        self.marks.listen(self.changed)

    def changed(self) -> None:
        self.changes += 1


def passage(start: int, end: int) -> Passage:
    return Passage(Place(0, start), Place(0, end))


async def test_a_highlight_is_there_before_its_text_is() -> None:
    reading = Reading()
    reading.book.gate.clear()
    making = asyncio.ensure_future(reading.marks.highlight(passage(2, 9), MarkColour.PINK))
    await asyncio.sleep(0)
    [mark] = reading.marks.all
    assert (mark.passage, mark.text, reading.changes) == (passage(2, 9), "", 1)
    reading.book.gate.set()
    assert await making == reading.marks.all[0]
    assert reading.marks.all[0].text == "2 to 9"
    assert list(reading.disk.kept.values()) == reading.marks.all


async def test_the_same_passage_again_gets_another_colour() -> None:
    marks = Reading().marks
    first = await marks.highlight(passage(2, 9), MarkColour.PINK)
    await marks.change(first.id, note="why?")
    await marks.highlight(passage(2, 9), MarkColour.BLUE, MarkStyle.UNDERLINE)
    [mark] = marks.all
    assert (mark.id, mark.colour, mark.style, mark.note) == (
        first.id, MarkColour.BLUE, MarkStyle.UNDERLINE, "why?",
    )  # fmt: skip


async def test_a_deleted_mark_comes_back_whole() -> None:
    reading = Reading()
    one = await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    other = await reading.marks.bookmark(Place(0, 4))
    gone = await reading.marks.delete([one.id, one.id, MarkId("nobody")])
    assert gone == [one] and reading.marks.all == [other]
    assert list(reading.disk.kept.values()) == [other]
    await reading.marks.put_back(gone)
    assert reading.marks.all == [one, other]
    assert set(reading.disk.kept) == {one.id, other.id}


async def test_what_a_full_disk_refuses_is_saved_later() -> None:
    reading = Reading()
    kept = await reading.marks.highlight(passage(20, 22), MarkColour.GREEN)
    reading.disk.full = True
    with pytest.raises(Full):
        await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    with pytest.raises(Full):
        await reading.marks.delete([kept.id])
    assert [one.text for one in reading.marks.all] == ["2 to 9"]
    reading.disk.full = False
    await reading.marks.try_saving()
    assert list(reading.disk.kept.values()) == reading.marks.all


async def test_a_damaged_chapter_costs_the_text_and_not_the_mark() -> None:
    reading = Reading(book=Book(damaged=True))
    mark = await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    assert (mark.passage, mark.text) == (passage(2, 9), "")
    assert list(reading.disk.kept.values()) == [mark]


async def test_marks_of_another_file_are_found_by_their_text_or_listed_without_a_place() -> None:
    same, moved = highlight(1, 2, sha256=SHA), highlight(3, 9, text="moved", sha256="old")
    lost = highlight(4, 9, text="lost", sha256="old")
    reading = Reading(Disk({m.id: m for m in (same, moved, lost)}))
    reading.book.texts["moved"] = passage(70, 76)
    await reading.marks.load()
    assert [mark.id for mark in reading.marks.all] == [same.id, moved.id, lost.id]
    assert [mark.passage for mark in reading.marks.all] == [same.passage, passage(70, 76), None]
    assert reading.disk.kept[lost.id].text == "lost"
    assert {mark.anchor.sha256 for mark in reading.disk.kept.values()} == {SHA}


async def test_a_mark_whose_text_was_not_read_in_time_gets_it_at_the_next_start() -> None:
    reading = Reading()
    reading.book.gate.clear()
    making = asyncio.ensure_future(reading.marks.highlight(passage(2, 9), MarkColour.PINK))
    await asyncio.sleep(0.01)
    making.cancel()
    [kept] = reading.disk.kept.values()
    assert (kept.passage, kept.text) == (passage(2, 9), "")
    again = Reading(reading.disk)
    await again.marks.load()
    assert again.disk.kept[kept.id].text == "2 to 9"


async def test_a_highlight_is_made_longer() -> None:
    reading = Reading()
    mark = await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    await reading.marks.move(mark.id, passage(2, 30))
    assert reading.marks.all[0].text == reading.disk.kept[mark.id].text == "2 to 30"
    assert reading.marks.at(Place(0, 29)) == reading.marks.all


async def test_the_bookmarks_of_a_screen() -> None:
    marks = Reading().marks
    first, second = await marks.bookmark(Place(0, 10)), await marks.bookmark(Place(0, 50))
    assert marks.bookmarks_within(Place(0, 10), 40) == [first]
    assert marks.bookmarks_within(Place(0, 11), 40) == [second]
    assert marks.bookmarks_within(Place(1, 0), 40) == []
    assert first.kind is MarkKind.BOOKMARK


async def test_marks_that_others_changed_are_read_again() -> None:
    reading = Reading()
    own = await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    there = highlight(5, 6, sha256=SHA)
    reading.disk.kept = {there.id: there}
    await reading.marks.load()
    assert reading.marks.all == [there] and reading.marks.get(own.id) is None


async def test_what_is_done_while_marks_are_read_again_stays_done() -> None:
    reading = Reading()
    noted = await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    deleted = await reading.marks.bookmark(Place(0, 4))
    reading.disk.gate.clear()
    async with asyncio.TaskGroup() as doing:
        doing.create_task(reading.marks.load())
        await asyncio.sleep(0)
        doing.create_task(reading.marks.highlight(passage(20, 29), MarkColour.BLUE))
        doing.create_task(reading.marks.change(noted.id, note="why?"))
        doing.create_task(reading.marks.delete([deleted.id]))
        await asyncio.sleep(0.01)
        reading.disk.gate.set()
    assert [mark.text for mark in reading.marks.all] == ["2 to 9", "20 to 29"]
    assert reading.marks.all[0].note == "why?"
    assert reading.disk.kept == {mark.id: mark for mark in reading.marks.all}


async def test_what_a_full_disk_has_not_deleted_does_not_come_back() -> None:
    reading = Reading()
    mark = await reading.marks.bookmark(Place(0, 4))
    reading.disk.full = True
    with pytest.raises(Full):
        await reading.marks.delete([mark.id])
    await reading.marks.load()
    assert reading.marks.all == []
    reading.disk.full = False
    await reading.marks.try_saving()
    assert reading.disk.kept == {}


async def test_what_is_done_while_others_marks_are_read_is_kept() -> None:
    reading = Reading()
    first = await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    reading.disk.full = True
    with pytest.raises(Full):
        await reading.marks.delete([first.id])
    reading.disk.gate.clear()
    again = asyncio.ensure_future(reading.marks.load())
    await asyncio.sleep(0)
    making = asyncio.ensure_future(reading.marks.highlight(passage(20, 30), MarkColour.BLUE))
    await asyncio.sleep(0)
    reading.disk.full = False
    reading.disk.gate.set()
    await again
    made = await making
    assert [mark.id for mark in reading.marks.all] == [made.id]
    assert list(reading.disk.kept) == [made.id]


async def test_a_moved_highlight_gets_its_text_after_kios_ended_in_between() -> None:
    reading = Reading()
    mark = await reading.marks.highlight(passage(2, 9), MarkColour.PINK)
    reading.book.gate.clear()
    moving = asyncio.ensure_future(reading.marks.move(mark.id, passage(2, 12)))
    while reading.disk.kept[mark.id].passage != passage(2, 12):
        await asyncio.sleep(0)
    moving.cancel()
    reading.book.gate.set()
    later = Reading(reading.disk)
    await later.marks.load()
    assert [one.text for one in later.marks.all] == ["2 to 12"]


async def test_marks_are_looked_for_no_longer_than_the_book_is_open() -> None:
    reading = Reading()
    for number in range(3 * SLICE):
        mark = highlight(number, number + 9, sha256="before")
        reading.disk.kept[mark.id] = mark
    loading = asyncio.ensure_future(reading.marks.load())
    while reading.changes < 2:
        await asyncio.sleep(0)
    reading.marks.end()
    changes = reading.changes
    await loading
    assert reading.changes == changes
    assert 0 < sum(mark.anchor.sha256 == SHA for mark in reading.disk.kept.values()) <= 2 * SLICE
