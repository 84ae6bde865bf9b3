"""Gathers the highlights that a window shows, and writes them into a file. No Qt."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from kios_desktop.application.mark_exchange import marked_book
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_query import HighlightKey, KeptMark, MarkQuery, by_book
from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.exchange import plain_text
from kios_desktop.exchange.files import write_file
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook
from kios_desktop.exchange.words import ExportWords
from kios_desktop.exchange.writers import ExportFormat, written, written_together

SLICE: Final = 2000  # highlights that are read in one go


class HighlightReader(Protocol):
    """The part of `storage.marks.Marks` used here. Methods raise `StorageError`."""

    async def highlight_keys(self, query: MarkQuery) -> list[HighlightKey]: ...
    async def load(self, ids: Sequence[MarkId]) -> list[KeptMark]: ...


class MarkedBooks(Protocol):
    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        """In the order of the ids; removed books are left out. Raises `StorageError`."""


class MarkExport:
    """Methods raise `StorageError`."""

    def __init__(self, marks: HighlightReader, books: MarkedBooks) -> None:
        self._marks, self._books = marks, books

    async def found(self, query: MarkQuery) -> list[MarkedBook]:
        """All highlights that a query finds, by book."""
        ids = [key.mark_id for key in await self._marks.highlight_keys(query)]
        return await self.of(ids)

    async def of(self, ids: Sequence[MarkId]) -> list[MarkedBook]:
        """Marks by book, in the order in which the books come first."""
        kept: list[KeptMark] = []
        for first in range(0, len(ids), SLICE):
            kept += await self._marks.load(ids[first : first + SLICE])
        marks = by_book(kept)
        books = await self._books.load(list(marks))
        return [marked_book(book, marks[book.id]) for book in books]

    async def as_told(self, book_id: BookId, marks: Sequence[Mark]) -> list[MarkedBook]:
        """Marks of a book as a window has them, of which some may not be on the disk yet."""
        return [marked_book(book, marks) for book in await self._books.load([book_id])]

    async def write(
        self,
        books: Sequence[MarkedBook],
        file_format: ExportFormat,
        path: Path,
        options: ExportOptions,
    ) -> None:
        """Write a whole file or none; one about a single book has the shape for that.

        Raises MarksFileError.
        """

        def work() -> None:
            if len(books) == 1:
                text = written(books[0], file_format, options)
            else:
                text = written_together(books, file_format, options)
            write_file(path, text)

        await asyncio.to_thread(work)

    async def as_text(self, books: Sequence[MarkedBook], words: ExportWords) -> str:
        """What goes to the clipboard."""
        options = ExportOptions(words=words)
        return await asyncio.to_thread(plain_text.together, books, options)
