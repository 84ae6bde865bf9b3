"""Opens books from the library, the command line or a second start, and shows why one fails."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop.domain.errors import Full, KiosError, Missing, PublicationError, ReadOnly
from kios_desktop.domain.library import Book, BookId, ImportOutcome
from kios_desktop.domain.locator import Locator, Place
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.kit.dialog import tell
from kios_desktop.ui.kit.error_texts import Message, explain, explain_import
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.ports import ImporterPort
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.reader.session import ReaderSession
from kios_desktop.ui.shell.unopened import UnopenedDialog, unopened_title

if TYPE_CHECKING:  # not at start: a reader window may open without it
    from kios_desktop.domain.inside_books import Excerpt
    from kios_desktop.domain.mark_query import KeptMark
    from kios_desktop.ui.shell.library_controller import LibraryController


log = logging.getLogger(__name__)


class BookLoader(Protocol):
    """The part of `storage.books.Books` used here. Raises `StorageError`."""

    async def load(self, ids: Sequence[BookId]) -> list[Book]: ...


class Opening:
    """Opens books in reader windows.

    `folder` is the library's, `guide` the file of our guide. `library` and `importer` make their
    results when called. `on_added` is called after a book was added. `place_of` finds an excerpt in
    its book, None when it is not there any more. After `end` nothing opens.
    """

    def __init__(
        self,
        readers: OpenBooks,
        books: BookLoader,
        sync: SyncEngine,
        tasks: Tasks,
        folder: Path,
        guide: Path,
        library: Callable[[], "LibraryController"],
        importer: Callable[[], ImporterPort],
        say: Callable[[str], None],
        on_added: Callable[[], None],
        place_of: "Callable[[Excerpt], Awaitable[Place | None]]",
    ) -> None:
        self._readers, self._books, self._sync, self._tasks = readers, books, sync, tasks
        self._folder, self._guide = folder, guide
        self._library, self._importer = library, importer
        self._toast, self._on_added, self._place_of = say, on_added, place_of
        self._ended = False
        readers.failed.connect(self._failed)

    def end(self) -> None:
        """Open nothing any more: Kios quits."""
        self._ended = True

    async def open_files(self, files: Sequence[Path]) -> None:
        """Open what the command line or a second start named.

        A single book is added if it is new, and opened. Several books or a folder are only added,
        with the library in front.
        """
        if self._ended:
            return
        if is_one_book(files):
            await self._add_and_open(files[0])
            return
        self._library().window.raise_()
        if files:
            self._library().presenter.add(list(files))

    async def open_book(self, book_id: BookId) -> None:
        await self._readers.open(book_id)

    async def reopen(self, session: ReaderSession) -> None:
        """Reopen the books that were open when Kios ended, behind those opened since.

        A book whose file is missing, perhaps with its drive, stays on the list; a damaged one is
        taken off; a removed one is skipped silently. The others are reported once.
        """
        since = self._readers.windows()
        away: list[Book] = []
        failed: list[tuple[Book, KiosError]] = []
        with session.restoring_all() as left_open:
            for left in left_open:
                known = await self._books.load([BookId(left.book)])
                if self._ended:
                    return
                if not known or known[0].title != left.title:
                    session.forget(left.book)
                    continue
                try:
                    await self._reopen_one(left.book, session)
                except Missing:
                    away.append(known[0])
                except PublicationError as error:
                    session.forget(left.book)
                    failed.append((known[0], error))
                except KiosError as error:
                    failed.append((known[0], error))
        for window in since:
            if window.isVisible():
                window.raise_()
                window.activateWindow()
        self._report_not_reopened(away, failed)

    async def _reopen_one(self, book: int, session: ReaderSession) -> None:
        """Raises KiosError."""
        if self._readers.window_of(BookId(book)) is not None:
            return
        window = None
        try:
            await session.begin_restoring(book)
            window = await self._readers.open_again(BookId(book))
        finally:
            if window is None:
                session.restored(book)

    def _report_not_reopened(self, away: list[Book], failed: list[tuple[Book, KiosError]]) -> None:
        """Show at most one dialog, however many books failed."""
        if len(failed) == 1:
            [(book, error)] = failed
            self._failed(error, book.title, book)
        elif failed:
            titles = "\n".join(isolated(book.title) for book, _ in failed)
            why = tr("Open one from the library to see what is wrong with it.")
            self._say(Message(tr("Books that were open can’t be opened"), f"{titles}\n\n{why}"), "")
        if away:
            self._toast(_away_text(away))

    async def open_at_offer(self, book_id: BookId) -> None:
        """“Continue” in the sync menu of the library: open the book at the offered place."""
        window = await self._readers.open(book_id)
        offer = self._sync.book_overview(book_id).offer
        if window is not None and offer is not None:
            window.take_offer(offer)

    async def open_at(self, book_id: BookId, locator: Locator) -> None:
        """“Go there” on a book's page: open the book at that place."""
        window = await self._readers.open(book_id)
        if window is not None:
            window.go_to_place_when_open(locator.place)

    async def open_at_mark(self, kept: "KeptMark") -> None:
        """“Open in book”: open the book and look at the mark, if its text is there."""
        window = await self._readers.open(kept.book_id)
        if window is not None:
            window.marking.look_for(kept.mark.id)

    async def open_at_excerpt(self, excerpt: "Excerpt", words: str) -> None:
        """“Inside books”: open the book, look at what was found, and search in it for the words."""
        window = await self._readers.open(excerpt.book_id)
        if window is None:
            return
        try:
            place = await self._place_of(excerpt)
        except KiosError as error:
            log.warning("what was found inside a book is not shown: %s", error)
            place = None
        if window.is_closing:
            return
        if place is None:
            window.overlays.toast(tr("These words aren’t in the book any more."))
            return
        from kios_desktop.epub.search_folding import folded

        window.look_at_place_when_open(place)
        # search in the book minds the signs between words, which the index does not
        is_literal = folded(words, match_case=False) in folded(excerpt.text, match_case=False)
        window.search.search_for(words if is_literal else excerpt.text)

    async def open_guide(self) -> None:
        await self._readers.open_file(self._guide)

    async def _add_and_open(self, file: Path) -> None:
        report = await self._importer().add(
            [file], progress=lambda _done, _all: None, cancelled=lambda: False
        )
        for item in report.items:
            if item.book_id is not None:
                await self.open_book(item.book_id)
            elif isinstance(item.error, Full | ReadOnly):
                await self._only_read(file, item.error)
            elif item.error is not None:
                self._say(explain_import(item.error), item.name)
        if report.count(ImportOutcome.ADDED):
            self._on_added()

    async def _only_read(self, file: Path, error: Full | ReadOnly) -> None:
        """Open a book that the disk has no room for, without adding it."""
        if (window := await self._readers.open_file(file)) is not None:
            why = explain_import(error).text
            rest = tr("You can read this book; Kios does not keep where you are in it.")
            window.overlays.toast(f"{why} {rest}")

    def _failed(self, error: Exception, title: str, book: Book | None) -> None:
        if self._ended:
            return
        if book is None or not isinstance(error, PublicationError):
            self._say(explain(error), title)
            return
        book_id = book.id
        asking = UnopenedDialog(title, self._folder / book.file, error, self._parent())
        asking.file_chosen.connect(lambda file: self._tasks.start(self._add_and_open(file)))
        asking.removal_chosen.connect(lambda: self._library().presenter.remove_by_id(book_id))
        asking.open()

    def _say(self, words: Message, title: str) -> None:
        if self._ended:
            return
        tell(unopened_title(title) if title else words.title, words.text, self._parent())

    def _parent(self) -> QWidget:
        """The parent of a dialog: the active window, else the library, which is then shown."""
        if not self._readers.windows():
            self._library().window.show()
        return QApplication.activeWindow() or self._library().window


def _away_text(away: Sequence[Book]) -> str:
    return counted(
        "%Ln books were left open, but their files are not there now. They open at the next start "
        "with the files in place.",
        "",
        len(away),
        one=tr(
            "‘{title}’ was left open, but its file is not there now. It opens at the next start "
            "with the file in place."
        ),
        title=isolated(away[0].title),
    )


def is_one_book(files: Sequence[Path]) -> bool:
    """Whether the files are a single book, to open at once."""
    if len(files) != 1:
        return False
    try:
        return not files[0].is_dir()
    except (OSError, ValueError):  # opening it shows what is wrong
        return True
