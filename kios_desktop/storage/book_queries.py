"""What is asked about the books of the library, in SQL: the library is painted with the answers,
before SQLAlchemy is imported.

Ids and hashes are bound as one JSON list, however many they are.
"""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from kios_desktop.domain.library import Book, BookId, Query, Shelf, ShelfCounts, Sort
from kios_desktop.domain.text import fold
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.encoding import sort_key, to_json
from kios_desktop.storage.plain import first_cell, rows

# in the order of `ShelfCounts`
_SHELVES: Final[Mapping[Shelf, str]] = {
    Shelf.ALL: "1",
    Shelf.READING: "books.read_at IS NOT NULL AND books.finished_at IS NULL",
    Shelf.UNREAD: "books.read_at IS NULL AND books.finished_at IS NULL",
    Shelf.FINISHED: "books.finished_at IS NOT NULL",
}
# (what is compared, whether the largest comes first); the id at the end makes each a total order
_ORDERS: Final[Mapping[Sort, tuple[tuple[str, bool], ...]]] = {
    Sort.RECENTLY_READ: (("books.read_at", True), ("books.added_at", True), ("books.id", True)),
    Sort.RECENTLY_ADDED: (("books.added_at", True), ("books.id", True)),
    Sort.TITLE: (("books.title_key", False), ("books.id", False)),
    Sort.AUTHOR: (
        ("books.author_key", False),
        ("books.series_key", False),
        ("books.series_index", False),
        ("books.title_key", False),
        ("books.id", False),
    ),
    Sort.SERIES: (
        ("books.series_key = ''", False),
        ("books.series_key", False),
        ("books.series_index", False),
        ("books.title_key", False),
        ("books.id", False),
    ),
    Sort.PROGRESS: (
        ("positions.total_progression", True),
        ("books.title_key", False),
        ("books.id", False),
    ),
}
_WITH_WORDS: Final = "books.id IN (SELECT rowid FROM book_words WHERE book_words MATCH ?)"
_LOAD: Final = """
    SELECT books.*, positions.total_progression, positions.chapter_title, positions.device
    FROM books LEFT JOIN positions ON positions.book_id = books.id
    WHERE books.id IN (SELECT value FROM json_each(?)) AND books.removed_at IS NULL
"""
_LOAD_EVER: Final = _LOAD.replace("AND books.removed_at IS NULL", "")
_FINISHED: Final = "SELECT id, finished_at FROM books WHERE finished_at IS NOT NULL"
_COPIES: Final = """
    SELECT DISTINCT books.id, books.title_key, books.author_key
    FROM books AS one JOIN books
    ON books.title_key = one.title_key AND books.author_key = one.author_key
    WHERE one.id IN (SELECT value FROM json_each(?))
    AND one.title_key != '' AND books.removed_at IS NULL
"""
_COUNTS: Final = " ".join(
    (
        "SELECT",
        ", ".join(f"count(*) FILTER (WHERE {shelf})" for shelf in _SHELVES.values()),
        "FROM books WHERE books.removed_at IS NULL",
    )
)
_CONTINUE_READING: Final = " ".join(
    (
        "SELECT books.id FROM books WHERE books.removed_at IS NULL AND",
        _SHELVES[Shelf.READING],
        "ORDER BY books.read_at DESC, books.id DESC LIMIT ?",
    )
)
_FILES: Final = "SELECT id, sha256, file FROM books WHERE removed_at IS NULL ORDER BY id"
_NEXT_IN_SERIES: Final = """
    SELECT id FROM books
    WHERE series_key = ? AND series_key != '' AND series_index > ? AND removed_at IS NULL
    ORDER BY series_index, id LIMIT 1
"""
_BY_SHA256: Final = (
    "SELECT id, sha256, removed_at FROM books WHERE sha256 IN (SELECT value FROM json_each(?))"
)
_WEIGHTS: Final = "SELECT counts FROM weights WHERE book_id = ?"
_READING_PREFERENCES: Final = "SELECT value FROM reading_preferences WHERE book_id = ?"


