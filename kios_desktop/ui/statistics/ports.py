"""What the page of statistics needs of the rest of Kios. Methods raise `StorageError`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId


class SessionRecords(Protocol):
    """The part of `storage.sessions.Sessions` used here."""

    async def all(self) -> list[ReadingSession]: ...
    async def save(self, changed: Sequence[ReadingSession]) -> None: ...
    async def delete(self, ids: Sequence[SessionId]) -> None: ...
    async def delete_all(self) -> None: ...


class BooksEver(Protocol):
    """The part of `storage.books.Books` used here."""

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        """Removed books are left out."""

    async def load_ever(self, ids: Sequence[BookId]) -> list[Book]:
        """With removed books."""

    async def finished(self) -> Mapping[BookId, datetime]:
        """When books were read to the end, with removed ones."""
