"""What the library screen needs from the rest of Kios."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kios_desktop.domain.library import Book, BookId, ImportReport, Query, ShelfCounts
from kios_desktop.ui.kit.error_texts import Message

Progress = Callable[[int, int], None]  # files done, files in all (grows while folders are read)


class Bookshelf(Protocol):
    """The books of the library. Every method may raise `StorageError`."""

    async def ids(self, query: Query) -> list[BookId]: ...
    async def load(self, ids: Sequence[BookId]) -> list[Book]: ...
    async def copies(self, ids: Sequence[BookId]) -> list[list[Book]]:
        """Groups of books that look the same, of which one is among `ids`."""

    async def counts(self) -> ShelfCounts: ...
    async def continue_reading(self, limit: int) -> list[Book]: ...
    async def mark_finished(self, book_id: BookId, at: datetime | None) -> None: ...
    async def mark_unread(self, book_id: BookId) -> None: ...
    async def remove(self, book_id: BookId) -> None: ...


class ImporterPort(Protocol):
    """Copies files and folders into the library; a file that fails is a line of the report."""

    async def add(
        self, paths: Sequence[Path], *, progress: Progress, cancelled: Callable[[], bool]
    ) -> ImportReport: ...


class LibraryScreen(Protocol):
    """What the presenter may show."""

    def show_ids(self, ids: Sequence[BookId], query: Query) -> None:
        """The whole list, in order; rows follow when they are looked at."""

    def show_rows(self, books: Sequence[Book]) -> None:
        """Books of the list, loaded or changed."""

    def show_distinctions(self, distinctions: Mapping[BookId, str]) -> None:
        """Of books that look the same, what tells each from the others."""

    def show_counts(self, counts: ShelfCounts) -> None: ...

    def show_continue(self, books: Sequence[Book], distinctions: Mapping[BookId, str]) -> None:
        """The row “Continue reading”, `distinctions` as above; without books it is hidden."""

    def show_problem(self, message: Message | None) -> None:
        """A failure of our own storage; None when the next attempt worked."""

    def show_import(self, done: int, total: int) -> None:
        """An import that takes a while."""

    def show_import_report(self, report: ImportReport) -> None: ...

    def select(self, book_id: BookId) -> None:
        """Bring a book of the list into view."""

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """A toast, with Undo when there is something to take back."""
