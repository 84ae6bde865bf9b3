"""Stores the shelf of one Kobo sync source, as the server last sent it.

A page of changes and its sync token are stored in one transaction: whenever Kios ends, the token
matches the content. Applying a page twice changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Select,
    delete,
    except_,
    func,
    select,
    union,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.domain.secret import KeyMask, ServerUrl
from kios_desktop.domain.shelf import (
    Changes,
    Collection,
    KoboBook,
    KoboShelfCounts,
    KoboStatus,
    ReadingState,
    ShelfMark,
    ShelfQuery,
    ShelfView,
    Shelved,
)
from kios_desktop.domain.text import fold
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import from_json, sort_key, to_json, to_ms
from kios_desktop.storage.kobo_rows import (
    books_with_states,
    collection_of,
    listed_books,
    mark_of,
    upsert,
)
from kios_desktop.storage.masked import from_masked_json, to_masked_json
from kios_desktop.storage.tables import (
    acquisitions,
    books,
    kobo_books,
    kobo_collections,
    kobo_shelves,
    kobo_states,
)

OFFERED: Final = "offered"
REMOVED: Final = "removed"
KEPT: Final = "kept"  # removed, and the user chose to keep it in the library
UNKNOWN: Final = "unknown"  # a state or collection refers to it, but the server does not have it
_STATUS: Final = {
    ShelfView.READING: KoboStatus.READING.value,
    ShelfView.FINISHED: KoboStatus.FINISHED.value,
}
_IN_LIBRARY: Final = {ShelfView.NOT_HERE: False, ShelfView.LEFT_BEHIND: True}
_TABLES: Final = (kobo_shelves, kobo_books, kobo_states, kobo_collections)


class KoboShelf:
    """`root` is the sync address: its token is never written. Methods raise `StorageError`."""

    def __init__(self, database: Database, source_id: str, root: ServerUrl) -> None:
        self._database, self._source_id = database, source_id
        self._damage = database.damage
        self._mask = KeyMask(root)

    # -- syncing

    async def mark(self) -> ShelfMark:
        """How far the shelf is synced; empty before the first sync."""
        query = select(kobo_shelves).where(kobo_shelves.c.source_id == self._source_id)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return ShelfMark()
        return self._damage.read(RecordKind.SHELF, lambda: mark_of(row), ShelfMark())

    async def begin(self) -> None:
        """Marks a sync as begun; until `finish`, pages of it may be lost."""
        await self._database.run(lambda connection: self._put_mark(connection, unfinished=1))

    async def apply(self, changes: Changes, token: str | None = None) -> None:
        """Stores one page and its token in one transaction; without a token the last one stays."""

        def work(connection: Connection) -> None:
            upsert(connection, kobo_books, [self._book_row(one) for one in changes.offered])
            self._remove(connection, [self._id_row(book_id) for book_id in changes.removed])
            upsert(connection, kobo_states, [self._state_row(one) for one in changes.states])
            collections = [self._collection_row(one) for one in changes.collections]
            upsert(connection, kobo_collections, collections)
            for chunk in chunks(changes.dropped_collections):
                connection.execute(
                    delete(kobo_collections)
                    .where(kobo_collections.c.source_id == self._source_id)
                    .where(kobo_collections.c.collection_id.in_(chunk))
                )
            if token is not None:
                self._put_mark(connection, token=token)

        await self._database.run(work)

    async def finish(self, token: str, at: datetime) -> None:
        """Marks a sync as completed."""
        await self._database.run(
            lambda connection: self._put_mark(
                connection, token=token, whole_token=token, synced_at=to_ms(at), unfinished=0
            )
        )
        await self._database.settle()

    async def named_only(self) -> list[str]:
        """Ids of books that only reading states and collections refer to."""
        named = union(
            select(kobo_states.c.book_id).where(kobo_states.c.source_id == self._source_id),
            select(listed_books().label("book_id")).where(
                kobo_collections.c.source_id == self._source_id
            ),
        ).subquery()
        query = except_(
            select(named.c.book_id),
            select(kobo_books.c.book_id).where(kobo_books.c.source_id == self._source_id),
        )
        found = await self._database.read(lambda connection: connection.scalars(query).all())
        return self._damage.only(RecordKind.SHELF, str, found)

    async def not_found(self, book_ids: Sequence[str]) -> None:
        """The server has none of these: known books are removed, others are not asked for again."""
        rows = [self._id_row(book_id) for book_id in book_ids]
        await self._database.run(lambda connection: self._remove(connection, rows))

    async def known(self) -> list[str]:
        """The ids of all books that are on offer."""
        query = (
            select(kobo_books.c.book_id)
            .where(kobo_books.c.source_id == self._source_id)
            .where(kobo_books.c.standing == OFFERED)
        )
        found = await self._database.read(lambda connection: connection.scalars(query).all())
        return self._damage.only(RecordKind.SHELF, str, found)

    async def keep(self, book_id: str) -> None:
        """The user keeps a book in the library that was removed from the shelf."""
        statement = (
            update(kobo_books)
            .where(kobo_books.c.source_id == self._source_id, kobo_books.c.book_id == book_id)
            .where(kobo_books.c.standing == REMOVED)
            .values(standing=KEPT)
        )
        await self._database.run(lambda connection: connection.execute(statement).close())

    async def forget(self) -> None:
        """Deletes the shelf."""

        def work(connection: Connection) -> None:
            for table in _TABLES:
                connection.execute(delete(table).where(table.c.source_id == self._source_id))

        await self._database.run(work)

    # -- queries

    async def books(
        self, query: ShelfQuery, offset: int = 0, limit: int = -1
    ) -> tuple[list[Shelved], int]:
        """(a range of the matching books, how many match), sorted by title."""
        found = self._selected(query)
        page = (
            found.order_by(kobo_books.c.title_key, kobo_books.c.book_id).offset(offset).limit(limit)
        )
        counting = found.with_only_columns(func.count())

        def work(connection: Connection) -> tuple[list[Shelved], int]:
            total: int = connection.execute(counting).scalar_one()
            rows = connection.execute(page)
            return self._damage.sound(RecordKind.SHELF, rows, self._shelved), total

        return await self._database.read(work)

    async def book(self, book_id: str) -> Shelved | None:
        query = self._all().where(kobo_books.c.book_id == book_id)
        query = query.where(kobo_books.c.standing != UNKNOWN)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        return self._damage.read(RecordKind.SHELF, lambda: self._shelved(row), None)

    async def state(self, book_id: str) -> ReadingState | None:
        query = select(kobo_states.c.record).where(
            kobo_states.c.source_id == self._source_id, kobo_states.c.book_id == book_id
        )
        text = await self._database.read(lambda connection: connection.execute(query).scalar())
        if text is None:
            return None
        return self._damage.read(RecordKind.SHELF, lambda: from_json(text, ReadingState), None)

    async def collections(self) -> list[tuple[Collection, int]]:
        """(a collection, how many of its books are on offer), by name."""
        offered = (
            select(func.count())
            .select_from(kobo_books)
            .where(kobo_books.c.source_id == self._source_id, kobo_books.c.standing == OFFERED)
            .where(kobo_books.c.book_id.in_(select(listed_books()).correlate(kobo_collections)))
            .scalar_subquery()
        )
        query = (
            select(
                kobo_collections.c.collection_id,
                kobo_collections.c.name,
                kobo_collections.c.book_ids,
                offered,
            )
            .where(kobo_collections.c.source_id == self._source_id)
            .order_by(kobo_collections.c.name_key, kobo_collections.c.collection_id)
        )

        def work(connection: Connection) -> list[tuple[Collection, int]]:
            return self._damage.sound(RecordKind.SHELF, connection.execute(query), collection_of)

        return await self._database.read(work)

    async def book_counts(self) -> KoboShelfCounts:
        query = (
            select(kobo_books.c.standing, kobo_states.c.status, func.count())
            .select_from(books_with_states())
            .where(kobo_books.c.source_id == self._source_id)
            .group_by(kobo_books.c.standing, kobo_states.c.status)
        )
        views = [ShelfQuery(view) for view in (ShelfView.NOT_HERE, ShelfView.LEFT_BEHIND)]
        counting = [self._selected(view).with_only_columns(func.count()) for view in views]

        def work(connection: Connection) -> tuple[dict[tuple[str, str], int], int, int]:
            away, left = [int(connection.execute(one).scalar_one()) for one in counting]
            rows = connection.execute(query)
            return {(row[0], row[1]): int(row[2]) for row in rows}, away, left

        counts, away, left = await self._database.read(work)
        return KoboShelfCounts(
            all=sum(count for (standing, _), count in counts.items() if standing == OFFERED),
            reading=counts.get((OFFERED, KoboStatus.READING.value), 0),
            finished=counts.get((OFFERED, KoboStatus.FINISHED.value), 0),
            removed=sum(count for (standing, _), count in counts.items() if standing == REMOVED),
            not_here=away,
            left_behind=left,
        )

    # -- rows

    def _all(self) -> Select[Any]:
        return (
            select(kobo_books.c.record, kobo_books.c.standing, kobo_states.c.record.label("state"))
            .select_from(books_with_states())
            .where(kobo_books.c.source_id == self._source_id)
        )

    def _selected(self, query: ShelfQuery) -> Select[Any]:
        removed = query.view in {ShelfView.REMOVED, ShelfView.LEFT_BEHIND}
        found = self._all().where(kobo_books.c.standing == (REMOVED if removed else OFFERED))
        if query.view in _IN_LIBRARY:
            here = kobo_books.c.book_id.in_(self._in_library())
            found = found.where(here if _IN_LIBRARY[query.view] else ~here)
        if query.view in _STATUS:
            found = found.where(kobo_states.c.status == _STATUS[query.view])
        if query.collection_id:
            held = (
                select(listed_books())
                .where(kobo_collections.c.source_id == self._source_id)
                .where(kobo_collections.c.collection_id == query.collection_id)
            )
            found = found.where(kobo_books.c.book_id.in_(held))
        for word in fold(query.words).split():
            found = found.where(kobo_books.c.search_key.contains(word, autoescape=True))
        return found

    def _in_library(self) -> Select[Any]:
        """The ids of the books that were downloaded and are in the library."""
        return (
            select(acquisitions.c.entry_key)
            .join(books)
            .where(acquisitions.c.source_id == self._source_id, books.c.removed_at.is_(None))
        )

    def _shelved(self, row: Row[Any]) -> Shelved:
        state = None
        if row.state is not None:  # a damaged state does not hide the book
            state = self._damage.read(
                RecordKind.SHELF, lambda: from_json(row.state, ReadingState), None
            )
        book = from_masked_json(row.record, KoboBook, self._mask)
        return Shelved(book, row.standing != OFFERED, state)

    def _put_mark(self, connection: Connection, **values: object) -> None:
        new = {"token": "", "whole_token": "", "unfinished": 0, **values}
        statement = insert(kobo_shelves).values(source_id=self._source_id, **new)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["source_id"], set_=values)
        )

    def _remove(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        """Known books keep their record; for unknown ones, an empty row notes that."""
        if rows:
            statement = insert(kobo_books)
            keys, offered = ["source_id", "book_id"], kobo_books.c.standing == OFFERED
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=keys, set_={"standing": REMOVED}, where=offered
                ),
                rows,
            )

    def _id_row(self, book_id: str) -> dict[str, Any]:
        return {
            "source_id": self._source_id,
            "book_id": book_id,
            "standing": UNKNOWN,
            "title_key": "",
            "search_key": "",
            "record": "",
        }

    def _book_row(self, book: KoboBook) -> dict[str, Any]:
        return {
            "source_id": self._source_id,
            "book_id": book.id,
            "standing": OFFERED,
            "title_key": sort_key(book.title),
            "search_key": fold(" ".join((book.title, *book.authors, book.series))),
            "record": to_masked_json(book, self._mask),
        }

    def _state_row(self, state: ReadingState) -> dict[str, Any]:
        return {
            "source_id": self._source_id,
            "book_id": state.book_id,
            "status": state.status.value,
            "record": to_json(state),
        }

    def _collection_row(self, one: Collection) -> dict[str, Any]:
        return {
            "source_id": self._source_id,
            "collection_id": one.id,
            "name": one.name,
            "name_key": sort_key(one.name),
            "book_ids": to_json(one.book_ids),
        }
