"""Writes the changes of one book to our own disk, in order, and retries when that fails."""

import asyncio
import logging
from collections.abc import Callable

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Position
from kios_desktop.sync.events import Save
from kios_desktop.sync.ports import PositionStore

log = logging.getLogger(__name__)

AGAIN_S = 5.0


class Saver:
    """The queue of one book. Changes that wait are merged; the newest place and record win."""

    def __init__(
        self,
        store: PositionStore,
        book_id: BookId,
        on_outcome: Callable[[StorageError | None], None],
    ) -> None:
        self._store, self._book_id, self._on_outcome = store, book_id, on_outcome
        self._waiting: Save | None = None
        self._place: Position | None = None  # the newest one that is not saved
        self._task: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._tried.set()
        self._again = asyncio.Event()
        self._settling: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        """Everything is on the disk."""
        return self._task is None and not self._settling

    @property
    def unkept(self) -> bool:
        """The newest place is in memory only."""
        return self._place is not None and not self._store.has_noted(self._book_id, self._place)

    def put(self, save: Save) -> None:
        """Queues the change; returns at once."""
        if save.position is not None:
            self._place = save.position
            self._store.note(self._book_id, save.position)
        self._waiting = save if self._waiting is None else _joined(self._waiting, save)
        self._tried.clear()
        self._again.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._write())

    def try_again(self) -> None:
        """Retries a failed write at once; `tried` waits for the result."""
        if self._task is not None:
            self._tried.clear()
        self._again.set()

    async def tried(self) -> None:
        """Returns when every change so far is on the disk, or its write has failed.

        Durable changes survive a power failure by then.
        """
        await self._tried.wait()
        if self._settling:
            await asyncio.wait(set(self._settling))

    async def written(self) -> None:
        """Returns when every change is on the disk, however often its write fails."""
        while running := {task for task in (self._task, *self._settling) if task is not None}:
            await asyncio.wait(running)

    async def _write(self) -> None:
        try:
            while self._waiting is not None:
                save, self._waiting = self._waiting, None
                self._again.clear()
                try:
                    await self._store.save(self._book_id, save.position, save.record, save.visits)
                except StorageError as error:
                    newer = self._waiting
                    self._waiting = save if newer is None else _joined(save, newer)
                    self._on_outcome(error)
                    self._tried.set()
                    await self._pause()
                except Exception:
                    log.exception("a mistake of ours while saving a place")
                    self._on_outcome(StorageError("a mistake of ours"))
                    self._save_place_of(save)
                else:
                    if save.position is self._place:
                        self._place = None
                    self._on_outcome(None)
                    if save.durable:
                        self._settle()
        finally:
            self._task = None
            self._tried.set()

    def _save_place_of(self, save: Save) -> None:
        """Queues the place alone after a change that could not be written as a whole."""
        if save.position is not None and (save.record is not None or save.visits):
            place = Save(position=save.position, durable=save.durable)
            self._waiting = place if self._waiting is None else _joined(place, self._waiting)

    def _settle(self) -> None:
        """Syncs the disk in a task of its own, so that page turns are saved meanwhile."""
        task = asyncio.get_running_loop().create_task(self._settled())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settled(self) -> None:
        try:
            await self._store.settle()
        except StorageError as error:
            self._on_outcome(error)
        except Exception:
            log.exception("a mistake of ours while waiting for the disk")
            self._on_outcome(StorageError("a mistake of ours"))

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(AGAIN_S):
                await self._again.wait()
        except TimeoutError:
            return


def _joined(older: Save, newer: Save) -> Save:
    return Save(
        position=newer.position or older.position,
        record=newer.record or older.record,
        visits=(*older.visits, *newer.visits),
        durable=older.durable or newer.durable,
    )
