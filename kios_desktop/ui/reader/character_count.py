"""Counts the characters of an open book in the background, so that percentages become exact."""

import asyncio
import logging
from collections.abc import Callable

from kios_desktop.application.open_files import Lease
from kios_desktop.domain.errors import PublicationError, StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.epub.counting import Counting
from kios_desktop.ui.reader.ports import BookStorePort

log = logging.getLogger(__name__)

REST_S = 0.5  # without a page turn, before and while the characters are counted
PAUSE_S = 0.03  # between two slices of counting


class CharacterCount:
    """Counts in slices, and only while nobody turns pages.

    `rest_s` gives the seconds since a page came on the screen in any window.
    """

    def __init__(self, store: BookStorePort, rest_s: Callable[[], float]) -> None:
        self._store, self._rest_s = store, rest_s

    async def count(
        self, book_id: BookId | None, lease: Lease, is_open: Callable[[], bool]
    ) -> None:
        """Count the whole book, unless it is closed or somebody else counts it first.

        The sync counts as well, when it has to compare places. Without `book_id` (a file outside
        the library) the result is not stored.
        """
        opened = lease.publication
        counts = Counting(opened.totals)
        while not counts.done:
            await asyncio.sleep(max(PAUSE_S, REST_S - self._rest_s()))
            if not is_open() or opened.weights is not None:
                return
            if self._rest_s() < REST_S:
                continue
            try:
                with lease.duplicate():
                    await asyncio.to_thread(counts.go_on)
            except PublicationError as e:
                log.warning("the characters of a book could not be counted: %s", e)
                return
        if not is_open():
            return
        weights = tuple(counts.found)
        opened.weigh(weights)
        if book_id is not None:
            await self._save(book_id, weights)

    async def _save(self, book_id: BookId, weights: tuple[int, ...]) -> None:
        try:
            await self._store.save_weights(book_id, weights)
        except StorageError as e:
            log.warning("the character counts of a book were not saved: %s", e)
