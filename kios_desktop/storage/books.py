"""Stores the books of the library: adding, queries, sorting and searching."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.errors import Corrupt, Missing
from kios_desktop.domain.library import (
    Book,
    BookId,
    NewBook,
    Query,
    Shelf,
    ShelfCounts,
    Sort,
)
from kios_desktop.domain.preferences import ReadingPreferences
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage.book_rows import book_of, defect_code, was_removed
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import (
    fold,
    maybe_ms,
    sort_key,
    to_json,
    to_ms,
)
from kios_desktop.storage.preferences import reading_preferences_from
from kios_desktop.storage.tables import book_words, books, positions, reading_preferences, weights

T = TypeVar("T")

_READ, _FINISHED = books.c.read_at.is_not(None), books.c.finished_at.is_not(None)
_SHELVES: Final[Mapping[Shelf, ColumnElement[bool]]] = {
    Shelf.ALL: true(),
    Shelf.READING: _READ & ~_FINISHED,
    Shelf.UNREAD: ~_READ & ~_FINISHED,
    Shelf.FINISHED: _FINISHED,
}
# (what is compared, whether the largest comes first); the id at the end makes each a total order
_ORDERS: Final[Mapping[Sort, tuple[tuple[ColumnElement[Any], bool], ...]]] = {
    Sort.RECENTLY_READ: ((books.c.read_at, True), (books.c.added_at, True), (books.c.id, True)),
    Sort.RECENTLY_ADDED: ((books.c.added_at, True), (books.c.id, True)),
    Sort.TITLE: ((books.c.title_key, False), (books.c.id, False)),
    Sort.AUTHOR: (
        (books.c.author_key, False),
        (books.c.series_key, False),
        (books.c.series_index, False),
        (books.c.title_key, False),
        (books.c.id, False),
    ),
    Sort.SERIES: (
        (books.c.series_key == "", False),
        (books.c.series_key, False),
        (books.c.series_index, False),
        (books.c.title_key, False),
        (books.c.id, False),
    ),
    Sort.PROGRESS: (
        (positions.c.total_progression, True),
        (books.c.title_key, False),
        (books.c.id, False),
    ),
}


_one = books.alias()
_COPIES: Final = (
    select(books.c.id, books.c.title_key, books.c.author_key)
    .distinct()
    .join(
        _one,
        (_one.c.title_key == books.c.title_key) & (_one.c.author_key == books.c.author_key),
    )
    .where(
        _one.c.id.in_(bindparam("ids", expanding=True)),
        _one.c.title_key != "",
        books.c.removed_at.is_(None),
    )
)


class Books:
    """Books of the library. The row of a removed book is kept, so that its place is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_all(self, new: Sequence[NewBook]) -> list[BookId]:
        """Ids in the given order. A book that was removed gets its former id and place back."""
        now = datetime.now(UTC)

        def work(connection: Connection) -> list[BookId]:
            if not new:
                return []
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
            ids = _ids_by_sha256(connection, [book.hashes.sha256 for book in new])
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
            return [ids[book.hashes.sha256] for book in new]

        return await self._database.run(work)

    async def get(self, book_id: BookId) -> Book:
        """Raises `Missing` for a book that is not in the library."""
        found = await self.load([book_id])
        if not found:
            raise Missing(f"book {book_id}")
        return found[0]

    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]:
        """The books of the library with these hashes, by hash."""

        def work(connection: Connection) -> dict[str, Book]:
            ids = _ids_by_sha256(connection, list(hashes), present=True)
            found = self._load(connection, list(ids.values()))
            return {book.hashes.sha256: book for book in found}

        return await self._database.read(work)

    async def in_library(self, hashes: Collection[str]) -> dict[str, bool]:
        """By hash: True for a book of the library, False for a removed one.

        Unknown hashes and damaged records are left out.
        """
        statement = select(books.c.sha256, books.c.removed_at).where(
            books.c.sha256.in_(bindparam("hashes", expanding=True))
        )

        def here(row: Row[Any]) -> tuple[str, bool]:
            return row.sha256, not was_removed(row.removed_at)

        def work(connection: Connection) -> dict[str, bool]:
            found: list[tuple[str, bool]] = []
            for chunk in chunks(list(hashes)):
                rows = connection.execute(statement, {"hashes": chunk})
                found += self._database.damage.sound(RecordKind.BOOK, rows, here)
            return dict(found)

        return await self._database.read(work)

    async def ids(self, query: Query) -> list[BookId]:
        """The ids of all matches, in order. A hundred thousand take a fraction of a second."""
        return await self._database.read(lambda connection: _ids(connection, query))

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        """In the given order; removed books are left out."""
        return await self._database.read(lambda connection: self._load(connection, ids))

    async def copies(self, ids: Sequence[BookId]) -> list[list[Book]]:
        """Groups of books with the same title and author, of which at least one is in `ids`."""

        def work(connection: Connection) -> list[list[Book]]:
            groups: dict[tuple[str, str], set[BookId]] = {}
            for chunk in chunks(ids):
                for row in connection.execute(_COPIES, {"ids": chunk}):
                    groups.setdefault((row.title_key, row.author_key), set()).add(BookId(row.id))
            several = [sorted(group) for group in groups.values() if len(group) > 1]
            return [self._load(connection, group) for group in several]

        return await self._database.read(work)

    async def counts(self) -> ShelfCounts:
        def work(connection: Connection) -> ShelfCounts:
            shelves = (Shelf.ALL, Shelf.READING, Shelf.UNREAD, Shelf.FINISHED)
            counts = (func.count().filter(_SHELVES[shelf]) for shelf in shelves)
            row = connection.execute(select(*counts).where(books.c.removed_at.is_(None))).one()
            return ShelfCounts(*(int(count) for count in row))

        return await self._database.read(work)

    async def continue_reading(self, limit: int) -> list[Book]:
        """Books begun and not finished, the latest first."""

        def work(connection: Connection) -> list[Book]:
            query = (
                select(books.c.id)
                .where(books.c.removed_at.is_(None), _SHELVES[Shelf.READING])
                .order_by(books.c.read_at.desc(), books.c.id.desc())
                .limit(limit)
            )
            return self._load(connection, [BookId(one) for one in connection.scalars(query)])

        return await self._database.read(work)

    async def opened(self, book_id: BookId, at: datetime) -> None:
        await self._set(book_id, read_at=to_ms(at))

    async def mark_finished(self, book_id: BookId, at: datetime | None) -> None:
        """None removes the mark."""
        await self._set(book_id, finished_at=maybe_ms(at))

    async def mark_unread(self, book_id: BookId) -> None:
        """Back to the Unread shelf; the place itself is kept."""
        await self._set(book_id, finished_at=None, read_at=None)

    async def remove(self, book_id: BookId) -> None:
        """Removes a book. Its place is kept, in case the same file is added again."""

        def work(connection: Connection) -> None:
            connection.execute(
                update(books)
                .where(books.c.id == book_id)
                .values(removed_at=to_ms(datetime.now(UTC)))
            )
            connection.execute(delete(book_words).where(book_words.c.rowid == book_id))

        await self._database.run(work)

    async def weights(self, book_id: BookId) -> tuple[int, ...] | None:
        """Character counts per spine item, if they were ever computed."""

        def work(connection: Connection) -> tuple[int, ...] | None:
            counts = connection.execute(
                select(weights.c.counts).where(weights.c.book_id == book_id)
            ).scalar()
            if not isinstance(counts, bytes):  # never counted, or damaged
                return None
            view = memoryview(counts)
            return tuple(int.from_bytes(view[i : i + 4], "little") for i in range(0, len(view), 4))

        return await self._database.read(work)

    async def save_weights(self, book_id: BookId, counts: Sequence[int]) -> None:
        packed = b"".join(count.to_bytes(4, "little") for count in counts)
        await self._upsert(weights, book_id, {"counts": packed})

    async def reading_preferences(self, book_id: BookId) -> ReadingPreferences:
        def work(connection: Connection) -> str | None:
            return connection.execute(
                select(reading_preferences.c.value).where(reading_preferences.c.book_id == book_id)
            ).scalar()

        return reading_preferences_from(await self._database.read(work))

    async def save_reading_preferences(self, book_id: BookId, asked: ReadingPreferences) -> None:
        await self._upsert(reading_preferences, book_id, {"value": to_json(asked)})

    def _load(self, connection: Connection, ids: Sequence[BookId]) -> list[Book]:
        statement = (
            select(
                books,
                positions.c.total_progression,
                positions.c.chapter_title,
                positions.c.device,
            )
            .outerjoin(positions)
            .where(books.c.id.in_(bindparam("ids", expanding=True)), books.c.removed_at.is_(None))
        )
        found: dict[BookId, Book] = {}
        for chunk in chunks(ids):
            rows = connection.execute(statement, {"ids": chunk})
            for book in self._database.damage.sound(RecordKind.BOOK, rows, book_of):
                found[book.id] = book
        return [found[book_id] for book_id in ids if book_id in found]

    async def _set(self, book_id: BookId, **values: int | None) -> None:
        await self._database.run(
            lambda connection: connection.execute(
                update(books).where(books.c.id == book_id).values(**values)
            ).close()
        )

    async def _upsert(self, table: Any, book_id: BookId, values: dict[str, Any]) -> None:
        statement = insert(table).values(book_id=book_id, **values)
        statement = statement.on_conflict_do_update(index_elements=["book_id"], set_=values)
        await self._database.run(lambda connection: connection.execute(statement).close())


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


