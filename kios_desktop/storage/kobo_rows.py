"""Parts of the statements of `kobo_shelf.py`, and its rows as values."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, Row, case, func
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.shelf import Collection, ShelfMark
from kios_desktop.storage.core import named
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.encoding import from_json, maybe_from_ms
from kios_desktop.storage.tables import kobo_books, kobo_collections, kobo_states

_MARK: Final = Cells("kobo_shelves")
# SQLite refuses a whole query over a damaged list, so that one counts as empty
_IS_LIST = (func.typeof(kobo_collections.c.book_ids) == "text") & func.json_valid(
    kobo_collections.c.book_ids
)
_LIST: Final = case((_IS_LIST, kobo_collections.c.book_ids), else_="[]")


def listed_books() -> ColumnElement[str]:
    """The ids that collections list, one to a row; for a query on `kobo_collections`."""
    found: ColumnElement[str] = (
        func.json_each(_LIST).table_valued("value", joins_implicitly=True).c.value
    )
    return found


def mark_of(row: Row[Any]) -> ShelfMark:
    _MARK.check(named(row))
    at = maybe_from_ms(row.synced_at)
    return ShelfMark(row.token, row.whole_token, at, bool(row.unfinished))


def collection_of(row: Any) -> tuple[Collection, int]:
    named, name, ids, count = row
    if not isinstance(named, str) or not isinstance(name, str):
        raise ValueError("the name of a collection is damaged")
    return Collection(named, name, tuple(from_json(ids, list[str]))), count


def books_with_states() -> FromClause:
    same = (kobo_states.c.source_id == kobo_books.c.source_id) & (
        kobo_states.c.book_id == kobo_books.c.book_id
    )
    return kobo_books.outerjoin(kobo_states, same)


def upsert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Adds or replaces, all rows with one statement."""
    if not rows:
        return
    statement = insert(table)
    keys = {column.name for column in table.primary_key}
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=sorted(keys), set_=changed), rows
    )
