"""Highlights, notes and bookmarks on the disk."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder, in_order
from kios_desktop.domain.mark_query import KeptMark, MarkQuery
from kios_desktop.domain.marks import Mark, MarkColour, MarkKind, MarkStyle, in_reading_order
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from kios_desktop.storage.tables import marks as table
from tests.marks import highlight
from tests.unit.storage.conftest import new_book

LATER = datetime(2026, 12, 1, 7, 0, 0, 5000, tzinfo=UTC)


async def some_books(database: Database) -> list[BookId]:
    return await Books(database).add_all([new_book(1), new_book(2)])


async def test_marks_come_back_whole_and_in_reading_order(database: Database) -> None:
    first, second = await some_books(database)
    marks = Marks(database)
    lost = highlight(3, 9, note="where is it?")
    kept = [
        highlight(50, 60, spine=2, note="“Zoë”\nsays so", style=MarkStyle.UNDERLINE),
        highlight(1, 4, colour=MarkColour.PURPLE, end_spine=3),
        replace(highlight(7, 7, spine=1), kind=MarkKind.BOOKMARK),
        replace(lost, anchor=replace(lost.anchor, passage=None)),
    ]
    await marks.save(first, kept)
    other = [highlight(0, 1)]
    await marks.save(second, other)
    assert await marks.of_book(first) == in_reading_order(kept)
    assert await marks.of_book(second) == other


async def test_a_changed_mark_replaces_itself_and_a_deleted_one_goes(database: Database) -> None:
    book_id, _ = await some_books(database)
    marks, one, two = Marks(database), highlight(1, 2), highlight(3, 4)
    await marks.save(book_id, [one, two])
    changed = replace(one, colour=MarkColour.BLUE, note="new", changed_at=LATER)
    await marks.save(book_id, [changed])
    assert await marks.of_book(book_id) == [changed, two]
    await marks.delete([two.id, two.id])
    assert await marks.of_book(book_id) == [changed]
    await marks.save(book_id, [two])
    assert await marks.of_book(book_id) == [changed, two]


async def test_marks_of_a_removed_book_come_back_with_it(database: Database) -> None:
    book_id, _ = await some_books(database)
    marks, one = Marks(database), highlight(1, 2)
    await marks.save(book_id, [one])
    await Books(database).remove(book_id)
    assert await marks.highlight_counts(MarkFilter()) == []
    assert await Books(database).add_all([new_book(1)]) == [book_id]
    assert await marks.of_book(book_id) == [one]


async def damage(database: Database, mark: Mark, cells: dict[str, object]) -> None:
    statement = update(table).where(table.c.id == mark.id).values(cells)
    await database.run(lambda connection: connection.execute(statement).close())


async def test_a_damaged_mark_costs_no_other(database: Database) -> None:
    book_id, _ = await some_books(database)
    marks, one, two = Marks(database), highlight(1, 2), highlight(3, 4)
    for name, value in (
        ("colour", "mauve"),
        ("end_ordinal", -7),
        ("start_ordinal", None),
        ("made_at", "noon"),
    ):
        await marks.save(book_id, [one, two])
        await damage(database, one, {name: value})
        assert await marks.of_book(book_id) == [two], name


async def test_five_thousand_marks_are_saved_and_read(database: Database) -> None:
    book_id, _ = await some_books(database)
    many = [highlight(10 * n, 10 * n + 5) for n in range(5000)]
    await Marks(database).save(book_id, many)
    assert await Marks(database).of_book(book_id) == many
    await Marks(database).delete([one.id for one in many])
    assert await Marks(database).of_book(book_id) == []


async def test_ids_of_marks_of_other_books_are_known(database: Database) -> None:
    first, second = await some_books(database)
    marks, here, there, removed = Marks(database), highlight(1, 2), highlight(1, 2), highlight(3, 4)
    await marks.save(first, [here])
    await marks.save(second, [there, removed])
    await Books(database).remove(second)
    ids = [one.id for one in (here, there, removed, highlight(5, 6))]
    assert await marks.in_other_books(first, ids * 300) == {there.id, removed.id}
    assert await marks.in_other_books(second, ids) == {here.id}


async def test_highlights_of_the_library_are_found_as_their_filter_admits_them(
    database: Database,
) -> None:
    first, second = await some_books(database)
    marks = Marks(database)
    fog = highlight(5, 9, text="The fög came in")
    pink = highlight(1, 3, colour=MarkColour.PINK, note="A Folly", made_at=LATER)
    lost = highlight(2, 3, spine=9, text="gone")
    lost = replace(lost, anchor=replace(lost.anchor, passage=None))
    other = highlight(3, 4, spine=1, colour=MarkColour.BLUE)
    await marks.save(first, [fog, pink, lost])
    await marks.save(second, [other, replace(highlight(0, 0), kind=MarkKind.BOOKMARK)])
    for wanted in (
        MarkFilter(),
        MarkFilter(frozenset({MarkColour.PINK, MarkColour.BLUE})),
        MarkFilter(noted=True),
        MarkFilter(words="FOG the"),
        MarkFilter(words="folly"),
        MarkFilter(words="100%"),
    ):
        for order in MarkOrder:
            ofs = (first, [fog, pink, lost]), (second, [other])
            here = [[KeptMark(book, one) for one in wanted.admitted(ones)] for book, ones in ofs]
            found = await marks.highlight_keys(MarkQuery(first, wanted, order))
            ordered = in_order([one.mark for one in here[0]], order)
            assert [one.mark_id for one in found] == [one.id for one in ordered]
            lengths = [(one.letters, one.note_letters) for one in found]
            assert lengths == [(len(one.text), len(one.note)) for one in ordered]
            everywhere = await marks.highlight_keys(MarkQuery(None, wanted, order))
            assert sorted(one.mark_id for one in everywhere) == sorted(
                one.mark.id for ones in here for one in ones
            )
            if order is MarkOrder.PLACE:
                assert [one.book_id for one in everywhere] == sorted(
                    one.book_id for one in everywhere
                )
        counts = await marks.highlight_counts(wanted)
        assert [(one.book_id, one.highlights, one.notes) for one in counts] == [
            (ones[0].book_id, len(ones), sum(bool(one.mark.note) for one in ones))
            for ones in here
            if ones
        ]


async def test_highlights_of_removed_books_are_not_listed(database: Database) -> None:
    first, second = await some_books(database)
    marks = Marks(database)
    await marks.save(first, [highlight(n, n + 1) for n in range(7)])
    await marks.save(second, [highlight(0, 1)])
    assert len(await marks.highlight_keys(MarkQuery())) == 8
    await Books(database).remove(first)
    assert [one.book_id for one in await marks.highlight_keys(MarkQuery())] == [second]
    assert [one.book_id for one in await marks.highlight_counts(MarkFilter())] == [second]


async def test_marks_are_read_in_the_order_of_their_ids_however_many(database: Database) -> None:
    first, second = await some_books(database)
    marks = Marks(database)
    many = [highlight(n, n + 1) for n in range(1200)]
    other = highlight(0, 1)
    await marks.save(first, many)
    await marks.save(second, [other])
    ids = [other.id, highlight(5, 6).id, *(one.id for one in reversed(many))]
    found = await marks.load(ids)
    assert found == [
        KeptMark(second, other),
        *(KeptMark(first, one) for one in reversed(many)),
    ]


async def test_marks_of_several_books_are_saved_together_or_not_at_all(
    database: Database,
) -> None:
    first, second = await some_books(database)
    marks, one, two = Marks(database), highlight(1, 2), highlight(3, 4)
    await marks.save_kept([KeptMark(second, two), KeptMark(first, one)])
    assert (await marks.of_book(first), await marks.of_book(second)) == ([one], [two])
    nowhere = BookId(99)
    with pytest.raises(IntegrityError):
        await marks.save_kept([KeptMark(first, highlight(8, 9)), KeptMark(nowhere, two)])
    assert await marks.of_book(first) == [one]
