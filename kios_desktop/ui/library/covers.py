"""Covers as pixmaps: decoded off the GUI thread, within limits, and cached."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPixmap

from kios_desktop.domain.library import Book, BookId
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.cover_decoding import decode_cover, draw_edge
from kios_desktop.ui.library.cover_warm_up import paint_first_cover
from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.library.pixmap_cache import Kept, PixmapPool

log = logging.getLogger(__name__)

_SETTLE_MS: Final = 150  # covers are rendered anew this long after the last change of size
_WAITING: Final = 200  # requests kept; older ones have been scrolled away

_Key = tuple[BookId, str]


@dataclass(frozen=True, slots=True)
class _Wanted:
    book_id: BookId
    slot: str
    title: str
    author: str
    cover: str
    size: QSize


class Covers(QObject):
    """The covers of the library in `folder`. `ready` tells which one can now be painted."""

    ready = Signal(object)

    def __init__(self, folder: Path, tasks: Tasks, ground: QColor) -> None:
        super().__init__()
        paint_first_cover()
        self._folder, self._tasks, self._ground = folder, tasks, ground
        self._pool: PixmapPool[_Key] = PixmapPool()
        self._wanted: OrderedDict[_Key, _Wanted] = OrderedDict()
        self._busy: set[_Key] = set()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._pump)
        self._now = QTimer(self, singleShot=True, interval=0)
        self._now.timeout.connect(self._pump)

    def pixmap(self, book: Book, width: int, ratio: float, slot: str = "grid") -> QPixmap | None:
        """The cover for a cell `width` px wide; None until the first one is decoded.

        `slot` tells apart places that show the same book in different sizes. After a change of
        size it is the old pixmap, to be scaled, until the new one is there.
        """
        size = QSize(round(width * ratio), round(width * 1.5 * ratio))
        key = (book.id, slot)
        kept = self._pool.find(key)
        if kept is None or kept.size != size or kept.made_from != book.cover:
            self._want(book, slot, size, first=kept is None)
        return None if kept is None else kept.pixmap

    def _want(self, book: Book, slot: str, size: QSize, first: bool) -> None:
        key = (book.id, slot)
        if key in self._busy:
            return
        author = ", ".join(book.authors)
        self._wanted[key] = _Wanted(book.id, slot, book.title, author, book.cover, size)
        self._wanted.move_to_end(key)
        while len(self._wanted) > _WAITING:
            self._wanted.popitem(last=False)
        (self._now if first else self._settle).start()

    def _pump(self) -> None:
        while self._wanted and len(self._busy) < 2:
            key, wanted = self._wanted.popitem(last=True)  # what was looked at last comes first
            self._busy.add(key)
            self._tasks.start(self._render(wanted))

    async def _render(self, wanted: _Wanted) -> None:
        try:
            image = await self._image(wanted)
        finally:
            self._busy.discard((wanted.book_id, wanted.slot))
            self._now.start()
        kept = Kept(QPixmap.fromImage(image), wanted.size, wanted.cover)
        self._pool.keep((wanted.book_id, wanted.slot), kept)
        self.ready.emit(wanted.book_id)

    async def _image(self, wanted: _Wanted) -> QImage:
        """The book's own cover, else one made of its words."""
        try:
            image = await asyncio.to_thread(self._stored, wanted)
        except Exception:
            log.exception("a mistake of ours in a cover")
            image = None
        if image is None:
            image = generated_cover(wanted.title, wanted.author, wanted.size)
            draw_edge(image)
        return image

    def _stored(self, wanted: _Wanted) -> QImage | None:
        """The book's own cover; None when it has none that can be shown."""
        if not wanted.cover:
            return None
        image = decode_cover(self._folder / wanted.cover, wanted.size, self._ground)
        if image is not None:
            draw_edge(image)
        return image
