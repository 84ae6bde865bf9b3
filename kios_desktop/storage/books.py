"""Stores the books of the library: adding, queries, sorting and searching.

What is read is in `book_queries.py`, and needs no SQLAlchemy; what is changed is in
`book_changes.py`, which is imported on the storage thread by the first change.
"""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kios_desktop.domain.errors import Missing
from kios_desktop.domain.library import Book, BookId, NewBook, Query, ShelfCounts
from kios_desktop.domain.preferences import ReadingPreferences
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage import book_queries
from kios_desktop.storage.book_rows import book_of, was_removed
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import from_ms, maybe_ms, to_json, to_ms
from kios_desktop.storage.preferences import reading_preferences_from

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kios_desktop.domain.inside_books import BookFile

_FILE_CELLS: Final = Cells("books", "id", "sha256", "file")
_OPENED: Final = "UPDATE books SET read_at = ? WHERE id = ?"


class Books:
    """Books of the library. The row of a removed book is kept, so that its place is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- reading

    async def get(self, book_id: BookId) -> Book:
        """Raises `Missing` for a book that is not in the library."""
        found = await self.load([book_id])
        if not found:
            raise Missing(f"book {book_id}")
        return found[0]

    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]:
        """The books of the library with these hashes, by hash."""

        def work(connection: sqlite3.Connection) -> dict[str, Book]:
            known = book_queries.by_sha256(connection, hashes)
            found = self._load(connection, [BookId(row["id"]) for row in known])
            return {book.hashes.sha256: book for book in found}

        return await self._database.read_plainly(work)

    async def in_library(self, hashes: Collection[str]) -> dict[str, bool]:
        """By hash: True for a book of the library, False for a removed one.

        Unknown hashes and damaged records are left out.
        """

        def here(row: sqlite3.Row) -> tuple[str, bool]:
            return row["sha256"], not was_removed(row["removed_at"])

        def work(connection: sqlite3.Connection) -> dict[str, bool]:
            known = book_queries.by_sha256(connection, hashes)
            return dict(self._database.damage.sound(RecordKind.BOOK, known, here))

        return await self._database.read_plainly(work)

    async def files(self) -> "list[BookFile]":
        """The files of all books, in the order in which they were added.

        Damaged records are left out.
        """
        from kios_desktop.domain.inside_books import BookFile  # few want them, none at start

        def file(row: sqlite3.Row) -> BookFile:
            _FILE_CELLS.check(row)
            return BookFile(BookId(row["id"]), row["sha256"], row["file"])

        return await self._database.read_plainly(
            lambda connection: self._database.damage.sound(
                RecordKind.BOOK, book_queries.files(connection), file
            )
        )

    async def ids(self, query: Query) -> list[BookId]:
        """The ids of all matches, in order. A hundred thousand take a fraction of a second."""
        return await self._database.read_plainly(
            lambda connection: book_queries.ids(connection, query)
        )

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        """In the given order; removed books are left out."""
        return await self._database.read_plainly(lambda connection: self._load(connection, ids))

    async def load_ever(self, ids: Sequence[BookId]) -> list[Book]:
        """In no order, with books that were removed."""

        def work(connection: sqlite3.Connection) -> list[Book]:
            rows = book_queries.load_ever(connection, ids)
            return self._database.damage.sound(RecordKind.BOOK, rows, book_of)

        return await self._database.read_plainly(work)

    async def finished(self) -> dict[BookId, datetime]:
        """When books were read to the end, with books that were removed."""

        def at(row: sqlite3.Row) -> tuple[BookId, datetime]:
            return BookId(row["id"]), from_ms(row["finished_at"])

        def work(connection: sqlite3.Connection) -> dict[BookId, datetime]:
            rows = book_queries.finished(connection)
            return dict(self._database.damage.sound(RecordKind.BOOK, rows, at))

        return await self._database.read_plainly(work)

    async def copies(self, ids: Sequence[BookId]) -> list[list[Book]]:
        """Groups of books with the same title and author, of which at least one is in `ids`."""
        return await self._database.read_plainly(
            lambda connection: [
                self._load(connection, group) for group in book_queries.copies(connection, ids)
            ]
        )

    async def counts(self) -> ShelfCounts:
        return await self._database.read_plainly(book_queries.counts)

    async def continue_reading(self, limit: int) -> list[Book]:
        """Books begun and not finished, the latest first."""
        return await self._database.read_plainly(
            lambda connection: self._load(
                connection, book_queries.continue_reading(connection, limit)
            )
        )

    async def next_in_series(self, book: Book) -> Book | None:
        """The book that follows in its series; None where the library has none."""

        def work(connection: sqlite3.Connection) -> list[Book]:
            return self._load(connection, book_queries.next_in_series(connection, book))

        return next(iter(await self._database.read_plainly(work)), None)

    async def weights(self, book_id: BookId) -> tuple[int, ...] | None:
        """Character counts per spine item, if they were ever computed."""
        counts = await self._database.read_plainly(
            lambda connection: book_queries.weights(connection, book_id)
        )
        if not isinstance(counts, bytes):  # never counted, or damaged
            return None
        view = memoryview(counts)
        return tuple(int.from_bytes(view[i : i + 4], "little") for i in range(0, len(view), 4))

    async def reading_preferences(self, book_id: BookId) -> ReadingPreferences:
        return reading_preferences_from(
            await self._database.read_plainly(
                lambda connection: book_queries.reading_preferences(connection, book_id)
            )
        )

    def _load(self, connection: sqlite3.Connection, ids: Sequence[BookId]) -> list[Book]:
        rows = book_queries.load(connection, ids)
        found = {
            book.id: book for book in self._database.damage.sound(RecordKind.BOOK, rows, book_of)
        }
        return [found[book_id] for book_id in ids if book_id in found]

    # -- changes

    async def opened(self, book_id: BookId, at: datetime) -> None:
        """Without SQLAlchemy: it comes before the first page of a book given at start."""
        await self._database.run_plainly(
            lambda connection: connection.execute(_OPENED, (to_ms(at), book_id)).close()
        )

    async def add_all(self, new: Sequence[NewBook]) -> list[BookId]:
        """Ids in the given order. A book that was removed gets its former id and place back."""
        now = datetime.now(UTC)

        def work(connection: "Connection") -> list[BookId]:
            from kios_desktop.storage import book_changes

            return book_changes.add_all(connection, new, now)

        return await self._database.run(work)

    async def mark_finished(self, book_id: BookId, at: datetime | None) -> None:
        """None removes the mark."""
        await self._mark(book_id, finished_at=maybe_ms(at))

    async def rate(self, book_id: BookId, rating: int | None) -> None:
        """Half stars, within `RATINGS`; None removes them."""
        await self._mark(book_id, rating=rating)

    async def mark_unread(self, book_id: BookId) -> None:
        """Back to the Unread shelf; the place itself is kept."""
        await self._mark(book_id, finished_at=None, read_at=None)

    async def remove(self, book_id: BookId) -> None:
        """Removes a book. Its place is kept, in case the same file is added again."""

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import book_changes

            book_changes.remove(connection, book_id, datetime.now(UTC))

        await self._database.run(work)

    async def save_weights(self, book_id: BookId, counts: Sequence[int]) -> None:
        packed = b"".join(count.to_bytes(4, "little") for count in counts)

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import book_changes

            book_changes.save_weights(connection, book_id, packed)

        await self._database.run(work)

    async def save_reading_preferences(self, book_id: BookId, asked: ReadingPreferences) -> None:
        value = to_json(asked)

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import book_changes

            book_changes.save_reading_preferences(connection, book_id, value)

        await self._database.run(work)

    async def _mark(self, book_id: BookId, **values: int | None) -> None:
        def work(connection: "Connection") -> None:
            from kios_desktop.storage import book_changes

            book_changes.mark(connection, book_id, **values)

        await self._database.run(work)
