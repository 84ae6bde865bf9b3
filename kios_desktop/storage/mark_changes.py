"""What changes marks, with SQLAlchemy. A connection comes with a transaction.

Accounts are told of deletions in it: a mark that is only missing was lost, and stays there.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.storage import account_changes
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.mark_rows import mark_cells
from kios_desktop.storage.tables import marks

_insert = insert(marks)
_UPSERT = _insert.on_conflict_do_update(
    index_elements=["id"],
    set_={one.name: _insert.excluded[one.name] for one in marks.c if one.name != "id"},
)
_DELETE = delete(marks).where(marks.c.id.in_(bindparam("ids", expanding=True)))


def save(connection: Connection, book_id: BookId, changed: Sequence[Mark]) -> None:
    connection.execute(_UPSERT, [mark_cells(book_id, mark) for mark in changed])
    account_changes.marks_deleted(connection, [mark.id for mark in changed], deleted=False)


def remove(connection: Connection, ids: Sequence[MarkId]) -> None:
    for some in chunks(ids):
        connection.execute(_DELETE, {"ids": some})
    account_changes.marks_deleted(connection, ids, deleted=True)