def _ids_by_sha256(
    connection: Connection, hashes: Sequence[str], present: bool = False
) -> dict[str, BookId]:
    statement = select(books.c.sha256, books.c.id).where(
        books.c.sha256.in_(bindparam("hashes", expanding=True))
    )
    if present:
        statement = statement.where(books.c.removed_at.is_(None))
    return {
        row.sha256: BookId(row.id)
        for chunk in chunks(hashes)
        for row in connection.execute(statement, {"hashes": chunk})
    }


def _ids(connection: Connection, query: Query) -> list[BookId]:
    words = [word for word in query.words.split() if any(char.isalnum() for char in word)]
    if not words:
        return _fetch_ids(connection, _matches(query.shelf, query.sort, query.reverse))
    prefixes = " ".join('"' + word.replace('"', '""') + '"*' for word in words)
    statement = _matches(query.shelf, query.sort, query.reverse, by_prefixes=True)
    if found := _fetch_ids(connection, statement, {"prefixes": prefixes}):
        return found
    # Nothing begins with it: look inside words, which also serves scripts written without spaces
    statement = _matches(query.shelf, query.sort, query.reverse, words_inside=len(words))
    return _fetch_ids(connection, statement, {f"word{n}": fold(w) for n, w in enumerate(words)})


@lru_cache(maxsize=64)  # building a statement takes longer than running it on a small library
def _matches(
    shelf: Shelf, sort: Sort, reverse: bool, by_prefixes: bool = False, words_inside: int = 0
) -> Select[tuple[int]]:
    """The ids of the books of a shelf in order: all, those with words that begin with the bound
    `prefixes`, or those that contain all of the bound `word0`, `word1`, …"""
    statement = select(books.c.id).where(books.c.removed_at.is_(None), _SHELVES[shelf])
    if by_prefixes:
        found = literal_column("book_words").match(bindparam("prefixes"))
        statement = statement.where(books.c.id.in_(select(book_words.c.rowid).where(found)))
    for number in range(words_inside):
        word = bindparam(f"word{number}", type_=Text)
        statement = statement.where(func.instr(books.c.search_key, word) > 0)
    if sort is Sort.PROGRESS:
        statement = statement.select_from(books.outerjoin(positions))
    for term, largest_first in _ORDERS[sort]:
        statement = statement.order_by(term.desc() if largest_first is not reverse else term.asc())
    return statement


def _fetch_ids(
    connection: Connection, statement: Select[tuple[int]], values: dict[str, str] | None = None
) -> list[BookId]:
    """Fetched by the driver's own cursor: a hundred thousand rows of Core cost 100 ms more."""
    with connection.execute(statement, values or {}) as result:
        return [row[0] for row in result.cursor.fetchall()] if result.cursor is not None else []
