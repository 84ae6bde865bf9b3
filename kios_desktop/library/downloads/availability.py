"""What an entry of a catalog is on this computer: downloaded, under way, or only offered."""

from collections.abc import Callable, Iterable

from kios_desktop.domain.catalog import AcquisitionKind, Entry
from kios_desktop.domain.download import (
    AcquiredEntry,
    Availability,
    Download,
    DownloadState,
    EntryState,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import KeyMask, ServerUrl


class AcquiredEntries:
    """Entries that were downloaded before, by key and by address.

    `root_of` gives the address of a source; its keys are masked before anything is compared.
    """

    def __init__(self, root_of: Callable[[str], ServerUrl | None]) -> None:
        self._root_of = root_of
        self._masks: dict[str, KeyMask] = {}
        self._by_key: dict[tuple[str, str], AcquiredEntry] = {}
        self._by_url: dict[tuple[str, str], AcquiredEntry] = {}

    def replace(self, acquired_entries: Iterable[AcquiredEntry]) -> None:
        """Replaces all entries; the addresses of sources may have changed too."""
        self._masks, self._by_key, self._by_url = {}, {}, {}
        for acquired in acquired_entries:
            self.add(acquired)

    def add(self, acquired: AcquiredEntry) -> None:
        self._by_key[acquired.source_id, acquired.entry_key] = acquired
        self._by_url[acquired.source_id, acquired.url] = acquired

    def of(self, source_id: str, entry: Entry) -> AcquiredEntry | None:
        """The record of an entry, found by its key, else by one of its files' addresses."""
        mask = self.mask(source_id)
        found = self._by_key.get((source_id, mask.hide(entry.key)))
        if found is not None:
            return found
        urls = (mask.hide(a.href.reveal()) for a in entry.acquisitions)
        acquired_entries = (self._by_url.get((source_id, url)) for url in urls)
        return next((acquired for acquired in acquired_entries if acquired is not None), None)

    def mask(self, source_id: str) -> KeyMask:
        if source_id not in self._masks:
            self._masks[source_id] = KeyMask(self._root_of(source_id) or ServerUrl(""))
        return self._masks[source_id]

    def acquired_by(self, download: Download, book_id: BookId) -> AcquiredEntry:
        """The record of a finished download."""
        mask = self.mask(download.source_id)
        return AcquiredEntry(
            download.source_id,
            mask.hide(download.entry.key),
            mask.hide(download.url.reveal()),
            book_id,
            feed_facts_of_file(download.entry, download.url),
        )


def feed_facts_of_file(entry: Entry, url: ServerUrl) -> tuple[int | None, str]:
    """(length in bytes, time of the last change) of the file at this address, by the feed."""
    found = next((a for a in entry.acquisitions if a.href == url), None)
    return (found.length_bytes, found.modified) if found is not None else (None, "")


def state_of(
    entry: Entry, download: Download | None, acquired: AcquiredEntry | None, mask: KeyMask
) -> EntryState:
    """`download` and `acquired` are those of the entry, if there are any."""
    book_id = acquired.book_id if acquired is not None else None
    if download is not None and download.state is DownloadState.FAILED:
        return EntryState(Availability.FAILED, download, book_id)
    if download is not None and download.state is not DownloadState.DONE:
        return EntryState(Availability.UNDER_WAY, download, book_id)
    if acquired is not None and book_id is not None:
        newer = _is_newer(entry, acquired, mask)
        return EntryState(Availability.NEWER if newer else Availability.HERE, download, book_id)
    if acquired is not None:
        return EntryState(Availability.REMOVED)
    return EntryState(_offered(entry))


def _is_newer(entry: Entry, acquired: AcquiredEntry, mask: KeyMask) -> bool:
    """Compares the length and the time of the file: `updated` changes with every edit."""
    now = next(
        (
            (a.length_bytes, a.modified)
            for a in entry.acquisitions
            if _is_at(a.href, acquired, mask)
        ),
        (None, ""),
    )
    return any(new != old for new, old in zip(now, acquired.file, strict=True) if new and old)


def _is_at(href: ServerUrl, acquired: AcquiredEntry, mask: KeyMask) -> bool:
    return mask.hide(href.reveal()) == acquired.url


def _offered(entry: Entry) -> Availability:
    if entry.downloads or (entry.partial and not entry.acquisitions):
        return Availability.NOT_HERE
    if any(a.kind is AcquisitionKind.WEB_PAGE for a in entry.acquisitions):
        return Availability.BROWSER_ONLY
    return Availability.NOT_READABLE
