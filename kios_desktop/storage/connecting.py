"""Ways to have the database open: usually beside others, and else as the disk allows.

SQLite keeps an index of its log in a file that several connections share. Where there is no room
for that, one connection alone does without; where nothing may be written at all, it is looked at as
it is. So one can read on, and is told what can't be saved.
"""

import logging
import os
import sqlite3
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Final, TypeVar

from kios_desktop.domain.errors import Full, NotUpgraded, ReadOnly, StorageError
from kios_desktop.storage.damage import lenient
from kios_desktop.storage.errors import translated

log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY_MS: Final = 2000
_NO_LOCKS: Final = "win32-none" if os.name == "nt" else "unix-none"


class Way(Enum):
    """How the database is open."""

    SHARED = auto()
    ALONE = auto()  # a second connection finds it locked
    LOOKING = auto()  # every write raises `ReadOnly`


def connect(path: Path, way: Way) -> sqlite3.Connection:
    """Raises sqlite3.Error."""
    if way is Way.LOOKING:
        return _look_at(path)
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, check_same_thread=False)
    if way is Way.ALONE:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


def _look_at(path: Path) -> sqlite3.Connection:
    """With what is in the log, where that can't be changed either: a Kios that was killed may have
    left there all that it did. Its index is then made in memory, and nobody is asked for a lock.

    SQLite clears away a log that it may write to, so beside such a one only the file is looked at.
    """
    written = path.with_name(path.name + "-wal")
    with_log = written.exists() and not os.access(written, os.W_OK)
    how = f"mode=ro&vfs={_NO_LOCKS}" if with_log else "immutable=1"
    there = f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(there, uri=True, check_same_thread=False)
    if with_log:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Beside a Kios that may be writing. Every write is refused. Raises sqlite3.Error."""
    there = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(there, timeout=BUSY_MS / 1000, uri=True, check_same_thread=False)
    connection.text_factory = lenient
    return connection


def as_the_disk_allows(path: Path, work: Callable[[Way], T]) -> T:
    """`work` the first way that the disk allows; the error of the first one when it allows none."""
    refused: StorageError | None = None
    for way in Way:
        try:
            with translated():
                return work(way)
        except NotUpgraded as error:
            raise NotUpgraded(refused or error.cause) from error
        except StorageError as error:
            if not _of_the_disk(error) or not path.exists():
                raise
            log.warning("the database can't be opened like this (%s): %s", way.name, error)
            refused = refused or error
    assert refused is not None  # noqa: S101 (there is at least one way)
    raise refused


def _of_the_disk(error: StorageError) -> bool:
    return isinstance(error, Full | ReadOnly) or type(error) is StorageError
