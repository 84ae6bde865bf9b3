"""Imports a file of marks: finds its books, asks where that is not clear, and tells the end. No Qt.

In the window of a book its marks are what the file is imported for: see `of`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kios_desktop.application.mark_exchange import about_others
from kios_desktop.application.mark_import import MarkImporter
from kios_desktop.application.mark_matching import BookMatch, of_book
from kios_desktop.application.mark_settling import SettledMarks
from kios_desktop.domain.errors import (
    KiosError,
    PublicationError,
    StorageError,
)
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_differences import Keep
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.ui.exchange.import_summary import ImportSummary, settled_text
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr


@dataclass(frozen=True, slots=True)
class BookAnswer:
    """The book that was chosen, None for none; `for_all` when nothing more is to be asked."""

    book: Book | None
    for_all: bool = False


class ImportView(Protocol):
    """What the presenter asks and shows."""

    def ask_file(self, chosen: Callable[[Path], None]) -> None: ...
    def ask_book(
        self,
        told: MarksOfBook,
        likely: Sequence[Book],
        books: Sequence[Book],
        more: int,
        answered: Callable[[BookAnswer], None],
    ) -> None:
        """Which of `books` the marks are of; after it, at most `more` others are asked about."""

    def ask_this_book(
        self, told: MarksOfBook, book: Book, answered: Callable[[BookAnswer], None]
    ) -> None:
        """Whether marks that are said to be of another book are for this one all the same."""

    def show_progress(self, done: int, total: int) -> None: ...
    def hide_progress(self) -> None: ...
    def show_summary(self, summary: ImportSummary) -> None: ...
    def ask_differing(self, summary: ImportSummary, answered: Callable[[Keep], None]) -> None:
        """The same, and what becomes of the marks that differ."""

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        """One line: why nothing was imported, or what became of marks that differ."""


class ImportPresenter:
    """`of` is the book whose window this is in, None for a page about all books."""

    def __init__(
        self, marks: MarkImporter, view: ImportView, tasks: Tasks, of: BookId | None = None
    ) -> None:
        self._marks, self._view, self._tasks, self._of = marks, view, tasks, of
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = self._has_ended = False

    def end(self) -> None:
        """The view goes. What was imported so far stays."""
        self._has_ended = True
        self._cancel()

    def ask(self) -> None:
        """Let a file be chosen, and import it."""
        self._view.ask_file(self.start)

    def start(self, path: Path) -> None:
        """Import a file, unless one is being imported."""
        if self._task is not None:
            self._view.show_toast(tr("Another file is being imported."))
            return
        self._is_stopped = False
        self._task = self._tasks.start(self._run(path))

    def stop(self) -> None:
        """What was imported so far stays, and is told."""
        self._is_stopped = True
        self._cancel()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self, path: Path) -> None:
        summary = ImportSummary()
        try:
            await self._import(path, summary)
        except asyncio.CancelledError:
            if not self._is_stopped:
                raise  # nobody looks any more
            summary.stopped = True
            self._told(summary)
        except KiosError as error:
            self._view.hide_progress()
            self._view.show_toast(explain(error).line)
        else:
            self._told(summary)
        finally:
            self._task = None

    def _told(self, summary: ImportSummary) -> None:
        self._view.hide_progress()
        if summary.differing:
            self._view.ask_differing(summary, lambda keep: self._settle(summary, keep))
        else:
            self._view.show_summary(summary)

    # -- marks that differ

    def _settle(self, summary: ImportSummary, keep: Keep) -> None:
        if keep is Keep.MINE:
            return

        async def settle() -> None:
            settled = await self._marks.settle(summary.differing_by_book, keep)
            undo = tr("Undo") if settled.now else ""
            said = settled_text(keep, [kept.mark for kept in settled.now])
            self._toast(said, undo, lambda: self._take_back(settled))

        self._try(settle, lambda: self._settle(summary, keep))

    def _take_back(self, settled: SettledMarks) -> None:
        self._try(lambda: self._marks.take_back(settled), lambda: self._take_back(settled))

    def _try(self, do: Callable[[], Awaitable[None]], again: Callable[[], None]) -> None:
        """Do what changes marks: all of it or, after an error, nothing; it can be tried again."""

        async def telling() -> None:
            try:
                await do()
            except StorageError as error:
                self._toast(explain(error).line, tr("Try again"), again)

        self._tasks.start(telling())

    def _toast(self, text: str, action: str, on_action: Callable[[], None]) -> None:
        if not self._has_ended:
            self._view.show_toast(text, action, on_action if action else None)

    # -- what the file is about

    async def _import(self, path: Path, summary: ImportSummary) -> None:
        self._view.show_progress(0, 0)
        parts = await self._marks.read(path)
        pairs = await self._with_books(parts, summary)
        total, before = sum(len(told.candidates) for told, _ in pairs), 0
        for told, book in pairs:

            def progress(done: int, _all: int, before: int = before) -> None:
                self._view.show_progress(before + done, total)

            try:
                summary.results.append((book, await self._marks.take(told, book, progress)))
            except (PublicationError, StorageError) as error:
                summary.failed.append((book.title, explain(error).line))
                if isinstance(error, StorageError):  # the others would fail like it
                    summary.stopped = True
                    return
            before += len(told.candidates)

    # -- which book

    async def _with_books(
        self, parts: Sequence[MarksOfBook], summary: ImportSummary
    ) -> list[tuple[MarksOfBook, Book]]:
        matches = await self._marks.match(parts)
        if self._of is not None:
            return await self._for_this_book(self._of, parts, matches, summary)
        unclear = sum(found.book is None for found in matches)
        books = await self._marks.library() if unclear else []
        pairs: list[tuple[MarksOfBook, Book]] = []
        asks = True
        for told, found in zip(parts, matches, strict=True):
            book = found.book
            if book is None:
                unclear -= 1
                if asks:
                    answer = await self._asked_book(told, found.likely, books, unclear)
                    book, asks = answer.book, not answer.for_all
            if book is None:
                summary.missing.append(told.title)
            else:
                pairs.append((told, book))
        return pairs

    async def _for_this_book(
        self,
        book_id: BookId,
        parts: Sequence[MarksOfBook],
        matches: Sequence[BookMatch],
        summary: ImportSummary,
    ) -> list[tuple[MarksOfBook, Book]]:
        """The parts about the book of this window; a single part of no or another one is asked."""
        book = await self._marks.book(book_id)
        mine = [
            told for told, found in zip(parts, matches, strict=True) if _may_be(found, book_id)
        ] or of_book(parts, book)
        if not mine and len(parts) == 1:
            [told] = parts
            names_none = not told.title and not told.sha256 and not told.identifiers
            if names_none or (await self._asked_this_book(told, book)).book is not None:
                mine = [told]
            else:
                summary.missing.append(told.title)
        elif not mine:
            raise about_others(parts)
        return [(told, book) for told in mine]

    async def _asked_book(
        self, told: MarksOfBook, likely: Sequence[Book], books: Sequence[Book], more: int
    ) -> BookAnswer:
        return await self._answer(
            lambda answered: self._view.ask_book(told, likely, books, more, answered)
        )

    async def _asked_this_book(self, told: MarksOfBook, book: Book) -> BookAnswer:
        return await self._answer(lambda answered: self._view.ask_this_book(told, book, answered))

    async def _answer(self, ask: Callable[[Callable[[BookAnswer], None]], None]) -> BookAnswer:
        self._view.hide_progress()
        answer: asyncio.Future[BookAnswer] = asyncio.get_running_loop().create_future()

        def answered(given: BookAnswer) -> None:
            if not answer.done():
                answer.set_result(given)

        ask(answered)
        return await answer


def _may_be(found: BookMatch, book_id: BookId) -> bool:
    """By the id: what else is known of a book changes as it is read."""
    books = found.likely if found.book is None else (found.book,)
    return any(one.id == book_id for one in books)
