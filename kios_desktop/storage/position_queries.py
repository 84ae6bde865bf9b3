"""What is asked about places, in SQL: a book given at start is shown at its place, before
SQLAlchemy is imported.
"""

import sqlite3
from typing import Any, Final

from kios_desktop.domain.library import BookId
from kios_desktop.storage.plain import first_cell, rows

_POSITION: Final = "SELECT * FROM positions WHERE book_id = ?"
_VISITS: Final = "SELECT * FROM visits WHERE book_id = ? ORDER BY id DESC"
_RECORD: Final = "SELECT record FROM sync_records WHERE book_id = ? AND source_id = ?"
_RECORDS: Final = "SELECT record FROM sync_records WHERE book_id = ?"
_WAITING: Final = """
    SELECT sync_records.record, books.title, positions.*
    FROM sync_records JOIN books ON books.id = sync_records.book_id
    LEFT JOIN positions ON positions.book_id = sync_records.book_id
    WHERE sync_records.waiting = 1 AND books.removed_at IS NULL
    ORDER BY sync_records.book_id
"""


def position(connection: sqlite3.Connection, book_id: BookId) -> sqlite3.Row | None:
    """A row for `position_rows.position_of`."""
    return next(iter(rows(connection, _POSITION, book_id)), None)


def visits(connection: sqlite3.Connection, book_id: BookId) -> list[sqlite3.Row]:
    """Rows for `position_rows.visit_of`, the newest first."""
    return rows(connection, _VISITS, book_id)


def record(connection: sqlite3.Connection, book_id: BookId, source_id: str) -> Any:
    """The stored sync record of a book at one source; None when there is none."""
    return first_cell(connection, _RECORD, book_id, source_id)


def records(connection: sqlite3.Connection, book_id: BookId) -> list[Any]:
    """The stored sync records of a book at all sources."""
    return [row["record"] for row in rows(connection, _RECORDS, book_id)]


def waiting(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """`record` and `title` of each book with a place to send or an open offer, and its position,
    whose cells are None when there is none."""
    return rows(connection, _WAITING)
