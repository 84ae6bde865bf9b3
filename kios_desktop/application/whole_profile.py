"""Exports everything of a profile, and restores it: at once into a profile that nobody has open,
else at the next start, as the database is open while Kios runs."""

import asyncio
import contextlib
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from kios_desktop.domain.archive import ArchiveSummary, Restored
from kios_desktop.domain.disk import from_os, write_private
from kios_desktop.domain.errors import ArchiveError, ArchiveFault, StorageError
from kios_desktop.paths import Paths
from kios_desktop.storage.archive import (
    ProfileFiles,
    check_archive,
    is_empty,
    restore_archive,
    write_archive,
)

log = logging.getLogger(__name__)


def profile_of(paths: Paths) -> ProfileFiles:
    return ProfileFiles(paths.database, paths.library, paths.own_fonts, paths.dictionaries)


class WholeProfile:
    """That of the Kios that runs."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    async def export(self, file: Path, *, books: bool) -> ArchiveSummary:
        """Raises StorageError."""
        profile, now = profile_of(self._paths), datetime.now(UTC)
        return await asyncio.to_thread(write_archive, file, profile, now, books=books)

    async def is_empty(self) -> bool:
        """Whether anything can be restored into it."""
        return await asyncio.to_thread(is_empty, self._paths.database)

    async def restore_at_start(self, file: Path) -> ArchiveSummary:
        """Check a file, and have it restored when Kios starts next. Raises StorageError."""
        return await asyncio.to_thread(self._ask, file)

    def _ask(self, file: Path) -> ArchiveSummary:
        if not is_empty(self._paths.database):
            raise ArchiveError(ArchiveFault.NOT_EMPTY)
        found = check_archive(file)
        try:
            asked = json.dumps({"file": str(file.absolute())})
            write_private(self._paths.restore_request, asked.encode("ascii"))
        except OSError as e:
            raise from_os(e) from e
        return found


def restore_if_asked(paths: Paths) -> Restored:
    """At start, before the database is opened: what was restored, or why not. Blocking."""
    asked = paths.restore_request
    try:
        content = asked.read_bytes()
    except OSError:
        return None
    try:
        asked.unlink()  # asked once is tried once
        file = Path(json.loads(content)["file"])
        return restore_archive(file, profile_of(paths))
    except StorageError as e:
        log.warning("nothing is restored: %s", e)
        return e
    except (OSError, ValueError, KeyError, TypeError) as e:
        log.warning("nothing is restored: %s", type(e).__name__)
        with contextlib.suppress(OSError):
            asked.unlink(missing_ok=True)
        return None
