"""The books of the library with their files: removing a book removes its file.

`storage` knows no files and `library` no database, so both meet here.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId, NewBook
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database

logger = logging.getLogger(__name__)


class KeptBooks(Books):
    """`library` is the folder of the book files; `unlink` deletes one."""

    def __init__(
        self,
        database: Database,
        library: Path,
        unlink: Callable[[Path], None] = Path.unlink,
    ) -> None:
        super().__init__(database)
        self._library, self._unlink = library, unlink
        self._changed: list[Callable[[], object]] = []

    @property
    def put_back(self) -> bool:
        """Whether the database was replaced by a backup, or salvaged, when it was opened."""
        return self._database.salvaged or self._database.recovered_from is not None

    def when_changed(self, tell: Callable[[], object]) -> None:
        """Call `tell` after books were added or removed."""
        self._changed.append(tell)

    async def add_all(self, new: Sequence[NewBook]) -> list[BookId]:
        added = await super().add_all(new)
        self._tell()
        return added

    async def remove(self, book_id: BookId) -> None:
        """Remove a book with its file. Its place stays stored, in case the file is added again.

        A file that can't be deleted, for instance because it is open, gets a mark beside it, and a
        later start deletes it.
        """
        found = await self.load([book_id])
        await super().remove(book_id)
        self._tell()
        from kios_desktop.library.files import LibraryFiles  # its imports would delay the start

        files = LibraryFiles(self._library, self._unlink)
        for book in found:
            try:
                await asyncio.to_thread(files.remove, book)
            except StorageError as error:
                logger.warning("the file of a removed book stays: %s", error)

    def _tell(self) -> None:
        for tell in self._changed:
            tell()
