"""A disk without room, or one that may not be written to: what is there can still be read."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Full, Locked, NotUpgraded, ReadOnly
from kios_desktop.domain.library import BookId, Imported, ImportOutcome
from kios_desktop.domain.locator import Position
from kios_desktop.domain.preferences import Preferences
from kios_desktop.library.importer import Importer
from kios_desktop.library.known_files import KnownFiles
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import WRITE_BACK_AFTER, Database
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.migrations import REVISIONS
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore
from tests.books import BookDraft
from tests.disks import full, small_disk
from tests.fakes.places import locator
from tests.unit.storage.conftest import new_book
from tests.unit.storage.older import A_BOOK, make_older

__all__ = ["small_disk"]

BOOK = BookId(1)


def turn(ordinal: int) -> Position:
    return Position(locator(1, ordinal), datetime.now(UTC), "")


async def a_library(folder: Path, killed: Callable[[int], object] | None = None) -> Path:
    path = folder / "library.db"
    database = await Database.open(path)
    await Books(database).add_all([new_book(1, "Kept")])
    await Positions(database).save(BOOK, turn(100))
    if killed is not None:
        killed(9)
    await database.aclose()
    return path


async def is_read(database: Database) -> None:
    """Everything that opening a book asks for."""
    books = Books(database)
    assert (await books.get(BOOK)).title == "Kept"
    assert await books.weights(BOOK) is None
    assert await books.reading_preferences(BOOK)
    assert await PreferenceStore(database).load() == Preferences()
    last = await Positions(database).last(BOOK)
    assert last is not None and last.locator == locator(1, 100)


async def test_a_library_opens_on_a_full_disk_and_saves_when_there_is_room(
    small_disk: Path,
) -> None:
    path = await a_library(small_disk)
    with full(small_disk):
        database = await Database.open(path)
        await is_read(database)
        with pytest.raises(Full):
            await Positions(database).save(BOOK, turn(200))
        await database.back_up_if_due()
    for number in range(WRITE_BACK_AFTER + 5):
        await Positions(database).save(BOOK, turn(300 + number))
    await database.settle()
    with pytest.raises(Locked):
        await Database.open(path)
    await database.aclose()
    again = await Database.open(path)
    last = await Positions(again).last(BOOK)
    assert last is not None and last.locator == locator(1, 300 + WRITE_BACK_AFTER + 4)
    await again.back_up_if_due()
    await again.aclose()
    assert sorted(one.name for one in small_disk.iterdir()) == ["backups", "library.db"]  # noqa: ASYNC240


async def test_a_turn_on_a_full_disk_is_noted_where_there_was_a_note_before(
    small_disk: Path,
) -> None:
    path = await a_library(small_disk)
    before = LastTurns(small_disk / "last-turns")
    before.note(BOOK, turn(50))
    before.close()
    with full(small_disk):
        database = await Database.open(path)
        turns = LastTurns(small_disk / "last-turns")
        positions, there = Positions(database, turns), turn(200)
        positions.note(BOOK, there)
        assert positions.has_noted(BOOK, there)
        await database.aclose()
        turns.close()
    database = await Database.open(path)
    turns = LastTurns(small_disk / "last-turns")
    positions = Positions(database, turns)
    await positions.recover()
    last = await positions.last(BOOK)
    assert last is not None and last.locator.place == there.locator.place
    await database.aclose()
    turns.close()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    remount = ["mount", "-o"]
    subprocess.run([*remount, "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run([*remount, "remount,rw", str(disk)], check=True)


async def test_a_library_that_may_not_be_written_to_is_read(small_disk: Path) -> None:
    path = await a_library(small_disk)
    with read_only(small_disk):
        database = await Database.open(path)
        await is_read(database)
        for _ in range(2):
            with pytest.raises(ReadOnly):
                await Positions(database).save(BOOK, turn(200))
        await database.back_up_if_due()
        await database.settle()
        await database.aclose()


async def test_a_book_given_again_is_known_on_a_full_disk(tmp_path: Path, small_disk: Path) -> None:
    """From the command line it is added first; that must not keep it from being opened."""
    book, path = BookDraft().write(tmp_path / "a.epub"), small_disk / "library.db"
    os.utime(book, (1, 1))

    async def add(database: Database) -> Imported:
        known = KnownFiles(small_disk / "added.json", now_ns=lambda: 2**62)
        importer = Importer(Books(database), small_disk / "library", known)
        report = await importer.add([book], progress=lambda *_: None, cancelled=lambda: False)
        return report.items[0]

    database = await Database.open(path)
    first = await add(database)
    await database.aclose()
    (small_disk / "added.json").unlink()
    with full(small_disk):
        database = await Database.open(path)
        again = await add(database)
        assert (again.outcome, again.book_id) == (ImportOutcome.ALREADY_HERE, first.book_id)
        await database.aclose()


async def test_a_new_library_where_nothing_may_be_written_is_an_error(small_disk: Path) -> None:
    with read_only(small_disk), pytest.raises(ReadOnly):
        await Database.open(small_disk / "library.db")
    with full(small_disk), pytest.raises(Full):
        await Database.open(small_disk / "library.db")
    await (await Database.open(small_disk / "library.db")).aclose()


ALL_IN_THE_LOG = """
import asyncio, os, sys
from pathlib import Path
from tests.unit.storage.test_full_disk import a_library

