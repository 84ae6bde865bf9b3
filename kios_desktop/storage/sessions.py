"""Stores reading sessions. Those of a removed book stay: what was read was read.

What is read is SQL, as a book is opened before SQLAlchemy is imported; what is changed is in
`session_changes.py`, which is imported on the storage thread by the first change.
"""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kios_desktop.domain.library import BookId
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage.database import Database
from kios_desktop.storage.plain import rows
from kios_desktop.storage.session_rows import session_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ALL: Final = "SELECT * FROM sessions ORDER BY started_at, id"
_OF_BOOK: Final = "SELECT * FROM sessions WHERE book_id = ? ORDER BY started_at, id"
_NEWEST: Final = "SELECT * FROM sessions ORDER BY started_at DESC, id LIMIT ?"


class Sessions:
    """The reading sessions of all books. Every method may raise `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database, self._damage = database, database.damage

    async def all(self) -> list[ReadingSession]:
        """The oldest first."""

        def work(connection: sqlite3.Connection) -> list[ReadingSession]:
            return self._damage.sound(RecordKind.SESSION, rows(connection, _ALL), session_of)

        return await self._database.read_plainly(work)

    async def of_book(self, book_id: BookId) -> list[ReadingSession]:
        """The oldest first."""

        def work(connection: sqlite3.Connection) -> list[ReadingSession]:
            found = rows(connection, _OF_BOOK, book_id)
            return self._damage.sound(RecordKind.SESSION, found, session_of)

        return await self._database.read_plainly(work)

    async def newest(self, count: int) -> list[ReadingSession]:
        """At most so many, the newest first."""

        def work(connection: sqlite3.Connection) -> list[ReadingSession]:
            found = rows(connection, _NEWEST, count)
            return self._damage.sound(RecordKind.SESSION, found, session_of)

        return await self._database.read_plainly(work)

    async def save(self, changed: Sequence[ReadingSession]) -> None:
        """Adds sessions, or replaces those with the same ids, in one transaction."""

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import session_changes

            session_changes.save(connection, changed)

        await self._database.run(work)

    async def delete(self, ids: Sequence[SessionId]) -> None:
        """Ids that are not there are ignored."""

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import session_changes

            session_changes.remove(connection, ids)

        await self._database.run(work)

    async def delete_all(self) -> None:
        def work(connection: "Connection") -> None:
            from kios_desktop.storage import session_changes

            session_changes.remove_all(connection)

        await self._database.run(work)
