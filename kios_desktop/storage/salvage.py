"""What can still be read of a damaged database, when there is no backup: record by record.

A page that is lost takes the records on it along, and no others. Of a book at least its hash is
known from an index: with that its place waits until it is added again. Where the list of tables
itself is lost there is nothing to begin with.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Integer
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError

from kios_desktop.storage.damage import lenient
from kios_desktop.storage.encoding import to_ms
from kios_desktop.storage.errors import DATABASE_ERRORS
from kios_desktop.storage.soundness import is_damage
from kios_desktop.storage.tables import books, metadata

_LAST_ROW: Final = 2**62
_LONGEST_STEP: Final = 2**40


_NOTHING: Final[dict[str, Any]] = {
    column.name: None if column.nullable else 0 if isinstance(column.type, Integer) else ""
    for column in books.columns
}

Left = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]
"""A table, its columns, and rows of it."""


def rows_left(damaged: Path) -> Iterator[Left]:
    """All rows that can be read, of the tables that have some.

    Raises sqlite3.Error for what is no damage.
    """
    with closing(sqlite3.connect(damaged)) as connection:
        connection.text_factory = lenient
        with suppress(*DATABASE_ERRORS):
            connection.execute("PRAGMA writable_schema=ON")  # what is no table is passed over
        for table in metadata.sorted_tables:
            columns = tuple(column.name for column in table.columns)
            rows = list(_rows(connection, table.name, columns))
            if table is books:
                rows += _known_by_hash(connection, columns, rows)
            if rows:
                yield table.name, columns, rows


def _rows(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    named = ", ".join(columns)
    statement = f"SELECT rowid, {named} FROM {table} WHERE rowid > ? ORDER BY rowid"  # noqa: S608
    after, step = -_LAST_ROW, 1
    while after < _LAST_ROW:
        try:
            for row in connection.execute(statement, (after,)):
                if row[0] <= after:  # the page says so, and would say so for ever
                    break
                after, step = row[0], 1
                yield row[1:]
        except DATABASE_ERRORS as error:
            if not is_damage(error):
                raise
            if step > _LONGEST_STEP:
                return
            after, step = max(after, 0) + step, 2 * step  # beyond the page that is lost
        else:
            return


def _known_by_hash(
    connection: sqlite3.Connection, columns: tuple[str, ...], found: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The books whose rows are lost, as the index of their hashes still has them: as removed ones.

    Their files are offered then, and a book that is added has its place again.
    """
    there = {row[columns.index("id")] for row in found}
    pairs: list[tuple[int, str]] = []
    with suppress(*DATABASE_ERRORS):
        pairs.extend(connection.execute("SELECT id, sha256 FROM books ORDER BY sha256"))
    now = to_ms(datetime.now(UTC))
    made: list[tuple[Any, ...]] = []
    for number, sha256 in pairs:
        if number not in there and isinstance(sha256, str):
            known = _NOTHING | {"id": number, "sha256": sha256, "removed_at": now}
            made.append(tuple(known[name] for name in columns))
    return made


def put_in(connection: Connection, rows: Iterable[Left]) -> int:
    """Write what was read into a new database, in a transaction; how many rows.

    A row that does not fit there is left out: its key is another's, or its book is lost.
    """
    count = 0
    for table, columns, found in rows:
        marks = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        statement = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        for row in found:
            with suppress(IntegrityError, DataError, InterfaceError):
                count += connection.exec_driver_sql(statement, row).rowcount
    return count
