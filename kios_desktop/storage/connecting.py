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
from typing import Final, TypeVar

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


class OpenMode(Enum):
    """How the database is open. The order is the one in which they are tried."""

    SHARED = auto()
    EXCLUSIVE = auto()  # a second connection finds it locked
    READ_ONLY = auto()  # every write raises `ReadOnly`


def connect(path: Path, mode: OpenMode) -> sqlite3.Connection:
    """A connection as it is, for checks and copies. Raises sqlite3.Error.

    Read-only, the log is read too where it can't be changed: a Kios that was killed may have left
    all its work there. SQLite makes the index of such a log in memory, and takes no locks. A log
    that can be written would be cleared away by SQLite; beside one only the file itself is read.
    """
    if mode is not OpenMode.READ_ONLY:
        connection = sqlite3.connect(path, BUSY_MS / 1000, check_same_thread=False)
    elif _has_unwritable_log(path):
        connection = _opened_by_uri(path, f"mode=ro&vfs={_NO_LOCKS}")
    else:
        connection = _opened_by_uri(path, "immutable=1")
    if _is_exclusive(path, mode):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


def connect_to_read_beside(path: Path) -> sqlite3.Connection:
    """For a command, beside a Kios that may be writing. Every write is refused."""
    connection = _opened_by_uri(path, "mode=ro", BUSY_MS / 1000)
    _use(connection)
    return connection


def prepare(connection: sqlite3.Connection, mode: OpenMode, *, keeps_log: bool = True) -> None:
    """Prepares a connection to be used until the database is closed. Raises sqlite3.Error.

    Without a write-ahead log, a committed transaction is in the file itself. What closing writes
    back from a log may be lost on a full disk, and SQLite reports no error then.
    """
    _use(connection)
    pages = CHECKPOINT_PAGES if mode is OpenMode.SHARED else _EXCLUSIVE_CHECKPOINT_PAGES
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA fullfsync=ON")  # has an effect on macOS only
    connection.execute("PRAGMA checkpoint_fullfsync=ON")
    connection.execute(f"PRAGMA wal_autocheckpoint={pages}")
    connection.execute("PRAGMA cache_size=-16000")
    if keeps_log and mode is not OpenMode.READ_ONLY:
        connection.execute("PRAGMA journal_mode=WAL")


def _use(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # Python's own BEGIN comes too late for DDL
    connection.text_factory = decode_leniently


def _opened_by_uri(path: Path, options: str, timeout_s: float = 5) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{options}"
    return sqlite3.connect(uri, timeout_s, check_same_thread=False, uri=True)


def _has_unwritable_log(path: Path) -> bool:
    written = path.with_name(path.name + "-wal")
    return written.exists() and not os.access(written, os.W_OK)


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
