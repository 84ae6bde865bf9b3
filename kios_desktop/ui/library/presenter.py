"""The presenter of the library. No Qt: the screen is a protocol."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import (
    Book,
    BookId,
    ImportOutcome,
    ImportReport,
    Query,
    ReadingStatus,
    Shelf,
    ShelfCounts,
    Sort,
)
from kios_desktop.ui.kit.error_texts import Message, explain, explain_import
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.distinctions import distinguish
from kios_desktop.ui.library.ports import Bookshelf, ImporterPort, LibraryScreen

SEARCH_DELAY_S: Final = 0.15
IMPORT_SHOWN_AFTER_S: Final = 2.0
CONTINUE_READING_LIMIT: Final = 5
_TYPE_AHEAD_RESULTS: Final = 64  # search results that are checked for a title with the typed prefix


Work = Callable[[], Coroutine[Any, Any, object]]
Order = tuple[Sort, bool]  # and whether it is reversed
DEFAULT_ORDER: Final[Order] = (Sort.RECENTLY_READ, False)


class LibraryPresenter:
    """Lists, searches, marks, imports and removes books for the library screen.

    `on_counts` receives the number of books per shelf, `on_import` the progress of an import and
    (0, 0) at its end.
    """

    def __init__(
        self,
        books: Bookshelf,
        importer: ImporterPort,
        screen: LibraryScreen,
        tasks: Tasks,
        *,
        on_counts: Callable[[ShelfCounts], None] = lambda _counts: None,
        on_import: Callable[[int, int], None] = lambda _done, _total: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        show_continue: bool = True,
        order: Order = DEFAULT_ORDER,
        on_order: Callable[[Order], None] = lambda _order: None,
        on_words: Callable[[str], None] = lambda _words: None,
        on_removed: Callable[[Book], None] = lambda _book: None,
    ) -> None:
        """`order` is the initial sort order; `on_order` receives each one the reader chooses.

        `on_words` receives what is searched for, "" for nothing, whenever books are listed;
        `on_removed` a book after it was removed and that was said.
        """
        self._books, self._importer, self._screen, self._tasks = books, importer, screen, tasks
        self._on_counts, self._on_import, self._clock = on_counts, on_import, clock
        self._show_continue = show_continue
        self._query = Query(sort=order[0], reverse=order[1])
        self._on_order, self._on_words, self._on_removed = on_order, on_words, on_removed
        self._stop_import = False
        self._importing = asyncio.Lock()

    @property
    def query(self) -> Query:
        return self._query

    def refresh(self) -> None:
        """Load counts and list again: at start, and when books may have changed."""
        self._tasks.replace("library-counts", self._reporting_storage_errors(self._count))
        self._list_after(0)

    def shelf_chosen(self, shelf: Shelf) -> None:
        """Show a shelf; this also ends a search."""
        self._change(replace(self._query, shelf=shelf, words=""))

    def sort_chosen(self, sort: Sort) -> None:
        self._order((sort, self._query.reverse))

    def reverse_chosen(self, reverse: bool) -> None:
        self._order((self._query.sort, reverse))

    def show_newest(self) -> None:
        """Show the newest books first, without storing that as the chosen order."""
        self._change(replace(self._query, words="", sort=Sort.RECENTLY_ADDED, reverse=False))

    def search_changed(self, words: str) -> None:
        """Search all books, whatever the shelf, after a pause in typing."""
        self._query = replace(self._query, words=words.strip())
        self._list_after(SEARCH_DELAY_S if words.strip() else 0)

    def continue_reading_shown(self, allowed: bool) -> None:
        """The setting “Show Continue reading” was changed."""
        self._show_continue = allowed
        self._tasks.replace(
            "library-continue-reading", self._reporting_storage_errors(self._show_continue_reading)
        )

    def rows_needed(self, ids: Sequence[BookId]) -> None:
        """Load books whose rows came into sight."""
        self._tasks.start(self._reporting_storage_errors(lambda: self._load(ids)))

    def typed_ahead(self, letters: str) -> None:
        """Select the first book whose title begins with `letters`."""
        self._tasks.replace(
            "library-type-ahead", self._reporting_storage_errors(lambda: self._find_title(letters))
        )

    def mark_finished(self, book: Book) -> None:
        """Mark a book as finished; Undo is offered."""
        text = tr("Marked ‘{title}’ as finished", title=isolated(book.title))
        now = self._clock()
        self._mark(book, lambda: self._books.mark_finished(book.id, now), text)

    def mark_reading(self, book: Book) -> None:
        """Mark a finished book as being read, at its place; Undo is offered."""
        text = tr("Marked ‘{title}’ as being read", title=isolated(book.title))
        self._mark(book, lambda: self._books.mark_finished(book.id, None), text)

    def mark_unread(self, book: Book) -> None:
        """Mark a book as unread; Undo is offered."""
        text = tr("Marked ‘{title}’ as unread", title=isolated(book.title))
        self._mark(book, lambda: self._books.mark_unread(book.id), text)

    def remove(self, book: Book) -> None:
        """Remove a book from the library; the reader has confirmed it."""
        self._tasks.start(self._reporting_storage_errors(lambda: self._remove(book)))

    def remove_by_id(self, book_id: BookId) -> None:
        """Remove a book of which only the id is known."""
        self._tasks.start(self._reporting_storage_errors(lambda: self._remove_known(book_id)))

    def add(self, paths: Sequence[Path]) -> None:
        """Import files and folders, after an import that is still running."""
        self._tasks.start(
            self._reporting_storage_errors(lambda: self._import(paths), explain_import)
        )

    async def import_files(self, paths: Sequence[Path]) -> ImportReport:
        """Import files and return the report. Raises `StorageError`."""
        return await self._import(paths)

    def stop_import(self) -> None:
        self._stop_import = True

    # -- work in tasks

    def _order(self, order: Order) -> None:
        self._on_order(order)
        self._change(replace(self._query, sort=order[0], reverse=order[1]))

    def _change(self, query: Query) -> None:
        self._query = query
        self._list_after(0)

    def _list_after(self, delay_s: float) -> None:
        self._tasks.replace(
            "library-list", self._reporting_storage_errors(lambda: self._list(delay_s))
        )

    async def _reporting_storage_errors(
        self, work: Work, words: Callable[[StorageError], Message] = explain
    ) -> None:
        """Run `work` and show a `StorageError` in the banner; success hides the banner."""
        try:
            await work()
        except StorageError as error:
            self._screen.show_problem(words(error))
        else:
            self._screen.show_problem(None)

    async def _refresh(self) -> None:
        await self._count()
        await self._list(0)

    async def _count(self) -> None:
        counts = await self._books.counts()
        self._screen.show_counts(counts)
        self._on_counts(counts)

    async def _list(self, delay_s: float) -> None:
        if delay_s:
            await asyncio.sleep(delay_s)
        query = self._query
        if query.words:
            query = replace(query, shelf=Shelf.ALL)
        self._screen.show_ids(await self._books.ids(query), query)
        self._on_words(query.words)
        await self._show_continue_reading()

    async def _show_continue_reading(self) -> None:
        shown = self._show_continue and self._query.shelf in {Shelf.ALL, Shelf.READING}
        if shown and not self._query.words:
            books = await self._books.continue_reading(CONTINUE_READING_LIMIT)
            distinctions = await self._distinctions([book.id for book in books])
            self._screen.show_continue(books, distinctions)
        else:
            self._screen.show_continue([], {})

    async def _load(self, ids: Sequence[BookId]) -> None:
        self._screen.show_rows(await self._books.load(ids))
        if distinctions := await self._distinctions(ids):
            self._screen.show_distinctions(distinctions)

    async def _distinctions(self, ids: Sequence[BookId]) -> dict[BookId, str]:
        """Texts for those of `ids` that have the same title and authors as another book."""
        distinctions: dict[BookId, str] = {}
        for copies in await self._books.copies(ids):
            distinctions |= distinguish(copies, self._clock())
        return distinctions

    async def _find_title(self, letters: str) -> None:
        wanted = letters.casefold()
        ids = await self._books.ids(replace(self._query, words=letters))
        for book in await self._books.load(ids[:_TYPE_AHEAD_RESULTS]):
            if book.title.casefold().startswith(wanted):
                self._screen.select(book.id)
                return

    def rate(self, book: Book, rating: int | None) -> None:
        """Half stars, 1 to 10; None removes them."""
        if rating is None:
            words = tr("‘{title}’ is not rated any more", title=isolated(book.title))
        else:
            words = tr("‘{title}’: {n} of 10", title=isolated(book.title), n=rating)
        self._change_record(
            book,
            lambda: self._books.rate(book.id, rating),
            words,
            lambda: self._books.rate(book.id, book.rating),
        )

    def _mark(self, book: Book, work: Work, words: str) -> None:
        self._change_record(book, work, words, lambda: self._restore_status(book))

    def _change_record(self, book: Book, work: Work, words: str, undo: Work) -> None:
        """Change the record of a book, and offer to undo that."""

        async def do(step: Work) -> None:
            await step()
            await self._reload(book.id)

        async def change() -> None:
            await do(work)
            self._screen.say(words, take_back)

        def take_back() -> None:
            self._tasks.start(self._reporting_storage_errors(lambda: do(undo)))

        self._tasks.start(self._reporting_storage_errors(change))

    async def _restore_status(self, book: Book) -> None:
        if book.status is ReadingStatus.UNREAD:
            await self._books.mark_unread(book.id)
        else:
            await self._books.mark_finished(book.id, book.finished_at)

    async def _remove(self, book: Book) -> None:
        await self._books.remove(book.id)
        self._screen.say(tr("Removed ‘{title}’", title=isolated(book.title)))
        await self._refresh()
        self._on_removed(book)

    async def _remove_known(self, book_id: BookId) -> None:
        for book in await self._books.load([book_id]):
            await self._remove(book)

    async def _reload(self, book_id: BookId) -> None:
        await self._refresh()
        self._screen.show_rows(await self._books.load([book_id]))

    async def _import(self, paths: Sequence[Path]) -> ImportReport:
        async with self._importing:
            self._stop_import = False
            loop = asyncio.get_running_loop()
            began = loop.time()

            def progress(done: int, total: int) -> None:
                self._on_import(done, total)
                if loop.time() - began >= IMPORT_SHOWN_AFTER_S:
                    self._screen.show_import(done, total)

            try:
                report = await self._importer.add(
                    paths, progress=progress, cancelled=lambda: self._stop_import
                )
            finally:
                self._on_import(0, 0)
        await self._refresh()
        self._show_import_result(report)
        return report

    def _show_import_result(self, report: ImportReport) -> None:
        """Show the report of an import, or only a toast for a single book without defects."""
        only = report.items[0] if len(report.items) == 1 else None
        if only and only.outcome is ImportOutcome.ADDED and not only.defects:
            self._screen.say(tr("Added ‘{title}’", title=isolated(only.title)))
            if only.book_id is not None:
                self._screen.select(only.book_id)
            return
        if report.items or report.cancelled:
            self._screen.show_import_report(report)
        else:
            self._screen.say(tr("No EPUB files found"))
