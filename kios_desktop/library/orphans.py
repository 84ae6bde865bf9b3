"""Book files without a record in the database, and temporary files that a kill left.

A book's file is complete before the database refers to it. When Kios is killed in between, or the
database is lost, the file has no record: the user is asked whether to add or delete it. So for a
file whose book was removed, for a damaged or restored database may say so wrongly. Only a file
whose deletion the system refused is deleted without asking. Files of this run of Kios are skipped:
they may be in use.
"""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BOOK_FILES, ImportOutcome, ImportReport
from kios_desktop.library.files import LibraryFiles
from kios_desktop.library.refused_deletions import remove_marked, unmark_all

log = logging.getLogger(__name__)

_OURS: Final = re.compile(r"[0-9a-f]{64}\Z")
_CHUNK: Final = 500  # files per query, so that other work gets its turn at the database
_AHEAD_S: Final = 60  # a file with a time further in the future was written with a wrong clock


class Records(Protocol):
    """The records of the library's books. Raises `StorageError`."""

    @property
    def put_back(self) -> bool:
        """Whether the records are from a backup or were salvaged, so that newer ones are lost."""

    async def in_library(self, hashes: Collection[str]) -> Mapping[str, bool]:
        """By SHA-256: True for a book that is here, False for one that was removed."""


class Orphans:
    """`folder` is the library's; `since` is when this Kios started, in seconds since 1970."""

    def __init__(self, records: Records, folder: Path, since: float) -> None:
        self._records, self._folder, self._since = records, folder, since
        self._files = LibraryFiles(folder)

    async def find(self) -> list[Path]:
        """The files of books without a record, or of removed books. Raises `StorageError`."""
        found: list[Path] = []
        files = await asyncio.to_thread(lambda: list(self._all()))
        may_remove = await asyncio.to_thread(self._forget_refusals)
        for start in range(0, len(files), _CHUNK):
            chunk = files[start : start + _CHUNK]
            known = await self._records.in_library([path.stem for path in chunk])
            removed = [path for path in chunk if known.get(path.stem) is False]
            if removed and may_remove:
                gone = await asyncio.to_thread(self._remove_refused, removed)
            else:
                gone = set()
            found += [path for path in chunk if not known.get(path.stem) and path not in gone]
        return found

    async def remove(self, files: Sequence[Path]) -> None:
        """Deletes these files, as the user chose. Raises `StorageError` when one can't be."""
        await asyncio.to_thread(self._remove, files)

    async def added(self, report: ImportReport) -> None:
        """Deletes orphans that were imported under another name.

        An orphan whose name is not the hash of its bytes is copied by the importer, and is then of
        no use.
        """
        done = (ImportOutcome.ADDED, ImportOutcome.ALREADY_HERE)
        there = {item.path for item in report.items if item.outcome in done}
        left = [path for path in await self.find() if str(path) in there]
        with contextlib.suppress(StorageError):
            await self.remove(left)

    def _all(self) -> Iterator[Path]:
        for path in self._folder.glob(BOOK_FILES):
            with contextlib.suppress(OSError):
                if _OURS.match(path.stem) and path.is_file() and self._is_old(path):
                    yield path

    def _is_old(self, path: Path) -> bool:
        return not self._since <= path.lstat().st_mtime <= time.time() + _AHEAD_S

    def _forget_refusals(self) -> bool:
        """Drops refused deletions after a recovery; whether the remaining ones may be used."""
        if not self._records.put_back:
            return True
        with contextlib.suppress(OSError):
            unmark_all(self._folder)
        return False

    def _remove_refused(self, files: Sequence[Path]) -> set[Path]:
        """Deletes files whose deletion was refused before; returns those not to ask about."""

        def remove(path: Path) -> None:
            with contextlib.suppress(StorageError):  # it is open again: the next start tries
                self._files.remove_file(self._relative(path))
                log.info("the file of a removed book was deleted, which was refused before")

        return {path for path in files if remove_marked(path, remove)}

    def _remove(self, files: Sequence[Path]) -> None:
        refused: StorageError | None = None
        for path in files:
            try:
                self._files.remove_file(self._relative(path))
            except StorageError as error:
                refused = refused or error
        if refused is not None:
            raise refused

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def remove_unfinished(files: Iterable[Path], since: float) -> int:
    """Deletes unfinished files (`….part`) of a Kios that was killed; returns how many.

    Nothing refers to such a file. Those from after `since`, in seconds since 1970, are kept.
    """
    count = 0
    for path in files:
        with contextlib.suppress(OSError):
            if path.lstat().st_mtime < since:
                path.unlink()
                count += 1
    return count
