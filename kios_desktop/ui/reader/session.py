"""The books that were open when Kios ended, and the geometry of their windows.

Both are stored whenever a window opens, is activated or closes, so that the next start opens the
same books even after a kill. A book that is being restored is not stored until it is shown: if it
crashes Kios, the next start leaves it out.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.library import BookId
from kios_desktop.ui.kit.placement import cascaded
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.reader.window import ReaderWindow

GEOMETRY: Final = "reader/geometry"
OPEN: Final = "reader/open"


class SessionBook(msgspec.Struct, frozen=True):
    """A book that was open. `title` shows whether the id still belongs to the same book."""

    book: int
    title: str
    geometry: bytes


_decoder: Final = msgspec.json.Decoder(list[SessionBook])


class ReaderSession(QObject):
    """Windows that the user closes leave the session; those that close because Kios ends stay."""

    def __init__(self, readers: OpenBooks, memory: WindowMemory) -> None:
        super().__init__()
        self._readers, self._memory = readers, memory
        self._open = {one.book: one for one in _read(memory)}
        self._returning: set[int] = set()  # being restored: their order stays until all are open
        self._tried: set[int] = set()  # being restored, and not on the screen yet
        self._open_to_the_last: set[int] = set()
        readers.window_made.connect(self._place)
        readers.window_opened.connect(self._follow)

    def left_open(self) -> list[SessionBook]:
        """The books of the session; the last one was in front."""
        return list(self._open.values())

    @contextmanager
    def returning(self) -> Iterator[list[SessionBook]]:
        """The books to restore, which keep their order meanwhile. The last one was in front."""
        left = [one for one in self._open.values() if not self._is_open(one.book)]
        self._returning = {one.book for one in left}
        try:
            yield left
        finally:
            self._returning = set()

    async def trying(self, book: int) -> None:
        """A book is about to be restored: remove it from the disk until `survived`."""
        self._tried.add(book)
        self._keep()
        await asyncio.to_thread(self._memory.save)

    def survived(self, book: int) -> None:
        """The book is shown, or could not be opened; Kios did not crash."""
        if book in self._tried:
            self._tried.discard(book)
            self._keep()

    def forget(self, book: int) -> None:
        """Remove a book from the session."""
        self._tried.discard(book)
        if self._open.pop(book, None) is not None:
            self._keep()

    def keep_all(self) -> None:
        """Keep all open books, before windows close because Kios ends."""
        self._tried.clear()
        for window in self._readers.windows():
            self._stands(window)
            book = self._readers.book_of(window)
            if book is not None and not window.leaving:
                self._open_to_the_last.add(book)
        self._keep()

    def _is_open(self, book: int) -> bool:
        return self._readers.window_of(BookId(book)) is not None

    # -- geometry

    def _place(self, window: ReaderWindow) -> None:
        """Place a new window as in the last session, else like the last window, never over one."""
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

    # -- open books

    def _follow(self, window: ReaderWindow) -> None:
        book = self._readers.book_of(window)
        if book is None:  # the guide, or a file outside the library
            return
        self._stands(window, in_front=True)
        window.first_page.connect(lambda: self.survived(book))
        window.activated.connect(lambda: self._stands(window, in_front=True))
        window.closed.connect(lambda: self._closed(book))

    def _closed(self, book: int) -> None:
        if book not in self._open_to_the_last:
            self.forget(book)

    def _stands(self, window: ReaderWindow, *, in_front: bool = False) -> None:
        book = self._readers.book_of(window)
        if book is None or window.leaving:
            return
        if in_front and book not in self._returning:
            self._open.pop(book, None)
        self._open[book] = SessionBook(book, window.title, _geometry(window))
        self._keep()

    def _keep(self) -> None:
        kept = [one for book, one in self._open.items() if book not in self._tried]
        self._memory.keep(OPEN, msgspec.json.encode(kept))


def _read(memory: WindowMemory) -> list[SessionBook]:
    try:
        return _decoder.decode(memory.geometry(OPEN) or b"[]")
    except msgspec.MsgspecError:
        return []


def _geometry(window: QWidget) -> bytes:
    return bytes(window.saveGeometry().data())


def _room(box: QRect, window: QWidget) -> QRect:
    """The available geometry of the screen with `box`; a new window has no screen yet."""
    screen = QGuiApplication.screenAt(box.center()) or window.screen()
    return screen.availableGeometry()
