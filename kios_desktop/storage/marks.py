"""Stores highlights, notes and bookmarks. Those of a removed book stay, and come back with it.

What is read is SQL, as a page with marks is shown before SQLAlchemy is imported. What is changed is
in `mark_changes.py`, which is imported on the storage thread by the first change.
"""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_filter import MarkFilter
from kios_desktop.domain.mark_query import (
    HighlightCount,
    HighlightKey,
    KeptMark,
    MarkQuery,
    by_book,
)
from kios_desktop.domain.marks import Mark, MarkId, in_reading_order
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage import mark_queries
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.database import Database
from kios_desktop.storage.mark_rows import mark_of
from kios_desktop.storage.plain import rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

_THESE: Final = "SELECT * FROM marks WHERE id IN ({})"
_OF_BOOK: Final = "SELECT * FROM marks WHERE book_id = ?"
_IN_OTHER_BOOKS: Final = "SELECT id FROM marks WHERE book_id != ? AND id IN ({})"


class Marks:
    """The marks of all books. Every method may raise `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database, self._damage = database, database.damage

    async def of_book(self, book_id: BookId) -> list[Mark]:
        """In reading order; those whose text the file does not have come last."""

        def work(connection: sqlite3.Connection) -> list[Mark]:
            found = rows(connection, _OF_BOOK, book_id)
            return in_reading_order(self._damage.sound(RecordKind.MARK, found, mark_of))

        return await self._database.read_plainly(work)

    async def load(self, ids: Sequence[MarkId]) -> list[KeptMark]:
        """Marks as they are now, in the order of the ids; those that are gone are left out."""

        def work(connection: sqlite3.Connection) -> list[KeptMark]:
            found: list[sqlite3.Row] = []
            for some in chunks(ids):
                found += rows(connection, _THESE.format(", ".join("?" * len(some))), *some)
            known = {one.mark.id: one for one in self._damage.sound(RecordKind.MARK, found, _kept)}
            return [known[one] for one in ids if one in known]

        return await self._database.read_plainly(work)

    async def highlight_keys(self, query: MarkQuery) -> list[HighlightKey]:
        """All that a query finds, in order."""

        def work(connection: sqlite3.Connection) -> list[HighlightKey]:
            return list(map(HighlightKey._make, mark_queries.keys(connection, query)))

        return await self._database.read_plainly(work)

    async def highlight_counts(self, wanted: MarkFilter) -> list[HighlightCount]:
        """Of each book of the library that has highlights, by title."""

        def work(connection: sqlite3.Connection) -> list[HighlightCount]:
            return [
                HighlightCount(BookId(row["book_id"]), row["highlights"], row["notes"])
                for row in mark_queries.counts(connection, wanted)
            ]

        return await self._database.read_plainly(work)

    async def in_other_books(self, book_id: BookId, ids: Sequence[MarkId]) -> set[MarkId]:
        """Those of the ids that are taken by marks of other books, also of removed ones."""

        def work(connection: sqlite3.Connection) -> set[MarkId]:
            found: set[MarkId] = set()
            for some in chunks(ids):
                statement = _IN_OTHER_BOOKS.format(", ".join("?" * len(some)))
                found.update(row["id"] for row in rows(connection, statement, book_id, *some))
            return found

        return await self._database.read_plainly(work)

    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None:
        """Adds marks, or replaces those with the same ids, in one transaction."""

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import mark_changes

            mark_changes.save(connection, book_id, changed)

        if changed:
            await self._database.run(work)

    async def save_kept(self, changed: Sequence[KeptMark]) -> None:
        """The same for marks of several books, in one transaction."""

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import mark_changes

            for book_id, marks in by_book(changed).items():
                mark_changes.save(connection, book_id, marks)

        if changed:
            await self._database.run(work)

    async def delete(self, ids: Sequence[MarkId]) -> None:
        def work(connection: "Connection") -> None:
            from kios_desktop.storage import mark_changes

            mark_changes.remove(connection, ids)

        await self._database.run(work)


def _kept(row: sqlite3.Row) -> KeptMark:
    return KeptMark(BookId(row["book_id"]), mark_of(row))
