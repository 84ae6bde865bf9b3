"""Stores the last position in each book, its timeline, and the records of the sync engine.

A page turn is one upsert into `positions`. The timeline (`visits`) gets a row only for places worth
going back to. As with books, what is read is in `position_queries.py`, and what is changed in
`position_changes.py`, which is imported on the storage thread by the first change.
"""

import logging
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Position
from kios_desktop.domain.progress import SyncRecord, Unsettled
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage import position_queries
from kios_desktop.storage.database import Database
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.position_rows import position_of, record_of, visit_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)


class Positions:
    """The position store of the sync engine and of the timeline."""

    def __init__(self, database: Database, turns: LastTurns | None = None) -> None:
        self._database, self._turns = database, turns
        self._damage = database.damage

    def note(self, book_id: BookId, position: Position) -> None:
        """Writes a page turn to `LastTurns` at once; `save` follows."""
        if self._turns is not None:
            self._turns.note(book_id, position)

    def has_noted(self, book_id: BookId, position: Position) -> bool:
        """Whether the next start recovers this turn if it is not saved before."""
        return self._turns is not None and self._turns.has(book_id, position)

    async def recover(self) -> None:
        """Saves page turns that were noted and never saved, to be sent to servers."""
        turns = self._turns.newest() if self._turns is not None else []

        def work(connection: "Connection") -> None:
            from kios_desktop.storage.position_changes import take_over

            for turn in turns:
                if turn.position is not None and take_over(
                    connection, self._damage, turn.book_id, turn.position
                ):
                    log.info("a page turn of the last run was recovered")

        if not turns:
            return
        try:
            await self._database.run(work)
        except StorageError as error:  # as on a full disk: the turns stay noted
            log.warning("page turns of the last run are not recovered yet: %s", error)

    async def last(self, book_id: BookId) -> Position | None:
        """Where this computer left the book; None before the first page."""

        def work(connection: sqlite3.Connection) -> Position | None:
            row = position_queries.position(connection, book_id)
            if row is None:
                return None
            known = self._damage.read(RecordKind.PLACE, lambda: position_of(row), None)
            if known is None:  # damaged: the newest place of the timeline replaces it
                known = next((visit.position for visit in self._visits(connection, book_id)), None)
            return known

        return await self._database.read_plainly(work)

    async def save(
        self,
        book_id: BookId,
        position: Position | None = None,
        record: SyncRecord | None = None,
        visits: Sequence[Visit] = (),
    ) -> None:
        """All of it in one transaction."""

        def work(connection: "Connection") -> None:
            from kios_desktop.storage import position_changes

            position_changes.save(connection, book_id, position, record, visits)

        await self._database.run(work)
        if position is not None and self._turns is not None:
            self._turns.saved(book_id, position)

    async def settle(self) -> None:
        """Returns when everything saved survives a power failure."""
        await self._database.settle()

    async def history(self, book_id: BookId) -> list[Visit]:
        """The timeline, newest first."""
        return await self._database.read_plainly(
            lambda connection: self._visits(connection, book_id)
        )

    def _visits(self, connection: sqlite3.Connection, book_id: BookId) -> list[Visit]:
        rows = position_queries.visits(connection, book_id)
        return self._damage.sound(RecordKind.HISTORY, rows, visit_of)

    async def record(self, book_id: BookId, source_id: str) -> SyncRecord | None:
        """The sync record of a book at one source; None when there is none."""

        def work(connection: sqlite3.Connection) -> SyncRecord | None:
            found = position_queries.record(connection, book_id, source_id)
            return None if found is None else record_of(found, self._damage)

        return await self._database.read_plainly(work)

    async def forget(self, book_id: BookId, source_id: str) -> None:
        def work(connection: "Connection") -> None:
            from kios_desktop.storage import position_changes

            position_changes.forget(connection, book_id, source_id)

        await self._database.run(work)

    async def waiting(self) -> list[Unsettled]:
        """Every book with a place to send or an open offer."""

        def work(connection: sqlite3.Connection) -> list[Unsettled]:
            rows = position_queries.waiting(connection)
            made = self._damage.sound(RecordKind.SYNC, rows, self._unsettled)
            return [one for one in made if one is not None]

        return await self._database.read_plainly(work)

    def _unsettled(self, row: sqlite3.Row) -> Unsettled | None:
        record = record_of(row["record"], self._damage)
        if row["book_id"] is None or record is None:
            return None
        title = row["title"] if isinstance(row["title"], str) else ""
        return Unsettled(BookId(row["book_id"]), title, position_of(row), record)
