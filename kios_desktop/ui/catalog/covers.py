"""Covers of catalog entries: fetched while in sight, decoded in worker threads, and cached."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QPixmap

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.cover_store import CoverKey, CoverStore, cover_key
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.cover_decoding import decode_cover, draw_edge
from kios_desktop.ui.library.cover_warm_up import warm_up_cover_painting
from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.library.pixmap_cache import CachedPixmap, PixmapCache

log = logging.getLogger(__name__)

# concurrent requests for covers, so that the server still answers other requests quickly
AT_ONCE: Final = 4
# one core is left to the GUI thread
_DECODED_AT_ONCE: Final = max(1, min(2, (os.cpu_count() or 1) - 1))
_MAX_REQUESTS: Final = 120
_CACHE_BYTES: Final = 40 << 20  # some screens of covers; others are read from disk again
_GRID: Final = "grid"
_MAX_SCALING: Final = 1.25  # a picture scaled up by more than this factor looks blurred

T = TypeVar("T")
_Key = tuple[str, str]  # entry key, slot
_Decoded = tuple[QImage | None, bool]  # a cover, and whether it is large enough for its place
_NO_COVER: Final[_Decoded] = (None, False)


@dataclass(frozen=True, slots=True)
class _EntryCoverRequest:
    entry: Entry
    slot: str
    size: QSize


class CatalogCovers(QObject):
    """The covers of one source. `ready` carries the key of an entry whose cover can now be
    painted."""

    ready = Signal(str)

    def __init__(self, catalog: Catalog, store: CoverStore, tasks: Tasks, ground: QColor) -> None:
        super().__init__()
        warm_up_cover_painting()
        self._catalog, self._store, self._tasks, self._ground = catalog, store, tasks, ground
        self._cache: PixmapCache[_Key] = PixmapCache(_CACHE_BYTES)
        self._requests: dict[_Key, _EntryCoverRequest] = {}
        self._running: dict[_Key, asyncio.Task[None]] = {}
        self._broken: set[CoverKey] = set()
        self._thumbnails_small = False
        self._decoding = asyncio.Semaphore(_DECODED_AT_ONCE)
        self._start_soon = QTimer(self, singleShot=True, interval=0)
        self._start_soon.timeout.connect(self._start_requests)

    def pixmap(self, entry: Entry, width: int, ratio: float, slot: str = _GRID) -> QPixmap | None:
        """The cover for a place `width` px wide; None until it was fetched and decoded.

        `slot` names the place on screen: the same entry may be shown in different sizes at once.
        """
        size = QSize(round(width * ratio), round(width * 1.5 * ratio))
        key = (entry.key, slot)
        cached = self._cache.find(key)
        if cached is None or cached.size != size or cached.made_from != _version(entry):
            self._request(key, _EntryCoverRequest(entry, slot, size))
        return None if cached is None else cached.pixmap

    def limit_to(self, keys: Sequence[str]) -> None:
        """Only entries with these `keys` are in sight of the grid, in reading order: drop other
        requests."""
        seen = set(keys)
        for key in [k for k in self._requests if k[1] == _GRID and k[0] not in seen]:
            del self._requests[key]
        for key in [k for k in self._running if k[1] == _GRID and k[0] not in seen]:
            self._running.pop(key).cancel()
        for entry_key in reversed(keys):  # the newest request is started first
            if (request := self._requests.pop((entry_key, _GRID), None)) is not None:
                self._requests[entry_key, _GRID] = request
        self._start_requests()

    def try_again(self) -> None:
        """Fetch again what could not be fetched before."""
        self._broken.clear()

    def close(self) -> None:
        self._requests.clear()
        for task in self._running.values():
            task.cancel()
        self._running.clear()

    def _request(self, key: _Key, request: _EntryCoverRequest) -> None:
        if key in self._running:
            return
        self._requests.pop(key, None)
        self._requests[key] = request
        while len(self._requests) > _MAX_REQUESTS:
            del self._requests[next(iter(self._requests))]
        self._start_soon.start()

    def _start_requests(self) -> None:
        while self._requests and len(self._running) < AT_ONCE:
            key, request = self._requests.popitem()
            task = self._tasks.start(self._render(key, request))
            if task is not None:
                self._running[key] = task

    async def _render(self, key: _Key, request: _EntryCoverRequest) -> None:
        task = asyncio.current_task()
        try:
            image = await self._picture(request)
            if image is None:
                image = _generated(request)
        finally:
            if self._running.get(key) is task:
                del self._running[key]
            self._start_soon.start()
        self._cache.put(
            key, CachedPixmap(QPixmap.fromImage(image), request.size, _version(request.entry))
        )
        self.ready.emit(request.entry.key)

    async def _picture(self, request: _EntryCoverRequest) -> QImage | None:
        """The cover from the cache or the server; None when the entry has no usable picture.

        Grids prefer the thumbnail and use the cover where the thumbnail is missing or too small
        (calibre's are 60 px wide); once one thumbnail was too small, covers are preferred for the
        whole source. The other picture is the fallback.
        """
        small, large = request.entry.thumbnail, request.entry.cover
        thumbnail_first = request.slot == _GRID and not self._thumbnails_small
        first, second = (small, large) if thumbnail_first else (large, small)
        image, fits = await self._load(first, request)
        if second == first or (image is not None and (fits or first == large)):
            return image
        other, _fits = await self._load(second, request)
        if other is None:
            return image
        if image is not None:
            self._thumbnails_small = True
        return other

    async def _load(self, url: ServerUrl | None, request: _EntryCoverRequest) -> _Decoded:
        if url is None:
            return _NO_COVER
        key = cover_key(self._catalog.source_id, url, request.entry.updated)
        if key in self._broken:
            return _NO_COVER
        try:
            decoded = await self._in_worker_thread(lambda: self._decode_stored(key, request.size))
            if decoded[0] is None:
                decoded = await self._fetch(key, url, request.size)
        except Exception:  # a picture that fails is not requested again by each repaint
            log.exception("a cover could not be made")
            self._broken.add(key)
            return _NO_COVER
        return decoded

    async def _fetch(self, key: CoverKey, url: ServerUrl, size: QSize) -> _Decoded:
        try:
            data = await self._catalog.image(url)
        except RemoteError:
            self._broken.add(key)
            return _NO_COVER
        decoded = await self._in_worker_thread(lambda: self._decode_and_store(key, data, size))
        if decoded[0] is None:
            self._broken.add(key)
        return decoded

    async def _in_worker_thread(self, work: Callable[[], T]) -> T:
        async with self._decoding:
            return await asyncio.to_thread(work)

    def _decode_stored(self, key: CoverKey, size: QSize) -> _Decoded:
        data = self._store.read(key)
        return _NO_COVER if data is None else self._decode(data, size)

    def _decode_and_store(self, key: CoverKey, data: bytes, size: QSize) -> _Decoded:
        decoded = self._decode(data, size)
        if decoded[0] is not None:
            self._store.write(key, data)
        return decoded

    def _decode(self, data: bytes, size: QSize) -> _Decoded:
        image = decode_cover(data, size, self._ground)
        if image is None:
            return _NO_COVER
        draw_edge(image)
        return image, not _is_scaled_up(data, size)


def _is_scaled_up(data: bytes, size: QSize) -> bool:
    """Whether a picture has to be scaled up so much for `size` that it looks blurred."""
    device = QBuffer()
    device.setData(QByteArray(data))
    device.open(QBuffer.OpenModeFlag.ReadOnly)
    stored = QImageReader(device).size()
    return max(stored.width() / size.width(), stored.height() / size.height()) * _MAX_SCALING < 1


def _generated(request: _EntryCoverRequest) -> QImage:
    image = generated_cover(title_of(request.entry), ", ".join(request.entry.authors), request.size)
    draw_edge(image)
    return image


def _version(entry: Entry) -> str:
    return entry.updated.isoformat() if entry.updated is not None else ""
