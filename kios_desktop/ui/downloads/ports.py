"""The download queue, as the catalog and the downloads panel use it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from kios_desktop.domain.catalog import Acquisition, Entry
from kios_desktop.domain.download import Download, DownloadId, EntryState


class DownloadsPort(Protocol):
    """Every method returns at once, from memory: `state_of` is called while painting.

    Changes made by the background are notified through `listen`.
    """

    def jobs(self) -> Sequence[Download]:
        """All downloads, in the order they were added."""

    def state_of(self, source_id: str, entry: Entry) -> EntryState: ...

    def add(self, source_id: str, entry: Entry, acquisition: Acquisition) -> None:
        """Download one file, unless its entry is being downloaded or in the library."""

    def add_all(self, source_id: str, entries: Sequence[Entry]) -> None:
        """Download the best file of each entry; entries without a file are skipped."""

    def pause(self, download: DownloadId) -> None: ...
    def resume(self, download: DownloadId) -> None: ...
    def retry(self, download: DownloadId) -> None: ...
    def cancel(self, download: DownloadId) -> None: ...
    def pause_all(self) -> None: ...
    def retry_failed(self) -> None: ...

    def clear_finished(self) -> None:
        """Remove finished downloads from the list, not from the library."""

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` in the GUI thread after every change. Returns a function that ends this."""
