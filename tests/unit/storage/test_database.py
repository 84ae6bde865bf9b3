"""Opening, refusing, recovering, and what a full or read-only disk does."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from kios_desktop.domain.errors import Corrupt, Full, Locked, ReadOnly, StorageError, TooNew
from kios_desktop.domain.library import BookId, Query
from kios_desktop.storage import backup, migrations, write_ahead
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import WRITE_BACK_AFTER, Database
from kios_desktop.storage.downloads import DownloadRecords
from tests.unit.storage.conftest import new_book
from tests.unit.storage.older import A_BOOK, make_older, scripts
from tests.unit.storage.schema import schema


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_new_database_has_the_schema_the_migrations_make(tmp_path: Path) -> None:
    await (await Database.open(tmp_path / "new.db")).aclose()
    make_older(tmp_path / "migrated.db", "head")
    assert schema(tmp_path / "new.db") == schema(tmp_path / "migrated.db")


def test_the_known_revisions_are_those_of_the_scripts() -> None:
    walked = ScriptDirectory.from_config(scripts()).walk_revisions()
    assert tuple(reversed([script.revision for script in walked])) == migrations.REVISIONS


async def test_a_database_of_the_first_release_is_upgraded_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    make_older(
        path,
        "0001",
        A_BOOK,
        "INSERT INTO sync_records VALUES (1, 'source', 1, 'the record')",
    )
    before = schema(path)

    database = await Database.open(path)
    assert (await Books(database).get(BookId(1))).title == "Kept"
    await BookAcquisitions(database, lambda _: None).choose(BookId(1), "source")
    assert await DownloadRecords(database, lambda _: None).all() == []
    await database.aclose()
    after = {(kind, name): parts for kind, name, parts in schema(path)}
    assert len(after) > len(before)
    for kind, name, parts in before:
        assert after[kind, name][: len(parts)] == parts, "columns are only added, behind the others"
    assert len(list((tmp_path / "backups").iterdir())) == 1
    with closing(sqlite3.connect(path)) as reading:
        assert reading.execute("SELECT record FROM sync_records").fetchall() == [("the record",)]


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    await (await Database.open(path)).aclose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(TooNew):
        await Database.open(path)
    assert path.read_bytes() == before


async def test_a_damaged_file_is_replaced_by_the_last_sound_backup(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    database = await Database.open(path)
    [kept] = await Books(database).add_all([new_book(1, title="Kept")])
    await database.back_up_if_due()
    await database.aclose()
    path.write_bytes(b"this is not a database" * 400)

    database = await Database.open(path)
    assert (await Books(database).get(kept)).title == "Kept"
    assert database.recovered_from is not None
    assert any(name.startswith("library.db.damaged-") for name in names(tmp_path))
    await database.aclose()


async def test_an_emptied_file_is_replaced_too(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    database = await Database.open(path)
    [kept] = await Books(database).add_all([new_book(1, title="Kept")])
    await database.back_up_if_due()
    await database.aclose()
    path.write_bytes(b"")

    database = await Database.open(path)
    assert (await Books(database).get(kept)).title == "Kept"
    assert database.recovered_from is not None
    await database.aclose()


async def test_a_page_overwritten_inside_the_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    database = await Database.open(path)
    books = Books(database)
    await books.add_all([new_book(n) for n in range(200)])
    await database.back_up_if_due()
    await database.aclose()
    with path.open("r+b") as stream:
        stream.seek(8192)
        stream.write(b"\xff" * 60_000)

    database = await Database.open(path)
    assert len(await Books(database).ids(Query())) == 200
    await database.aclose()


async def test_a_damaged_newest_backup_is_passed_over(tmp_path: Path) -> None:
    path, now = tmp_path / "library.db", datetime.now(UTC)
    database = await Database.open(path)
    [kept] = await Books(database).add_all([new_book(1)])
    await database.aclose()
    backup.make(path, tmp_path / "backups", now - timedelta(days=2))
    newest = backup.make(path, tmp_path / "backups", now)
    newest.write_bytes(b"damaged")
    path.write_bytes(b"damaged too")

    database = await Database.open(path)
    assert await Books(database).get(kept)
    assert database.recovered_from is not None
    assert now - database.recovered_from > timedelta(days=1)
    await database.aclose()


async def test_damage_without_a_backup_is_said_and_the_file_kept(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"this is not a database" * 400)
    with pytest.raises(Corrupt):
        await Database.open(path)
    assert any(name.startswith("library.db.damaged-") for name in names(tmp_path))


def test_only_the_newest_backups_are_kept(tmp_path: Path) -> None:
    path, now = tmp_path / "a.db", datetime.now(UTC)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
    made = [backup.make(path, tmp_path / "b", now + timedelta(days=n)) for n in range(5)]
    assert backup.backups(tmp_path / "b") == made[: -backup.KEEP - 1 : -1]
    assert not backup.due(tmp_path / "b", now + timedelta(days=4, hours=1))
    assert backup.due(tmp_path / "b", now + timedelta(days=5, hours=1))


async def test_a_full_disk_is_a_typed_error_and_the_next_try_works(database: Database) -> None:
    books = Books(database)
    await books.add_all([new_book(0)])

    async def limit(pages: int) -> None:
        await database.read(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}").close())

    await limit(1)
    with pytest.raises(Full):
        await books.add_all([new_book(n, title="x" * 900) for n in range(1, 400)])
    assert len(await books.ids(Query())) == 1

    await limit(100_000)
    await books.add_all([new_book(n) for n in range(1, 400)])
    assert len(await books.ids(Query())) == 400


async def test_a_database_made_read_only_is_a_typed_error_and_can_be_read(
    database: Database,
) -> None:
    books = Books(database)
    await books.add_all([new_book(0)])

    await database.read(lambda c: c.exec_driver_sql("PRAGMA query_only=1").close())
    with pytest.raises(ReadOnly):
        await books.add_all([new_book(1)])
    assert len(await books.ids(Query())) == 1


async def test_a_database_in_other_hands_is_locked_and_not_taken_for_damaged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.db"
    await (await Database.open(path)).aclose()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Locked):
            await Database.open(path)
    await (await Database.open(path)).aclose()


async def test_work_that_fails_leaves_nothing_behind(database: Database) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("INSERT INTO preferences VALUES ('a', 'b')"))
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(work)
    rows = await database.read(lambda c: c.execute(text("SELECT * FROM preferences")).all())
    assert rows == []


async def test_the_log_is_written_back_and_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    database = await Database.open(path)
    books = Books(database)
    [book_id] = await books.add_all([new_book(1)])
    sizes = []
    for transactions in (WRITE_BACK_AFTER - 1, WRITE_BACK_AFTER, WRITE_BACK_AFTER):
        for _ in range(transactions):
            await books.mark_unread(book_id)
        await asyncio.sleep(0)
        await database.settle()  # the same thread has written back before
        sizes.append((tmp_path / "library.db-wal").stat().st_size)
    assert sizes[2] < 1.5 * sizes[0]
    await database.aclose()
    assert names(tmp_path) == ["library.db"]


async def test_settling_waits_for_the_disk_and_is_fine_without_a_log(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    await Books(database).add_all([new_book(1)])
    await database.settle()
    await database.aclose()
    write_ahead.flush(tmp_path / "library.db")
    with pytest.raises(StorageError):
        await database.settle()


async def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    await database.aclose()
    await database.aclose()
    with pytest.raises(StorageError):
        await database.run(lambda connection: None)


async def test_closing_leaves_one_file(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    await Books(database).add_all([new_book(0)])
    await database.aclose()
    assert names(tmp_path) == ["library.db"]
