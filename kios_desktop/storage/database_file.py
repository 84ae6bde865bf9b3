"""The database file: opened with checks, recovery and upgrades, then read and written. Blocking.

All methods are called on the storage thread: see `database.py`. They raise `StorageError`
subclasses, sqlite3.Error or OSError, which `errors.translated` turns into ours, and `DBAPIError`
for a mistake of ours.

There is one connection. What the first paint needs is read with plain SQL; SQLAlchemy is imported
when the first work for it comes, and then uses the same connection.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from kios_desktop.domain.disk import FILE_MODE, make_folder
from kios_desktop.domain.errors import (
    Corrupt,
    Full,
    NoLibrary,
    NotUpgraded,
    ReadOnly,
    StorageError,
    TooNew,
    TooOld,
)
from kios_desktop.domain.library import BOOK_FILES
from kios_desktop.storage import backup, write_ahead
from kios_desktop.storage.connecting import (
    OpenMode,
    as_the_disk_allows,
    connect,
    connect_to_read_beside,
    prepare,
)
from kios_desktop.storage.errors import DATABASE_ERRORS, translated
from kios_desktop.storage.migrations import HEAD, REVISIONS
from kios_desktop.storage.revision import revision_of
from kios_desktop.storage.soundness import (
    can_be_searched,
    has_a_known_form,
    has_all_tables,
    is_damage,
    mended,
    renew_indexes,
    sound,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kios_desktop.storage.core import Core

log = logging.getLogger(__name__)

T = TypeVar("T")

CHECKED_BYTES: Final = 16_000_000  # up to this size the file is checked at each start: 60 ms
MENDED_BYTES: Final = 1_000_000  # up to this size its indexes too: 10 ms


class DatabaseFile:
    """`library` is the folder with the files of books: where there are some, a database that is
    empty has lost its content.

    `recovered_from` is the time of the backup that replaced a damaged file. `salvaged` is set when
    there was no backup, and what could be read of the damaged file replaced it.
    """

    def __init__(self, path: Path, backups: Path, library: Path) -> None:
        self.path, self._backups, self._library = path, backups, library
        self._connection: sqlite3.Connection | None = None
        self._made_core: Core | None = None  # on the same connection
        self._mode = OpenMode.SHARED
        self.recovered_from: datetime | None = None
        self.salvaged = False

    @property
    def is_shared(self) -> bool:
        """Whether other connections get at the file; not when the disk was found full or
        read-only."""
        return self._mode is OpenMode.SHARED

    def open(self) -> None:
        """Raises `TooNew`, `NotUpgraded`, `Corrupt`, `Locked`, `ReadOnly`, `Full`."""
        make_folder(self.path.parent)
        backup.clear_unfinished(self.path, self._backups)
        as_the_disk_allows(self.path, self._open_in)

    def open_to_read(self) -> None:
        """Beside a Kios that runs: nothing is made, repaired, upgraded or written.

        Raises `NoLibrary`, `TooNew`, `TooOld`, `Corrupt`.
        """
        if not self.path.exists():
            raise NoLibrary("there is no database")
        self._connection = connect_to_read_beside(self.path)
        revision = self.read_plainly(revision_of)
        if revision == HEAD:
            return
        self.close()
        if revision is None:
            raise NoLibrary("the database is empty")
        raise TooOld(f"schema {revision}") if revision in REVISIONS else TooNew(revision)

    def write(self, work: "Callable[[Connection], T]") -> T:
        """Runs `work` in a transaction that holds the write lock from its beginning."""
        return self._core().write(work)

    def read(self, work: "Callable[[Connection], T]") -> T:
        """Runs `work` without the write lock."""
        return self._core().read(work)

    def write_plainly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `write`, without SQLAlchemy."""
        connection = self._opened()
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            return work(connection)

    def read_plainly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `read`, without SQLAlchemy."""
        return work(self._opened())

    def back_up_if_due(self) -> None:
        """Copies the database when the newest copy is older than a day.

        Not when the disk was found full or read-only.
        """
        now = datetime.now(UTC)
        if self.is_shared and backup.due(self._backups, now):
            backup.make(self.path, self._backups, now)

    def suspect_damage(self) -> None:
        """Damage was met in use: the next start checks the whole file. Never raises."""
        if self._connection is not None:  # else it was met while opening, which deals with it
            with suppress(OSError):
                self._suspect.touch(FILE_MODE)

    def close(self) -> None:
        """Writes the log back into the file."""
        if self._connection is not None:
            connection, self._connection, self._made_core = self._connection, None, None
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StorageError("the database is closed")
        return self._connection

    def _core(self) -> "Core":
        connection = self._opened()
        if self._made_core is None:
            from kios_desktop.storage.core import Core

            self._made_core = Core(connection)
        return self._made_core

    def _open_in(self, mode: OpenMode) -> None:
        self.close()
        self._mode, now = mode, datetime.now(UTC)
        if not self._is_sound():
            self._recover(now)
        if not self.path.exists():
            self.path.touch(FILE_MODE)  # SQLite gives the same mode to what it makes beside it
        self._connection = connect(self.path, mode)
        prepare(self._connection, mode)
        revision = self.read_plainly(revision_of)
        if revision == HEAD:
            self._check_content()
        elif revision is not None and revision not in REVISIONS:
            self.close()
            raise TooNew(f"schema {revision}")
        elif revision is not None:
            self._upgrade()
        elif mode is OpenMode.READ_ONLY:
            self.close()
            raise ReadOnly("an empty database, and no schema can be made in it")
        else:
            from kios_desktop.storage.schema import create_schema

            self.write(create_schema)
            write_ahead.flush(self.path)

    # -- checks

    def _is_sound(self) -> bool:
        """The header always; the whole file when it is small or was not closed properly.

        A large file that was closed properly is checked with the daily backup instead, so that a
        start stays quick with a hundred thousand books; and when damage was met in it.
        """
        if not self.path.exists():
            return not backup.backups(self._backups, datetime.now(UTC))
        if not has_a_known_form(self.path):
            return False
        try:
            with closing(self._connected()) as connection:
                empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except DATABASE_ERRORS as error:
            if is_damage(error):
                return False
            raise  # a lock is not damage
        if empty:  # SQLite takes it for a new database, which it is only where nothing was before
            return not (backup.backups(self._backups, datetime.now(UTC)) or self._book_files())
        size = self.path.stat().st_size
        unfinished = _beside(self.path, "-wal").exists()
        if self._mode is OpenMode.READ_ONLY:  # nothing can be repaired
            return sound(self._connected)
        most = CHECKED_BYTES if unfinished else MENDED_BYTES
        if self._suspect.exists() or size <= most:
            return mended(self._connected)
        return not (unfinished or size <= CHECKED_BYTES) or sound(self._connected)

    def _connected(self) -> sqlite3.Connection:
        return connect(self.path, self._mode)

    def _check_content(self) -> None:
        """Rebuilds the indexes where damage was met; recovers where a table is missing."""
        read_only, suspect = self._mode is OpenMode.READ_ONLY, self._suspect.exists()
        try:
            with translated():
                complete = self.read_plainly(has_all_tables)
                if (
                    complete
                    and not read_only
                    and (suspect or not self.read_plainly(can_be_searched))
                ):
                    self.write_plainly(renew_indexes)
        except (Corrupt, sqlite3.Error):
            complete = False
        if not complete:
            self.close()
            self._recover(datetime.now(UTC))
            self._open_in(self._mode)
        elif suspect and not read_only:
            with suppress(OSError):
                self._suspect.unlink()

    @property
    def _suspect(self) -> Path:
        """A marker file: damage was met, and the next start checks the whole database."""
        return _beside(self.path, "-suspect")

    def _book_files(self) -> int:
        return sum(1 for _path in self._library.glob(BOOK_FILES))

    # -- recovery and upgrades

    def _recover(self, now: datetime) -> None:
        if self._mode is OpenMode.READ_ONLY:
            raise ReadOnly("the database is damaged or emptied, and can't be repaired here")
        log.error("the database is damaged, emptied or gone; looking for a backup")
        if self.recovered_from is not None:
            raise Corrupt("the backup that was put back is damaged too", self._book_files())
        used = backup.put_back(self.path, self._backups, now)
        if used is None:
            self._salvage(now)
        else:
            self.recovered_from = backup.made_at(used)
            log.warning("put back the backup %s", used.name)
        with suppress(OSError):
            self._suspect.unlink()

    def _salvage(self, now: datetime) -> None:
        """Makes a new database of what can be read of the damaged one, which is set aside."""
        if self.salvaged:
            raise Corrupt("what was salvaged is damaged too", self._book_files())
        from kios_desktop.storage.core import Core
        from kios_desktop.storage.salvage import readable_rows, write_salvaged

        tables = list(readable_rows(self.path)) if self.path.exists() else []
        if any(name == "books" for name, _columns, _rows in tables):
            part = backup.part_of(self.path)
            part.unlink(missing_ok=True)
            part.touch(FILE_MODE)
            with closing(connect(part, OpenMode.EXCLUSIVE)) as made:
                prepare(made, OpenMode.EXCLUSIVE, keeps_log=False)
                count = Core(made).write(lambda core: write_salvaged(core, tables))
            self.salvaged = True
            log.warning("%s records were salvaged", count)
        backup.set_aside(self.path, now)
        if not self.salvaged:
            raise Corrupt("damaged, and there is no sound backup", self._book_files())
        part.replace(self.path)

    def _upgrade(self) -> None:
        from kios_desktop.storage.schema import upgrade_schema

        try:
            with translated():
                if not self.is_shared:
                    raise ReadOnly("nothing can be written here")
                backup.make(self.path, self._backups, datetime.now(UTC))
                self.write(upgrade_schema)
                write_ahead.flush(self.path)
        except (Full, ReadOnly) as error:
            self.close()
            raise NotUpgraded(error) from error


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
