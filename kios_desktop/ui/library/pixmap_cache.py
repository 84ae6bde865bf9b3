"""A cache of pixmaps that drops the least recently used ones."""

from collections import OrderedDict
from typing import Final, Generic, TypeVar

from msgspec import Struct
from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap

CACHE_BYTES: Final = 96 << 20
Key = TypeVar("Key")


class CachedPixmap(Struct, frozen=True):
    """A pixmap, the size in device pixels it was made for, and the version of its source."""

    pixmap: QPixmap
    size: QSize
    made_from: str = ""

    @property
    def weight_bytes(self) -> int:
        return self.size.width() * self.size.height() * 4


class PixmapCache(Generic[Key]):
    """Holds at most `limit_bytes` of pixmaps, and always the newest one."""

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._entries: OrderedDict[Key, CachedPixmap] = OrderedDict()
        self._bytes = 0

    def find(self, key: Key) -> CachedPixmap | None:
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: Key, entry: CachedPixmap) -> None:
        old = self._entries.pop(key, None)
        if old is not None:
            self._bytes -= old.weight_bytes
        self._entries[key] = entry
        self._bytes += entry.weight_bytes
        while self._bytes > self._limit and len(self._entries) > 1:
            self._bytes -= self._entries.popitem(last=False)[1].weight_bytes
