"""Lists the highlights of all books, and changes them. No Qt."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import structs

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.mark_query import (
    HighlightCount,
    HighlightKey,
    KeptMark,
    MarkQuery,
    by_book,
)
from kios_desktop.domain.marks import MarkColour, MarkId
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.marks.ports import BooksById, HighlightRecords

_LOADING: Final = "highlights"
_READING: Final = "cards of highlights"
_SLICE: Final = 3  # cards that are shown in one go
_FIRST: Final = 30  # cards, more than are in sight at the beginning of a list
_EVERYTHING: Final = MarkQuery()
_OPEN: Final = MarkFilter()


@dataclass(frozen=True, slots=True)
class MarkedBookLine:
    """A book in the list at the side, with the highlights in it that the filter admits."""

    book: Book
    count: HighlightCount


@dataclass(frozen=True, slots=True)
class AllMarks:
    """What the page lists; `book_id` of the query is None for all books.

    `total`: the highlights of all books, whatever the filter admits.
    """

    books: Sequence[MarkedBookLine] = ()
    keys: Sequence[HighlightKey] = ()
    query: MarkQuery = _EVERYTHING
    total: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is no highlight in any book."""
        return not self.books and self.query.wanted.is_open


class AllMarksView(Protocol):
    """What the presenter shows."""

    def show_marks(self, marks: AllMarks) -> None:
        """Show a list, of which cards are read when they come into sight: see `read`."""

    def show_cards(self, cards: Sequence[KeptMark]) -> None: ...
    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None: ...


class AllMarksPresenter:
    """`changed` is called after marks of a book were changed on the disk."""

    def __init__(
        self,
        records: HighlightRecords,
        books: BooksById,
        view: AllMarksView,
        tasks: Tasks,
        now: Callable[[], datetime],
        changed: Callable[[BookId], object],
    ) -> None:
        self._records, self._books, self._view, self._tasks = records, books, view, tasks
        self._now, self._changed = now, changed
        self._query = _EVERYTHING
        self._asked: Sequence[MarkId] = ()  # last of all
        self._total: int | None = None  # until it is counted

    # -- what is listed

    def refresh(self) -> None:
        """Read again what is listed; what is in sight is asked for anew."""
        self._total = None
        self._list()

    def read(self, ids: Sequence[MarkId]) -> None:
        """Read the highlights of cards that come into sight."""
        if ids:
            self._asked = ids
            self._tasks.replace(_READING, self._telling(lambda: self._read(ids)))

    def choose_book(self, book_id: BookId | None) -> None:
        """List one book, or all for None."""
        self._ask(replace(self._query, book_id=book_id))

    def toggle_colour(self, colour: MarkColour) -> None:
        self._filter(self._query.wanted.with_colour_toggled(colour))

    def set_noted(self, noted: bool) -> None:
        """Whether only highlights with notes are listed."""
        self._filter(replace(self._query.wanted, noted=noted))

    def search(self, words: str) -> None:
        self._filter(replace(self._query.wanted, words=words))

    def order_by(self, order: MarkOrder) -> None:
        self._ask(replace(self._query, order=order))

    # -- what is done with some of them; an open book may know them better than the list

    def set_note(self, mark_id: MarkId, note: str) -> None:
        self._change([mark_id], note=note)

    def recolour(self, ids: Sequence[MarkId], colour: MarkColour) -> None:
        self._change(ids, colour=colour)

    def delete(self, ids: Sequence[MarkId]) -> None:
        self._tasks.start(self._telling(lambda: self._delete(ids)))

    # -- parts

    def _filter(self, wanted: MarkFilter) -> None:
        self._ask(replace(self._query, wanted=wanted))

    def _ask(self, query: MarkQuery) -> None:
        if query != self._query:
            self._query = query
            self._list()

    def _list(self) -> None:
        self._tasks.replace(_LOADING, self._telling(self._load))

    async def _load(self) -> None:
        wanted = self._query.wanted
        counts = {one.book_id: one for one in await self._records.highlight_counts(wanted)}
        books = await self._books.load(list(counts))
        if self._query.book_id is not None and self._query.book_id not in counts:
            self._query = replace(self._query, book_id=None)  # its last highlight is gone
        keys = await self._records.highlight_keys(self._query)
        first = [key.mark_id for key in keys[:_FIRST]]
        cards = await self._records.load(list({*first, *self._asked}))
        lines = [MarkedBookLine(book, counts[book.id]) for book in books]
        if self._total is None:
            every = list(counts.values())
            if not wanted.is_open:
                every = await self._records.highlight_counts(_OPEN)
            self._total = sum(one.highlights for one in every)
        self._view.show_marks(AllMarks(lines, keys, self._query, self._total))
        self._view.show_cards(cards)  # at once: those in sight are never seen empty, or as before

    async def _read(self, ids: Sequence[MarkId]) -> None:
        cards = await self._records.load(ids)
        for first in range(0, len(cards), _SLICE):  # measured without a frame that comes late
            self._view.show_cards(cards[first : first + _SLICE])
            await asyncio.sleep(0)

    def _change(self, ids: Sequence[MarkId], **changes: Any) -> None:
        self._tasks.start(self._telling(lambda: self._save_changed(ids, changes)))

    async def _save_changed(self, ids: Sequence[MarkId], changes: dict[str, Any]) -> None:
        changed = [
            replace(kept, mark=structs.replace(mark, changed_at=self._now()))
            for kept in await self._records.load(ids)
            if (mark := structs.replace(kept.mark, **changes)) != kept.mark
        ]
        await self._save(changed)

    async def _save(self, changed: Sequence[KeptMark]) -> None:
        await self._records.save_kept(changed)
        self._tell(changed)

    async def _delete(self, ids: Sequence[MarkId]) -> None:
        gone = await self._records.load(ids)
        if not gone:
            return
        await self._records.delete([one.mark.id for one in gone])
        self._tell(gone)
        n = len(gone)
        text = counted("%Ln highlights deleted", "", n, one="Highlight deleted")
        self._view.show_toast(text, tr("Undo"), lambda: self._put_back(gone))

    def _put_back(self, gone: Sequence[KeptMark]) -> None:
        async def save() -> None:
            try:
                await self._save(gone)
            except StorageError as error:  # nowhere else are they any more
                again = tr("Try again")
                self._view.show_toast(explain(error).line, again, lambda: self._put_back(gone))

        self._tasks.start(save())

    def _tell(self, changed: Sequence[KeptMark]) -> None:
        for book_id in by_book(changed):
            self._changed(book_id)
        if changed:
            self.refresh()

    async def _telling(self, do: Callable[[], Awaitable[None]]) -> None:
        try:
            await do()
        except StorageError as error:
            self._view.show_toast(explain(error).line)
