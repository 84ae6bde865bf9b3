"""The registry of open books of the library: each file is opened once for all its users."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kios_desktop.application.open_files import Lease, OpenFiles
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book, BookId

if TYPE_CHECKING:  # at run time they would import the parsers at start
    from kios_desktop.application.open_publication import OpenPublication
    from kios_desktop.epub.places import Places

logger = logging.getLogger(__name__)


class BookRecords(Protocol):
    """The part of `storage.books.Books` used here. Methods raise `StorageError`."""

    async def get(self, book_id: BookId) -> Book: ...
    async def weights(self, book_id: BookId) -> tuple[int, ...] | None: ...
    async def save_weights(self, book_id: BookId, weights: tuple[int, ...]) -> None: ...


class Publications:
    """Opens books. `library` is the folder with their files.

    Weights are the characters of each spine item, counted once per book and stored.
    """

    def __init__(self, books: BookRecords, library: Path) -> None:
        self._books, self._library = books, library
        self._files = OpenFiles()
        self._counts: dict[BookId, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def use(self, book_id: BookId) -> AsyncIterator["OpenPublication"]:
        """The open book, within the block. Raises `PublicationError`."""
        with await self.lease(await self._books.get(book_id)) as opened:
            yield opened

    async def lease(self, book: Book) -> Lease:
        """A lease of an open book. Raises `PublicationError`."""
        weights = await self._books.weights(book.id)
        return await self._files.lease(self._library / book.file, weights, ours=True)

    async def lease_file(self, path: Path) -> Lease:
        """A lease of a file that is not in the library. Raises `PublicationError`."""
        return await self._files.lease(path)

    @asynccontextmanager
    async def places(self, book_id: BookId) -> AsyncIterator["Places"]:
        """The conversions of a book, within the block. Raises `PublicationError`.

        The file stays open until the calling task ends, for one visit to a server converts several
        places.
        """
        lease = await self.lease(await self._books.get(book_id))
        if (task := asyncio.current_task()) is not None:
            task.add_done_callback(lambda _done: lease.give_back())
        yield lease.publication.places

    async def count(self, book_id: BookId, patience_s: float | None) -> None:
        """Count the characters of a book, which a server's percentage needs to mean something.

        After `patience_s` counting goes on in the background, which happens to very large books
        only: percentages are estimates until then. Raises `PublicationError`.
        """
        task = self._counts.get(book_id)
        if task is None:
            loop = asyncio.get_running_loop()
            task = self._counts[book_id] = loop.create_task(self._count(book_id))
            task.add_done_callback(lambda _done: self._counts.pop(book_id, None))
        done, _ = await asyncio.wait([task], timeout=patience_s)
        if done:
            task.result()

    async def _count(self, book_id: BookId) -> None:
        if await self._books.weights(book_id) is not None:
            return
        async with self.use(book_id) as opened:
            if opened.weights is not None:
                return
            counts = await asyncio.to_thread(opened.count)
            opened.weigh(counts)
        try:
            await self._books.save_weights(book_id, counts)
        except StorageError as e:
            logger.warning("the counts of a book were not saved: %s", e)

    async def aclose(self) -> None:
        """Stop counting and close every file, leases or not."""
        for count in tuple(self._counts.values()):
            count.cancel()
        self._files.close()
