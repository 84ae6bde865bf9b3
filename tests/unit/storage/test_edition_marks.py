"""Marks come along when another edition of their book is added."""

import pytest
from msgspec.structs import replace

from kios_desktop.domain.library import NewBook
from kios_desktop.domain.marks import Mark, MarkColour, MarkId, MarkKind
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from tests.marks import highlight
from tests.unit.storage.conftest import new_book

EMMA = replace(new_book(1, "Emma", "Jane Austen"), identifier="urn:uuid:emma")


def edition(number: int, **other: object) -> NewBook:
    """The same book in another file, told apart by what is given."""
    return replace(EMMA, hashes=new_book(number).hashes, file=f"{number}.epub", **other)


def without_ids(marks: list[Mark]) -> list[Mark]:
    return [replace(mark, id=MarkId("")) for mark in marks]


@pytest.mark.parametrize(
    "newer",
    [
        edition(2),
        edition(2, identifier="another"),
        edition(2, authors=()),
        edition(2, title="EMMA"),
    ],
)
async def test_an_edition_gets_copies_of_the_marks(database: Database, newer: NewBook) -> None:
    books, marks = Books(database), Marks(database)
    [old] = await books.add_all([EMMA])
    kept = [
        highlight(3, 9, note="why?", colour=MarkColour.PINK, sha256="old"),
        replace(highlight(7, 7), kind=MarkKind.BOOKMARK),
    ]
    await marks.save(old, kept)
    [new, other] = await books.add_all([newer, new_book(7)])
    copies = await marks.of_book(new)
    assert without_ids(copies) == without_ids(kept)
    assert len({mark.id for mark in [*copies, *kept]}) == 4
    assert await marks.of_book(old) == kept
    assert await marks.of_book(other) == []


@pytest.mark.parametrize(
    "other",
    [
        edition(2, title="Persuasion"),
        edition(2, authors=("Another",), identifier="another"),
        edition(2, authors=("Another",), identifier=""),
        edition(2, series_index=2.0),
    ],
)
async def test_another_book_gets_none(database: Database, other: NewBook) -> None:
    books, marks = Books(database), Marks(database)
    [old] = await books.add_all([EMMA])
    await marks.save(old, [highlight(3, 9)])
    [new] = await books.add_all([other])
    assert await marks.of_book(new) == []


async def test_books_without_authors_and_identifiers_are_not_taken_for_one_another(
    database: Database,
) -> None:
    books, marks = Books(database), Marks(database)
    [old] = await books.add_all([replace(EMMA, authors=(), identifier="")])
    await marks.save(old, [highlight(3, 9)])
    [new] = await books.add_all([edition(2, authors=(), identifier="")])
    assert await marks.of_book(new) == []


async def test_the_latest_edition_with_marks_counts_also_when_it_was_removed(
    database: Database,
) -> None:
    books, marks = Books(database), Marks(database)
    for number in (1, 2, 3):
        [book_id] = await books.add_all([edition(number)])
        await marks.delete([mark.id for mark in await marks.of_book(book_id)])
        if number < 3:
            await marks.save(book_id, [highlight(number, 9)])
            await books.remove(book_id)
    [last] = await books.add_all([edition(4)])
    [mark] = await marks.of_book(last)
    assert mark.passage is not None and mark.passage.start.ordinal == 2


async def test_deleted_marks_stay_deleted_when_the_file_is_added_again(database: Database) -> None:
    books, marks = Books(database), Marks(database)
    [old] = await books.add_all([EMMA])
    await marks.save(old, [highlight(3, 9)])
    [new] = await books.add_all([edition(2)])
    await marks.delete([mark.id for mark in await marks.of_book(new)])
    await books.remove(new)
    assert await books.add_all([edition(2), EMMA]) == [new, old]
    assert await marks.of_book(new) == []
