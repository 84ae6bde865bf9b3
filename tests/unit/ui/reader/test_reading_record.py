"""That a book was opened, read or finished is kept, or it is said why not."""

import asyncio
from datetime import datetime
from typing import Any

from kios_desktop.domain.errors import Full, KiosError, Missing
from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import ReadingPreferences
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.reading_record import ReadingRecord

BOOK = BookId(7)


class Kept:
    """A shelf that notes what it is told, and what the record says about it."""

    def __init__(self, refusing: KiosError | None = None) -> None:
        self.stored: list[object] = []
        self.said: list[object] = []
        self.refusing = refusing
        shelf: Any = self
        self.record = ReadingRecord(
            shelf,
            Tasks(self.said.append),
            changed=lambda: self.said.append("changed"),
            not_kept=self.said.append,
            failed=self.said.append,
        )

    async def opened(self, book_id: BookId, at: datetime) -> None:
        self._store("opened", book_id)

    async def mark_finished(self, book_id: BookId, at: datetime | None) -> None:
        self._store("unfinished" if at is None else "finished", book_id)

    async def save_reading_preferences(self, book_id: BookId, own: ReadingPreferences) -> None:
        self._store(own, book_id)

    def _store(self, what: object, book_id: BookId) -> None:
        if self.refusing is not None:
            raise self.refusing
        self.stored.append((what, book_id))


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_book_of_the_last_session_is_read_from_its_first_turn() -> None:
    kept = Kept()
    kept.record.opened_unasked(BOOK)
    kept.record.opened_unasked(BookId(8))
    kept.record.closed(BookId(8))
    for book in (BOOK, BOOK, BookId(8), None):
        kept.record.turned(book)
    await settled()
    assert kept.stored == [("opened", BOOK)]
    assert kept.said == ["changed"]


async def test_finished_and_look_are_kept_of_library_books_alone() -> None:
    kept, own = Kept(), ReadingPreferences(size_px=30)
    for book in (BOOK, None):
        kept.record.finished(book, finished=True)
        kept.record.finished(book, finished=False)
        kept.record.look(book, own)
    await settled()
    assert kept.stored == [("finished", BOOK), ("unfinished", BOOK), (own, BOOK)]
    assert kept.said == ["changed", "changed"]


async def test_a_disk_that_refuses_is_told_once_for_each_thing() -> None:
    full = Full("ENOSPC")
    kept = Kept(full)
    assert await kept.record.opened(BOOK) is full
    kept.record.opened_unasked(BOOK)
    kept.record.turned(BOOK)
    await settled()
    assert kept.said == [full, "changed"]


async def test_a_book_that_is_gone_is_not_finished() -> None:
    gone = Missing("a book")
    kept = Kept(gone)
    kept.record.finished(BOOK, finished=True)
    await settled()
    assert kept.said == [gone, "changed"]
