"""Removes what a killed Kios left behind, and finds book files that the library does not know."""

import asyncio
import logging

from kios_desktop.application.own_files import own_files, own_folders, unfinished
from kios_desktop.domain.disk import make_private, make_private_file
from kios_desktop.domain.errors import StorageError
from kios_desktop.library.orphans import Orphans, Records, remove_unfinished
from kios_desktop.paths import Paths

log = logging.getLogger(__name__)


class Cleanup:
    """Cleans one profile; `run` it when nobody waits for the disk. Files of others stay.

    `since` is the start of this Kios in seconds since 1970: younger files are in use.
    """

    def __init__(self, paths: Paths, records: Records, since: float) -> None:
        self._paths, self._since = paths, since
        self.orphans = Orphans(records, paths.library, self._since)
        self.done = asyncio.Event()

    async def run(self) -> None:
        """Never raises: the next start tries again what failed."""
        try:
            await self.orphans.find()  # deletes the files that carry a mark, too
            await asyncio.to_thread(self._clean)
        except StorageError as error:
            log.warning("what was left behind stays: %s", error)
        finally:
            self.done.set()

    def _clean(self) -> None:
        count = remove_unfinished(unfinished(self._paths), self._since)
        if count:
            log.info("%s unfinished files of before were removed", count)
        for folder in own_folders(self._paths):
            make_private(folder)
        for file in own_files(self._paths):
            make_private_file(file)
