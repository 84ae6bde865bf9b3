"""Copies of the database: made while all is well, put back when it is not.

Plain sqlite3 and files; called on the storage thread. A copy is written under another name and
renamed when complete, so a half-written one is never taken for good.
"""

import logging
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kios_desktop.domain.errors import Corrupt

log = logging.getLogger(__name__)

KEEP = 3
EVERY = timedelta(days=1)
_STAMP = "%Y%m%dT%H%M%S%fZ"


def sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file's structure."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def backups(folder: Path) -> list[Path]:
    """Newest first."""
    return sorted(folder.glob("library-*.db"), reverse=True)


def made_at(path: Path) -> datetime:
    """When the copy was made. Raises ValueError for a file with another name."""
    return datetime.strptime(f"{path.stem.removeprefix('library-')}+0000", f"{_STAMP}%z")


def due(folder: Path, now: datetime) -> bool:
    """Whether the newest copy is older than a day."""
    newest = next(iter(backups(folder)), None)
    if newest is None:
        return True
    try:
        return now - made_at(newest) > EVERY
    except ValueError:
        return True


def make(database: Path, folder: Path, now: datetime) -> Path:
    """Copies the database, the write-ahead log included, and drops copies beyond `KEEP`.

    Raises `Corrupt`, and drops nothing, when the copy turns out to be damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"library-{now.astimezone(UTC).strftime(_STAMP)}.db"
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        if not sound(part):
            raise Corrupt("the database is damaged; keeping the older backups")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    for old in backups(folder)[KEEP:]:
        old.unlink(missing_ok=True)
    return target


def set_aside(database: Path, now: datetime) -> None:
    """Renames the damaged files, for someone who may want to look into them."""
    suffix = f".damaged-{now.astimezone(UTC).strftime(_STAMP)}"
    for path in (database, _beside(database, "-wal"), _beside(database, "-shm")):
        with suppress(FileNotFoundError):
            path.rename(path.with_name(path.name + suffix))


def put_back(database: Path, folder: Path) -> Path | None:
    """Copies the newest sound backup to `database`; None when there is none."""
    for candidate in backups(folder):
        if sound(candidate):
            part = database.with_name(database.name + ".part")
            shutil.copyfile(candidate, part)
            part.replace(database)
            return candidate
        log.warning("backup %s is damaged too", candidate.name)
    return None


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)
