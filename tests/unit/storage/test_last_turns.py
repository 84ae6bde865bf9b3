"""The newest page turns, beside the database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Chapter, Locator, Place, Position
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.last_turns import SLOT_BYTES, SLOTS, LastTurns
from kios_desktop.storage.positions import Positions
from tests.unit.storage.conftest import new_book

Make = Callable[[Path], LastTurns]
HERE = Locator(Place(3, 41), "c3.xhtml", 900, 0.25, Chapter(-4, "Three"))


def turn(ordinal: int, at: datetime) -> Position:
    return Position(replace(HERE, place=Place(3, ordinal)), at, "")


@pytest.fixture
async def book_id(database: Database) -> BookId:
    return (await Books(database).add_all([new_book(1)]))[0]


@pytest.fixture
def made() -> Iterator[Make]:
    every: list[LastTurns] = []

    def make(path: Path) -> LastTurns:
        every.append(LastTurns(path))
        return every[-1]

    yield make
    for one in every:
        one.close()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def test_a_turn_is_there_until_others_took_its_place(
    tmp_path: Path, now: datetime, made: Make
) -> None:
    turns = made(tmp_path / "last-turns")
    first, others = turn(1, now), [turn(n, now) for n in range(2, SLOTS + 2)]
    assert not turns.has(BookId(1), first)
    turns.note(BookId(1), first)
    assert turns.has(BookId(1), first)
    assert not turns.has(BookId(2), first)
    for one in others:
        turns.note(BookId(2), one)
    assert not turns.has(BookId(1), first)
    assert all(turns.has(BookId(2), one) for one in others)


def test_a_turn_that_the_disk_refused_is_not_there(
    tmp_path: Path, now: datetime, made: Make
) -> None:
    (tmp_path / "file").write_text("")
    turns = made(tmp_path / "file" / "last-turns")
    turns.note(BookId(1), turn(1, now))
    assert not turns.has(BookId(1), turn(1, now))


async def test_a_turn_that_was_noted_and_never_saved_is_put_back_and_waits_to_be_sent(
    database: Database, book_id: BookId, tmp_path: Path, now: datetime, made: Make
) -> None:
    positions = Positions(database, made(tmp_path / "last-turns"))
    await positions.save(book_id, turn(1, now), SyncRecord("s"))
    for number in range(2, 40):
        positions.note(book_id, turn(number, now + timedelta(seconds=number)))
    again = Positions(database, made(tmp_path / "last-turns"))
    await again.recover()
    last = await again.last(book_id)
    assert last is not None and last.locator.place == Place(3, 39)
    [waits] = await again.waiting()
    assert waits.record.dirty and waits.position == last


async def test_what_the_database_has_is_not_put_back(
    database: Database, book_id: BookId, tmp_path: Path, now: datetime, made: Make
) -> None:
    positions = Positions(database, made(tmp_path / "last-turns"))
    positions.note(book_id, turn(5, now))
    await positions.save(book_id, turn(5, now), SyncRecord("s"))
    await positions.save(book_id, turn(3, now + timedelta(seconds=1)))
    await positions.recover()
    last = await positions.last(book_id)
    assert last is not None and last.locator.place == Place(3, 3)
    assert await positions.waiting() == []


async def test_turns_are_told_apart_by_their_number_and_not_by_a_clock_that_was_set_back(
    database: Database, book_id: BookId, tmp_path: Path, now: datetime, made: Make
) -> None:
    positions = Positions(database, made(tmp_path / "last-turns"))
    for number in range(3):
        later = turn(number, now + timedelta(hours=1, seconds=number))
        positions.note(book_id, later)
        await positions.save(book_id, later)
    for number in range(3, 6):
        earlier = turn(number, now + timedelta(seconds=number))
        positions.note(book_id, earlier)
        await positions.save(book_id, earlier)
    calm = Positions(database, made(tmp_path / "last-turns"))
    await calm.recover()
    kept = await calm.last(book_id)
    assert kept is not None and kept.locator.place == Place(3, 5)
    positions.note(book_id, turn(9, now))
    again = Positions(database, made(tmp_path / "last-turns"))
    await again.recover()
    last = await again.last(book_id)
    assert last is not None and last.locator.place == Place(3, 9)


async def test_a_disk_that_is_still_full_does_not_keep_kios_from_starting(
    database: Database, book_id: BookId, tmp_path: Path, now: datetime, made: Make
) -> None:
    positions = Positions(database, made(tmp_path / "last-turns"))
    positions.note(book_id, turn(5, now))
    await database.aclose()
    await positions.recover()


async def test_turns_of_books_that_are_not_these_are_left(
    database: Database, book_id: BookId, tmp_path: Path, now: datetime, made: Make
) -> None:
    positions = Positions(database, made(tmp_path / "last-turns"))
    positions.note(BookId(99), turn(5, now))
    positions.note(book_id, turn(5, now - timedelta(days=400)))  # of a library before this one
    await positions.recover()
    assert await positions.last(book_id) is None


def test_a_write_that_was_cut_short_leaves_the_turn_before(
    tmp_path: Path, now: datetime, made: Make
) -> None:
    path = tmp_path / "last-turns"
    turns = made(path)
    for number in range(3):
        turns.note(BookId(1), turn(number, now + timedelta(seconds=number)))
    data = bytearray(path.read_bytes())
    data[2 * SLOT_BYTES + 60] ^= 0xFF
    path.write_bytes(data)
    [newest] = made(path).newest()
    assert newest.position is not None and newest.position.locator.place.ordinal == 1


@pytest.mark.parametrize("content", [b"", b"\xff" * 5000, b"\0" * (SLOT_BYTES * SLOTS)])
def test_a_file_that_is_none_of_ours_says_nothing(
    tmp_path: Path, content: bytes, made: Make
) -> None:
    path = tmp_path / "last-turns"
    path.write_bytes(content)
    assert made(path).newest() == []


def test_where_nothing_can_be_written_nothing_is_raised(
    tmp_path: Path, now: datetime, made: Make
) -> None:
    turns = made(tmp_path / "nowhere" / "last-turns")
    turns.note(BookId(1), turn(1, now))
    turns.note(BookId(1), turn(2, now))
    assert turns.newest() == []


def test_a_chapter_with_a_very_long_title_is_noted_all_the_same(
    tmp_path: Path, now: datetime, made: Make
) -> None:
    turns = made(tmp_path / "last-turns")
    long = replace(turn(7, now), locator=replace(HERE, chapter=Chapter(1, "Ä" * 5000)))
    turns.note(BookId(1), long)
    [newest] = turns.newest()
    assert newest.position is not None and newest.position.locator.place == HERE.place
