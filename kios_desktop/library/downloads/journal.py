"""Stores changes of the queue in the background; of one download, only the latest."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kios_desktop.domain.download import Download, DownloadId
from kios_desktop.domain.errors import StorageError
from kios_desktop.library.downloads.bug_reports import report_bug
from kios_desktop.library.downloads.ports import DownloadStore

log = logging.getLogger(__name__)

T = TypeVar("T")

_AGAIN_S = 5.0


class DownloadJournal:
    """Writes noted changes as soon as possible, and tries again after a failure."""

    def __init__(self, store: DownloadStore) -> None:
        self._store = store
        self._changed: dict[DownloadId, Download] = {}
        self._removed: set[DownloadId] = set()
        self._wanted = asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="downloads are kept")

    def note(self, download: Download) -> None:
        self._changed[download.id] = download
        self._wanted.set()

    def forget(self, download: DownloadId) -> None:
        self._changed.pop(download, None)
        self._removed.add(download)
        self._wanted.set()

    async def flush(self) -> None:
        """Writes pending changes now. Raises `StorageError`; then they stay pending."""
        async with self._writing:
            self._wanted.clear()
            changed, removed = self._changed, self._removed
            self._changed, self._removed = {}, set()
            try:
                await _each_written(self._store.save, list(changed.values()))
                if removed:
                    await _each_written(self._store.remove, sorted(removed))
            except BaseException:
                self._removed |= removed
                gone = self._removed
                self._changed = {
                    key: one for key, one in (changed | self._changed).items() if key not in gone
                }
                self._wanted.set()
                raise

    async def aclose(self) -> None:
        """Stops after one last attempt to write."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        try:
            await self.flush()
        except StorageError as error:
            log.warning("the downloads could not be kept: %s", error)

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                await self.flush()
            except StorageError as error:
                log.warning("the downloads could not be kept: %s", error)
                await asyncio.sleep(_AGAIN_S)


async def _each_written(write: Callable[[list[T]], Awaitable[None]], items: list[T]) -> None:
    """Writes all items; one that fails by a bug of ours is reported and left out.

    Raises `StorageError`.
    """
    try:
        await write(items)
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 (reported)
        if len(items) > 1:
            for one in items:
                await _each_written(write, [one])
            return
        report_bug("a download is not kept", error)
