"""Syncs a shelf while its screen is shown, and updates the screen. No Qt."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from kios_desktop.application.catalog_ports import SyncedShelf
from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.download import Availability
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.shelf import ShelfStatus
from kios_desktop.ui.catalog.ports import CatalogScreen
from kios_desktop.ui.catalog.shelf_texts import shelf_line
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr

DUE_AFTER: Final = timedelta(minutes=5)  # after the last sync, for the shelf on screen
# delay before a running sync is shown, so that a short one causes no flicker
SYNC_SHOWN_AFTER_S: Final = 0.3
# interval between updates of the list while the first sync delivers books
RELOAD_INTERVAL_S: Final = 0.5

DUE_AFTER_UNSEEN: Final = timedelta(hours=1)  # after the last sync, for other shelves

Reload = Callable[[bool], None]
"""Show what the catalog holds now; True while the first books are still coming."""


async def refresh_if_due(shelf: SyncedShelf, now: datetime, *, looked_at: bool) -> None:
    """Sync a shelf that has not been synced for a while; called when Kios comes to the front.

    A shelf that was never synced waits until it is on screen, `looked_at`.
    """
    status = await shelf.look()
    due = status.is_due(now, DUE_AFTER if looked_at else DUE_AFTER_UNSEEN)
    if due and (looked_at or not status.is_first):
        with suppress(RemoteError):  # the error is in the status
            await shelf.refresh()


class ShelfController:
    """Connects one shelf to its screen."""

    def __init__(
        self,
        shelf: SyncedShelf,
        source_id: str,
        downloads: DownloadsPort,
        screen: CatalogScreen,
        tasks: Tasks,
        reload: Reload,
        now: Callable[[], datetime],
    ) -> None:
        self._shelf, self._source_id, self._downloads = shelf, source_id, downloads
        self._screen, self._tasks, self._reload, self._now = screen, tasks, reload, now
        self._task = f"shelf-sync-{source_id}"
        self._last_status = shelf.status
        self._delayed_line: asyncio.TimerHandle | None = None
        self._reloaded_at = 0.0
        self._removals: dict[str, Entry] = {}  # books that are being removed from the library
        self._ends = [shelf.listen(self._changed), downloads.listen(self._downloads_changed)]

    @property
    def status(self) -> ShelfStatus:
        return self._shelf.status

    @property
    def is_filling(self) -> bool:
        """Whether the shelf has never been synced, and no sync has failed."""
        return self.status.is_first and self.status.error is None

    def close(self) -> None:
        for end in self._ends:
            end()
        self._tasks.cancel(self._task)
        if self._delayed_line is not None:
            self._delayed_line.cancel()

    def sync_if_due(self) -> None:
        """The screen is shown: sync the shelf if it is due."""
        self._tasks.start(self._load_status())

    def sync(self) -> None:
        """“Sync now”."""
        if not self.status.syncing:
            self._tasks.replace(self._task, self._ignoring_remote_errors(self._shelf.refresh))

    def start_over(self) -> None:
        """“Start over…”; the reader has confirmed it."""
        self._tasks.replace(self._task, self._ignoring_remote_errors(self._shelf.rebuild))

    def keep(self, entry: Entry) -> None:
        """Keep a withdrawn book in the library."""
        self._tasks.start(self._keep(entry))

    def expect_removal(self, entry: Entry) -> None:
        """A withdrawn book is being removed: reload the list when it is gone."""
        self._removals[entry.key] = entry

    def show_line(self) -> None:
        """Show the status; called again from time to time, because it names a time."""
        self._screen.show_shelf(shelf_line(self.status, self._now()))

    async def _load_status(self) -> None:
        status = await self._shelf.look()
        self.show_line()
        if status.is_due(self._now(), DUE_AFTER):
            self.sync()

    async def _ignoring_remote_errors(self, work: Callable[[], Awaitable[object]]) -> None:
        """Run `work`; its errors are in the status, which the list shows."""
        with suppress(RemoteError):
            await work()

    async def _keep(self, entry: Entry) -> None:
        await self._shelf.keep(entry)
        self._screen.say(tr("‘{title}’ stays in your library", title=isolated(title_of(entry))))
        self._reload(False)

    def _changed(self) -> None:
        before, self._last_status = self._last_status, self._shelf.status
        loop = asyncio.get_running_loop()
        if self._last_status.syncing and not before.syncing and not self._last_status.is_first:
            self._delayed_line = loop.call_later(SYNC_SHOWN_AFTER_S, self._show_delayed_line)
        if not self._last_status.syncing and self._delayed_line is not None:
            self._delayed_line.cancel()
            self._delayed_line = None
        if self._delayed_line is None:
            self.show_line()
        if self._last_status.syncing is not before.syncing:
            if self._last_status.is_first or not self._last_status.syncing:
                self._reload(False)
            return
        came = self._last_status.is_first and self._last_status.done > before.done
        if came and loop.time() - self._reloaded_at >= RELOAD_INTERVAL_S:
            self._reloaded_at = loop.time()
            self._reload(True)

    def _show_delayed_line(self) -> None:
        self._delayed_line = None
        self.show_line()

    def _downloads_changed(self) -> None:
        gone = [
            key
            for key, entry in self._removals.items()
            if self._downloads.state_of(self._source_id, entry).availability
            is not Availability.HERE
        ]
        for key in gone:
            del self._removals[key]
        if gone:
            self._reload(False)
