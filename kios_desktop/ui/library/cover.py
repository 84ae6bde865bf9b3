"""Covers as pixmaps: decoded off the GUI thread, within limits, and cached."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath, QPen, QPixmap

from kios_desktop.domain.library import Book, BookId
from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.tasks import Tasks

MAX_PIXELS: Final = 40_000_000  # of the picture as stored; JPEG is reduced while it is decoded
CACHE_BYTES: Final = 96 << 20
_EDGE: Final = QColor(128, 128, 128, 72)
_SETTLE_MS: Final = 150  # covers are rendered anew this long after the last change of size
_FORMATS: Final = frozenset({"jpeg", "jpg", "png", "gif", "webp", "bmp"})
_WAITING: Final = 200  # requests kept; older ones have been scrolled away
# width / height between these is cropped to 2:3, anything else shown whole on its ground
_CROPPED: Final = (0.56, 0.80)


def decode_cover(path: Path, size: QSize, ground: QColor) -> QImage | None:
    """A 2:3 cover in device pixels with rounded corners, or None if there is no picture in it.

    Never allocates for more than `MAX_PIXELS`. Any thread.
    """
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()).decode() not in _FORMATS:
        return None
    stored = reader.size()
    if stored.isEmpty():
        return None
    jpeg = bytes(reader.format().data()) in {b"jpeg", b"jpg"}
    if stored.width() * stored.height() > MAX_PIXELS * (4 if jpeg else 1):
        return None
    low, high = _CROPPED
    crop = low <= stored.width() / stored.height() <= high
    mode = (
        Qt.AspectRatioMode.KeepAspectRatioByExpanding
        if crop
        else Qt.AspectRatioMode.KeepAspectRatio
    )
    reader.setScaledSize(stored.scaled(size, mode).expandedTo(QSize(1, 1)))
    picture = reader.read()
    return None if picture.isNull() else _framed(picture, size, ground)


def _framed(picture: QImage, size: QSize, ground: QColor) -> QImage:
    result = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    corner = 3 * size.width() / 142
    shape.addRoundedRect(QRectF(result.rect()), corner, corner)
    painter.setClipPath(shape)
    painter.fillRect(result.rect(), ground)
    x = (size.width() - picture.width()) // 2
    y = (size.height() - picture.height()) // 2
    painter.drawImage(x, y, picture)
    painter.end()
    return result


def _draw_edge(image: QImage) -> None:
    """A faint hairline, so that a cover in the colour of the window still ends somewhere."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_EDGE, max(1.0, image.width() / 142)))
    corner = 3 * image.width() / 142
    painter.drawRoundedRect(QRectF(image.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
    painter.end()


@dataclass(slots=True)
class _Entry:
    pixmap: QPixmap
    size: QSize
    cover: str


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
        self._folder, self._tasks, self._ground = folder, tasks, ground
        self._cache: OrderedDict[_Key, _Entry] = OrderedDict()
        self._bytes = 0
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
        entry = self._cache.get(key)
        if entry is None or entry.size != size or entry.cover != book.cover:
            self._want(book, slot, size, first=entry is None)
        if entry is None:
            return None
        self._cache.move_to_end(key)
        return entry.pixmap

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
            image = await asyncio.to_thread(self._draw, wanted)
        finally:
            self._busy.discard((wanted.book_id, wanted.slot))
        self._keep(wanted, QPixmap.fromImage(image))
        self.ready.emit(wanted.book_id)
        self._pump()

    def _draw(self, wanted: _Wanted) -> QImage:
        drawn = None
        if wanted.cover:
            drawn = decode_cover(self._folder / wanted.cover, wanted.size, self._ground)
        image = drawn or generated_cover(wanted.title, wanted.author, wanted.size)
        _draw_edge(image)
        return image

    def _keep(self, wanted: _Wanted, pixmap: QPixmap) -> None:
        key = (wanted.book_id, wanted.slot)
        old = self._cache.pop(key, None)
        if old is not None:
            self._bytes -= _weight(old)
        self._cache[key] = entry = _Entry(pixmap, wanted.size, wanted.cover)
        self._bytes += _weight(entry)
        while self._bytes > CACHE_BYTES and len(self._cache) > 1:
            self._bytes -= _weight(self._cache.popitem(last=False)[1])


def _weight(entry: _Entry) -> int:
    return entry.size.width() * entry.size.height() * 4
