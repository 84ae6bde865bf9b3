"""Flushes the write-ahead log and writes it back, on a thread other than the storage thread.

A disk may take half a second to confirm a flush. Inside a commit, all page turns would have to wait
for it in memory.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from kios_desktop.domain.disk import settle


def flush(database: Path) -> None:
    """Returns when everything committed so far is on the disk. Raises OSError.

    Does nothing without a log: SQLite then flushes with each commit.
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
    """Writes the log back into the database file (a passive checkpoint). Raises sqlite3.Error.

    Other connections can write meanwhile.
    """
    there = f"{database.absolute().as_uri()}?mode=rw"  # does not create a missing database
    with closing(sqlite3.connect(there, timeout=busy_s, uri=True)) as connection:
        connection.execute("PRAGMA checkpoint_fullfsync=ON")  # has an effect on macOS only
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
