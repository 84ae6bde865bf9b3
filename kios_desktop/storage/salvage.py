"""Reads what is left of a damaged database, record by record, when there is no backup.

A damaged page costs the records on it and no others. Of a book whose row is lost the hash may
still be in an index: its place is then found again when the file is added again. Without the list
of tables nothing can be read.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Integer, column, insert, table
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError

from kios_desktop.storage.core import plain
from kios_desktop.storage.damage import decode_leniently
from kios_desktop.storage.encoding import to_ms
from kios_desktop.storage.errors import DATABASE_ERRORS
from kios_desktop.storage.schema import create_schema
from kios_desktop.storage.soundness import is_damage, renew_indexes
from kios_desktop.storage.tables import books, metadata

_LAST_ROW: Final = 2**62
_LONGEST_STEP: Final = 2**40


_EMPTY_BOOK: Final[dict[str, Any]] = {
    one.name: None if one.nullable else 0 if isinstance(one.type, Integer) else ""
    for one in books.columns
}

TableRows = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]
"""The name of a table, its columns, and rows of it."""


def readable_rows(damaged: Path) -> Iterator[TableRows]:
    """All rows that can be read, of the tables that have some.

    Raises sqlite3.Error for anything but damage.
    """
    with closing(sqlite3.connect(damaged)) as connection:
        connection.text_factory = decode_leniently
        with suppress(*DATABASE_ERRORS):
            connection.execute("PRAGMA writable_schema=ON")  # skips damaged entries
        for known in metadata.sorted_tables:
            columns = tuple(one.name for one in known.columns)
            rows = list(_rows(connection, known.name, columns))
            if known is books:
                rows += _known_by_hash(connection, columns, rows)
            if rows:
                yield known.name, columns, rows


def _rows(
    connection: sqlite3.Connection, name: str, columns: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    """In the order of their rowids, skipping ahead in growing steps where a page is damaged."""
    named = ", ".join(columns)
    statement = f"SELECT rowid, {named} FROM {name} WHERE rowid > ? ORDER BY rowid"  # noqa: S608
    after, step = -_LAST_ROW, 1
    while after < _LAST_ROW:
        try:
            for row in connection.execute(statement, (after,)):
                if row[0] <= after:  # a damaged page: it would be read for ever
                    break
                after, step = row[0], 1
                yield row[1:]
        except DATABASE_ERRORS as error:
            if not is_damage(error):
                raise
            if step > _LONGEST_STEP:
                return
            after, step = max(after, 0) + step, 2 * step  # beyond the damaged page
        else:
            return


def _known_by_hash(
    connection: sqlite3.Connection, columns: tuple[str, ...], found: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Rows for the books of which only the index of hashes is left, as removed books.

    Their files are then offered to be added, and a book that is added has its place again.
    """
    there = {row[columns.index("id")] for row in found}
    pairs: list[tuple[int, str]] = []
    with suppress(*DATABASE_ERRORS):
        pairs.extend(connection.execute("SELECT id, sha256 FROM books ORDER BY sha256"))
    now = to_ms(datetime.now(UTC))
    made: list[tuple[Any, ...]] = []
    for number, sha256 in pairs:
        if number not in there and isinstance(sha256, str):
            known = _EMPTY_BOOK | {"id": number, "sha256": sha256, "removed_at": now}
            made.append(tuple(known[name] for name in columns))
    return made


def write_salvaged(connection: Connection, tables: Sequence[TableRows]) -> int:
    """Makes the newest schema with these rows in it, in a transaction; how many were taken.

    A row that does not fit is left out: its key is taken, or the book it belongs to is lost.
    """
    create_schema(connection)
    count = 0
    for name, columns, rows in tables:
        # without types: a damaged cell may hold anything, and is judged when it is read
        untyped = table(name, *(column(one) for one in columns))
        statement = insert(untyped).prefix_with("OR IGNORE")
        for row in rows:
            with suppress(IntegrityError, DataError, InterfaceError):
                values = dict(zip(columns, row, strict=True))
                count += connection.execute(statement, values).rowcount
    renew_indexes(plain(connection))
    return count
