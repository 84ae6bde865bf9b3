"""Stores the last position in each book, its timeline, and the records of the sync engine.

A page turn is one upsert into `positions`. The timeline (`visits`) gets a row only for places worth
going back to.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Chapter, Locator, Place, Position, Quote
from kios_desktop.domain.progress import SyncRecord, Unsettled
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage.core import named
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import from_json, from_ms, to_json, to_ms
from kios_desktop.storage.last_turns import LastTurns, Turn
from kios_desktop.storage.tables import books, positions, sync_records, visits

log = logging.getLogger(__name__)

VISITS_KEPT = 200
_POSITION = Cells("positions")
_VISIT = Cells("visits")

_insert = insert(positions)
_UPSERT = _insert.on_conflict_do_update(
    index_elements=["book_id"],
    set_={
        column.name: _insert.excluded[column.name]
        for column in positions.c
        if column.name != "book_id"
    },
)
_TRIM = delete(visits).where(
    visits.c.book_id == bindparam("book"),
    visits.c.id.not_in(
        select(visits.c.id)
        .where(visits.c.book_id == bindparam("book"))
        .order_by(visits.c.id.desc())
        .limit(VISITS_KEPT)
    ),
)


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

        def work(connection: Connection) -> None:
            for turn in turns:
                if turn.position is not None and self._take_over(connection, turn, turn.position):
                    log.info("a page turn of the last run was recovered")

        if not turns:
            return
        try:
            await self._database.run(work)
        except StorageError as error:  # as on a full disk: the turns stay noted
            log.warning("page turns of the last run are not recovered yet: %s", error)

    async def last(self, book_id: BookId) -> Position | None:
        """Where this computer left the book; None before the first page."""

        def work(connection: Connection) -> Position | None:
            row = connection.execute(
                select(positions).where(positions.c.book_id == book_id)
            ).one_or_none()
            if row is None:
                return None
            known = self._damage.read(RecordKind.PLACE, lambda: _position(row), None)
            if known is None:  # damaged: the newest place of the timeline replaces it
                known = next((visit.position for visit in self._visits(connection, book_id)), None)
            return known

        return await self._database.read(work)

    async def save(
        self,
        book_id: BookId,
        position: Position | None = None,
        record: SyncRecord | None = None,
        visits: Sequence[Visit] = (),
    ) -> None:
        """All of it in one transaction."""

        def work(connection: Connection) -> None:
            if position is not None:
                connection.execute(_UPSERT, _row(book_id, position))
            if record is not None:
                _save_record(connection, book_id, record)
            for visit in visits:
                _save_visit(connection, book_id, visit)

        await self._database.run(work)
        if position is not None and self._turns is not None:
            self._turns.saved(book_id, position)

    async def settle(self) -> None:
        """Returns when everything saved survives a power failure."""
        await self._database.settle()

    async def history(self, book_id: BookId) -> list[Visit]:
        """The timeline, newest first."""

        return await self._database.read(lambda connection: self._visits(connection, book_id))

    def _visits(self, connection: Connection, book_id: BookId) -> list[Visit]:
        rows = connection.execute(
            select(visits).where(visits.c.book_id == book_id).order_by(visits.c.id.desc())
        )
        return self._damage.sound(RecordKind.HISTORY, rows, _visit)

    async def record(self, book_id: BookId, source_id: str) -> SyncRecord | None:
        """The sync record of a book at one source; None when there is none."""

        def work(connection: Connection) -> SyncRecord | None:
            found = connection.execute(
                select(sync_records.c.record).where(
                    sync_records.c.book_id == book_id, sync_records.c.source_id == source_id
                )
            ).scalar()
            return None if found is None else self._record(found)

        return await self._database.read(work)

    async def forget(self, book_id: BookId, source_id: str) -> None:
        statement = delete(sync_records).where(
            sync_records.c.book_id == book_id, sync_records.c.source_id == source_id
        )
        await self._database.run(lambda connection: connection.execute(statement).close())

    async def waiting(self) -> list[Unsettled]:
        """Every book with a place to send or an open offer."""

        def work(connection: Connection) -> list[Unsettled]:
            rows = connection.execute(
                select(sync_records.c.record, books.c.title, positions)
                .join(books, books.c.id == sync_records.c.book_id)
                .outerjoin(positions, positions.c.book_id == sync_records.c.book_id)
                .where(sync_records.c.waiting == 1, books.c.removed_at.is_(None))
                .order_by(sync_records.c.book_id)
            )
            made = self._damage.sound(RecordKind.SYNC, rows, self._unsettled)
            return [one for one in made if one is not None]

        return await self._database.read(work)

    def _unsettled(self, row: Row[Any]) -> Unsettled | None:
        record = self._record(row.record)
        if row.book_id is None or record is None:
            return None
        title = row.title if isinstance(row.title, str) else ""
        return Unsettled(BookId(row.book_id), title, _position(row), record)

    def _record(self, text: str) -> SyncRecord | None:
        """None for a record that can't be read: the engine then begins a new one."""
        return self._damage.read(RecordKind.SYNC, lambda: from_json(text, SyncRecord), None)

    def _take_over(self, connection: Connection, turn: Turn, position: Position) -> bool:
        """Saves a turn; whether its book exists and the place differs from the saved one."""
        at = position.at
        # In a new library the same number may belong to another, later book
        same = (books.c.id == turn.book_id) & (books.c.added_at <= to_ms(at))
        if connection.execute(select(books.c.id).where(same)).one_or_none() is None:
            return False
        there = select(positions).where(positions.c.book_id == turn.book_id)
        row = connection.execute(there).one_or_none()
        known = (
            None
            if row is None
            else self._damage.read(RecordKind.PLACE, lambda: _position(row), None)
        )
        if known is not None and known.locator.place == position.locator.place:
            return False  # it was saved before Kios ended
        connection.execute(_UPSERT, _row(turn.book_id, position))
        with_servers = select(sync_records.c.record).where(sync_records.c.book_id == turn.book_id)
        for one in connection.execute(with_servers).all():
            record = self._record(one.record)
            if record is not None and not record.dirty:
                _save_record(connection, turn.book_id, replace(record, dirty=True, since=at))
        return True


