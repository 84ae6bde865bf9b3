"""The actions on entries that need no window: downloads, and opening the resulting books. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Acquisition, Entry
from kios_desktop.domain.download import Availability
from kios_desktop.ui.catalog.action_row import EntryAction
from kios_desktop.ui.catalog.ports import CatalogScreen
from kios_desktop.ui.catalog.shelf_titles import with_note
from kios_desktop.ui.catalog.texts import no_epub_text
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.kit.error_texts import explain_catalog
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.unforeseen import noted


class EntryActions:
    """Performs actions for the presenter of one catalog.

    `on_completed` receives an entry whose full document has been fetched.
    """

    def __init__(
        self,
        catalog: Catalog,
        downloads: DownloadsPort,
        screen: CatalogScreen,
        tasks: Tasks,
        on_completed: Callable[[Entry], None],
    ) -> None:
        self._catalog, self._downloads, self._screen = catalog, downloads, screen
        self._tasks, self._on_completed = tasks, on_completed
        self._open_when_done: set[str] = set()
        self._stop_listening = downloads.listen(self._downloads_changed)

    def close(self) -> None:
        self._stop_listening()

    def perform(self, action: EntryAction, entry: Entry) -> None:
        """Perform an action of an action row; actions that need a window are ignored."""
        state = self._downloads.state_of(self._catalog.source_id, entry)
        download = state.download
        match action:
            case EntryAction.DOWNLOAD | EntryAction.CHOOSE | EntryAction.UPDATE:
                self.download(entry)
            case EntryAction.OPEN if state.book_id is not None:
                self._screen.open_book(state.book_id)
            case EntryAction.RETRY if download is not None:
                self._downloads.retry(download.id)
            case EntryAction.RESUME if download is not None:
                self._downloads.resume(download.id)
            case EntryAction.CANCEL if download is not None:
                self._downloads.cancel(download.id)

    def download(self, entry: Entry, acquisition: Acquisition | None = None) -> None:
        """Download an entry; a partial entry is completed first. Without `acquisition` the best
        file."""
        if acquisition is None and not entry.downloads and entry.partial:
            self._tasks.start(self._download_partials([entry]))
            return
        chosen = acquisition or next(iter(entry.downloads), None)
        if chosen is None:
            self._screen.say(no_epub_text(entry))
            return
        self._downloads.add(self._catalog.source_id, entry, chosen)

    def download_all(self, entries: Sequence[Entry]) -> None:
        """Download the best file of each entry that is not in the library."""
        missing = [entry for entry in entries if self._is_missing(entry)]
        whole = [entry for entry in missing if entry.downloads]
        if whole:
            self._downloads.add_all(self._catalog.source_id, whole)
        partial = [entry for entry in missing if not entry.downloads and entry.partial]
        if partial:
            self._tasks.start(self._download_partials(partial))

    def read_when_here(self, entry: Entry) -> None:
        """“Download and read”: download the entry, and open the book when it has arrived."""
        self._open_when_done.add(entry.key)
        self.download(entry)

    async def complete(self, entry: Entry) -> Entry | None:
        """The entry with all that its own document says; None, with a toast, when that fails."""
        try:
            full = with_note(await self._catalog.full(entry))
        except Exception as error:  # noqa: BLE001 (noted, and said)
            self._screen.say(explain_catalog(noted(error), self._catalog.name).text)
            return None
        full = replace(full, partial=False)
        self._on_completed(full)
        return full

    def _is_missing(self, entry: Entry) -> bool:
        availability = self._downloads.state_of(self._catalog.source_id, entry).availability
        return availability not in (
            Availability.HERE,
            Availability.UNDER_WAY,
            Availability.BROWSER_ONLY,
        )

    async def _download_partials(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if (full := await self.complete(entry)) is not None:
                self.download(full)

    def _downloads_changed(self) -> None:
        """Open the books of “Download and read” that have arrived."""
        if not self._open_when_done:
            return
        for download in self._downloads.jobs():
            key = download.entry.key
            if download.source_id != self._catalog.source_id or key not in self._open_when_done:
                continue
            if download.book_id is not None:
                self._open_when_done.discard(key)
                self._screen.open_book(download.book_id)
            elif download.fault is not None:
                self._open_when_done.discard(key)
