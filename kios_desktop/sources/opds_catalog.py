"""The catalog of one source, with caches.

Pages are kept in memory for five minutes, so that going back is instant; a copy of each is kept on
disk for times without a connection. Nothing is fetched in advance.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from kios_desktop.domain.catalog import Entry, Feed, Search, Shown
from kios_desktop.domain.errors import (
    Malformed,
    NotMatched,
    RemoteError,
    StorageError,
    Unreachable,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Source
from kios_desktop.sources.catalog_root import at_root

log = logging.getLogger(__name__)

REMEMBERED_FOR: Final = timedelta(minutes=5)
REMEMBERED_PAGES: Final = 20
_CHANGING: Final = ("random", "discover", "surprise")


class CatalogClient(Protocol):
    """The part of `protocols.opds.OpdsClient` used here. Raises `RemoteError`."""

    async def feed(self, url: ServerUrl) -> Feed: ...
    async def entry(self, entry: Entry) -> Entry: ...
    async def search(self, search: Search, words: str) -> Feed: ...
    async def image(self, url: ServerUrl) -> bytes: ...


class Copies(Protocol):
    """Copies of feeds on disk. Raises `StorageError`."""

    async def get(self, url: ServerUrl) -> tuple[Feed, datetime] | None: ...
    async def put(self, url: ServerUrl, feed: Feed, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class CatalogHealth:
    """The result of the last request. `books` is the number the server says it has."""

    checked_at: datetime | None = None
    error: RemoteError | None = None
    not_reachable_since: datetime | None = None
    books: int | None = None

    @classmethod
    def good(cls, books: int | None) -> "CatalogHealth":
        """After a valid answer just now."""
        return cls(datetime.now(UTC), books=books)

    def after(self, error: RemoteError, now: datetime | None = None) -> "CatalogHealth":
        """After a failure just now. A malformed answer means that the server was reached."""
        now = now or datetime.now(UTC)
        if isinstance(error, Malformed):
            return CatalogHealth(now, error, books=self.books)
        away = (self.not_reachable_since or now) if isinstance(error, Unreachable) else None
        return CatalogHealth(self.checked_at, error, away, self.books)


class OpdsCatalog:
    """One source. `root` of `feed(None)` is the address that was typed in."""

    def __init__(
        self,
        source: Source,
        client: CatalogClient,
        copies: Copies,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source, self._client, self._copies, self._now = source, client, copies, now
        self._pages: OrderedDict[ServerUrl, tuple[Feed, datetime]] = OrderedDict()
        self._search: Search | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self.health = CatalogHealth()

    @property
    def source_id(self) -> str:
        return self._source.id

    @property
    def name(self) -> str:
        return self._source.name

    async def feed(self, url: ServerUrl | None, fresh: bool = False) -> Shown:
        """One page; None is the root. `fresh` bypasses the memory.

        If the server fails: the copy on disk with the error. Raises the error if there is no copy.
        """
        asked = url or self._source.url
        known = self._pages.get(asked)
        if known is not None and not fresh and self._now() - known[1] < REMEMBERED_FOR:
            self._pages.move_to_end(asked)
            return Shown(known[0])
        try:
            feed = self._with_search(await self._client.feed(asked))
        except RemoteError as caught:
            error = at_root(caught, asked) if asked == self._source.url else caught
            only_this = isinstance(error, NotMatched)
            self._record_result(None if only_this else error)  # a missing page is no server error
            copy = await self._copy(asked)
            if copy is None:
                raise error from None
            return Shown(self._with_search(copy[0]), copy[1], error)
        self._record_result(None)
        if asked == self._source.url and feed.total is not None:
            self._count(feed.total)
        self._remember(asked, feed)
        return Shown(feed)

    async def copy(self, url: ServerUrl | None) -> Shown | None:
        """The copy on disk, without a request; None if there is none."""
        copy = await self._copy(url or self._source.url)
        return None if copy is None else Shown(self._with_search(copy[0]), copy[1])

    async def search(self, search: Search, words: str) -> Shown:
        """What the server finds; a feed without entries if that is nothing."""
        try:
            found = await self._client.search(search, words)
        except RemoteError as error:
            self._record_result(error)
            raise
        self._record_result(None)
        return Shown(self._with_search(found))

    async def full(self, entry: Entry) -> Entry:
        return await self._client.entry(entry)

    async def image(self, url: ServerUrl) -> bytes:
        return await self._client.image(url)

    def _with_search(self, feed: Feed) -> Feed:
        """The feed with the search of the root if it has none of its own."""
        if feed.search is not None:
            self._search = self._search or feed.search
            return feed
        return feed if self._search is None else replace(feed, search=self._search)

    async def aclose(self) -> None:
        """Waits for copies that are being written."""
        await asyncio.gather(*self._writing)

    def _remember(self, asked: ServerUrl, feed: Feed) -> None:
        if any(word in asked.reveal().lower() for word in _CHANGING):
            return  # a random list
        self._pages[asked] = (feed, self._now())
        self._pages.move_to_end(asked)
        while len(self._pages) > REMEMBERED_PAGES:
            self._pages.popitem(last=False)
        # In the background: writing a copy reads every entry of a list of thousands
        task = asyncio.get_running_loop().create_task(self._keep(asked, feed))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _keep(self, asked: ServerUrl, feed: Feed) -> None:
        try:
            await self._copies.put(asked, feed, self._now())
        except StorageError as error:
            log.warning("a page of the catalog could not be kept: %s", error)
        except Exception:  # it is shown all the same
            log.exception("a mistake of ours while keeping a page of the catalog")

    async def _copy(self, asked: ServerUrl) -> tuple[Feed, datetime] | None:
        try:
            return await self._copies.get(asked)
        except StorageError as error:
            log.warning("a kept page of the catalog could not be read: %s", error)
            return None

    def _record_result(self, error: RemoteError | None) -> None:
        now, before = self._now(), self.health
        if error is None:
            self.health = CatalogHealth(now, books=before.books)
        else:
            self.health = before.after(error, now)

    def _count(self, books: int) -> None:
        self.health = replace(self.health, books=books)
