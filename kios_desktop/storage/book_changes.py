"""What changes the books of the library, with SQLAlchemy. A connection comes with a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, update
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.errors import Corrupt
from kios_desktop.domain.library import BookId, NewBook
from kios_desktop.domain.text import fold
from kios_desktop.storage import book_queries, edition_marks
from kios_desktop.storage.book_rows import defect_code
from kios_desktop.storage.core import plain
from kios_desktop.storage.encoding import sort_key, to_json, to_ms
from kios_desktop.storage.tables import book_words, books, reading_preferences, weights


def add_all(connection: Connection, new: Sequence[NewBook], now: datetime) -> list[BookId]:
    """Ids in the given order. A book that was removed gets its former id back.

    A new one gets the marks of another edition.

    Raises `Corrupt` when a book is not found once it is written.
    """
    if not new:
        return []
    last = edition_marks.last_id(connection)
    rows = [_row(book, to_ms(now)) for book in new]
    statement = insert(books)
    kept = {"added_at", "sha256"}
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in kept}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[books.c.sha256], set_=replaced | {"removed_at": None}
        ),
        rows,
    )
    found = book_queries.by_sha256(plain(connection), [book.hashes.sha256 for book in new])
    ids = {row["sha256"]: BookId(row["id"]) for row in found}
    if any(book.hashes.sha256 not in ids for book in new):
        raise Corrupt("an index does not find what was just written")
    connection.execute(
        insert(book_words).prefix_with("OR REPLACE"),
        [
            {
                "rowid": ids[book.hashes.sha256],
                "title": book.title,
                "authors": " ".join(book.authors),
                "series": book.series,
            }
            for book in new
        ],
    )
    edition_marks.take_over(connection, after=last)
    return [ids[book.hashes.sha256] for book in new]


def mark(connection: Connection, book_id: BookId, **values: int | None) -> None:
    """Sets `read_at`, `finished_at` or `rating`."""
    connection.execute(update(books).where(books.c.id == book_id).values(**values))


def remove(connection: Connection, book_id: BookId, now: datetime) -> None:
    """Its row is kept, and with it its place."""
    connection.execute(update(books).where(books.c.id == book_id).values(removed_at=to_ms(now)))
    connection.execute(delete(book_words).where(book_words.c.rowid == book_id))


def save_weights(connection: Connection, book_id: BookId, counts: bytes) -> None:
    _upsert(connection, weights, book_id, {"counts": counts})


def save_reading_preferences(connection: Connection, book_id: BookId, value: str) -> None:
    _upsert(connection, reading_preferences, book_id, {"value": value})


def _upsert(connection: Connection, table: Table, book_id: BookId, values: dict[str, Any]) -> None:
    statement = insert(table).values(book_id=book_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["book_id"], set_=values))


def _row(book: NewBook, now_ms: int) -> dict[str, Any]:
    return {
        "title": book.title,
        "authors": to_json(book.authors),
        "language": book.language,
        "series": book.series,
        "series_index": book.series_index,
        "identifier": book.identifier,
        "file": book.file,
        "file_name": book.file_name,
        "size_bytes": book.size_bytes,
        "sha256": book.hashes.sha256,
        "partial_md5": book.hashes.partial_md5,
        "partial_md5_komga": book.hashes.partial_md5_komga,
        "partial_md5_stump": book.hashes.partial_md5_stump,
        "cover": book.cover,
        "defects": to_json(tuple(map(defect_code, book.defects))),
        "added_at": now_ms,
        "title_key": sort_key(book.title),
        "author_key": sort_key(book.authors[0]) if book.authors else "",
        "series_key": sort_key(book.series),
        "search_key": fold(" ".join((book.title, *book.authors, book.series))),
    }
