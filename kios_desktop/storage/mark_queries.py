"""What is asked about the highlights of the library, in SQL. Removed books are left out."""

import sqlite3
from typing import Any, Final

from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.mark_query import MarkQuery
from kios_desktop.storage.plain import rows

_FROM: Final = """
    FROM marks JOIN books ON books.id = marks.book_id
    WHERE books.removed_at IS NULL AND marks.kind = 'highlight'
"""
# as `domain.marks.in_reading_order` has it within a book
_ORDERS: Final = {
    MarkOrder.PLACE: """
        books.title_key, books.id, marks.start_spine IS NULL, marks.start_spine,
        marks.start_ordinal, marks.made_at, marks.id
    """,
    MarkOrder.NEWEST: "marks.made_at DESC, marks.id DESC",
}


def keys(connection: sqlite3.Connection, query: MarkQuery) -> list[sqlite3.Row]:
    """Rows for `HighlightKey`: all that are found, in order."""
    conditions, values = _conditions(query.wanted)
    if query.book_id is not None:
        conditions += " AND marks.book_id = ?"
        values.append(query.book_id)
    statement = f"""
        SELECT marks.book_id, marks.id, length(marks.quote), length(marks.note) {_FROM} {conditions}
        ORDER BY {_ORDERS[query.order]}
    """
    return rows(connection, statement, *values)


def counts(connection: sqlite3.Connection, wanted: MarkFilter) -> list[sqlite3.Row]:
    """`book_id`, `highlights` and `notes` of each book that has any, by title."""
    conditions, values = _conditions(wanted)
    statement = f"""
        SELECT marks.book_id, count(*) AS highlights,
        count(*) FILTER (WHERE marks.note != '') AS notes {_FROM} {conditions}
        GROUP BY marks.book_id ORDER BY books.title_key, books.id
    """
    return rows(connection, statement, *values)


def _conditions(wanted: MarkFilter) -> tuple[str, list[Any]]:
    """Conditions that follow others, and the values that are bound in them."""
    conditions, values = "", list[Any]()
    if wanted.colours:
        conditions += f" AND marks.colour IN ({', '.join('?' * len(wanted.colours))})"
        values += sorted(colour.value for colour in wanted.colours)
    if wanted.noted:
        conditions += " AND marks.note != ''"
    for term in wanted.terms:
        conditions += " AND instr(marks.search_key, ?) > 0"
        values.append(term)
    return conditions, values
