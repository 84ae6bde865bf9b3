"""SQLAlchemy on a connection that is open already.

Importing it takes longer than anything else in a start, so nothing that the first paint needs
imports this module: see `database_file.py`.
"""

import sqlite3
from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, ExceptionContext, Row, RowMapping, create_engine, event
from sqlalchemy.pool import StaticPool

from kios_desktop.domain.errors import StorageError
from kios_desktop.storage.errors import from_sqlite

T = TypeVar("T")

_WRITES: Final = "kios_writes"


class Core:
    """Runs work with SQLAlchemy on one connection, which the caller prepares and closes.

    Methods raise `StorageError` subclasses, and `DBAPIError` for a mistake of ours.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._reading = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection)
        event.listen(self._reading, "begin", _begin)
        event.listen(self._reading, "handle_error", _typed)
        self._writing = self._reading.execution_options(**{_WRITES: True})

    def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction that holds the write lock from its beginning."""
        with self._writing.begin() as connection:
            return work(connection)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` without the write lock."""
        with self._reading.connect() as connection:
            return work(connection)


def plain(connection: Connection) -> sqlite3.Connection:
    """The connection below SQLAlchemy, in the same transaction."""
    below = connection.connection.driver_connection
    assert isinstance(below, sqlite3.Connection)  # noqa: S101 (`Core` was given one)
    return below


def named(row: Row[Any]) -> RowMapping:
    """The cells of a row by name."""
    return row._mapping  # noqa: SLF001 (public, in spite of its name)


def _begin(connection: Connection) -> None:
    """A write takes the lock before it reads, so that it never fails halfway for a lock.

    A read needs no transaction: each of its statements sees a consistent state.
    """
    if _WRITES in connection.get_execution_options():
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _typed(context: ExceptionContext) -> StorageError | None:
    return from_sqlite(context.original_exception)
