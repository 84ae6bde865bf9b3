"""Covers of library books as pixmaps: decoded in worker threads and cached in memory."""

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPixmap

from kios_desktop.domain.library import Book, BookId
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.cover_decoding import decode_cover, draw_edge
from kios_desktop.ui.library.cover_warm_up import warm_up_cover_painting
from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.library.pixmap_cache import CachedPixmap, PixmapCache

log = logging.getLogger(__name__)

_SETTLE_MS: Final = 150  # covers are rendered again this long after the last change of size
_MAX_REQUESTS: Final = 200  # older requests are dropped: their books were scrolled away

_Key = tuple[BookId, str]


class _CoverRequest(Struct, frozen=True):
    book_id: BookId
    slot: str
    title: str
    author: str
    cover: str
    size: QSize


class Covers(QObject):
    """Covers of the books in the library folder `folder`. `ready` carries the id of a book whose
    cover can now be painted."""

    ready = Signal(object)

    def __init__(self, folder: Path, tasks: Tasks, ground: QColor) -> None:
        super().__init__()
        warm_up_cover_painting()
        self._folder, self._tasks, self._ground = folder, tasks, ground
        self._cache: PixmapCache[_Key] = PixmapCache()
        self._requests: OrderedDict[_Key, _CoverRequest] = OrderedDict()
        self._running: set[_Key] = set()
        self._start_when_settled = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._start_when_settled.timeout.connect(self._start_requests)
        self._start_soon = QTimer(self, singleShot=True, interval=0)
        self._start_soon.timeout.connect(self._start_requests)

    def pixmap(self, book: Book, width: int, ratio: float, slot: str = "grid") -> QPixmap | None:
        """The cover for a cell `width` px wide; None until it was decoded for the first time.

        `slot` names the place on screen: the same book may be shown in different sizes at once.
        After a change of size this returns the old pixmap, to be scaled, until the new one exists.
        """
        size = QSize(round(width * ratio), round(width * 1.5 * ratio))
        key = (book.id, slot)
        cached = self._cache.find(key)
        if cached is None or cached.size != size or cached.made_from != book.cover:
            self._request(book, slot, size, first=cached is None)
        return None if cached is None else cached.pixmap

    def _request(self, book: Book, slot: str, size: QSize, first: bool) -> None:
        key = (book.id, slot)
        if key in self._running:
            return
        author = ", ".join(book.authors)
        self._requests[key] = _CoverRequest(book.id, slot, book.title, author, book.cover, size)
        self._requests.move_to_end(key)
        while len(self._requests) > _MAX_REQUESTS:
            self._requests.popitem(last=False)
        (self._start_soon if first else self._start_when_settled).start()

    def _start_requests(self) -> None:
        while self._requests and len(self._running) < 2:
            key, request = self._requests.popitem(last=True)  # the newest request first
            self._running.add(key)
            self._tasks.start(self._render(request))

    async def _render(self, request: _CoverRequest) -> None:
        try:
            image = await self._image(request)
        finally:
            self._running.discard((request.book_id, request.slot))
            self._start_soon.start()
        cached = CachedPixmap(QPixmap.fromImage(image), request.size, request.cover)
        self._cache.put((request.book_id, request.slot), cached)
        self.ready.emit(request.book_id)

    async def _image(self, request: _CoverRequest) -> QImage:
        """The book's own cover, else a generated one."""
        try:
            image = await asyncio.to_thread(self._decode_stored, request)
        except Exception:
            log.exception("a cover could not be made")
            image = None
        if image is None:
            image = generated_cover(request.title, request.author, request.size)
            draw_edge(image)
        return image

    def _decode_stored(self, request: _CoverRequest) -> QImage | None:
        """The book's own cover; None without one that can be decoded. Runs in a worker thread."""
        if not request.cover:
            return None
        image = decode_cover(self._folder / request.cover, request.size, self._ground)
        if image is not None:
            draw_edge(image)
        return image
