"""The database as asyncio sees it: one storage thread, and a second one that waits for the disk.

`run` and `read` carry work to the storage thread, in order; `run_plainly` and `read_plainly` do so
without SQLAlchemy. What opening, checking and upgrading the file means is in `database_file.py`.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from kios_desktop.domain.errors import Corrupt, StorageError
from kios_desktop.storage import write_ahead
from kios_desktop.storage.connecting import BUSY_MS
from kios_desktop.storage.damage import DamagedRecords
from kios_desktop.storage.database_file import DatabaseFile
from kios_desktop.storage.errors import translated

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")

WRITE_BACK_AFTER: Final = 200  # transactions; the log has a few megabytes by then


class Database:
    """Open with `Database.open`, close with `aclose`.

    Every method raises `StorageError` subclasses for what the disk does to us, and leaves the
    database usable: after `Full` or `ReadOnly` the same call may be tried again.
    """

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="disk")
        self._written = 0  # transactions since the log was last written back
        self._writing_back: asyncio.Task[None] | None = None
        self._closed = False
        self.damage = DamagedRecords()

    @classmethod
    async def open(
        cls, path: Path, backups: Path | None = None, library: Path | None = None
    ) -> "Database":
        """Opens the file, and makes, repairs or upgrades it: see `DatabaseFile.open`."""
        database = cls(_file(path, backups, library))
        await database._begin(database._file.open)
        return database

    @classmethod
    async def open_to_read(cls, path: Path) -> "Database":
        """See `DatabaseFile.open_to_read`. `run` raises `ReadOnly`."""
        database = cls(_file(path))
        await database._begin(database._file.open_to_read)
        return database

    async def _begin(self, open_file: Callable[[], None]) -> None:
        try:
            await self._on_thread(open_file)
        except BaseException:
            self._shut_down()
            raise

    @property
    def recovered_from(self) -> datetime | None:
        """The time of the backup that had to replace a damaged file."""
        return self._file.recovered_from

    @property
    def salvaged(self) -> bool:
        """Whether what could be read of a damaged file replaced it, for want of a backup."""
        return self._file.salvaged

    async def run(self, work: "Callable[[Connection], T]") -> T:
        """Runs `work` in a write transaction on the storage thread.

        Afterwards it survives the end of this process, and after `settle` a power failure too.
        """
        return await self._write(lambda: self._file.write(work))

    async def run_plainly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `run`, without SQLAlchemy."""
        return await self._write(lambda: self._file.write_plainly(work))

    async def _write(self, work: Callable[[], T]) -> T:
        done = await self._on_thread(work)
        self._written += 1
        due = self._written >= WRITE_BACK_AFTER and self._writing_back is None
        if due and self._file.is_shared:
            self._written = 0
            self._writing_back = asyncio.get_running_loop().create_task(self._write_back())
        return done

    async def read(self, work: "Callable[[Connection], T]") -> T:
        """Runs `work` on the storage thread, without taking the write lock."""
        return await self._on_thread(lambda: self._file.read(work))

    async def read_plainly(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `read`, without SQLAlchemy."""
        return await self._on_thread(lambda: self._file.read_plainly(work))

    async def settle(self) -> None:
        """Returns when the disk has confirmed everything that was run before."""
        await self._on_thread(lambda: write_ahead.flush(self._file.path), self._disk)

    async def back_up_if_due(self) -> None:
        """Makes a copy when the newest one is older than a day."""
        await self._on_thread(self._file.back_up_if_due)

    async def aclose(self) -> None:
        """Writes the log back into the file and closes. Safe to call twice."""
        if not self._closed:
            await self._on_thread(lambda: None, self._disk)  # only the last connection writes back
            await self._on_thread(self._file.close)
        self._closed = True
        self._shut_down()

    def _shut_down(self) -> None:
        self._thread.shutdown(wait=False)
        self._disk.shutdown(wait=False)

    async def _write_back(self) -> None:
        def work() -> None:
            write_ahead.write_back(self._file.path, BUSY_MS / 1000)

        try:
            await self._on_thread(work, self._disk)
        except StorageError as error:  # the log only grows until the next time
            log.warning("the log of the database was not written back: %s", error)
        finally:
            self._writing_back = None

    async def _on_thread(self, work: Callable[[], T], thread: Executor | None = None) -> T:
        def guarded() -> T:
            try:
                with translated():
                    return work()
            except Corrupt:
                self._file.suspect_damage()
                raise

        if self._closed:
            raise StorageError("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(thread or self._thread, guarded)


def _file(path: Path, backups: Path | None = None, library: Path | None = None) -> DatabaseFile:
    return DatabaseFile(
        path, backups or path.with_name("backups"), library or path.with_name("library")
    )
