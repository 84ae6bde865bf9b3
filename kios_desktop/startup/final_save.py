"""Sends and saves everything at quit, and asks when the disk refuses it."""

import asyncio
import logging
import time

from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.shell.unsaved_question import UnsavedQuestion

log = logging.getLogger(__name__)

QUIT_S = 4.0  # the longest wait for pages and servers together
DISK_S = 5.0  # the longest wait for our own disk after that


class FinalSave:
    """`asks`: whether somebody can see a question."""

    def __init__(self, asks: bool) -> None:
        self.asks = asks
        self._question = UnsavedQuestion()
        self._ends_at: float | None = None

    def begin(self) -> None:
        """Kios quits: the time for pages and servers starts."""
        self._ends_at = time.monotonic() + QUIT_S

    def end(self) -> None:
        """The system ends Kios: ask nothing, and answer an open question with no."""
        self._question.end()

    def show(self) -> None:
        """Raise the question: it keeps a second start waiting."""
        self._question.show()

    async def deliver(self, sync: SyncEngine, readers: OpenBooks) -> None:
        """Send what waits and write all places to the disk; sync goes on."""
        ends_at = time.monotonic() + QUIT_S
        await readers.all_reported()
        await sync.deliver(ends_at - time.monotonic())

    async def flush(self, sync: SyncEngine) -> None:
        """Send and save for the last time; ask before places that can't be saved are lost."""
        left_s = QUIT_S if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())
        try:
            async with asyncio.timeout(left_s + DISK_S):
                await sync.flush(left_s)
        except TimeoutError:
            log.error("sending and saving took too long; what is not kept is asked about")
        while titles := sync.unkept():
            error = sync.overview().storage_error
            log.error("not kept at quit: the places in %d books: %s", len(titles), error)
            if not self.asks or not await self._question.try_again(titles, error):
                return
            sync.try_saving()
            await sync.saved()  # has a time limit of its own
