"""What the card behind the last page says, and what is chosen on it. No Qt."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.domain.errors import KiosError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.marks import Mark, MarkKind
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.domain.statistics import day_of

log = logging.getLogger(__name__)


class FinishedBooks(Protocol):
    """The part of `storage.books.Books` used here. Methods raise `StorageError`."""

    async def get(self, book_id: BookId) -> Book: ...
    async def next_in_series(self, book: Book) -> Book | None: ...
    async def rate(self, book_id: BookId, rating: int | None) -> None: ...


class FinishedSessions(Protocol):
    """The part of `storage.sessions.Sessions` used here."""

    async def of_book(self, book_id: BookId) -> list[ReadingSession]: ...


class FinishedMarks(Protocol):
    """The part of `storage.marks.Marks` used here."""

    async def of_book(self, book_id: BookId) -> list[Mark]: ...


@dataclass(frozen=True, slots=True)
class FinishedFacts:
    """What is known of a book that was read to its end. `following`: the next of its series."""

    book: Book
    read_s: float
    days: int
    highlights: int
    following: Book | None

    @property
    def is_finished(self) -> bool:
        return self.book.finished_at is not None


class FinishedPresenter:
    """Reads the facts, and keeps the rating. `day_starts_h`: the hour at which a day begins."""

    def __init__(
        self,
        books: FinishedBooks,
        sessions: FinishedSessions,
        marks: FinishedMarks,
        day_starts_h: Callable[[], int],
    ) -> None:
        self._books, self._sessions, self._marks = books, sessions, marks
        self._day_starts_h = day_starts_h

    async def facts(self, book_id: BookId) -> FinishedFacts | None:
        """None where they can't be read: then there is no card."""
        try:
            book = await self._books.get(book_id)
            sessions = await self._sessions.of_book(book_id)
            marks = await self._marks.of_book(book_id)
            following = await self._books.next_in_series(book)
        except KiosError as error:
            log.warning("the card of a finished book is not shown: %s", error)
            return None
        read_s = sum(one.read_s for one in sessions)
        starts_h = self._day_starts_h()
        days = len({day_of(one.started_at, None, starts_h) for one in sessions})
        highlights = sum(mark.kind is MarkKind.HIGHLIGHT for mark in marks)
        return FinishedFacts(book, read_s, days, highlights, following)

    async def rate(self, book_id: BookId, rating: int | None) -> KiosError | None:
        """The error, if the rating could not be kept."""
        try:
            await self._books.rate(book_id, rating)
        except KiosError as error:
            return error
        return None
