"""The database: one file, one connection, one thread, and another that only waits for the disk.

Opening checks the file, puts back a backup if it is damaged, makes or upgrades the schema, and
refuses a schema that a newer Kios wrote. Everything after that runs through `read` and `run`.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

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
    BUSY_MS,
    Way,
    as_the_disk_allows,
    connect,
    connect_to_read,
)
from kios_desktop.storage.damage import DamagedRecords, lenient
from kios_desktop.storage.errors import DATABASE_ERRORS, translated
from kios_desktop.storage.making import made_of, make_tables
from kios_desktop.storage.migrations import HEAD, REVISIONS
from kios_desktop.storage.salvage import rows_left
from kios_desktop.storage.soundness import (
    can_be_searched,
    has_a_known_form,
    has_all_tables,
    is_damage,
    mended,
    renew_indexes,
    sound,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

CHECKED_BYTES = 16_000_000  # up to here it is looked through at each start: 60 ms
MENDED_BYTES = 1_000_000  # the same for its indexes: 10 ms
WRITE_BACK_AFTER = 200  # transactions; the log has a few megabytes by then
ALONE_PAGES = 1000  # in the log, before a commit writes it back itself
MOST_PAGES = 16_000  # in the log, when nothing ever pauses; then a commit writes it back itself
_SCRIPTS = Path(__file__).with_name("migrations")


class Database:
    """Open with `Database.open`, close with `aclose`.

    Every method raises `StorageError` subclasses for what the disk does to us, and leaves the
    database usable: after `Full` or `ReadOnly` the same call may be tried again.
    """

    def __init__(self, path: Path, backups: Path, library: Path) -> None:
        self._path, self._backups, self._library = path, backups, library
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="disk")
        self._written = 0  # transactions since the log was last written back
        self._writing_back: asyncio.Task[None] | None = None
        self._engine: Engine | None = None
        self._way = Way.SHARED
        self._closed = False
        self.recovered_from: datetime | None = None
        self.salvaged = False
        self.damage = DamagedRecords()

    @classmethod
    async def open(
        cls, path: Path, backups: Path | None = None, library: Path | None = None
    ) -> "Database":
        """`recovered_from` is set when a backup of that time had to replace a damaged file, and
        `salvaged` when there was none, and what could still be read of the file replaced it.

        `library` is the folder with the files of books: where there are some, a database that is
        empty has lost something.

        Raises `TooNew`, `NotUpgraded`, `Corrupt`, `Locked`, `ReadOnly`, `Full`.
        """
        database = cls(
            path, backups or path.with_name("backups"), library or path.with_name("library")
        )
        try:
            await database._on_thread(database._open)
        except BaseException:
            database._shut_down()
            raise
        return database

    @classmethod
    async def open_to_read(cls, path: Path) -> "Database":
        """Beside a Kios that runs: nothing is made, mended, upgraded or written.

        Raises `NoLibrary`, `TooNew`, `TooOld`, `Corrupt`; `run` raises `ReadOnly`.
        """
        database = cls(path, path.with_name("backups"), path.with_name("library"))
        try:
            await database._on_thread(database._open_to_read)
        except BaseException:
            database._shut_down()
            raise
        return database

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a write transaction on the storage thread.

        Afterwards it survives the end of this process, and after `settle` a power failure too.
        """
        done = await self._on_thread(lambda: self._write(work))
        self._written += 1
        shared = self._way is Way.SHARED  # else nobody but the one connection gets at it
        if shared and self._written >= WRITE_BACK_AFTER and self._writing_back is None:
            self._written = 0
            self._writing_back = asyncio.get_running_loop().create_task(self._write_back())
        return done

    async def settle(self) -> None:
        """Returns when the disk has confirmed everything that was run before."""
        await self._on_thread(lambda: write_ahead.flush(self._path), self._disk)

    async def _write_back(self) -> None:
        try:
            busy_s = BUSY_MS / 1000
            await self._on_thread(lambda: write_ahead.write_back(self._path, busy_s), self._disk)
        except StorageError as error:  # the log only grows until the next time
            log.warning("the log of the database was not written back: %s", error)
        finally:
            self._writing_back = None

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` on the storage thread, without taking the write lock."""
        return await self._on_thread(lambda: self._read(work))

    async def back_up_if_due(self) -> None:
        """Makes a copy when the newest one is older than a day.

        Not while the disk was found full or read-only: there is no room for it, nor a way to it.
        """

        def work() -> None:
            now = datetime.now(UTC)
            if self._way is Way.SHARED and backup.due(self._backups, now):
                backup.make(self._path, self._backups, now)

        await self._on_thread(work)

    async def aclose(self) -> None:
        """Writes the log back into the file and closes. Safe to call twice."""
        if not self._closed:
            await self._on_thread(lambda: None, self._disk)  # nobody else may have it open
            await self._on_thread(self._close)
        self._closed = True
        self._shut_down()

    def _shut_down(self) -> None:
        self._thread.shutdown(wait=False)
        self._disk.shutdown(wait=False)

    async def _on_thread(self, work: Callable[[], T], thread: Executor | None = None) -> T:
        def guarded() -> T:
            try:
                with translated():
                    return work()
            except Corrupt:
                if self._engine is not None:  # else it was met at the start, which has seen to it
                    with suppress(OSError):
                        self._suspect.touch(FILE_MODE)
                raise

        if self._closed:
            raise StorageError("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(thread or self._thread, guarded)

    def _open(self) -> None:
        make_folder(self._path.parent)
        backup.clear_unfinished(self._path, self._backups)
        as_the_disk_allows(self._path, self._open_in)

    def _open_in(self, way: Way) -> None:
        self._close()
        self._way, now = way, datetime.now(UTC)
        if not self._sound():
            self._recover(now)
        if not self._path.exists():
            self._path.touch(FILE_MODE)  # SQLite gives the same mode to what it makes beside it
        self._engine = _engine(self._path, way)
        if way is not Way.LOOKING:
            with self._connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        revision = self._revision()
        if revision == HEAD:
            self._look_through()
        elif revision is not None and revision not in REVISIONS:
            self._close()
            raise TooNew(f"schema {revision}")
        elif revision is not None:
            self._upgrade()
        elif way is Way.LOOKING:
            self._close()
            raise ReadOnly("an empty database, and nothing can be made of it here")
        else:
            self._create()

    def _open_to_read(self) -> None:
        if not self._path.exists():
            raise NoLibrary("there is no database")
        self._engine = _engine_to_read(self._path)
        revision = self._revision()
        if revision == HEAD:
            return
        self._close()
        if revision is None:
            raise NoLibrary("the database is empty")
        raise TooOld(f"schema {revision}") if revision in REVISIONS else TooNew(revision)

    def _look_through(self) -> None:
        """Where damage was met, what is made from the rest is made anew; else from a backup."""
        looking, suspect = self._way is Way.LOOKING, self._suspect.exists()
        try:
            with translated():
                whole = self._read(has_all_tables)
                if whole and not looking and (suspect or not self._read(can_be_searched)):
                    self._write(renew_indexes)
        except (Corrupt, DBAPIError):
            whole = False
        if not whole:
            self._close()
            self._recover(datetime.now(UTC))
            self._open_in(self._way)
        elif suspect and not looking:
            with suppress(OSError):
                self._suspect.unlink()

    def _connect(self) -> Connection:
        if self._engine is None:
            raise StorageError("the database is closed")
        return self._engine.connect()

    def _sound(self) -> bool:
        """The header always; the whole file when it is small or was not closed properly.

        A big file that was closed properly is checked with the daily backup instead, so that
        starting stays quick with a hundred thousand books; and when damage was met in it.
        """
        if not self._path.exists():
            return not backup.backups(self._backups, datetime.now(UTC))
        if not has_a_known_form(self._path):
            return False
        try:
            with closing(connect(self._path, self._way)) as connection:
                empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except DATABASE_ERRORS as error:
            if is_damage(error):
                return False
            raise  # a lock is not damage
        if empty:  # SQLite takes it for a new database, which it is only where nothing was before
            return not (backup.backups(self._backups, datetime.now(UTC)) or self._books())
        size = self._path.stat().st_size
        unfinished = _beside(self._path, "-wal").exists()
        if self._way is Way.LOOKING:  # nothing can be mended
            return sound(self._opened)
        most = CHECKED_BYTES if unfinished else MENDED_BYTES
        if self._suspect.exists() or size <= most:
            return mended(self._opened)
        return not (unfinished or size <= CHECKED_BYTES) or sound(self._opened)

    def _opened(self) -> sqlite3.Connection:
        return connect(self._path, self._way)

    @property
    def _suspect(self) -> Path:
        """A file that is there when damage was met: the next start looks at all of the database."""
        return _beside(self._path, "-suspect")

    def _books(self) -> int:
        """How many files of books there are."""
        return sum(1 for _path in self._library.glob(BOOK_FILES))

    def _recover(self, now: datetime) -> None:
        if self._way is Way.LOOKING:
            raise ReadOnly("the database is damaged or emptied, and nothing can be mended here")
        log.error("the database is damaged, emptied or gone; looking for a backup")
        if self.recovered_from is not None:
            raise Corrupt("the backup that was put back is damaged too", self._books())
        used = backup.put_back(self._path, self._backups, now)
        if used is None:
            self._salvage(now)
        else:
            self.recovered_from = backup.made_at(used)
            log.warning("put back the backup %s", used.name)
        with suppress(OSError):
            self._suspect.unlink()

    def _salvage(self, now: datetime) -> None:
        """A new database of what can be read of the damaged one, which is set aside."""
        if self.salvaged:
            raise Corrupt("what was salvaged is damaged too", self._books())
        left = list(rows_left(self._path)) if self._path.exists() else []
        if left and left[0][0] == "books":
            part = backup.part_of(self._path)
            part.unlink(missing_ok=True)
            part.touch(FILE_MODE)
            engine = _engine(part, Way.ALONE)
            try:
                with engine.connect() as connection:
                    count = _in_transaction(connection, lambda c: made_of(c, left))
            finally:
                engine.dispose()
            self.salvaged = True
            log.warning("%s records were salvaged", count)
        backup.set_aside(self._path, now)
        if not self.salvaged:
            raise Corrupt("damaged, and there is no sound backup", self._books())
        part.replace(self._path)

    def _revision(self) -> str | None:
        with self._connect() as connection:
            known = connection.exec_driver_sql(
                "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
            ).scalar()
            if not known:
                return None
            return str(
                connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            )

    def _create(self) -> None:
        self._write(make_tables)
        write_ahead.flush(self._path)

    def _upgrade(self) -> None:
        from alembic import command  # slow to import, and needed once per release
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")

        def work(connection: Connection) -> None:
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)

        try:
            with translated():
                if self._way is not Way.SHARED:  # the disk has no room, or no way to it
                    raise ReadOnly("nothing can be written here")
                backup.make(self._path, self._backups, datetime.now(UTC))
                self._write(work)
                write_ahead.flush(self._path)
        except (Full, ReadOnly) as error:
            self._close()
            raise NotUpgraded(error) from error

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._connect() as connection:
            return _in_transaction(connection, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._connect() as connection:
            return work(connection)

    def _close(self) -> None:
        if self._engine is None:
            return
        engine, self._engine = self._engine, None
        engine.dispose()


def _in_transaction(connection: Connection, work: Callable[[Connection], T]) -> T:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        if _raw(connection).in_transaction:
            connection.exec_driver_sql("ROLLBACK")
        raise
    return result


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _raw(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)


def _engine_to_read(path: Path) -> Engine:
    return create_engine(
        "sqlite://",
        creator=lambda: connect_to_read(path),
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
    )


def _engine(path: Path, way: Way) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect(path, way),  # a path in an address would have to be quoted
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",  # we say BEGIN ourselves: DDL must be inside too
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.text_factory = lenient
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA fullfsync=ON")  # means something on macOS only
        connection.execute("PRAGMA checkpoint_fullfsync=ON")
        pages = MOST_PAGES if way is Way.SHARED else ALONE_PAGES
        connection.execute(f"PRAGMA wal_autocheckpoint={pages}")
        connection.execute("PRAGMA cache_size=-16000")

    return engine
