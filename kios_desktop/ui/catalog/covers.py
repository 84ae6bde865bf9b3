"""Covers of a catalog: fetched when they are in sight, decoded off the GUI thread, and cached."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPixmap

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.cover_store import CoverKey, CoverStore, cover_key
from kios_desktop.ui.catalog.ports import Catalog
from kios_desktop.ui.library.first_cover import paint_first_cover
from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.library.picture import decode_cover, draw_edge
from kios_desktop.ui.library.pixmap_pool import Kept, PixmapPool
from kios_desktop.ui.tasks import Tasks

log = logging.getLogger(__name__)

AT_ONCE: Final = 4  # covers on their way; the server has other things to do
_DECODED_AT_ONCE: Final = max(1, min(2, (os.cpu_count() or 1) - 1))  # one is the window's
_WAITING: Final = 120
_POOL_BYTES: Final = 40 << 20  # some screens of covers; the rest comes from disk in no time
_GRID: Final = "grid"

T = TypeVar("T")
_Key = tuple[str, str]  # entry, slot


@dataclass(frozen=True, slots=True)
class _Wanted:
    entry: Entry
    slot: str
    size: QSize


class CatalogCovers(QObject):
    """The covers of one source. `ready` names the entry whose cover can now be painted."""

    ready = Signal(str)

    def __init__(self, catalog: Catalog, store: CoverStore, tasks: Tasks, ground: QColor) -> None:
        super().__init__()
        paint_first_cover()
        self._catalog, self._store, self._tasks, self._ground = catalog, store, tasks, ground
        self._pool: PixmapPool[_Key] = PixmapPool(_POOL_BYTES)
        self._wanted: dict[_Key, _Wanted] = {}
        self._running: dict[_Key, asyncio.Task[None]] = {}
        self._broken: set[CoverKey] = set()
        self._decoding = asyncio.Semaphore(_DECODED_AT_ONCE)
        self._now = QTimer(self, singleShot=True, interval=0)
        self._now.timeout.connect(self._pump)

    def pixmap(self, entry: Entry, width: int, ratio: float, slot: str = _GRID) -> QPixmap | None:
        """The cover for a place `width` px wide; None until it is there.

        `slot` tells apart places that show the same entry in different sizes.
        """
        size = QSize(round(width * ratio), round(width * 1.5 * ratio))
        key = (entry.key, slot)
        kept = self._pool.find(key)
        if kept is None or kept.size != size or kept.made_from != _version(entry):
            self._want(key, _Wanted(entry, slot, size))
        return None if kept is None else kept.pixmap

    def keep_to(self, keys: Sequence[str]) -> None:
        """These entries are in sight now, in reading order: nothing else of the grid is fetched."""
        seen = set(keys)
        for key in [k for k in self._wanted if k[1] == _GRID and k[0] not in seen]:
            del self._wanted[key]
        for key in [k for k in self._running if k[1] == _GRID and k[0] not in seen]:
            self._running.pop(key).cancel()
        for entry_key in reversed(keys):  # the last one asked for is the first to be fetched
            if (wanted := self._wanted.pop((entry_key, _GRID), None)) is not None:
                self._wanted[entry_key, _GRID] = wanted
        self._pump()

    def try_again(self) -> None:
        """Ask anew for what could not be fetched."""
        self._broken.clear()

    def close(self) -> None:
        self._wanted.clear()
        for task in self._running.values():
            task.cancel()
        self._running.clear()

    def _want(self, key: _Key, wanted: _Wanted) -> None:
        if key in self._running:
            return
        self._wanted.pop(key, None)
        self._wanted[key] = wanted
        while len(self._wanted) > _WAITING:
            del self._wanted[next(iter(self._wanted))]
        self._now.start()

    def _pump(self) -> None:
        while self._wanted and len(self._running) < AT_ONCE:
            key, wanted = self._wanted.popitem()
            task = self._tasks.start(self._render(key, wanted))
            if task is not None:
                self._running[key] = task

    async def _render(self, key: _Key, wanted: _Wanted) -> None:
        task = asyncio.current_task()
        try:
            image = await self._picture(wanted)
            if image is None:
                image = _generated(wanted)
        finally:
            if self._running.get(key) is task:
                del self._running[key]
            self._now.start()
        self._pool.keep(key, Kept(QPixmap.fromImage(image), wanted.size, _version(wanted.entry)))
        self.ready.emit(wanted.entry.key)

    async def _picture(self, wanted: _Wanted) -> QImage | None:
        """What the server has, from disk if it is there; None when that is no picture."""
        entry = wanted.entry
        small, large = entry.thumbnail, entry.cover
        url = (small or large) if wanted.slot == _GRID else (large or small)
        if url is None:
            return None
        key = cover_key(self._catalog.source_id, url, entry.updated)
        if key in self._broken:
            return None
        try:
            image = await self._off_thread(lambda: self._kept(key, wanted.size))
            if image is None:
                image = await self._fetched(key, url, wanted.size)
        except Exception:  # asked for no more, or each look at the list would be another one
            log.exception("a mistake of ours in a cover")
            self._broken.add(key)
            return None
        return image

    async def _fetched(self, key: CoverKey, url: ServerUrl, size: QSize) -> QImage | None:
        try:
            data = await self._catalog.image(url)
        except RemoteError:
            self._broken.add(key)
            return None
        image = await self._off_thread(lambda: self._decoded(key, data, size))
        if image is None:
            self._broken.add(key)
        return image

    async def _off_thread(self, work: Callable[[], T]) -> T:
        async with self._decoding:
            return await asyncio.to_thread(work)

    def _kept(self, key: CoverKey, size: QSize) -> QImage | None:
        data = self._store.read(key)
        return None if data is None else self._drawn(data, size)

    def _decoded(self, key: CoverKey, data: bytes, size: QSize) -> QImage | None:
        image = self._drawn(data, size)
        if image is not None:
            self._store.write(key, data)
        return image

    def _drawn(self, data: bytes, size: QSize) -> QImage | None:
        image = decode_cover(data, size, self._ground)
        if image is not None:
            draw_edge(image)
        return image


def _generated(wanted: _Wanted) -> QImage:
    image = generated_cover(wanted.entry.title, ", ".join(wanted.entry.authors), wanted.size)
    draw_edge(image)
    return image


def _version(entry: Entry) -> str:
    return entry.updated.isoformat() if entry.updated is not None else ""