def ids(connection: sqlite3.Connection, query: Query) -> list[BookId]:
    """All matches, in order."""
    asked = query.words.replace("\0", " ").split()
    words = [word for word in asked if any(char.isalnum() for char in word)]
    if not words:
        return _matches(connection, query)
    prefixes = " ".join('"' + word.replace('"', '""') + '"*' for word in words)
    if found := _matches(connection, query, [_WITH_WORDS], [prefixes]):
        return found
    # Nothing begins with it: look inside words, which also serves scripts written without spaces
    all_words = ["instr(books.search_key, ?) > 0"] * len(words)
    inside = [f"({' AND '.join(some)})" for some in chunks(all_words)]  # SQLite nests what it joins
    return _matches(connection, query, inside, list(map(fold, words)))


def _matches(
    connection: sqlite3.Connection,
    query: Query,
    conditions: Sequence[str] = (),
    values: Sequence[str] = (),
) -> list[BookId]:
    """The ids of the books of a shelf that meet all conditions; `values` are bound in them."""
    orders = ", ".join(
        f"{term} DESC" if largest_first is not query.reverse else term
        for term, largest_first in _ORDERS[query.sort]
    )
    read = "LEFT JOIN positions ON positions.book_id = books.id"
    statement = (
        "SELECT books.id FROM books",
        read if query.sort is Sort.PROGRESS else "",
        "WHERE",
        " AND ".join(("books.removed_at IS NULL", _SHELVES[query.shelf], *conditions)),
        "ORDER BY",
        orders,
    )
    return [row[0] for row in connection.execute(" ".join(statement), values).fetchall()]


def load(connection: sqlite3.Connection, book_ids: Sequence[BookId]) -> list[sqlite3.Row]:
    """Rows for `book_rows.book_of`, in no order; removed books are left out."""
    return rows(connection, _LOAD, to_json(list(book_ids)))


def load_ever(connection: sqlite3.Connection, book_ids: Sequence[BookId]) -> list[sqlite3.Row]:
    """Like `load`, with removed books."""
    return rows(connection, _LOAD_EVER, to_json(list(book_ids)))


def finished(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """`id` and `finished_at` of all books that were read to the end, removed ones too."""
    return rows(connection, _FINISHED)


def copies(connection: sqlite3.Connection, book_ids: Sequence[BookId]) -> list[list[BookId]]:
    """Groups of books with the same title and author, of which at least one is in `book_ids`."""
    groups: dict[tuple[Any, Any], list[BookId]] = {}
    for row in rows(connection, _COPIES, to_json(list(book_ids))):
        groups.setdefault((row["title_key"], row["author_key"]), []).append(BookId(row["id"]))
    return [sorted(group) for group in groups.values() if len(group) > 1]


def counts(connection: sqlite3.Connection) -> ShelfCounts:
    return ShelfCounts(*connection.execute(_COUNTS).fetchone())


def continue_reading(connection: sqlite3.Connection, limit: int) -> list[BookId]:
    """Books begun and not finished, the latest first."""
    return [BookId(row["id"]) for row in rows(connection, _CONTINUE_READING, limit)]


def next_in_series(connection: sqlite3.Connection, book: Book) -> list[BookId]:
    """At most one: with the next number in the series of a book."""
    if book.series_index is None:
        return []
    found = rows(connection, _NEXT_IN_SERIES, sort_key(book.series), book.series_index)
    return [BookId(row["id"]) for row in found]


def by_sha256(connection: sqlite3.Connection, hashes: Collection[str]) -> list[sqlite3.Row]:
    """`id`, `sha256` and `removed_at` of the books with these hashes."""
    return rows(connection, _BY_SHA256, to_json(list(hashes)))


def files(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """`id`, `sha256` and `file` of all books, in the order in which they were added."""
    return rows(connection, _FILES)


def weights(connection: sqlite3.Connection, book_id: BookId) -> object:
    return first_cell(connection, _WEIGHTS, book_id)


def reading_preferences(connection: sqlite3.Connection, book_id: BookId) -> Any:
    return first_cell(connection, _READING_PREFERENCES, book_id)
