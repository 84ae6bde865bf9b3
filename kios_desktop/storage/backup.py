"""Makes backups of the database, and puts the newest sound one back in place of a damaged file.

Plain sqlite3 and files; called on the storage thread. A backup is written under another name and
renamed when complete. Its name is the time it was made; one in the future, from a wrong clock,
counts as older than all others and does not delay the next backup.
"""

import logging
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from glob import escape
from pathlib import Path

from kios_desktop.domain.disk import make_folder, private, settle, write_private
from kios_desktop.domain.errors import Corrupt, Locked
from kios_desktop.storage.connecting import OpenMode, connect
from kios_desktop.storage.soundness import sound

log = logging.getLogger(__name__)

KEEP = 3
EVERY = timedelta(days=1)
_STAMP = "%Y%m%dT%H%M%S%fZ"


def _sound_copy(path: Path) -> bool:
    """Opens it read-only, so that SQLite makes no files beside it."""
    return sound(lambda: connect(path, OpenMode.READ_ONLY))


def backups(folder: Path, now: datetime | None = None) -> list[Path]:
    """Newest first, followed by those dated after `now`.

    Files with other names are not ours and are left alone.
    """
    dated = [(at, path) for path in folder.glob("library-*.db") if (at := _date(path)) is not None]
    dated.sort(reverse=True)
    if now is not None:
        dated.sort(key=lambda one: one[0] > now)
    return [path for _at, path in dated]


def made_at(path: Path) -> datetime:
    """When a backup was made. Raises ValueError for a file with another name."""
    return datetime.strptime(f"{path.stem.removeprefix('library-')}+0000", f"{_STAMP}%z")


def _date(path: Path) -> datetime | None:
    with suppress(ValueError):
        return made_at(path)
    return None


def due(folder: Path, now: datetime) -> bool:
    """Whether the newest backup is older than a day."""
    newest = next(iter(backups(folder, now)), None)
    return newest is None or not timedelta(0) <= now - made_at(newest) <= EVERY


def make(database: Path, folder: Path, now: datetime) -> Path:
    """Copies the database with its write-ahead log, and deletes backups beyond `KEEP`.

    Raises `Corrupt`, and deletes nothing, when the copy is damaged; `Locked` when another process
    has locked the database.
    """
    make_folder(folder)
    target = folder / f"library-{now.astimezone(UTC).strftime(_STAMP)}.db"
    part = target.with_suffix(".part")
    write_private(part, b"")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as copy:
            copy.execute("PRAGMA fullfsync=ON")  # means something on macOS
            source.backup(copy, progress=_refuse_to_wait)
        if not _sound_copy(part):
            raise Corrupt("the database is damaged; keeping the older backups")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    for old in backups(folder, now)[KEEP:]:
        old.unlink(missing_ok=True)
    return target


def _refuse_to_wait(status: int, _remaining: int, _total: int) -> None:
    """Python would retry for ever; each attempt has already waited for the connection's timeout."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise Locked("the database is locked while it is copied")


def clear_unfinished(database: Path, folder: Path) -> None:
    """Deletes unfinished files of a backup or a recovery that was killed."""
    of_copies = (
        path for kind in ("part", "part-*", "db-*") for path in folder.glob(f"library-*.{kind}")
    )
    of_another = database.parent.glob(f"{escape(database.name)}.part-*")
    for path in (part_of(database), *of_another, *of_copies):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def set_aside(database: Path, now: datetime) -> None:
    """Renames the damaged files, to be kept for an examination."""
    suffix = f".damaged-{now.astimezone(UTC).strftime(_STAMP)}"
    for path in (database, _beside(database, "-wal"), _beside(database, "-shm")):
        with suppress(FileNotFoundError):
            path.rename(path.with_name(path.name + suffix))


def put_back(database: Path, folder: Path, now: datetime) -> Path | None:
    """Sets `database` aside and puts a copy of the newest sound backup in its place.

    Returns the backup; None, and does nothing, without a sound one. Raises OSError, and changes
    nothing, when there is no room.
    """
    for candidate in backups(folder, now):
        if _sound_copy(candidate):
            part = part_of(database)
            with (
                candidate.open("rb") as source,
                open(part, "wb", opener=private) as copy,
            ):
                shutil.copyfileobj(source, copy)
                copy.flush()
                settle(copy.fileno())
            set_aside(database, now)
            part.replace(database)
            return candidate
        log.warning("backup %s is damaged too", candidate.name)
    return None


def part_of(database: Path) -> Path:
    return _beside(database, ".part")


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)
