"""Without SQLAlchemy: what needs none, and that it takes over the same connection."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Locked, ReadOnly
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Position
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.positions import Positions
from tests.fakes.places import locator
from tests.unit.storage.conftest import new_book

NOW = datetime(2026, 11, 30, tzinfo=UTC)

READ = """
import asyncio, sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId, Query
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore

ONE, AT = BookId(1), datetime(2026, 11, 30, tzinfo=UTC)

async def main(path):
    database = await Database.open(path)
    books, positions = Books(database), Positions(database, LastTurns(path.with_name("turns")))
    await positions.recover()
    await PreferenceStore(database).load()
    await books.counts(), await books.ids(Query()), await books.continue_reading(9)
    [book] = await books.load([ONE])
    await books.copies([ONE]), await books.by_sha256([book.hashes.sha256])
    await books.weights(ONE), await books.reading_preferences(ONE), await positions.last(ONE)
    await books.opened(ONE, AT)
    await database.back_up_if_due()
    print(book.title, "sqlalchemy" in sys.modules)

    # the first change comes while somebody else imports what it needs
    ahead = asyncio.to_thread(import_module, "kios_desktop.storage.book_changes")
    await asyncio.gather(ahead, books.mark_finished(ONE, AT), books.counts())
    [book] = await books.load([ONE])
    print(book.read_at == book.finished_at == AT, "sqlalchemy" in sys.modules)
    await database.aclose()

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_a_book_is_found_and_opened_before_sqlalchemy_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    database = await Database.open(path)
    [book_id] = await Books(database).add_all([new_book(1, title="Emma")])
    assert book_id == 1
    await Positions(database).save(book_id, Position(locator(1, 100), NOW, ""))
    await database.aclose()
    words = [sys.executable, "-c", READ, str(path)]
    done = await asyncio.to_thread(
        lambda: subprocess.run(words, capture_output=True, text=True, check=False)
    )
    assert done.stdout.split() == ["Emma", "False", "True", "True"], done.stderr


async def test_plain_work_that_fails_leaves_nothing_behind(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE books SET read_at = 1")
        raise LookupError

    with pytest.raises(LookupError):
        await database.run_plainly(work)
    assert (await Books(database).get(book_id)).read_at is None
    await Books(database).opened(book_id, NOW)
    assert (await Books(database).get(book_id)).read_at == NOW


async def test_opening_a_book_where_nothing_can_be_written_is_a_typed_error(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.db"
    database = await Database.open(path)
    books = Books(database)
    [book_id] = await books.add_all([new_book(1)])

    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Locked):
            await books.opened(book_id, NOW)
    await database.read_plainly(lambda c: c.execute("PRAGMA query_only=1").close())
    with pytest.raises(ReadOnly):
        await books.opened(book_id, NOW)
    assert (await books.get(book_id)).read_at is None
    await database.aclose()

    beside = await Database.open_to_read(path)
    with pytest.raises(ReadOnly):
        await Books(beside).opened(BookId(book_id), NOW)
    await beside.aclose()
