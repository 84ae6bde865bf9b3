"""Whether a database is sound, and rebuilding what can be made from its tables.

An index is rebuilt from its table, and the full-text index from the books. A single damaged record
does not make a database unsound: see `damage.py`.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError

from kios_desktop.domain.errors import Corrupt
from kios_desktop.storage.encoding import words_of
from kios_desktop.storage.errors import DATABASE_ERRORS, from_sqlite
from kios_desktop.storage.tables import FULL_TEXT, book_words, books, metadata

log = logging.getLogger(__name__)

Opened = Callable[[], sqlite3.Connection]

_MAGIC = b"SQLite format 3\0"
_HEAD_BYTES, _FORMS = 100, slice(18, 20)  # write version, read version
_OF_ONE_RECORD = (b"NULL value in ", b"CHECK constraint failed in ")
_SEARCHED = ("title", "authors", "series")
_OF_AN_INDEX = (b"row ", b"wrong # of entries in index ")


def is_damage(error: Exception) -> bool:
    """Whether SQLite's answer to a simple question blames the file, not a lock or the disk."""
    return isinstance(from_sqlite(error), Corrupt | None)


def has_a_known_form(path: Path) -> bool:
    """Whether the header names file format versions that SQLite reads and writes: 1, or 2 with WAL.

    A file with a later write version is read as usual, and every write fails as on a read-only
    disk. Source: SQLite's database file format, section 1.3.3. Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    forms = head[_FORMS]
    return len(head) < _HEAD_BYTES or not head.startswith(_MAGIC) or set(forms) <= {1, 2}


def sound(opened: Opened) -> bool:
    """Whether SQLite finds the structure of a database in order, its log included.

    Raises sqlite3.Error for anything but damage: a lock, a full disk.
    """
    found = _faults(opened, "quick_check")
    return found == []


def mended(opened: Opened) -> bool:
    """As `sound`, with the indexes: those that do not match their table are rebuilt."""
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
    """What SQLite finds wrong, apart from single records; None when it can't read the file."""
    try:
        with closing(opened()) as connection:
            connection.text_factory = bytes  # messages may quote damaged bytes
            said = [line for (line,) in connection.execute(f"PRAGMA {check}")]
    except DATABASE_ERRORS as error:
        if is_damage(error):
            return None
        raise
    return [line for line in said if line != b"ok" and not line.startswith(_OF_ONE_RECORD)]


def has_all_tables(connection: Connection) -> bool:
    """Whether every table and column of the newest schema is there."""
    for known in metadata.sorted_tables:
        found = connection.exec_driver_sql(f"PRAGMA table_info({known.name})")
        if {one.name for one in known.columns} - {row[1] for row in found}:
            return False
    return True


def can_be_searched(connection: Connection) -> bool:
    """Whether the full-text index can be opened at all."""
    columns = (book_words.c.title, book_words.c.authors, book_words.c.series)
    try:
        connection.execute(select(*columns).limit(1)).close()
    except UnicodeDecodeError:
        return False
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error) and is_damage(error.orig):
            return False
        raise
    return True


def renew_indexes(connection: Connection) -> None:
    """Makes all indexes anew, the full-text index too."""
    connection.exec_driver_sql("REINDEX")
    connection.exec_driver_sql("DROP TABLE IF EXISTS book_words")
    connection.execute(FULL_TEXT)
    rows = connection.execute(
        select(books.c.id, *(books.c[name] for name in _SEARCHED)).where(
            books.c.removed_at.is_(None)
        )
    ).all()
    if rows:
        connection.execute(
            insert(book_words),
            [
                {"rowid": row[0]}
                | {name: words_of(cell) for name, cell in zip(_SEARCHED, row[1:], strict=True)}
                for row in rows
            ],
        )
