"""The books of the library with their files: removing a book removes its file.

`storage` knows no files and `library` no database, so both meet here.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database

logger = logging.getLogger(__name__)


class KeptBooks(Books):
    """`library` is the folder of the files that the rows name; `unlink` is the system's."""

    def __init__(
        self,
        database: Database,
        library: Path,
        unlink: Callable[[Path], None] = Path.unlink,
    ) -> None:
        super().__init__(database)
        self._library, self._unlink = library, unlink

    @property
    def put_back(self) -> bool:
        """Whether a backup, or what was left, replaced the database when it was opened."""
        return self._database.salvaged or self._database.recovered_from is not None

    async def remove(self, book_id: BookId) -> None:
        """Out of the library, with its file. The place stays known, should the file come back.

        A file that can't be deleted, for instance because it is being read, is no reason to keep
        the book: it goes at a later start, which knows it by a mark beside it.
        """
        found = await self.load([book_id])
        await super().remove(book_id)
        from kios_desktop.library.files import LibraryFiles  # what it imports delays the start

        files = LibraryFiles(self._library, self._unlink)
        for book in found:
            try:
                await asyncio.to_thread(files.remove, book)
            except StorageError as error:
                logger.warning("the file of a removed book stays: %s", error)
