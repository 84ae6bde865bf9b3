"""What the catalog and the downloads panel need from the queue of downloads."""

from collections.abc import Callable, Sequence
from typing import Protocol

from kios_desktop.domain.catalog import Acquisition, Entry
from kios_desktop.domain.download import Download, DownloadId, EntryState


class DownloadsPort(Protocol):
    """The queue. Every method answers at once, from memory: `state_of` is asked while painting.

    What happens in the background is told to those who `listen`.
    """

    def jobs(self) -> Sequence[Download]:
        """All that is known, in the order it was asked for."""

    def state_of(self, source_id: str, entry: Entry) -> EntryState: ...

    def add(self, source_id: str, entry: Entry, acquisition: Acquisition) -> None:
        """Fetch one file. An entry that is under way or here already is left alone."""

    def add_all(self, source_id: str, entries: Sequence[Entry]) -> None:
        """Fetch the best file of each entry; what offers none is passed over."""

    def pause(self, download: DownloadId) -> None: ...
    def resume(self, download: DownloadId) -> None: ...
    def retry(self, download: DownloadId) -> None: ...
    def cancel(self, download: DownloadId) -> None: ...
    def pause_all(self) -> None: ...
    def retry_failed(self) -> None: ...

    def clear_finished(self) -> None:
        """Take what is done out of the list; the books stay."""

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Be told when anything changed, in the window's thread; the result ends that."""