def _row(book_id: BookId, position: Position) -> dict[str, Any]:
    locator = position.locator
    return {
        "book_id": book_id,
        "spine_index": locator.place.spine_index,
        "ordinal": locator.place.ordinal,
        "ordinal_total": locator.ordinal_total,
        "href": locator.href,
        "total_progression": locator.total_progression,
        "chapter_index": locator.chapter.index,
        "chapter_title": locator.chapter.title,
        "quote_before": locator.quote.before,
        "quote_after": locator.quote.after,
        "at": to_ms(position.at),
        "device": position.device,
    }


def _visit(row: Row[Any]) -> Visit:
    _VISIT.check(named(row))
    return Visit(Position(from_json(row.locator, Locator), from_ms(row.at), row.device), row.how)


def _position(row: Row[Any]) -> Position:
    _POSITION.check(named(row))
    locator = Locator(
        place=Place(row.spine_index, row.ordinal),
        href=row.href,
        ordinal_total=row.ordinal_total,
        total_progression=row.total_progression,
        chapter=Chapter(row.chapter_index, row.chapter_title),
        quote=Quote(row.quote_before, row.quote_after),
    )
    return Position(locator, from_ms(row.at), row.device)


def _save_record(connection: Connection, book_id: BookId, record: SyncRecord) -> None:
    values = {"waiting": int(record.unsettled), "record": to_json(record)}
    statement = insert(sync_records).values(book_id=book_id, source_id=record.source_id, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["book_id", "source_id"], set_=values)
    )


def _save_visit(connection: Connection, book_id: BookId, visit: Visit) -> None:
    connection.execute(
        insert(visits).values(
            book_id=book_id,
            at=to_ms(visit.position.at),
            how=visit.how,
            device=visit.position.device,
            locator=to_json(visit.position.locator),
        )
    )
    connection.execute(_TRIM, {"book": book_id})
