"""Converts errors of SQLite and of the file system to `StorageError`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kios_desktop.domain.disk import from_os
from kios_desktop.domain.errors import Corrupt, Full, Locked, ReadOnly, StorageError

DATABASE_ERRORS: Final = (sqlite3.Error, UnicodeDecodeError)
"""What the sqlite3 module raises. UnicodeDecodeError: an error message quotes damaged bytes."""

_BY_PREFIX: tuple[tuple[str, type[StorageError]], ...] = (
    ("SQLITE_FULL", Full),
    ("SQLITE_IOERR_SHMSIZE", Full),
    ("SQLITE_READONLY", ReadOnly),
    ("SQLITE_CANTOPEN", ReadOnly),
    ("SQLITE_PERM", ReadOnly),
    ("SQLITE_BUSY", Locked),
    ("SQLITE_LOCKED", Locked),
    ("SQLITE_CORRUPT", Corrupt),
    ("SQLITE_NOTADB", Corrupt),
)


def from_sqlite(error: BaseException) -> StorageError | None:
    """The typed error; None for a bug of ours, such as wrong SQL."""
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
        return None
    name: str = getattr(error, "sqlite_errorname", "")
    for prefix, kind in _BY_PREFIX:
        if name.startswith(prefix):
            return kind(name)
    if name.startswith("SQLITE_IOERR"):
        return StorageError(name)
    return None


@contextmanager
def translated() -> Iterator[None]:
    """Raises our `StorageError` for a failure of the disk or the database inside the block."""
    try:
        yield
    except sqlite3.Error as error:
        if (typed := from_sqlite(error)) is not None:
            raise typed from error
        raise
    except UnicodeDecodeError as error:
        raise Corrupt("an error message of SQLite can't be decoded") from error
    except OSError as error:
        raise from_os(error) from error
