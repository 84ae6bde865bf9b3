"""The ports of the download queue."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kios_desktop.domain.download import (
    AcquiredEntry,
    Arrived,
    BookAcquisition,
    Download,
    DownloadId,
    Fetched,
)
from kios_desktop.domain.library import ImportReport
from kios_desktop.domain.secret import ServerUrl


class Fetcher(Protocol):
    """Fetches files from sources."""

    def is_usable(self, source_id: str) -> bool:
        """Whether the source exists, is enabled, and its secrets are available."""

    def root_of(self, source_id: str) -> ServerUrl | None:
        """The address of a source; None while it is unknown."""

    async def fetch(
        self, download: Download, part: Path, progress: Callable[[Arrived], None]
    ) -> Fetched:
        """The file at `download.url` into `part`, or the rest of it by `download.continuation`.

        Raises `RemoteError`, `StorageError` and `TooLarge`, and then keeps what was received.
        """


class DownloadStore(Protocol):
    """The queue on the disk. Raises `StorageError`."""

    async def all(self) -> list[Download]: ...
    async def save(self, changed: Sequence[Download]) -> None: ...
    async def remove(self, ids: Sequence[DownloadId]) -> None: ...


class AcquisitionStore(Protocol):
    """Where books came from. Raises `StorageError`."""

    async def acquired_entries(self) -> list[AcquiredEntry]: ...
    async def save(self, acquisition: BookAcquisition) -> None: ...


class BookAdder(Protocol):
    """The part of `library.importer.Importer` used here."""

    async def add(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport: ...
