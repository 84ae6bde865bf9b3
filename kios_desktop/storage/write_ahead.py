"""The write-ahead log of the database: what may take long about it, away from the storage thread.

A disk may need half a second to confirm what it was given. SQLite would wait for that inside a
commit, and every page turned meanwhile would be in memory only.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from kios_desktop.domain.disk import settle


def flush(database: Path) -> None:
    """Return when everything committed so far is on the disk. Raises OSError.

    Without a log there is nothing to wait for: then SQLite itself waits with each commit.
    """
    try:
        log = os.open(database.with_name(database.name + "-wal"), os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        settle(log)
    finally:
        os.close(log)


def write_back(database: Path, busy_s: float) -> None:
    """Write the log back into the database file, so that it can begin anew. Raises sqlite3.Error.

    Nobody else is kept from writing meanwhile.
    """
    there = f"{database.absolute().as_uri()}?mode=rw"  # one that is gone is not made anew
    with closing(sqlite3.connect(there, timeout=busy_s, uri=True)) as connection:
        connection.execute("PRAGMA checkpoint_fullfsync=ON")  # means something on macOS
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
