"""Whether a database is whole, and mending what can be had from the rest of it.

An index is made anew from its table, and what searching looks through from the books. A single
record that holds what it must not is no reason to give up all others: see `damage.py`.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kios_desktop.domain.errors import Corrupt
from kios_desktop.storage.encoding import words_of
from kios_desktop.storage.errors import DATABASE_ERRORS, from_sqlite
from kios_desktop.storage.tables import FULL_TEXT, metadata

log = logging.getLogger(__name__)

Opened = Callable[[], sqlite3.Connection]

_MAGIC = b"SQLite format 3\0"
_HEAD_BYTES, _FORMS = 100, slice(18, 20)  # to write, to read
_OF_ONE_RECORD = (b"NULL value in ", b"CHECK constraint failed in ")
_OF_AN_INDEX = (b"row ", b"wrong # of entries in index ")


def is_damage(error: Exception) -> bool:
    """Whether what SQLite says to a simple question is about the file, not the world around it."""
    return isinstance(from_sqlite(error), Corrupt | None)


def has_a_known_form(path: Path) -> bool:
    """Whether the head of the file names a form that SQLite reads and writes (1, or 2 with a log).

    One that is later only to write is read without a word, and every write refused as if the disk
    were read-only. Source: the SQLite file format, 1.3.3. Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    forms = head[_FORMS]
    return len(head) < _HEAD_BYTES or not head.startswith(_MAGIC) or set(forms) <= {1, 2}


def sound(opened: Opened) -> bool:
    """Whether SQLite finds nothing wrong with the structure of a database, its log included.

    Raises sqlite3.Error for what is no damage: a lock, a full disk.
    """
    found = _faults(opened, "quick_check")
    return found == []


def mended(opened: Opened) -> bool:
    """The same, looking at the indexes too: those that do not fit their table are made anew."""
    found = _faults(opened, "integrity_check")
    if not found:
        return found == []
    if not all(line.startswith(_OF_AN_INDEX) for line in found):
        return False
    log.warning("indexes of the database are damaged; making them anew")
    try:
        with closing(opened()) as connection:
            connection.execute("REINDEX")
    except DATABASE_ERRORS as error:
        if is_damage(error):
            return False
        raise
    return _faults(opened, "integrity_check") == []


def _faults(opened: Opened, check: str) -> list[bytes] | None:
    """What SQLite finds wrong, but for single records; None when it can't even look."""
    try:
        with closing(opened()) as connection:
            connection.text_factory = bytes  # what it says of damage may be damaged, too
            said = [line for (line,) in connection.execute(f"PRAGMA {check}")]
    except DATABASE_ERRORS as error:
        if is_damage(error):
            return None
        raise
    return [line for line in said if line != b"ok" and not line.startswith(_OF_ONE_RECORD)]


def has_all_tables(connection: Connection) -> bool:
    """Whether every table and column is there that the newest schema has."""
    for table in metadata.sorted_tables:
        there = connection.exec_driver_sql(f"PRAGMA table_info({table.name})")
        if {column.name for column in table.columns} - {row[1] for row in there}:
            return False
    return True


def can_be_searched(connection: Connection) -> bool:
    """Whether what searching looks through can be opened at all."""
    try:
        connection.exec_driver_sql("SELECT title, authors, series FROM book_words LIMIT 1").close()
    except UnicodeDecodeError:
        return False
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error) and is_damage(error.orig):
            return False
        raise
    return True


def renew_indexes(connection: Connection) -> None:
    """Make all of them anew, and what searching looks through."""
    connection.exec_driver_sql("REINDEX")
    connection.exec_driver_sql("DROP TABLE IF EXISTS book_words")
    connection.exec_driver_sql(FULL_TEXT)
    rows = connection.exec_driver_sql(
        "SELECT id, title, authors, series FROM books WHERE removed_at IS NULL"
    ).all()
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO book_words(rowid, title, authors, series) VALUES (?, ?, ?, ?)",
            [(row[0], *(words_of(cell) for cell in row[1:])) for row in rows],
        )
