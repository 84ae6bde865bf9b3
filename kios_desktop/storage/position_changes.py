"""What changes places, with SQLAlchemy. A connection comes with a transaction."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Position
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage import position_queries
from kios_desktop.storage.core import plain
from kios_desktop.storage.damage import DamagedRecords
from kios_desktop.storage.encoding import to_json, to_ms
from kios_desktop.storage.position_rows import position_cells, position_of, record_of, visit_cells
from kios_desktop.storage.tables import books, positions, sync_records, visits

VISITS_KEPT: Final = 200

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


def save(
    connection: Connection,
    book_id: BookId,
    position: Position | None,
    record: SyncRecord | None,
    visits_made: Sequence[Visit],
) -> None:
    """What is given, with the visits trimmed to the newest `VISITS_KEPT`."""
    if position is not None:
        connection.execute(_UPSERT, position_cells(book_id, position))
    if record is not None:
        _save_record(connection, book_id, record)
    for visit in visits_made:
        connection.execute(insert(visits).values(visit_cells(book_id, visit)))
        connection.execute(_TRIM, {"book": book_id})


def forget(connection: Connection, book_id: BookId, source_id: str) -> None:
    """Removes the sync record of a book at one source."""
    connection.execute(
        delete(sync_records).where(
            sync_records.c.book_id == book_id, sync_records.c.source_id == source_id
        )
    )


def take_over(
    connection: Connection, damage: DamagedRecords, book_id: BookId, position: Position
) -> bool:
    """Saves a page turn of the last run, to be sent to servers.

    Returns whether its book exists and the place differs from the saved one.
    """
    at = position.at
    # In a new library the same number may belong to another, later book
    same = (books.c.id == book_id) & (books.c.added_at <= to_ms(at))
    if connection.execute(select(books.c.id).where(same)).one_or_none() is None:
        return False
    row = position_queries.position(plain(connection), book_id)
    known = None if row is None else damage.read(RecordKind.PLACE, lambda: position_of(row), None)
    if known is not None and known.locator.place == position.locator.place:
        return False  # it was saved before Kios ended
    connection.execute(_UPSERT, position_cells(book_id, position))
    for text in position_queries.records(plain(connection), book_id):
        record = record_of(text, damage)
        if record is not None and not record.dirty:
            _save_record(connection, book_id, replace(record, dirty=True, since=at))
    return True


def _save_record(connection: Connection, book_id: BookId, record: SyncRecord) -> None:
    values = {"waiting": int(record.unsettled), "record": to_json(record)}
    statement = insert(sync_records).values(book_id=book_id, source_id=record.source_id, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["book_id", "source_id"], set_=values)
    )
