"""What Kios sends and saves before it ends, and what it asks when the disk does not take it.

Part of the composition root.
"""

import asyncio
import logging

from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.shell.unsaved_question import UnsavedQuestion

log = logging.getLogger(__name__)

QUIT_S = 4.0  # what servers may take
DISK_S = 5.0  # and then our own disk, before Kios ends without it
LAST_WORD_S = 0.05  # for a page to report what was turned last


class FinalSave:
    """`somebody_there`: a person sees what is asked. Without one nothing is."""

    def __init__(self, somebody_there: bool) -> None:
        self.somebody_there = somebody_there
        self._question = UnsavedQuestion()

    def end(self) -> None:
        """The system ends Kios: nobody is asked, or waited for."""
        self._question.end()

    def show(self) -> None:
        """Somebody wants to start Kios anew, and what is asked keeps it from that."""
        self._question.show()

    async def deliver(self, sync: SyncEngine) -> None:
        """What waits is sent, and all places are on the disk; sync goes on."""
        await asyncio.sleep(LAST_WORD_S)
        await sync.deliver(QUIT_S)

    async def flush(self, sync: SyncEngine) -> None:
        """For good: what the disk refuses to the end is said before it is forgotten."""
        try:
            async with asyncio.timeout(QUIT_S + DISK_S):
                await sync.flush(QUIT_S)
        except TimeoutError:
            log.error("sending and saving took too long; what is not kept is asked about")
        while titles := sync.unkept():
            error = sync.overview().storage_error
            log.error("not kept at quit: the places in %d books: %s", len(titles), error)
            if not self.somebody_there or not await self._question.try_again(titles, error):
                return
            sync.try_saving()
            await sync.saved()  # which is bounded
