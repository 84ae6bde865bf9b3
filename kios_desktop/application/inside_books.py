"""Builds the index over all books in the background, and keeps it like the library.

What is to be done says `index_machine.py`; here it is done, one thing after the other, in a thread
that mostly waits for the process that reads the books.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from kios_desktop.application.index_machine import (
    DropBook,
    GiveUp,
    IndexMachine,
    Look,
    ReadBook,
    Remove,
    Work,
)
from kios_desktop.application.index_writing import IndexWriterProcess, IndexWriting, WriterLost
from kios_desktop.domain.errors import Corrupt, KiosError, Missing, StorageError
from kios_desktop.domain.inside_books import BookFile, IndexProgress
from kios_desktop.domain.watchers import Watchers
from kios_desktop.storage.text_index import TextIndex, remove_text_index, text_index_bytes

log = logging.getLogger(__name__)

PATIENCE_S = 180.0  # for one book, at low priority beside whatever else runs
T = TypeVar("T")


class IndexedLibrary(Protocol):
    """The part of `storage.books.Books` used here. Raises `StorageError`."""

    async def files(self) -> list[BookFile]:
        """All books of the library, in the order in which they were added."""


class InsideBooks:
    """The index at `path`, over the books whose files are in the folder `library`.

    Nothing is done before `start`. Used on the event loop's thread.
    """

    def __init__(
        self,
        path: Path,
        library: Path,
        books: IndexedLibrary,
        make_writer: Callable[[Path], IndexWriting] = IndexWriterProcess,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._path, self._library, self._books = path, library, books
        self._make_writer, self._patience_s = make_writer, patience_s
        self._machine = IndexMachine(on=False, paused=False, exists=False)
        self._writer: IndexWriting | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index")
        self._worker: asyncio.Task[None] | None = None
        self._to_list = True  # the books of the library may be others
        self._started = self._closed = False
        self._watchers = Watchers()

    @property
    def progress(self) -> IndexProgress:
        return self._machine.progress

    def watch(self, show: Callable[[IndexProgress], object]) -> Callable[[], None]:
        """Call `show` when the progress has changed. Returns a function that ends this."""
        return self._watchers.watch(lambda: self.progress, show)

    def watch_problem(self, tell: Callable[[KiosError | None], object]) -> None:
        """Call `tell` when something keeps it from going on, and with None when that is over."""
        self._watchers.watch(lambda: self.progress.problem, tell)

    def start(self, *, on: bool, paused: bool) -> None:
        """Begin with what is wanted."""
        self._machine = IndexMachine(on=on, paused=paused, exists=self._path.exists())
        self._started = True
        self._wake()

    def want(self, *, on: bool, paused: bool) -> None:
        """Build the index or delete it; pause, or go on."""
        if not self._started:
            return
        self._machine.switch(on)
        self._machine.pause(paused)
        if not on and self._writer is not None:
            self._writer.kill()
        self._wake()

    def go_on(self) -> None:
        """Try again what a problem has stopped."""
        if self._started:
            self._to_list = True
            self._machine.go_on()
            self._wake()

    def was_damaged(self, error: Corrupt) -> None:
        """Damage was met while the index was searched: it is made anew."""
        if self._started:
            self._machine.failed(error)
            self._wake()

    def books_changed(self) -> None:
        """Books may have been added to the library, or removed."""
        self._to_list = True
        if self._started:
            self._wake()

    async def settled(self) -> None:
        """Returns when there is nothing to do any more."""
        while self._worker is not None:
            await asyncio.wait([self._worker])
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        """End, at the cost of the book in work."""
        self._closed = True
        if self._writer is not None:
            self._writer.kill()
        await self.settled()
        self._thread.shutdown(wait=False)

    # -- one thing after the other

    def _wake(self) -> None:
        self._watchers.changed()
        if self._worker is None and not self._closed and self._has_work:
            self._worker = asyncio.get_running_loop().create_task(self._run())
            self._worker.add_done_callback(self._ended)

    def _ended(self, worker: asyncio.Task[None]) -> None:
        self._worker = None
        if worker.cancelled() or self._closed:
            return
        if (error := worker.exception()) is not None:
            log.error("a mistake of ours ended the reading of books", exc_info=error)
        elif self._has_work:  # it came at the very end
            self._wake()

    @property
    def _has_work(self) -> bool:
        return (self._to_list and self._machine.is_on) or self._machine.work is not None

    async def _run(self) -> None:
        try:
            while not self._closed:
                await self._list()
                work = self._machine.work
                if work is None or self._closed:
                    break
                try:
                    await self._do(work)
                except StorageError as error:
                    await self._failed(error)
                await self._measure()
        finally:
            await self._end_writer()
        await self._measure()  # the process has tidied up

    async def _measure(self) -> None:
        self._machine.size_bytes = await self._in_thread(lambda: text_index_bytes(self._path))
        self._watchers.changed()

    async def _list(self) -> None:
        if self._to_list and self._machine.is_on:
            self._to_list = False
            try:
                self._machine.want(await self._books.files())
            except StorageError as error:
                log.warning("the books to be searched are not known: %s", error)
                self._machine.not_listed(error)
            self._watchers.changed()

    async def _do(self, work: Work) -> None:
        """Raises StorageError."""
        match work:
            case Look():
                index = TextIndex(self._path)
                self._machine.looked(await self._in_thread(index.books))
            case Remove():
                await self._remove()
            case ReadBook(book):
                await self._read(book)
            case DropBook(book_id):
                await self._ask(lambda writer: writer.drop(book_id))
                self._machine.dropped(book_id)
            case GiveUp(indexed):
                await self._ask(lambda writer: writer.give_up(indexed))
                self._machine.gave_up(indexed)

    async def _read(self, book: BookFile) -> None:
        """Raises StorageError."""
        path, writer = self._library / book.file, await self._made_writer()
        try:
            async with asyncio.timeout(self._patience_s):
                why_not = await self._in_thread(lambda: writer.read(book, path))
        except Missing:
            self._machine.was_missing(book)
        except (WriterLost, TimeoutError) as error:
            await self._end_writer(now=True)
            if not self._closed:
                log.warning("what read book %s was lost: %s", book.id, type(error).__name__)
                self._machine.lost(book)
        else:
            self._machine.read(book, why_not)

    async def _ask(self, do: Callable[[IndexWriting], None]) -> None:
        """Raises StorageError."""
        writer = await self._made_writer()
        try:
            await self._in_thread(lambda: do(writer))
        except WriterLost as error:
            await self._end_writer(now=True)
            raise StorageError("what writes the index was lost") from error

    async def _made_writer(self) -> IndexWriting:
        """Raises StorageError."""
        if self._writer is None:
            try:
                self._writer = await self._in_thread(lambda: self._make_writer(self._path))
            except WriterLost as error:
                raise StorageError("what writes the index does not start") from error
        return self._writer

    async def _failed(self, error: StorageError) -> None:
        log.warning("the index over all books: %s", error)
        await self._end_writer(now=True)
        self._machine.failed(error)

    async def _remove(self) -> None:
        await self._end_writer(now=True)
        try:
            await self._in_thread(lambda: remove_text_index(self._path))
        except StorageError as error:
            log.warning("the index over all books could not be deleted: %s", error)
        self._machine.removed()

    async def _end_writer(self, *, now: bool = False) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            if now or self._closed:
                writer.kill()
            await self._in_thread(writer.close)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
