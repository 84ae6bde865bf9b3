"""The ports for opening books."""

from datetime import datetime
from typing import Protocol

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.locator import Position
from kios_desktop.domain.preferences import ReadingPreferences
from kios_desktop.domain.progress import BookOverview
from kios_desktop.sync.driver import BookSync
from kios_desktop.sync.ports import ReaderView


class BookStorePort(Protocol):
    """The records of books. Every method may raise `StorageError`."""

    async def get(self, book_id: BookId) -> Book: ...
    async def opened(self, book_id: BookId, at: datetime) -> None: ...
    async def mark_finished(self, book_id: BookId, at: datetime | None) -> None: ...
    async def save_weights(self, book_id: BookId, weights: tuple[int, ...]) -> None: ...
    async def reading_preferences(self, book_id: BookId) -> ReadingPreferences: ...
    async def save_reading_preferences(
        self, book_id: BookId, preferences: ReadingPreferences
    ) -> None: ...


class LastPlaces(Protocol):
    """The last place in each book."""

    async def last(self, book_id: BookId) -> Position | None: ...


class SyncEnginePort(Protocol):
    """The part of the sync engine that opening a book needs."""

    def open(self, book_id: BookId, title: str, view: ReaderView) -> BookSync: ...
    def book_overview(self, book_id: BookId) -> BookOverview: ...
    def stored(self, error: StorageError | None) -> None: ...
