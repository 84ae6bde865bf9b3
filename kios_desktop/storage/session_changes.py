"""What changes reading sessions, with SQLAlchemy. A connection comes with a transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.reading_sessions import ReadingSession, SessionId
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.session_rows import session_cells
from kios_desktop.storage.tables import books, sessions

_insert = insert(sessions)
_UPSERT = _insert.on_conflict_do_update(
    index_elements=["id"],
    set_={one.name: _insert.excluded[one.name] for one in sessions.c if one.name != "id"},
)
_DELETE = delete(sessions).where(sessions.c.id.in_(bindparam("ids", expanding=True)))


def save(connection: Connection, changed: Sequence[ReadingSession]) -> None:
    """Sessions of books that are not there any more, as after a repair, are left out."""
    of = {one.book_id for one in changed}
    there = set(connection.scalars(select(books.c.id).where(books.c.id.in_(of))))
    rows = [session_cells(one) for one in changed if one.book_id in there]
    if rows:
        connection.execute(_UPSERT, rows)


def remove(connection: Connection, ids: Sequence[SessionId]) -> None:
    for some in chunks(ids):
        connection.execute(_DELETE, {"ids": some})


def remove_all(connection: Connection) -> None:
    connection.execute(delete(sessions))
