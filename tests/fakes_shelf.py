"""A Kobo shelf in memory, and the feeds that show it in each state."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from kios_desktop.domain.catalog import Entry, Facet, Feed, Navigation
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import ShelfStatus
from tests.fakes_catalog import NOW, SEARCH, FakeCatalog, sample_entries

GONE = "No longer on the shelf"
_VIEWS = ("All", "Reading", "Finished", "Not downloaded")
_NOTES = ("16% on Kobo", "", "Finished on Kobo", "62% on Kobo", "", "")


def at(path: str) -> ServerUrl:
    return ServerUrl(f"kobo:{path}")


def noted_entries(count: int = 14) -> list[Entry]:
    entries = sample_entries()[:count]
    return [replace(one, note=_NOTES[n % len(_NOTES)]) for n, one in enumerate(entries)]


def withdrawn_entries() -> list[Entry]:
    return [replace(one, note=GONE, withdrawn=True) for one in sample_entries()[2:5]]


def shelf_feed(entries: list[Entry], active: str = "All", gone: int = 0) -> Feed:
    """The root, or one of its views."""
    facets = tuple(Facet("Show", view, at(view), view == active) for view in _VIEWS)
    links = (Navigation(GONE, at("gone"), count=gone),) if gone else ()
    up = None if active == "All" else at("All")
    feed = Feed(at(active), entries=tuple(entries), facets=facets, navigation=links, up=up)
    return replace(feed, search=SEARCH, total=len(entries), first=1)


def gone_feed(entries: list[Entry]) -> Feed:
    return Feed(at("gone"), GONE, entries=tuple(entries), up=at("All"), total=len(entries))


@dataclass
class FakeShelf(FakeCatalog):
    """`Catalog` and `Shelf`: `sync` happens when it is refreshed, and may raise."""

    status: ShelfStatus = field(default_factory=lambda: ShelfStatus(NOW - timedelta(minutes=2), 14))
    sync: Callable[["FakeShelf"], RemoteError | None] = lambda _shelf: None
    hold: asyncio.Event | None = None  # a sync waits for it
    kept_entries: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _tells: list[Callable[[], None]] = field(default_factory=list)

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        self._tells.append(tell)
        return lambda: self._tells.remove(tell)

    def change(self, **new: Any) -> None:
        self.status = replace(self.status, **new)
        for tell in list(self._tells):
            tell()

    async def look(self) -> ShelfStatus:
        return self.status

    async def refresh(self) -> None:
        await self._sync("refresh")

    async def rebuild(self) -> None:
        await self._sync("rebuild")

    async def keep(self, entry: Entry) -> None:
        self.kept_entries.append(entry.key)

    async def _sync(self, name: str) -> None:
        self.calls.append(name)
        self.change(syncing=True, tried_at=NOW)
        try:
            if self.hold is not None:
                await self.hold.wait()
            if (error := self.sync(self)) is not None:
                self.change(error=error)
                raise error
            self.change(error=None, synced_at=NOW)
        finally:
            self.change(syncing=False)
