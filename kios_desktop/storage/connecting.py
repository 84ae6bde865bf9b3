"""How the database file is opened: in the usual way, or with less where the disk allows no more.

SQLite keeps an index of its write-ahead log in a file that several connections share. Where there
is no room for that file, a single exclusive connection does without it; where nothing may be
written at all, the database is opened read-only. Reading then still works, and every change that
can't be saved is reported.
"""

import logging
import os
import sqlite3
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from kios_desktop.domain.errors import Full, NotUpgraded, ReadOnly, StorageError
from kios_desktop.storage.damage import decode_leniently
from kios_desktop.storage.errors import translated

log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY_MS: Final = 2000
CHECKPOINT_PAGES: Final = 16_000
"""Size of the log at which a commit writes it back itself. Usually `write_ahead` has done so."""
_EXCLUSIVE_CHECKPOINT_PAGES: Final = 1000  # nobody else can write the log back
_NO_LOCKS: Final = "win32-none" if os.name == "nt" else "unix-none"
_WRITES: Final = "kios_writes"


class OpenMode(Enum):
    """How the database is open. The order is the one in which they are tried."""

    SHARED = auto()
    EXCLUSIVE = auto()  # a second connection finds it locked
    READ_ONLY = auto()  # every write raises `ReadOnly`


def url_of(path: Path, mode: OpenMode) -> URL:
    """What SQLAlchemy opens.

    Read-only, the log is read too where it can't be changed: a Kios that was killed may have left
    all its work there. SQLite makes the index of such a log in memory, and takes no locks. A log
    that can be written would be cleared away by SQLite; beside one only the file itself is read.
    """
    if mode is not OpenMode.READ_ONLY:
        return URL.create("sqlite", database=str(path), query={"timeout": str(BUSY_MS / 1000)})
    if _has_unwritable_log(path):
        return _uri(path, {"mode": "ro", "vfs": _NO_LOCKS})
    return _uri(path, {"immutable": "1"})


def url_to_read_beside(path: Path) -> URL:
    """What SQLAlchemy opens beside a Kios that may be writing. Every write is refused."""
    return _uri(path, {"mode": "ro", "timeout": str(BUSY_MS / 1000)})


def _uri(path: Path, options: dict[str, str]) -> URL:
    return URL.create("sqlite", database=path.absolute().as_uri(), query={"uri": "true"} | options)


def _has_unwritable_log(path: Path) -> bool:
    written = path.with_name(path.name + "-wal")
    return written.exists() and not os.access(written, os.W_OK)


def make_engine(path: Path, mode: OpenMode, *, keeps_log: bool = True) -> Engine:
    """One connection, which is kept. Its first use raises sqlite3.Error or `DBAPIError`.

    Without a write-ahead log, a committed transaction is in the file itself. What closing writes
    back from a log may be lost on a full disk, and SQLite reports no error then.
    """
    engine = _engine(url_of(path, mode))
    exclusive = _is_exclusive(path, mode)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        pages = CHECKPOINT_PAGES if mode is OpenMode.SHARED else _EXCLUSIVE_CHECKPOINT_PAGES
        if exclusive:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA fullfsync=ON")  # has an effect on macOS only
        connection.execute("PRAGMA checkpoint_fullfsync=ON")
        connection.execute(f"PRAGMA wal_autocheckpoint={pages}")
        connection.execute("PRAGMA cache_size=-16000")
        if keeps_log and mode is not OpenMode.READ_ONLY:
            connection.execute("PRAGMA journal_mode=WAL")

    return engine


def make_engine_to_read_beside(path: Path) -> Engine:
    """For a command, beside a Kios that may be writing."""
    return _engine(url_to_read_beside(path))


def _engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"isolation_level": None},  # Python's own BEGIN comes too late for DDL
    )

    event.listen(engine, "connect", _read_leniently)
    event.listen(engine, "begin", _begin)
    return engine


def _read_leniently(connection: sqlite3.Connection, _record: Any) -> None:
    connection.text_factory = decode_leniently


def _begin(connection: Connection) -> None:
    """A write takes the lock before it reads, so that it never fails halfway for a lock.

    A read needs no transaction: each of its statements sees a consistent state.
    """
    if _WRITES in connection.get_execution_options():
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def for_writing(engine: Engine) -> Engine:
    """The same engine and connection, whose transactions take the write lock at once."""
    return engine.execution_options(**{_WRITES: True})


def connect(path: Path, mode: OpenMode) -> sqlite3.Connection:
    """The same file without SQLAlchemy, for checks and copies. Raises sqlite3.Error."""
    url = url_of(path, mode)
    [name], options = url.get_dialect()().create_connect_args(url)
    connection: sqlite3.Connection = sqlite3.connect(name, **options)
    if _is_exclusive(path, mode):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


def _is_exclusive(path: Path, mode: OpenMode) -> bool:
    """Without locks, SQLite wants to be told that nobody else has the log."""
    return mode is OpenMode.EXCLUSIVE or (mode is OpenMode.READ_ONLY and _has_unwritable_log(path))


def as_the_disk_allows(path: Path, work: Callable[[OpenMode], T]) -> T:
    """`work` in the first mode the disk allows; raises the first error when it allows none."""
    refused: StorageError | None = None
    for mode in OpenMode:
        try:
            with translated():
                return work(mode)
        except NotUpgraded as error:
            raise NotUpgraded(refused or error.cause) from error
        except StorageError as error:
            if not _is_refusal_of_the_disk(error) or not path.exists():
                raise
            log.warning("the database can't be opened in mode %s: %s", mode.name, error)
            refused = refused or error
    assert refused is not None  # noqa: S101 (there is at least one mode)
    raise refused


def _is_refusal_of_the_disk(error: StorageError) -> bool:
    return isinstance(error, Full | ReadOnly) or type(error) is StorageError
