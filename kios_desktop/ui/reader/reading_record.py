"""What the library keeps of reading: that books were opened, read and finished, and their look."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from kios_desktop.domain.errors import KiosError, Missing, StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import ReadingPreferences
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.ports import BookStorePort

log = logging.getLogger(__name__)


class ReadingRecord:
    """A file outside the library has no `BookId`, and nothing of it is kept.

    `changed` is called when a record changed, `not_kept` when a turn can't be stored, and `failed`
    with any other error.
    """

    def __init__(
        self,
        shelf: BookStorePort,
        tasks: Tasks,
        *,
        changed: Callable[[], None],
        not_kept: Callable[[StorageError], None],
        failed: Callable[[KiosError], None],
    ) -> None:
        self._shelf, self._tasks = shelf, tasks
        self._changed, self._not_kept, self._failed = changed, not_kept, failed
        self._unread: set[BookId] = set()  # opened at start, and no page was turned yet

    async def opened(self, book_id: BookId) -> StorageError | None:
        """Store that a book was opened. The error is returned, as the book opens anyway."""
        try:
            await self._shelf.opened(book_id, datetime.now(UTC))
        except StorageError as e:
            log.warning("that a book was opened is not kept: %s", e)
            return e
        return None

    def opened_unasked(self, book_id: BookId) -> None:
        """A book of the last session was opened: it counts as read from its first turn."""
        self._unread.add(book_id)

    def closed(self, book_id: BookId | None) -> None:
        if book_id is not None:
            self._unread.discard(book_id)

    def turned(self, book_id: BookId | None) -> None:
        """A page was turned."""
        if book_id is not None and book_id in self._unread:
            self._unread.discard(book_id)
            self._tasks.start(self._read(book_id))

    async def _read(self, book_id: BookId) -> None:
        refused = await self.opened(book_id)
        if refused is not None:
            self._not_kept(refused)
        self._changed()

    def finished(self, book_id: BookId | None, finished: bool) -> None:
        if book_id is not None:
            self._tasks.start(self._mark_finished(book_id, finished))

    async def _mark_finished(self, book_id: BookId, finished: bool) -> None:
        try:
            await self._shelf.mark_finished(book_id, datetime.now(UTC) if finished else None)
        except (StorageError, Missing) as e:
            self._failed(e)
        self._changed()

    def look(self, book_id: BookId | None, preferences: ReadingPreferences) -> None:
        """Keep the settings that are a book's own."""
        if book_id is not None:
            self._tasks.start(self._shelf.save_reading_preferences(book_id, preferences))
