"""The books that were open when Kios ended, and the geometry of their windows.

Both are stored whenever a window opens, is activated or closes, so that the next start opens the
same books even after a kill. A book that is being restored is not stored until it is shown: if it
crashes Kios, the next start leaves it out.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.library import BookId
from kios_desktop.ui.kit.placement import cascaded
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.reader.open_books import OpenBooks

if TYPE_CHECKING:  # a reader window is imported when a book is opened
    from kios_desktop.ui.reader.window import ReaderWindow

GEOMETRY: Final = "reader/geometry"
OPEN: Final = "reader/open"
PANEL: Final = "reader/panel"


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
        self._to_restore: set[int] = set()  # being restored: their order stays until all are open
        self._restoring: set[int] = set()  # being restored, and not on the screen yet
        self._open_at_quit: set[int] = set()
        readers.window_made.connect(self._place)
        readers.window_made.connect(self._size_panel)
        readers.window_opened.connect(self._follow)

    def left_open(self) -> list[SessionBook]:
        """The books of the session; the last one was in front."""
        return list(self._open.values())

    @contextmanager
    def restoring_all(self) -> Iterator[list[SessionBook]]:
        """The books to restore, which keep their order meanwhile. The last one was in front."""
        left = [one for one in self._open.values() if not self._is_open(one.book)]
        self._to_restore = {one.book for one in left}
        try:
            yield left
        finally:
            self._to_restore = set()

    async def begin_restoring(self, book: int) -> None:
        """A book is about to be restored: remove it from the disk until `restored`."""
        self._restoring.add(book)
        self._store()
        await asyncio.to_thread(self._memory.save)

    def restored(self, book: int) -> None:
        """The book is shown, or could not be opened; Kios did not crash."""
        if book in self._restoring:
            self._restoring.discard(book)
            self._store()

    def forget(self, book: int) -> None:
        """Remove a book from the session."""
        self._restoring.discard(book)
        if self._open.pop(book, None) is not None:
            self._store()

    def store_all(self) -> None:
        """Keep all open books, before windows close because Kios ends."""
        self._restoring.clear()
        for window in self._readers.windows():
            self._note_window(window)
            book = self._readers.book_of(window)
            if book is not None and not window.is_closing:
                self._open_at_quit.add(book)
        self._store()

    def _is_open(self, book: int) -> bool:
        return self._readers.window_of(BookId(book)) is not None

    # -- geometry

    def _place(self, window: "ReaderWindow") -> None:
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
        if (book := self._readers.book_of(window)) is not None:
            window.closed.connect(lambda: self._closed(book))

    def _size_panel(self, window: "ReaderWindow") -> None:
        """All windows begin with the width that a panel was dragged to last."""
        kept = self._memory.geometry(PANEL) or b""
        if kept.isdigit():
            window.area.set_panel_width(int(kept[:4]))
        window.area.panel_resized.connect(lambda px: self._memory.keep(PANEL, str(px).encode()))

    # -- open books

    def _follow(self, window: "ReaderWindow") -> None:
        book = self._readers.book_of(window)
        if book is None:  # the guide, or a file outside the library
            return
        self._note_window(window, in_front=True)
        window.first_page.connect(lambda: self.restored(book))
        window.activated.connect(lambda: self._note_window(window, in_front=True))

    def _closed(self, book: int) -> None:
        if book not in self._open_at_quit:
            self.forget(book)

    def _note_window(self, window: "ReaderWindow", *, in_front: bool = False) -> None:
        book = self._readers.book_of(window)
        if book is None or window.is_closing:
            return
        if in_front and book not in self._to_restore:
            self._open.pop(book, None)
        self._open[book] = SessionBook(book, window.title, _geometry(window))
        self._store()

    def _store(self) -> None:
        kept = [one for book, one in self._open.items() if book not in self._restoring]
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
