"""Copies of the database: when they are made, which one is put back, and what a kill leaves."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Corrupt, Full, Locked
from kios_desktop.domain.library import BookId
from kios_desktop.storage import backup
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from tests.disks import full, small_disk
from tests.unit.storage.conftest import new_book

__all__ = ["small_disk"]

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OURS = "library-*.db"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def a_database(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
    return path


async def a_library(path: Path, *titles: str) -> None:
    database = await Database.open(path)
    await Books(database).add_all([new_book(n, title) for n, title in enumerate(titles, 1)])
    await database.aclose()


async def first_title(path: Path) -> str:
    database = await Database.open(path)
    try:
        return (await Books(database).get(BookId(1))).title
    finally:
        await database.aclose()


def test_copies_from_the_future_keep_no_new_one_from_being_made(tmp_path: Path) -> None:
    path, folder = a_database(tmp_path / "a.db"), tmp_path / "b"
    ahead = [backup.make(path, folder, NOW + n * 400 * DAY) for n in (1, 2, 3)]
    assert backup.due(folder, NOW)
    made = []
    for n in range(5):
        assert backup.due(folder, NOW + n * 2 * DAY)
        made.append(backup.make(path, folder, NOW + n * 2 * DAY))
        assert made[-1].exists()
        assert not backup.due(folder, NOW + n * 2 * DAY)
    assert backup.backups(folder, NOW + 8 * DAY) == made[: -backup.KEEP - 1 : -1]
    assert not any(path.exists() for path in ahead)


def test_a_clock_set_back_still_has_its_copies_made(tmp_path: Path) -> None:
    path, folder = a_database(tmp_path / "a.db"), tmp_path / "b"
    before = backup.make(path, folder, NOW)
    back = NOW - 9000 * DAY
    assert backup.due(folder, back)
    made = backup.make(path, folder, back)
    assert backup.backups(folder, back) == [made, before]
    assert backup.backups(folder, NOW + DAY) == [before, made]


def test_what_somebody_else_put_there_is_left_alone(tmp_path: Path) -> None:
    path, folder = a_database(tmp_path / "a.db"), tmp_path / "b"
    folder.mkdir()
    others = [folder / name for name in ("library-.db", "library-mine.db", "library-2026.db")]
    for other in others:
        other.write_bytes(path.read_bytes())
    assert backup.due(folder, NOW)
    for n in range(5):
        backup.make(path, folder, NOW + n * 2 * DAY)
    assert not backup.due(folder, NOW + 8 * DAY)
    assert all(other.exists() for other in others)
    assert len(backup.backups(folder, NOW + 8 * DAY)) == backup.KEEP


async def test_the_newest_copy_that_can_be_dated_is_put_back(tmp_path: Path) -> None:
    path, now = tmp_path / "library.db", datetime.now(UTC)
    await a_library(path, "The older one")
    backup.make(path, tmp_path / "backups", now + 400 * DAY)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE books SET title = 'The newer one'")
        connection.commit()
    backup.make(path, tmp_path / "backups", now - DAY)
    path.write_bytes(b"no database at all" * 999)
    assert await first_title(path) == "The newer one"


async def test_what_a_kill_left_of_a_copy_goes_at_the_next_start(tmp_path: Path) -> None:
    path, folder = tmp_path / "library.db", tmp_path / "backups"
    await a_library(path, "Kept")
    backup.make(path, folder, datetime.now(UTC) - DAY)
    kept = names(folder)
    stamp = "library-20260101T000000000000Z"
    for name in (f"{stamp}.part", f"{stamp}.part-journal", f"{stamp}.db-shm"):
        (folder / name).write_bytes(b"x")
    (tmp_path / "library.db.part").write_bytes(b"x")
    assert await first_title(path) == "Kept"
    assert names(folder) == kept
    assert names(tmp_path) == ["backups", "library.db"]


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
async def test_a_kill_while_a_copy_is_put_back_costs_nothing(tmp_path: Path, left: str) -> None:
    """Between setting the damaged file aside and renaming the copy."""
    path = tmp_path / "library.db"
    await a_library(path, "Kept")
    backup.make(path, tmp_path / "backups", datetime.now(UTC))
    path.unlink()
    if left != "nothing":
        path.write_bytes(b"")
    (tmp_path / "library.db.part").write_bytes(b"half")
    assert await first_title(path) == "Kept"


async def test_a_full_disk_leaves_the_damaged_file_where_it_is(small_disk: Path) -> None:
    path = small_disk / "library.db"
    await a_library(path, "Kept")
    backup.make(path, small_disk / "backups", datetime.now(UTC))
    damaged = b"\xff" * path.stat().st_size
    path.write_bytes(damaged)
    with full(small_disk), pytest.raises(Full):
        await Database.open(path)
    assert path.read_bytes() == damaged
    assert await first_title(path) == "Kept"


async def test_an_emptied_database_is_said_where_books_are_left(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    for name in ("ab", "cd"):
        (tmp_path / "library" / "books" / name).mkdir(parents=True)
        (tmp_path / "library" / "books" / name / f"{name * 32}.epub").write_bytes(b"a book")
    path.write_bytes(b"")
    with pytest.raises(Corrupt) as said:
        await Database.open(path)
    assert said.value.books == 2
    assert [name for name in names(tmp_path) if "damaged" not in name] == ["library"]
    await (await Database.open(path)).aclose()  # the reader knows, and starts Kios again


async def test_a_database_without_tables_is_an_emptied_one(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (x)")
        connection.execute("DROP TABLE t")
    (tmp_path / "library" / "books" / "ab").mkdir(parents=True)
    (tmp_path / "library" / "books" / "ab" / f"{'ab' * 32}.epub").write_bytes(b"a book")
    with pytest.raises(Corrupt) as said:
        await Database.open(path)
    assert said.value.books == 1


async def test_a_first_start_cut_short_is_no_damage(tmp_path: Path) -> None:
    """Killed between making the file and its tables."""
    path = tmp_path / "library.db"
    (tmp_path / "library").mkdir()
    path.write_bytes(b"")
    database = await Database.open(path)
    assert database.recovered_from is None
    await database.aclose()


@pytest.mark.long
async def test_damage_that_is_met_is_looked_for_at_the_next_start(tmp_path: Path) -> None:
    """A big database that was closed properly is not read through at every start."""
    path = tmp_path / "library.db"
    database = await Database.open(path)
    books = Books(database)
    ids = await books.add_all([new_book(n, "x" * 60_000) for n in range(400)])
    await database.back_up_if_due()
    await database.aclose()
    assert path.stat().st_size > 16_000_000
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        stream.write(b"\xff" * 400_000)

    database = await Database.open(path)
    assert database.recovered_from is None, "it was closed properly, and is big"
    with pytest.raises(Corrupt):
        await Books(database).load(ids)
    await database.aclose()
    database = await Database.open(path)
    assert database.recovered_from is not None
    assert len(await Books(database).load(ids)) == 400
    await database.aclose()
    assert [name for name in names(tmp_path) if "suspect" in name] == []


def test_a_copy_does_not_wait_for_ever_for_whoever_has_the_database_alone(tmp_path: Path) -> None:
    path = a_database(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Locked):
            backup.make(path, tmp_path / "b", NOW)
    assert names(tmp_path / "b") == []
