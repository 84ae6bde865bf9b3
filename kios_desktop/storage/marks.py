"""Stores highlights, notes and bookmarks. Those of a removed book stay, and come back with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.marks import (
    Anchor,
    Mark,
    MarkColour,
    MarkId,
    MarkKind,
    MarkStyle,
    Passage,
    TextQuote,
    in_reading_order,
)
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.core import named
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import fold, from_ms, to_ms
from kios_desktop.storage.tables import books, marks

_MARK = Cells("marks")
_insert = insert(marks)
_UPSERT = _insert.on_conflict_do_update(
    index_elements=["id"],
    set_={one.name: _insert.excluded[one.name] for one in marks.c if one.name != "id"},
)
_DELETE = delete(marks).where(marks.c.id.in_(bindparam("ids", expanding=True)))


class Marks:
    """The marks of all books. Every method may raise `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database, self._damage = database, database.damage

    async def of_book(self, book_id: BookId) -> list[Mark]:
        """In reading order; those whose text the file does not have come last."""

        def work(connection: Connection) -> list[Mark]:
            rows = connection.execute(select(marks).where(marks.c.book_id == book_id))
            return self._damage.sound(RecordKind.MARK, rows, _mark)

        return in_reading_order(await self._database.read(work))

    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None:
        """Adds marks, or replaces those with the same ids, in one transaction."""
        rows = [_row(book_id, mark) for mark in changed]
        if rows:
            await self._database.run(lambda connection: connection.execute(_UPSERT, rows).close())

    async def delete(self, ids: Sequence[MarkId]) -> None:
        def work(connection: Connection) -> None:
            for some in chunks(ids):
                connection.execute(_DELETE, {"ids": some})

        await self._database.run(work)

    async def counts(self) -> dict[BookId, int]:
        """How many marks each book of the library has; books without any are left out."""

        def work(connection: Connection) -> dict[BookId, int]:
            rows = connection.execute(
                select(marks.c.book_id, func.count())
                .join(books, books.c.id == marks.c.book_id)
                .where(books.c.removed_at.is_(None))
                .group_by(marks.c.book_id)
            )
            return {BookId(book_id): count for book_id, count in rows}

        return await self._database.read(work)


def _row(book_id: BookId, mark: Mark) -> dict[str, Any]:
    anchor, passage = mark.anchor, mark.passage
    return {
        "id": mark.id,
        "book_id": book_id,
        "kind": mark.kind.value,
        "colour": mark.colour.value,
        "style": mark.style.value,
        "note": mark.note,
        "start_spine": passage and passage.start.spine_index,
        "start_ordinal": passage and passage.start.ordinal,
        "end_spine": passage and passage.end.spine_index,
        "end_ordinal": passage and passage.end.ordinal,
        "cfi": anchor.cfi,
        "quote": anchor.quote.exact,
        "quote_before": anchor.quote.before,
        "quote_after": anchor.quote.after,
        "href": anchor.href,
        "chapter_index": anchor.chapter.index,
        "chapter_title": anchor.chapter.title,
        "sha256": anchor.sha256,
        "made_at": to_ms(mark.made_at),
        "changed_at": to_ms(mark.changed_at),
        "search_key": fold(f"{anchor.quote.exact} {mark.note}"),
    }


def _mark(row: Row[Any]) -> Mark:
    """Raises ValueError for a damaged row."""
    _MARK.check(named(row))
    passage = None
    if row.start_spine is not None:
        start = Place(row.start_spine, row.start_ordinal)
        passage = Passage(start, Place(row.end_spine, row.end_ordinal))
    anchor = Anchor(
        passage=passage,
        cfi=row.cfi,
        quote=TextQuote(row.quote, row.quote_before, row.quote_after),
        href=row.href,
        chapter=Chapter(row.chapter_index, row.chapter_title),
        sha256=row.sha256,
    )
    return Mark(
        id=MarkId(row.id),
        kind=MarkKind(row.kind),
        anchor=anchor,
        made_at=from_ms(row.made_at),
        changed_at=from_ms(row.changed_at),
        colour=MarkColour(row.colour),
        style=MarkStyle(row.style),
        note=row.note,
    )
