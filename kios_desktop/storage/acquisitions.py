"""Stores where books were acquired, and which source the user chose to keep a book's place."""

from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.download import AcquiredEntry, BookAcquisition
from kios_desktop.domain.library import BookId
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.domain.secret import KeyMask, ServerUrl
from kios_desktop.storage.core import named
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import to_ms
from kios_desktop.storage.masked import from_masked_json, to_json_with_keys
from kios_desktop.storage.masks import RootOf, SourceMasks
from kios_desktop.storage.tables import acquisitions, book_sources, books, sources

_CELLS = Cells("origins")


class BookAcquisitions:
    """One record for each entry of a source that was downloaded; a book may have several.

    Records are kept when their book or source is removed: a removed book is not offered as new, and
    a source that is added again finds its books. Keys in addresses are never written.
    """

    def __init__(self, database: Database, root_of: RootOf) -> None:
        self._database, self._root_of = database, root_of
        self._damage = database.damage
        self._masks = SourceMasks(root_of)

    async def save(self, acquisition: BookAcquisition) -> None:
        """Adds or replaces the record of this entry.

        Does nothing without a book or a time, or when the source was removed.
        """
        root = self._root_of(acquisition.source_id)
        if root is None or acquisition.book_id is None or acquisition.downloaded_at is None:
            return

        def hidden(text: str) -> str:
            return self._masks.hide(acquisition.source_id, text)

        before = await self._of(acquisition.book_id)
        was_here = acquisition.was_here
        if before:  # the first download decides
            was_here = any(here for _source, here in before)
        values: dict[str, Any] = {
            "source_id": acquisition.source_id,
            "entry_key": hidden(acquisition.entry.key),
            "book_id": acquisition.book_id,
            "root": hidden(root.reveal()),
            "url": hidden(acquisition.url.reveal()),
            "keeps_place": int(acquisition.entry.progression is not None),
            "downloaded_at": to_ms(acquisition.downloaded_at),
            "record": hidden(to_json_with_keys(replace(acquisition, was_here=was_here))),
        }
        statement = insert(acquisitions).values(**values)
        keys = ["source_id", "entry_key"]
        statement = statement.on_conflict_do_update(
            index_elements=keys, set_={name: values[name] for name in values if name not in keys}
        )
        await self._database.run(lambda connection: connection.execute(statement).close())

    async def acquired_entries(self) -> list[AcquiredEntry]:
        """Every entry that was ever downloaded."""

        def work(connection: Connection) -> list[AcquiredEntry]:
            query = select(acquisitions, books.c.removed_at).join(books)
            return self._damage.sound(
                RecordKind.ACQUISITION, connection.execute(query), _acquired_entry
            )

        acquired_entries = await self._database.read(work)
        for source_id in {acquired.source_id for acquired in acquired_entries}:
            self._masks.current(source_id)  # its present key is masked from now on
        return acquired_entries

    async def of_book(self, book_id: BookId) -> list[BookAcquisition]:
        """In the order of the downloads, without those of unknown sources."""
        query = (
            select(acquisitions)
            .where(acquisitions.c.book_id == book_id)
            .order_by(acquisitions.c.downloaded_at, acquisitions.c.source_id)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        made = self._damage.sound(RecordKind.ACQUISITION, rows, self._known_acquisition)
        return [one for one in made if one is not None]

    def _known_acquisition(self, row: Row[Any]) -> BookAcquisition | None:
        """None while its source is unknown. Raises ValueError for a damaged record."""
        _CELLS.check(named(row))
        mask = self._masks.current(row.source_id)
        return None if mask is None else _acquisition(row, mask)

    async def books_from(self, source_id: str) -> list[BookId]:
        """The books of the library that a source delivered."""
        query = (
            select(acquisitions.c.book_id)
            .join(books)
            .where(acquisitions.c.source_id == source_id, books.c.removed_at.is_(None))
            .distinct()
        )
        found = await self._database.read(lambda connection: connection.scalars(query).all())
        return [BookId(number) for number in self._damage.only(RecordKind.ACQUISITION, int, found)]

    async def books_only_from(self, source_id: str) -> list[BookId]:
        """Those of `books_from` that came from this source only.

        Without books that were in the library before, or that another configured source delivered
        too.
        """
        ids = await self._database.read(lambda one: set(one.scalars(select(sources.c.id))))
        found = []
        for book_id in await self.books_from(source_id):
            records = await self._of(book_id)
            others = {source for source, _here in records} & (ids - {source_id})
            if not others and not any(here for _source, here in records):
                found.append(book_id)
        return found

    async def _of(self, book_id: BookId) -> list[tuple[str, bool]]:
        """(source, whether the book was in the library before) of each record of a book.

        A damaged record counts as True, so that the book is not removed.
        """
        query = select(acquisitions.c.source_id, acquisitions.c.record).where(
            acquisitions.c.book_id == book_id
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())

        def was_here(row: Any) -> bool:
            return from_masked_json(row.record, BookAcquisition, None).was_here

        return [
            (row.source_id, self._damage.read(RecordKind.ACQUISITION, partial(was_here, row), True))
            for row in rows
        ]

    async def all_place_sources(self) -> set[str]:
        """The sources that keep the place of at least one book in the library."""
        query = (
            select(acquisitions.c.source_id)
            .join(books)
            .where(acquisitions.c.keeps_place == 1, books.c.removed_at.is_(None))
            .distinct()
        )
        found = await self._database.read(lambda connection: connection.scalars(query).all())
        return set(self._damage.only(RecordKind.ACQUISITION, str, found))

    async def place_sources(self, book_id: BookId) -> tuple[str, ...]:
        """The sources that delivered a book and keep its place, in the order of the downloads."""
        query = (
            select(acquisitions.c.source_id)
            .where(acquisitions.c.book_id == book_id, acquisitions.c.keeps_place == 1)
            .order_by(acquisitions.c.downloaded_at, acquisitions.c.source_id)
        )
        found = await self._database.read(lambda connection: connection.scalars(query).all())
        return tuple(dict.fromkeys(self._damage.only(RecordKind.ACQUISITION, str, found)))

    async def chosen(self, book_id: BookId) -> str | None:
        """The user's choice of a source; None without one, "" for nowhere."""
        query = select(book_sources.c.source_id).where(book_sources.c.book_id == book_id)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        return found if isinstance(found, str) else None

    async def choose(self, book_id: BookId, source_id: str | None) -> None:
        """None removes the choice."""
        statement: Any = delete(book_sources).where(book_sources.c.book_id == book_id)
        if source_id is not None:
            values = {"book_id": book_id, "source_id": source_id}
            statement = (
                insert(book_sources)
                .values(**values)
                .on_conflict_do_update(index_elements=["book_id"], set_=values)
            )
        await self._database.run(lambda connection: connection.execute(statement).close())

    async def adopt(self, source_id: str, root: ServerUrl) -> int:
        """Gives a new source the records of a removed one with its address; returns how many."""
        address = KeyMask(root).hide(root.reveal())

        def work(connection: Connection) -> int:
            statement = (
                update(acquisitions)
                .prefix_with("OR IGNORE")
                .where(
                    acquisitions.c.root == address,
                    acquisitions.c.source_id != source_id,
                    acquisitions.c.source_id.not_in(select(sources.c.id)),
                )
                .values(source_id=source_id)
            )
            done = connection.execute(statement)
            return done.rowcount

        return await self._database.run(work)


def _acquired_entry(row: Row[Any]) -> AcquiredEntry:
    _CELLS.check(named(row))
    acquisition = from_masked_json(row.record, BookAcquisition, None)
    book_id = None if row.removed_at is not None else BookId(row.book_id)
    file = (acquisition.length_bytes, acquisition.modified)
    return AcquiredEntry(row.source_id, row.entry_key, row.url, book_id, file)


def _acquisition(row: Row[Any], mask: KeyMask) -> BookAcquisition:
    """The column wins over the record: `adopt` changes only the column."""
    acquisition = from_masked_json(row.record, BookAcquisition, mask)
    return replace(acquisition, source_id=row.source_id)
