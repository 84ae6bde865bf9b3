"""Where reader windows stand, and which of them were open when Kios ended.

Both are on the disk as windows open, come to the front and close: whoever ends Kios, by whatever
means, finds the same books at the next start.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.placement import cascaded
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.reader.window import ReaderWindow
from kios_desktop.ui.window_memory import WindowMemory

GEOMETRY: Final = "reader/geometry"
OPEN: Final = "reader/open"


class LeftOpen(msgspec.Struct, frozen=True):
    """A book that was open. `title` tells whether the number still means the same book."""

    book: int
    title: str
    geometry: bytes


_decoder: Final = msgspec.json.Decoder(list[LeftOpen])


class Arrangement(QObject):
    """`ends` says that Kios ends: windows that close then were open to the last."""

    def __init__(self, readers: OpenBooks, memory: WindowMemory, ends: Callable[[], bool]) -> None:
        super().__init__()
        self._readers, self._memory, self._ends = readers, memory, ends
        self._open = {one.book: one for one in _read(memory)}
        readers.window_made.connect(self._place)
        readers.window_opened.connect(self._follow)

    def left_open(self) -> list[LeftOpen]:
        """The last one was in front."""
        return list(self._open.values())

    def forget(self, book: int) -> None:
        """It is not to be opened again."""
        if self._open.pop(book, None) is not None:
            self._keep()

    def keep_all(self) -> None:
        """Before windows close because Kios ends."""
        for window in self._readers.windows():
            self._stands(window)

    # -- where they stand

    def _place(self, window: ReaderWindow) -> None:
        """Where this book was left open, else as large and where the last window was; never just
        upon another one."""
        left = self._open.get(self._readers.book_of(window) or 0)
        kept = left.geometry if left is not None else self._memory.geometry(GEOMETRY)
        others = [one for one in self._readers.windows() if one is not window and one.isVisible()]
        if kept is not None:
            window.restoreGeometry(kept)
        elif others:
            window.setGeometry(others[-1].geometry())
        if not (window.isMaximized() or window.isFullScreen()):
            box = window.geometry()
            moved = cascaded(box, [one.geometry() for one in others], _room(box, window))
            if moved != box:
                window.setGeometry(moved)
        window.closed.connect(lambda: self._memory.keep(GEOMETRY, _geometry(window)))

    # -- which of them are open

    def _follow(self, window: ReaderWindow) -> None:
        book = self._readers.book_of(window)
        if book is None:  # the guide, or a file that could not be added
            return
        self._stands(window, in_front=True)
        window.activated.connect(lambda: self._stands(window, in_front=True))
        window.closed.connect(lambda: None if self._ends() else self.forget(book))

    def _stands(self, window: ReaderWindow, *, in_front: bool = False) -> None:
        book = self._readers.book_of(window)
        if book is None or window.leaving:
            return
        if in_front:
            self._open.pop(book, None)
        self._open[book] = LeftOpen(book, window.title, _geometry(window))
        self._keep()

    def _keep(self) -> None:
        self._memory.keep(OPEN, msgspec.json.encode(list(self._open.values())))


def _read(memory: WindowMemory) -> list[LeftOpen]:
    try:
        return _decoder.decode(memory.geometry(OPEN) or b"[]")
    except msgspec.MsgspecError:
        return []


def _geometry(window: QWidget) -> bytes:
    return bytes(window.saveGeometry().data())


def _room(box: QRect, window: QWidget) -> QRect:
    """Of the screen that `box` is on; the window itself is on none yet."""
    screen = QGuiApplication.screenAt(box.center()) or window.screen()
    return screen.availableGeometry()
