"""Imports files of marks into the books of the library that they are about. No Qt."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from kios_desktop.application.mark_exchange import (
    MarkImport,
    MarkRecords,
    Progress,
    import_told,
)
from kios_desktop.application.mark_matching import BookMatch, BookMatcher
from kios_desktop.application.mark_settling import (
    MarksById,
    SettledMarks,
    settle,
    take_back,
)
from kios_desktop.application.publications import Publications
from kios_desktop.domain.library import Book, BookId, Query, Sort
from kios_desktop.domain.mark_differences import Difference, Keep
from kios_desktop.domain.mark_query import by_book
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.exchange.files import read_file
from kios_desktop.exchange.readers import read_marks

BY_TITLE: Final = Query(sort=Sort.TITLE)


class LibraryBooks(Protocol):
    """The part of `storage.books.Books` used here. Methods raise `StorageError`."""

    async def get(self, book_id: BookId) -> Book: ...
    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]: ...
    async def ids(self, query: Query) -> list[BookId]: ...
    async def load(self, ids: Sequence[BookId]) -> list[Book]: ...


class ImportRecords(MarkRecords, MarksById, Protocol):
    """All that is needed of the marks of the library."""


class MarkImporter:
    """`changed` is called after marks of a book may have been changed on the disk."""

    def __init__(
        self,
        books: LibraryBooks,
        publications: Publications,
        marks: ImportRecords,
        now: Callable[[], datetime],
        changed: Callable[[BookId], object],
    ) -> None:
        self._books, self._publications, self._marks = books, publications, marks
        self._now, self._changed = now, changed

    async def read(self, path: Path) -> tuple[MarksOfBook, ...]:
        """What a file has of each book. Raises MarksFileError."""
        data = await asyncio.to_thread(read_file, path)
        return await asyncio.to_thread(read_marks, data, self._now())

    async def library(self) -> list[Book]:
        """All books, by title. Raises StorageError."""
        return await self._books.load(await self._books.ids(BY_TITLE))

    async def book(self, book_id: BookId) -> Book:
        """Raises `Missing` for a book that is not in the library, and StorageError."""
        return await self._books.get(book_id)

    async def match(self, parts: Sequence[MarksOfBook]) -> list[BookMatch]:
        """Which book each part of a file is about. Raises StorageError."""
        named = [told.sha256 for told in parts if told.sha256]
        known = await self._books.by_sha256(named) if named else {}
        if all(told.sha256 in known for told in parts):
            return [BookMatch(known[told.sha256]) for told in parts]
        books = await self.library()
        return await asyncio.to_thread(lambda: list(map(BookMatcher(books).match, parts)))

    async def settle(
        self, differing: Mapping[BookId, Sequence[Difference]], keep: Keep
    ) -> SettledMarks:
        """Change or add marks that differ, all of them or none. Raises StorageError."""
        try:
            return await settle(differing, keep, self._marks, self._now())
        finally:
            for book_id in differing:
                self._changed(book_id)

    async def take_back(self, settled: SettledMarks) -> None:
        """Undo what `settle` did, all of it or nothing. Raises StorageError."""
        try:
            await take_back(settled, self._marks)
        finally:
            for book_id in by_book(settled.now):
                self._changed(book_id)

    async def take(self, told: MarksOfBook, book: Book, progress: Progress) -> MarkImport:
        """Import what a file has of one book, all of it or nothing.

        `progress` gets the marks that are done, and how many there are. Raises PublicationError and
        StorageError.
        """
        try:
            async with self._publications.use(book.id) as opened:
                places = await asyncio.to_thread(lambda: opened.places)
                return await import_told(
                    [told], book, opened.publication, places, self._marks, progress
                )
        finally:
            self._changed(book.id)
