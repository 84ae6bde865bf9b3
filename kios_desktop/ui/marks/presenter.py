"""Lists the highlights of all books, and changes them. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.mark_query import HighlightCount, KeptMark, MarkQuery
from kios_desktop.domain.marks import MarkColour, MarkId
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.marks.ports import BooksById, HighlightRecords

PAGE: Final = 50  # highlights that are read in one go
_LOADING: Final = "highlights"
_EVERYTHING: Final = MarkQuery()


@dataclass(frozen=True, slots=True)
class MarkedBookLine:
    """A book in the list at the side, with the highlights in it that the filter admits."""

    book: Book
    count: HighlightCount


@dataclass(frozen=True, slots=True)
class AllMarks:
    """What the page shows. `marks` are the first of `total`; `book_id` is None for all books."""

    books: Sequence[MarkedBookLine] = ()
    marks: Sequence[KeptMark] = ()
    total: int = 0
    query: MarkQuery = _EVERYTHING

    @property
    def is_empty(self) -> bool:
        """Whether there is no highlight in any book."""
        return not self.books and self.query.wanted.is_open


class AllMarksView(Protocol):
    """What the presenter shows."""

    def show_marks(self, marks: AllMarks) -> None: ...
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
        self._shown = AllMarks()
        self._query = _EVERYTHING

    # -- what is listed

    def refresh(self) -> None:
        """Read again as many as are shown."""
        count = max(PAGE, len(self._shown.marks))
        self._tasks.replace(_LOADING, self._telling(lambda: self._load(count)))

    def more(self) -> None:
        """Read on: the end of the list comes into sight."""
        if len(self._shown.marks) < self._shown.total and self._shown.query == self._query:
            count = len(self._shown.marks) + PAGE
            self._tasks.replace(_LOADING, self._telling(lambda: self._load(count)))

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

    # -- what is done with one

    def set_note(self, kept: KeptMark, note: str) -> None:
        self._change(kept, note=note)

    def recolour(self, kept: KeptMark, colour: MarkColour) -> None:
        self._change(kept, colour=colour)

    def delete(self, kept: KeptMark) -> None:
        self._tasks.start(self._telling(lambda: self._delete(kept.mark.id)))

    # -- parts

    def _filter(self, wanted: MarkFilter) -> None:
        self._ask(replace(self._query, wanted=wanted))

    def _ask(self, query: MarkQuery) -> None:
        if query != self._query:
            self._query = query
            self._tasks.replace(_LOADING, self._telling(lambda: self._load(PAGE)))

    async def _load(self, count: int) -> None:
        counts = {one.book_id: one for one in await self._records.highlight_counts(self._wanted)}
        books = await self._books.load(list(counts))
        if self._query.book_id is not None and self._query.book_id not in counts:
            self._query = replace(self._query, book_id=None)  # its last highlight is gone
        marks = await self._records.highlights(self._query, 0, count)
        here = self._query.book_id
        total = sum(one.highlights for one in counts.values() if here in (None, one.book_id))
        lines = [MarkedBookLine(book, counts[book.id]) for book in books]
        self._shown = AllMarks(lines, marks, total, self._query)
        self._view.show_marks(self._shown)

    @property
    def _wanted(self) -> MarkFilter:
        return self._query.wanted

    def _change(self, kept: KeptMark, **changes: Any) -> None:
        self._tasks.start(self._telling(lambda: self._save_changed(kept.mark.id, changes)))

    async def _save_changed(self, mark_id: MarkId, changes: dict[str, Any]) -> None:
        kept = await self._records.get(mark_id)  # the book may be open, and know it better
        if kept is None:
            return
        changed = replace(kept.mark, **changes)
        if changed != kept.mark:
            await self._save(KeptMark(kept.book_id, replace(changed, changed_at=self._now())))

    async def _save(self, kept: KeptMark) -> None:
        await self._records.save(kept.book_id, [kept.mark])
        self._tell(kept.book_id)

    async def _delete(self, mark_id: MarkId) -> None:
        kept = await self._records.get(mark_id)
        if kept is None:
            return
        await self._records.delete([mark_id])
        self._tell(kept.book_id)

        def undo() -> None:
            self._tasks.start(self._telling(lambda: self._save(kept)))

        self._view.show_toast(tr("Highlight deleted"), tr("Undo"), undo)

    def _tell(self, book_id: BookId) -> None:
        self._changed(book_id)
        self.refresh()

    async def _telling(self, do: Callable[[], Awaitable[None]]) -> None:
        try:
            await do()
        except StorageError as error:
            self._view.show_toast(explain(error).line)