async def main():
    await a_library(Path(sys.argv[1]), os._exit)

asyncio.run(main())
"""


def killed_library(folder: Path) -> Path:
    """Its file is all but empty: what was done is in the log beside it, whose index is gone."""
    code = subprocess.run([sys.executable, "-c", ALL_IN_THE_LOG, str(folder)], check=False)
    assert code.returncode == 9
    path = folder / "library.db"
    path.with_name("library.db-shm").unlink()
    assert path.with_name("library.db-wal").stat().st_size > 10 * path.stat().st_size
    book = folder / "library" / "books" / "ab" / f"{'ab' * 32}.epub"
    book.parent.mkdir(parents=True)
    book.write_bytes(b"x")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    there = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in there}


async def test_what_a_killed_kios_left_in_its_log_is_read_where_nothing_can_be_written(
    small_disk: Path,
) -> None:
    path = killed_library(small_disk)
    before = contents(small_disk)
    with read_only(small_disk):
        database = await Database.open(path)
        assert database.recovered_from is None and not database.salvaged
        await is_read(database)
        with pytest.raises(ReadOnly):
            await Positions(database).save(BOOK, turn(200))
        await database.aclose()
        assert contents(small_disk) == before
    database = await Database.open(path)
    await is_read(database)
    await Positions(database).save(BOOK, turn(200))
    await database.aclose()


@pytest.mark.parametrize("damage", ["emptied", "header", "page"])
async def test_nothing_is_set_aside_where_nothing_can_be_written(
    small_disk: Path, damage: str
) -> None:
    path = await a_library(small_disk)
    database = await Database.open(path)
    await database.back_up_if_due()
    await database.aclose()
    content = bytearray(path.read_bytes())
    at = slice(0, 64) if damage == "header" else slice(4096, 6 * 4096)
    content[at] = bytes(len(content[at]))
    path.write_bytes(b"" if damage == "emptied" else content)
    before = contents(small_disk)
    with read_only(small_disk):
        with pytest.raises(ReadOnly):
            await Database.open(path)
        assert contents(small_disk) == before
    database = await Database.open(path)
    assert database.recovered_from is not None
    await is_read(database)
    await database.aclose()


@pytest.mark.parametrize("lock", [read_only, full])
async def test_an_older_library_is_not_touched_where_it_can_not_be_upgraded(
    small_disk: Path, lock: Callable[[Path], AbstractContextManager[None]]
) -> None:
    path = small_disk / "library.db"
    make_older(path, REVISIONS[0], A_BOOK)
    before = path.read_bytes()
    with lock(small_disk), pytest.raises(NotUpgraded) as refused:
        await Database.open(path)
    assert isinstance(refused.value.cause, Full if lock is full else ReadOnly)
    assert path.read_bytes() == before
    assert set(contents(small_disk)) == {"library.db"}
    database = await Database.open(path)
    assert (await Books(database).get(BOOK)).title == "Kept"
    await database.aclose()
