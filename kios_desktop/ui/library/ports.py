"""The ports of the library presenter: books, importer and screen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kios_desktop.domain.library import Book, BookId, ImportReport, Query, ShelfCounts
from kios_desktop.ui.kit.error_texts import Message

Progress = Callable[[int, int], None]  # files done, files in total (grows while folders are read)


class Bookshelf(Protocol):
    """The books of the library. Every method may raise `StorageError`."""

    async def ids(self, query: Query) -> list[BookId]: ...
    async def load(self, ids: Sequence[BookId]) -> list[Book]: ...
    async def copies(self, ids: Sequence[BookId]) -> list[list[Book]]:
        """Groups of books with the same title and authors, each with at least one of `ids`."""

    async def counts(self) -> ShelfCounts: ...
    async def continue_reading(self, limit: int) -> list[Book]: ...
    async def mark_finished(self, book_id: BookId, at: datetime | None) -> None: ...
    async def mark_unread(self, book_id: BookId) -> None: ...
    async def rate(self, book_id: BookId, rating: int | None) -> None: ...
    async def remove(self, book_id: BookId) -> None: ...


class ImporterPort(Protocol):
    """Imports files and folders. A file that fails is an item of the report, not an exception."""

    async def add(
        self, paths: Sequence[Path], *, progress: Progress, cancelled: Callable[[], bool]
    ) -> ImportReport: ...


class LibraryScreen(Protocol):
    """What the presenter may show."""

    def show_ids(self, ids: Sequence[BookId], query: Query) -> None:
        """Show a list by its ids; books are loaded when their rows come into sight."""

    def show_rows(self, books: Sequence[Book]) -> None:
        """Take over books that were loaded or changed."""

    def show_distinctions(self, distinctions: Mapping[BookId, str]) -> None:
        """Show texts that distinguish books with the same title and authors."""

    def show_counts(self, counts: ShelfCounts) -> None: ...

    def show_continue(self, books: Sequence[Book], distinctions: Mapping[BookId, str]) -> None:
        """Show books in the row “Continue reading”; without books it is hidden."""

    def show_problem(self, message: Message | None) -> None:
        """Show a storage error; None when the next attempt succeeded."""

    def show_import(self, done: int, total: int) -> None:
        """Show the progress of a long import, in files."""

    def show_import_report(self, report: ImportReport) -> None: ...

    def select(self, book_id: BookId) -> None:
        """Make a book of the list the current one, and scroll to it."""

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Show a toast, with Undo when `undo` is given."""
