"""What the queue needs from others, who satisfy it by shape."""

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
    """The sources, as far as files come from them."""

    def is_usable(self, source_id: str) -> bool:
        """Whether the source is there, switched on, and its secrets can be had."""

    def root_of(self, source_id: str) -> ServerUrl | None:
        """The address of a source; None while it is unknown."""

    async def fetch(
        self, download: Download, part: Path, progress: Callable[[Arrived], None]
    ) -> Fetched:
        """The file at `download.url` into `part`, or the rest of it by `download.continuation`.

        Raises `RemoteError`, `StorageError` and `TooLarge`. What arrived stays when it does.
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
