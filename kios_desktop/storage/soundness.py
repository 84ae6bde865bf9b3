"""Whether a database is sound, and rebuilding what can be made from its tables.

An index is rebuilt from its table, and the full-text index from the books. A single damaged record
does not make a database unsound: see `damage.py`.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kios_desktop.domain.errors import Corrupt
from kios_desktop.storage.columns import COLUMNS
from kios_desktop.storage.encoding import words_of
from kios_desktop.storage.errors import DATABASE_ERRORS, from_sqlite
from kios_desktop.storage.full_text import MAKE_FULL_TEXT

log = logging.getLogger(__name__)

Opened = Callable[[], sqlite3.Connection]

_MAGIC = b"SQLite format 3\0"
_HEAD_BYTES, _FORMS = 100, slice(18, 20)  # write version, read version
_OF_ONE_RECORD = (b"NULL value in ", b"CHECK constraint failed in ")
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


def has_all_tables(connection: sqlite3.Connection) -> bool:
    """Whether every table and column of the newest schema is there."""
    for table, columns in COLUMNS.items():
        found = connection.execute(f"PRAGMA table_info({table})").fetchall()
        if set(columns) - {row[1] for row in found}:
            return False
    return True


def can_be_searched(connection: sqlite3.Connection) -> bool:
    """Whether the full-text index can be opened at all."""
    try:
        connection.execute("SELECT title, authors, series FROM book_words LIMIT 1").fetchall()
    except DATABASE_ERRORS as error:
        if is_damage(error):
            return False
        raise
    return True


def renew_indexes(connection: sqlite3.Connection) -> None:
    """Makes all indexes anew, the full-text index too, in a transaction of the caller."""
    connection.execute("REINDEX")
    connection.execute("DROP TABLE IF EXISTS book_words")
    connection.execute(MAKE_FULL_TEXT)
    rows = connection.execute(
        "SELECT id, title, authors, series FROM books WHERE removed_at IS NULL"
    ).fetchall()
    connection.executemany(
        "INSERT INTO book_words (rowid, title, authors, series) VALUES (?, ?, ?, ?)",
        [(row[0], *map(words_of, row[1:])) for row in rows],
    )
