"""Marks that are here with another note or colour than in a file, and what is made of them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.application.mark_exchange import MarkImport, marked_book
from kios_desktop.application.mark_settling import SettledMarks, settle
from kios_desktop.domain.errors import Full
from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_differences import Difference, Keep
from kios_desktop.domain.mark_query import KeptMark
from kios_desktop.domain.marks import Mark, MarkColour, MarkStyle
from kios_desktop.exchange.writers import ExportFormat, written_together
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from tests.unit.application.test_mark_exchange import (
    FIRST,
    NOW,
    SECOND,
    exported,
    shelf_in,
    some_marks,
)
from tests.unit.application.test_mark_import import Library, library_in


async def test_marks_that_differ_are_kept_as_the_reader_wants(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        marks = await some_marks(book)
        await shelf.marks.save(book[0].id, marks)
        mark = marks[0]
        changed = replace(mark, note="another note", colour=MarkColour.GREEN)
        data = exported(changed)

        async def settled(keep: Keep) -> int:
            differing = (await shelf.take(data, book)).differing
            return len((await settle({book[0].id: differing}, keep, shelf.marks, NOW)).now)

        assert await settled(Keep.MINE) == 0
        assert await shelf.of(book) == marks
        assert await settled(Keep.BOTH) == 1
        kept = await shelf.of(book)
        assert mark in kept and len(kept) == len(marks) + 1
        [copy] = [one for one in kept if one not in marks]
        assert (copy.note, copy.colour, copy.anchor) == (changed.note, changed.colour, mark.anchor)
        assert await shelf.take(data, book) == MarkImport(already_here=(changed,))
        await shelf.marks.delete([copy.id])
        assert await settled(Keep.THEIRS) == 1
        [taken] = [one for one in await shelf.of(book) if one.id == mark.id]
        assert taken == replace(changed, changed_at=NOW)
        assert await shelf.take(data, book) == MarkImport(already_here=(changed,))


async def test_a_mark_that_was_deleted_before_the_answer_stays_so(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        [mark, *_others] = await some_marks(book)
        await shelf.marks.save(book[0].id, [mark])
        told = await shelf.take(exported(replace(mark, note="another note")), book)
        await shelf.marks.delete([mark.id])
        settled = await settle({book[0].id: told.differing}, Keep.THEIRS, shelf.marks, NOW)
        assert settled == SettledMarks()
        assert await shelf.of(book) == []


async def differing_in(it: Library, **looks: object) -> dict[BookId, Sequence[Difference]]:
    """What a file says of a mark in each book, after the marks there were changed."""
    parts = []
    for number, book_id in enumerate(it.ids):
        mark = await it.mark(number, 5, 9, note="mine")
        book = await it.books.get(book_id)
        parts.append(marked_book(book, [replace(mark, **looks)]))
    path = it.folder / "theirs.json"
    path.write_text(written_together(parts, ExportFormat.JSON), encoding="utf-8")
    found: dict[BookId, Sequence[Difference]] = {}
    for told, book_id in zip(await it.importer.read(path), it.ids, strict=True):
        book = await it.books.get(book_id)
        result = await it.importer.take(told, book, lambda _done, _all: None)
        found[book_id] = result.differing
    return found


async def all_of(it: Library) -> list[Mark]:
    return [mark for number in range(len(it.ids)) for mark in await it.of(number)]


@pytest.mark.parametrize("keep", [Keep.THEIRS, Keep.BOTH])
async def test_an_answer_is_taken_back(tmp_path: Path, keep: Keep) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        looks = {"note": "theirs", "style": MarkStyle.UNDERLINE, "colour": MarkColour.PINK}
        differing = await differing_in(it, **looks)
        before = await all_of(it)
        it.changed.clear()
        settled = await it.importer.settle(differing, keep)
        assert len(settled.now) == 2
        assert await all_of(it) != before
        await it.importer.take_back(settled)
        assert await all_of(it) == before
        assert it.changed == [*it.ids, *it.ids]


@pytest.mark.parametrize("keep", [Keep.THEIRS, Keep.BOTH])
async def test_what_was_changed_since_is_not_taken_back(tmp_path: Path, keep: Keep) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        settled = await it.importer.settle(await differing_in(it, note="theirs"), keep)
        first, second = settled.now
        await it.marks.save(first.book_id, [replace(first.mark, note="and a thought of mine")])
        await it.marks.delete([second.mark.id])
        expected = await all_of(it)
        await it.importer.take_back(settled)
        assert await all_of(it) == expected


class NearlyFull(Marks):
    """A disk that has room for what is saved at once, and then no more."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.writes_left: int | None = None

    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None:
        self._write()
        await super().save(book_id, changed)

    async def save_kept(self, changed: Sequence[KeptMark]) -> None:
        self._write()
        await super().save_kept(changed)

    def _write(self) -> None:
        if self.writes_left is not None:
            if not self.writes_left:
                raise Full("no room")
            self.writes_left -= 1


@pytest.mark.parametrize("keep", [Keep.THEIRS, Keep.BOTH])
async def test_the_marks_of_all_books_are_changed_or_none(tmp_path: Path, keep: Keep) -> None:
    async with library_in(tmp_path, "Alpha", "Beta", make_marks=NearlyFull) as it:
        differing = await differing_in(it, note="theirs")
        before = await all_of(it)
        assert isinstance(it.marks, NearlyFull)
        it.marks.writes_left = 0
        with pytest.raises(Full):
            await it.importer.settle(differing, keep)
        assert await all_of(it) == before
        it.marks.writes_left = 1
        await it.importer.settle(differing, keep)
        changed = [mark for mark in await all_of(it) if mark.note == "theirs"]
        assert len(changed) == 2
