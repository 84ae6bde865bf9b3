"""Books without a window whose places are still converted, to be sent or compared.

Part of the composition root: it knows the store and how a book file is opened.
"""

import asyncio
from pathlib import Path
from typing import Final

from kios_desktop.domain.library import BookId
from kios_desktop.epub.places import Places
from kios_desktop.storage.books import Books
from kios_desktop.ui.reader.open_publication import OpenPublication, open_publication

KEPT_OPEN: Final = 4


class ClosedBooks:
    """Opens the files of books in `library`, keeps the last few open, and closes every one."""

    def __init__(self, books: Books, library: Path) -> None:
        self._books, self._library = books, library
        self._opened: dict[BookId, OpenPublication] = {}

    async def places(self, book_id: BookId) -> Places:
        """The conversions of a book. Raises `PublicationError`."""
        if (found := self._opened.get(book_id)) is not None:
            return found.places
        book = await self._books.get(book_id)
        weights = await self._books.weights(book_id)
        opened = await asyncio.to_thread(open_publication, self._library / book.file, weights)
        if (found := self._opened.get(book_id)) is not None:  # somebody else was quicker
            opened.close()
            return found.places
        while len(self._opened) >= KEPT_OPEN:
            self.let_go(next(iter(self._opened)))
        self._opened[book_id] = opened
        return opened.places

    def let_go(self, book_id: BookId) -> None:
        """The book has a window now, or is to be removed: its file is closed here."""
        if (opened := self._opened.pop(book_id, None)) is not None:
            opened.close()

    def close(self) -> None:
        for book_id in tuple(self._opened):
            self.let_go(book_id)
