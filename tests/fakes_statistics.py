"""Sessions in memory, and a year of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId
from tests.sessions import session


class KeptSessions:
    """`refused` is raised by what changes them."""

    def __init__(self, sessions: Sequence[ReadingSession] = ()) -> None:
        self.by_id = {one.id: one for one in sessions}
        self.refused: StorageError | None = None
        self.read = 0

    async def all(self) -> list[ReadingSession]:
        self.read += 1
        return sorted(self.by_id.values(), key=lambda one: one.started_at)

    async def save(self, changed: Sequence[ReadingSession]) -> None:
        self._refuse()
        self.by_id |= {one.id: one for one in changed}

    async def delete(self, ids: Sequence[SessionId]) -> None:
        self._refuse()
        for one in ids:
            self.by_id.pop(one, None)

    async def delete_all(self) -> None:
        self._refuse()
        self.by_id.clear()

    def _refuse(self) -> None:
        if self.refused is not None:
            raise self.refused


class BooksOnce:
    """Books of which some are `removed`."""

    def __init__(self, books: Sequence[Book], removed: Sequence[BookId] = ()) -> None:
        self._books = {book.id: book for book in books}
        self._removed = frozenset(removed)

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        return [book for book in await self.load_ever(ids) if book.id not in self._removed]

    async def load_ever(self, ids: Sequence[BookId]) -> list[Book]:
        return [self._books[one] for one in ids if one in self._books]

    async def finished(self) -> Mapping[BookId, datetime]:
        return {book.id: book.finished_at for book in self._books.values() if book.finished_at}


def two_years(now: datetime, books: int = 9) -> list[ReadingSession]:
    """More or less of reading on most days up to now; the last twelve in a row."""
    chance = Random(7)
    kept = []
    for ago in range(700):
        at = now - timedelta(days=ago, hours=1)
        if ago < 12 or chance.random() < 0.5:
            for _ in range(chance.choice((1, 1, 2))):
                book = min(chance.randrange(1, books + 1), chance.randrange(1, books + 1))
                minutes = chance.choice((4, 9, 18, 25, 40, 65))
                kept.append(session(book, at - timedelta(minutes=minutes), minutes))
    return kept


def now() -> datetime:
    return datetime.now(UTC)
