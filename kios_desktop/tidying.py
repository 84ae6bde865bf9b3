"""What a Kios that was killed left behind, looked for when this one has shown its first page.

Part of the composition root: storage knows no files of books, and the library no database.
"""

import asyncio
import logging

from kios_desktop.domain.disk import make_all_private
from kios_desktop.domain.errors import StorageError
from kios_desktop.library.orphans import Orphans, Records, remove_unfinished
from kios_desktop.paths import Paths

log = logging.getLogger(__name__)

GONE_ON_WITH = ("downloads",)  # they are continued, and their queue knows which


class Tidying:
    """Of one profile. `run` it when nobody waits for the disk.

    `since` is when this Kios started, in seconds since 1970: what is younger is its own work.
    """

    def __init__(self, paths: Paths, records: Records, since: float) -> None:
        self._paths, self._since = paths, since
        self.orphans = Orphans(records, paths.library, self._since)
        self.done = asyncio.Event()

    async def run(self) -> None:
        """Never raises: what stays behind is looked for again at the next start."""
        try:
            await self.orphans.find()  # what could not be deleted before goes with that
            await asyncio.to_thread(self._tidy)
        except StorageError as error:
            log.warning("what was left behind stays: %s", error)
        finally:
            self.done.set()

    def _tidy(self) -> None:
        for folder in (self._paths.data, self._paths.machine, self._paths.cache):
            count = remove_unfinished(folder, self._since, GONE_ON_WITH)
            if count:
                log.info("%s unfinished files of before were removed", count)
        for folder in self._paths.folders:
            make_all_private(folder)
