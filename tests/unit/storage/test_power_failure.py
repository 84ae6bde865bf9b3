"""What must be on the disk, and not only in the memory of the system, and when."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.source import SourceKind
from kios_desktop.library.files import LibraryFiles
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.migrations import HEAD, REVISIONS
from kios_desktop.storage.positions import Positions
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account
from tests.fakes.places import SCREEN, locator
from tests.fakes.sync import FakeView
from tests.unit.storage.conftest import new_book
from tests.unit.storage.older import A_BOOK, make_older


@pytest.fixture
def told() -> Iterator[list[str]]:
    """“fsync” for each time the disk was asked to confirm, from any thread begun in the test."""
    seen: list[str] = []

    def look(_frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called is os.fsync:
            seen.append("fsync")

    threading.setprofile(look)
    yield seen
    threading.setprofile(None)


class Server:
    """Takes every place and tells when."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    async def prepare(
        self, _book: BookId, there: Locator, _received: Report | None, _sent: Sent | None
    ) -> Sent:
        return Sent(there, "raw", there.total_progression)

    async def pull(self, _book: BookId, _mine: Sequence[Sent]) -> Report | Sent | None:
        return None

    async def push(self, _book: BookId, prepared: Sent) -> Sent:
        self._told.append("push")
        return prepared


async def test_a_place_is_on_the_disk_before_a_server_has_it(
    tmp_path: Path, told: list[str]
) -> None:
    """Else, after a power failure, our own write comes back as a place we know nothing of."""
    database = await Database.open(tmp_path / "library.db")
    [book_id] = await Books(database).add_all([new_book(1)])

    async def connect() -> list[Account]:
        return [Account("s", "Server", SourceKind.KOSYNC, Server(told))]

    engine = SyncEngine(Positions(database), connect, SyncPreferences())
    await engine.start()
    book = engine.open(book_id, "Book", FakeView())
    book.opened(locator(0, 0), SCREEN)
    await engine.quiet()
    told.clear()
    for number in (1, 2):
        book.turned(locator(number, 10), SCREEN)
        await engine.quiet()
        assert told == [], "a page turn alone waits for no disk"
        engine.backgrounded()
        await engine.quiet()
        assert told[:2] == ["fsync", "push"]
        told.clear()
    await engine.flush(1)
    await database.aclose()


async def test_settling_asks_the_disk(tmp_path: Path, told: list[str]) -> None:
    database = await Database.open(tmp_path / "library.db")
    await Books(database).add_all([new_book(1)])
    told.clear()
    await database.settle()
    assert told == ["fsync"]
    await database.aclose()


def test_a_book_is_on_the_disk_before_the_database_names_it(
    tmp_path: Path, told: list[str]
) -> None:
    book = tmp_path / "a.epub"
    book.write_bytes(b"a book")

    def add() -> None:
        with book.open("rb") as source:
            LibraryFiles(tmp_path / "library").copy_book(source, 6, "ab" * 32)

    adding = threading.Thread(target=add)
    adding.start()
    adding.join()
    assert told == ["fsync"]


async def test_sqlite_waits_for_the_disk_where_it_must(tmp_path: Path) -> None:
    """With `synchronous=OFF` a power failure may leave a database nobody can read."""
    database = await Database.open(tmp_path / "library.db")

    async def pragma(name: str) -> int:
        return await database.read(lambda c: int(c.exec_driver_sql(f"PRAGMA {name}").scalar() or 0))

    assert await pragma("synchronous") >= 1
    assert await pragma("foreign_keys") == 1
    assert (await pragma("fullfsync"), await pragma("checkpoint_fullfsync")) == (1, 1)
    await database.aclose()


UPGRADE = """
import asyncio, os, signal, sqlite3, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from kios_desktop.storage.database import Database

steps = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *_rest):
    global steps
    if statement.lstrip().upper().startswith(("CREATE", "ALTER", "DROP", "UPDATE", "INSERT")):
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)

async def main():
    await (await Database.open(Path(sys.argv[1]))).aclose()

asyncio.run(main())
"""


def upgrade(path: Path, steps: int) -> int:
    words = [sys.executable, "-c", UPGRADE, str(path), str(steps)]
    return subprocess.run(words, capture_output=True).returncode


def revision_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def tables_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as Unix does")
async def test_an_upgrade_that_is_killed_leaves_what_was_there(tmp_path: Path) -> None:
    """All of it or nothing: half a schema is one that no Kios can open."""
    path = tmp_path / "library.db"
    make_older(path, REVISIONS[0], A_BOOK)
    before = tables_of(path)
    killed = 0
    for steps in (0, 1, 3, 6, 9, 10**6):
        done = upgrade(path, steps)
        if done == 0:
            break
        killed += 1
        assert done == -signal.SIGKILL
        assert (revision_of(path), tables_of(path)) == (REVISIONS[0], before)
    assert killed >= 4
    assert revision_of(path) == HEAD
    database = await Database.open(path)
    assert (await Books(database).get(BookId(1))).title == "Kept"
    assert database.recovered_from is None
    await database.aclose()
