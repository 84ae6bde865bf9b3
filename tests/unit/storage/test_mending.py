"""Damage that can be made good from the rest of the database is."""

import asyncio
import contextlib
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Corrupt, Full, StorageError
from kios_desktop.domain.library import BookId, Query, Sort
from kios_desktop.domain.locator import Place
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage import backup
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.positions import Positions
from tests.disks import fill, full, small_disk
from tests.profiles import BOOKS, EVERYTHING, Stores, make_database
from tests.unit.storage.conftest import new_book

__all__ = ["small_disk"]


async def a_library(path: Path, books: int = 30) -> None:
    database = await Database.open(path)
    await Books(database).add_all([new_book(n, f"Émile {n:02}") for n in range(1, books + 1)])
    await database.aclose()


def behind_the_index(path: Path, index: str, change: str) -> None:
    """Make a change that the index does not hear of."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        row = connection.execute("SELECT * FROM sqlite_master WHERE name = ?", (index,)).fetchone()
        connection.execute("DELETE FROM sqlite_master WHERE name = ?", (index,))
        connection.commit()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
        connection.commit()


async def test_an_index_that_does_not_fit_its_table_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    await a_library(path)
    changes = "UPDATE books SET title_key = 'zz', title = 'Zz' WHERE id < 9"
    behind_the_index(path, "books_by_title", changes)
    database = await Database.open(path)
    assert database.recovered_from is None
    ids = await Books(database).ids(Query(sort=Sort.TITLE))
    assert ids == [*range(9, 31), *range(1, 9)]
    await database.aclose()


async def test_what_searching_looks_through_is_made_anew_after_damage_was_met(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.db"
    await a_library(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM book_words_data WHERE id > 10")
        connection.commit()
    database = await Database.open(path)
    with pytest.raises(Corrupt):
        await Books(database).ids(Query(words="emile"))
    await database.aclose()
    database = await Database.open(path)
    assert database.recovered_from is None
    assert len(await Books(database).ids(Query(words="emile"))) == 30
    assert await Books(database).ids(Query(words="emile 07")) == [BookId(7)]
    await database.aclose()


@pytest.mark.parametrize("change", ["DROP TABLE weights", "ALTER TABLE weights RENAME counts TO x"])
async def test_a_table_that_is_gone_is_damage_and_not_a_mistake_of_ours(
    tmp_path: Path, change: str
) -> None:
    path = tmp_path / "library.db"
    await a_library(path)
    database = await Database.open(path)
    await database.back_up_if_due()
    await database.aclose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    database = await Database.open(path)
    assert database.recovered_from is not None
    assert len(await Books(database).ids(Query())) == 30
    await database.aclose()


@pytest.mark.parametrize("backed_up", [True, False])
async def test_a_search_whose_definition_is_damaged_is_not_met_by_the_reader(
    tmp_path: Path, backed_up: bool
) -> None:
    path = tmp_path / "library.db"
    await a_library(path)
    if backed_up:
        backup.make(path, tmp_path / "backups", datetime.now(UTC))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'title,', 'title!,') "
            "WHERE name = 'book_words'"
        )
        connection.commit()
    database = await Database.open(path)
    assert database.salvaged is not backed_up
    assert len(await Books(database).ids(Query(words="emile"))) == 30
    await database.aclose()


async def test_a_backup_that_is_no_better_is_not_put_back_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    await a_library(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE weights")
        connection.commit()
    backup.make(path, tmp_path / "backups", datetime.now(UTC))
    with pytest.raises(Corrupt):
        await Database.open(path)


async def test_a_damaged_place_is_taken_from_the_timeline(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    await make_database(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE positions SET ordinal = 'x' WHERE book_id IN (3, 4)")
        connection.execute("DELETE FROM visits WHERE book_id = 4")
        connection.commit()
    database = await Database.open(path)
    positions = Positions(database)
    last = await positions.last(BookId(3))
    assert last is not None and last.locator.place == Place(3, 30)
    assert await positions.last(BookId(4)) is None
    await database.aclose()


async def test_a_book_is_shown_and_opened_whatever_has_become_of_its_words(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    await make_database(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE books SET title = x'00', authors = '[', file = x'07', added_at = 9e99 "
            "WHERE id = 3"
        )
        connection.commit()
    database = await Database.open(path)
    book = await Books(database).get(BookId(3))
    assert (book.title, book.authors) == ("emile 3", ())
    assert book.file == f"books/00/{3:064x}.epub"
    await database.aclose()


async def test_a_book_of_unknown_origin_is_not_removed_with_a_source(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    passwords = await make_database(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE origins SET record = '{' WHERE book_id = 3")
        connection.commit()
    database = await Database.open(path)
    only = await Stores(database, passwords).acquisitions.books_only_from("a" * 32)
    assert len(only) == BOOKS - 1
    assert BookId(3) not in only
    await database.aclose()


async def test_damage_is_told_once_for_each_kind(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    passwords = await make_database(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE downloads SET record = '{'")
        connection.execute("UPDATE positions SET href = 1.5 WHERE book_id < 9")
        connection.execute("UPDATE positions SET ordinal = 'a' WHERE book_id < 9")
        connection.commit()
    database = await Database.open(path)
    stores, told = Stores(database, passwords), list[RecordKind]()
    assert await stores.downloads.all() == []
    database.damage.listen(told.append)
    assert told == [RecordKind.DOWNLOAD], "what came before is told, too"
    found = await stores.read()
    await asyncio.sleep(0)
    assert told == [RecordKind.DOWNLOAD, RecordKind.PLACE, RecordKind.SYNC]
    assert found.lost()["downloads"] == EVERYTHING["downloads"]
    await database.aclose()


async def test_an_error_of_ours_in_sql_is_still_a_bug(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    with pytest.raises(Exception, match="no such table") as raised:
        await database.read(lambda c: c.exec_driver_sql("SELECT * FROM nowhere").close())
    assert not isinstance(raised.value, StorageError)
    await database.aclose()


def damage_pages(path: Path, *tables: str) -> None:
    """Overwrite one page of each table that holds records."""
    with closing(sqlite3.connect(path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        content = bytearray(path.read_bytes())
        for table in tables:
            root = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
            ).fetchone()[0]
            at = (root - 1) * size
            if content[at] == 5:  # above the leaves; its last child is one of them
                at = (int.from_bytes(content[at + 8 : at + 12], "big") - 1) * size
            content[at : at + size] = b"\xff" * size
    path.write_bytes(content)


async def test_without_a_backup_what_can_be_read_is_salvaged(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    passwords = await make_database(path)
    damage_pages(path, "books", "visits", "preferences")
    database = await Database.open(path)
    assert database.salvaged
    found = await Stores(database, passwords).read()
    assert (found.errors, found.escaped) == ([], [])
    lost = found.lost()
    assert 0 < lost["books"] < BOOKS / 2
    assert "places" not in lost, "the place of a book that is lost waits for it to be added"
    assert "sources" not in lost
    ids = await Books(database).ids(Query(words="emile"))
    assert len(ids) == BOOKS - lost["books"]
    await database.aclose()
    assert [one for one in tmp_path.iterdir() if "damaged" in one.name]  # noqa: ASYNC240
    again = await Database.open(path)
    assert not again.salvaged
    await again.aclose()


async def test_a_backup_goes_before_what_could_be_salvaged(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    await make_database(path)
    backup.make(path, tmp_path / "backups", datetime.now(UTC))
    damage_pages(path, "books")
    database = await Database.open(path)
    assert not database.salvaged
    assert len(await Books(database).ids(Query())) == BOOKS
    await database.aclose()


async def test_what_is_not_saved_back_on_a_full_disk_can_be_salvaged_later(
    small_disk: Path,
) -> None:
    path = small_disk / "library.db"
    await make_database(path)
    damage_pages(path, "books")
    with full(small_disk), pytest.raises(Full):
        await Database.open(path)
    database = await Database.open(path)
    assert database.salvaged
    await database.aclose()
    assert not [one for one in small_disk.iterdir() if ".part" in one.name]  # noqa: ASYNC240


@pytest.mark.parametrize("free_kb", [288, 384, 448, 512])
async def test_on_a_disk_with_little_room_all_is_salvaged_or_nothing_is_touched(
    small_disk: Path, free_kb: int
) -> None:
    path = small_disk / "library.db"
    await make_database(path)
    damage_pages(path, "books")
    filler = fill(small_disk)
    with filler.open("rb+") as file:
        file.truncate(filler.stat().st_size - free_kb * 1024)
    with suppress(Full):
        await (await Database.open(path)).aclose()
    filler.unlink()
    database = await Database.open(path)
    assert len(await Books(database).ids(Query())) > BOOKS / 2
    await database.aclose()


@pytest.mark.parametrize("backed_up", [True, False])
async def test_a_definition_that_is_no_text_is_damage_like_any_other(
    tmp_path: Path, backed_up: bool
) -> None:
    """SQLite's module can't even tell what is wrong: it raises UnicodeDecodeError."""
    path = tmp_path / "library.db"
    await a_library(path)
    if backed_up:
        backup.make(path, tmp_path / "backups", datetime.now(UTC))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET name = CAST(x'72e672' AS TEXT), sql = 'CREATE TABLE (' "
            "WHERE name = 'reading_preferences'"
        )
        connection.commit()
    with contextlib.suppress(Corrupt):
        database = await Database.open(path)
        assert len(await Books(database).ids(Query())) == 30
        await database.aclose()
        return
    assert not backed_up


@pytest.mark.parametrize(
    "table", ["books", "kobo_books", "visits", "downloads", "preferences", "sources"]
)
async def test_one_lost_page_without_a_backup_leaves_all_that_is_not_on_it(
    tmp_path: Path, table: str
) -> None:
    path = tmp_path / "library.db"
    await make_database(path)
    with closing(sqlite3.connect(path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()[0]
        hashes = dict(connection.execute("SELECT sha256, id FROM books"))
        places = set(connection.execute("SELECT book_id, ordinal FROM positions"))
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(content)
    database = await Database.open(path)
    assert database.salvaged
    books = Books(database)
    here = await books.in_library(list(hashes))
    assert here == dict.fromkeys(hashes, table != "books"), "a lost one is taken for removed"
    [again] = await books.add_all([new_book(1, "Again")])
    kept = await database.read(
        lambda c: {
            tuple(row) for row in c.exec_driver_sql("SELECT book_id, ordinal FROM positions")
        }
    )
    assert kept == places, "it has its place again when it is added"
    assert (await books.get(again)).title == "Again"
    await database.aclose()


@pytest.mark.parametrize("backed_up", [True, False])
async def test_a_head_that_forbids_writing_is_damage_and_no_read_only_disk(
    tmp_path: Path, backed_up: bool
) -> None:
    path = tmp_path / "library.db"
    await a_library(path)
    if backed_up:
        backup.make(path, tmp_path / "backups", datetime.now(UTC))
    content = bytearray(path.read_bytes())
    content[18] = 0x42  # the form to write, of a SQLite that nobody has
    path.write_bytes(content)
    database = await Database.open(path)
    assert (database.recovered_from is not None) == backed_up
    assert database.salvaged != backed_up
    books = Books(database)
    assert len(await books.ids(Query())) == 30
    await books.add_all([new_book(31, "New")])
    await database.aclose()
