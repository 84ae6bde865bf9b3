"""The shelf of a Kobo sync source as a catalog.

Lists come from the database; the server is asked only when the reader wants to sync.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from kios_desktop.domain.catalog import Entry, Facet, Feed, Navigation, Search, Shown
from kios_desktop.domain.errors import Malformed, RemoteError, Unreachable
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import (
    Changes,
    Collection,
    KoboBook,
    KoboShelfCounts,
    ShelfMark,
    ShelfQuery,
    ShelfStatus,
    ShelfView,
    Shelved,
)
from kios_desktop.domain.source import Source
from kios_desktop.sources.kobo_entries import entry_of
from kios_desktop.sources.kobo_shelf_sync import Progress, ShelfSyncResult
from kios_desktop.sources.opds_catalog import CatalogHealth
from kios_desktop.sources.shelf_status import ObservableShelfStatus

log = logging.getLogger(__name__)

PAGE: Final = 100
_OFFERED: Final = (ShelfView.ALL, ShelfView.READING, ShelfView.FINISHED, ShelfView.NOT_HERE)
_SCHEME: Final = "kobo"  # of addresses within this catalog
_WHOLE: Final = ShelfQuery()
_SEARCH: Final = Search(template=ServerUrl("kobo:shelf?words={searchTerms}"))


class ShelfReader(Protocol):
    """The part of `storage.kobo_shelf.KoboShelf` used here. Raises `StorageError`."""

    async def mark(self) -> ShelfMark: ...
    async def books(
        self, query: ShelfQuery, offset: int = 0, limit: int = -1
    ) -> tuple[list[Shelved], int]: ...
    async def book(self, book_id: str) -> Shelved | None: ...
    async def collections(self) -> list[tuple[Collection, int]]: ...
    async def book_counts(self) -> KoboShelfCounts: ...
    async def apply(self, changes: Changes, token: str | None = None) -> None: ...
    async def not_found(self, book_ids: Sequence[str]) -> None: ...
    async def keep(self, book_id: str) -> None: ...


class ShelfUpdates(Protocol):
    """The part of `kobo_shelf_sync.ShelfSync` used here."""

    async def update(self, progress: Progress = ...) -> ShelfSyncResult: ...
    async def rebuild(self, progress: Progress = ...) -> ShelfSyncResult: ...


class CoverClient(Protocol):
    """The part of `protocols.kobo.client.KoboClient` used here. Raises `RemoteError`."""

    @property
    def base(self) -> ServerUrl: ...
    @property
    def template(self) -> str: ...
    async def metadata(self, book_id: str) -> KoboBook | None: ...
    async def image(self, url: ServerUrl) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Address:
    """A list of the shelf, and which page of it."""

    query: ShelfQuery = _WHOLE
    page: int = 0

    @property
    def url(self) -> ServerUrl:
        query = self.query
        pairs = {
            "view": query.view.value,
            "in": query.collection_id,
            "words": query.words,
            "page": str(self.page),
        }
        return ServerUrl(f"{_SCHEME}:shelf?{urlencode(pairs)}")


class KoboCatalog:
    """One source. `synced` is the result of the last sync since Kios started."""

    def __init__(
        self,
        source: Source,
        client: CoverClient,
        shelf: ShelfReader,
        updates: ShelfUpdates,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if source.shared:
            raise ValueError("a shared address must not be synced")
        self._source, self._client, self._shelf = source, client, shelf
        self._updates, self._now = updates, now
        self._observed = ObservableShelfStatus()
        self._under_way: asyncio.Task[object] | None = None
        self.health = CatalogHealth()
        self.synced: ShelfSyncResult | None = None

    @property
    def source_id(self) -> str:
        return self._source.id

    @property
    def name(self) -> str:
        return self._source.name

    async def feed(self, url: ServerUrl | None, fresh: bool = False) -> Shown:
        """One list; None is the whole shelf. `fresh`: sync first.

        While the last sync failed, what is here and why; raises that when nothing is here.
        """
        if fresh:
            with contextlib.suppress(RemoteError):  # kept in the status
                await self.refresh()
        feed, status = await self._feed(_read(url)), await self.look()
        error = status.error
        if error is not None and not (status.books or status.synced_at):
            raise error
        kept_at = (status.synced_at or self._now()) if error is not None else None
        return Shown(feed, kept_at, error)

    # -- the shelf: `application.catalog_ports.SyncedShelf`

    @property
    def status(self) -> ShelfStatus:
        return self._observed.status

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Calls `tell` when `status` has changed; returns a function that stops it."""
        return self._observed.listen(tell)

    async def look(self) -> ShelfStatus:
        """The status, updated from the database."""
        mark, count = await self._shelf.mark(), await self._shelf.book_counts()
        self._observed.change(synced_at=mark.synced_at, books=count.all)
        return self._observed.status

    async def keep(self, entry: Entry) -> None:
        """Keeps a book that left the shelf in the library, without asking about it again."""
        await self._shelf.keep(entry.key)

    async def refresh(self) -> ShelfSyncResult:
        """Syncs what is new. Raises `RemoteError` and `StorageError`."""
        return await self._sync(self._updates.update)

    async def rebuild(self) -> ShelfSyncResult:
        """Syncs everything again. Books and places in the library stay."""
        return await self._sync(self._updates.rebuild)

    async def _sync(
        self, work: Callable[[Progress], Awaitable[ShelfSyncResult]]
    ) -> ShelfSyncResult:
        observed, self._under_way = self._observed, asyncio.current_task()
        error = None if observed.status.is_first else observed.status.error  # of the last attempt
        observed.change(syncing=True, done=0, of=None, tried_at=self._now(), error=error)
        try:
            self.synced = synced = await work(lambda done, of: observed.change(done=done, of=of))
            observed.change(error=None)
            if synced.starved:
                observed.change(starved=synced.adopted)
            await self._record_success()
            await self.look()
            return synced
        except RemoteError as error:
            self._record_result(error)
            observed.change(error=error)
            raise
        except Exception as error:  # our own disk, or a bug: the sync has ended
            observed.change(error=error)
            raise
        finally:
            self._under_way = None
            observed.change(syncing=False)

    async def copy(self, url: ServerUrl | None) -> Shown | None:
        """None: `feed` itself needs no server."""

    async def search(self, search: Search, words: str) -> Shown:  # noqa: ARG002 (the port's shape)
        """Searches titles, authors and series on this computer."""
        return Shown(await self._feed(_Address(ShelfQuery(words=words))))

    async def full(self, entry: Entry) -> Entry:
        """The entry as the server describes it now; some servers announce no edits."""
        book = await self._client.metadata(entry.key)
        if book is None:
            await self._shelf.not_found([entry.key])
        else:
            await self._shelf.apply(Changes(offered=[book]))
        shelved = await self._shelf.book(entry.key)
        return entry if shelved is None else self._entry(shelved)

    async def image(self, url: ServerUrl) -> bytes:
        return await self._client.image(url)

    async def aclose(self) -> None:
        """Cancels a running sync; what arrived is kept."""
        under_way = self._under_way
        if under_way is not None:
            under_way.cancel()
            await asyncio.wait([under_way])

    # -- lists

    async def _feed(self, address: _Address) -> Feed:
        query, page = address.query, address.page
        books, total = await self._shelf.books(query, page * PAGE, PAGE)
        count = await self._shelf.book_counts()
        self.health = replace(self.health, books=count.all)
        root = query == _WHOLE
        more = (page + 1) * PAGE < total
        return Feed(
            url=address.url,
            view=query.view,
            navigation=await self._below(count) if root and not page else (),
            entries=tuple(self._entry(one) for one in books),
            facets=_facets(query.view, count) if not (query.collection_id or query.words) else (),
            search=_SEARCH,
            next=replace(address, page=page + 1).url if more else None,
            previous=replace(address, page=page - 1).url if page else None,
            up=None if root else _Address().url,
            start=_Address().url,
            total=total,
            per_page=PAGE,
            first=page * PAGE + 1 if total else None,
        )

    async def _below(self, count: KoboShelfCounts) -> tuple[Navigation, ...]:
        links = [
            Navigation(one.name, _Address(ShelfQuery(collection_id=one.id)).url, count=books)
            for one, books in await self._shelf.collections()
        ]
        if count.left_behind:
            gone = _Address(ShelfQuery(ShelfView.LEFT_BEHIND)).url
            view = ShelfView.LEFT_BEHIND
            links.append(Navigation("", gone, count=count.left_behind, view=view))
        return tuple(links)

    def _entry(self, shelved: Shelved) -> Entry:
        return entry_of(shelved, self._client.base, self._client.template)

    # -- how the server is

    async def _record_success(self) -> None:
        self.health = CatalogHealth(self._now(), books=(await self._shelf.book_counts()).all)

    def _record_result(self, error: RemoteError) -> None:
        now, before = self._now(), self.health
        if isinstance(error, Malformed):  # the server was reached
            self.health = CatalogHealth(now, error, books=before.books)
            return
        since = before.not_reachable_since or now
        away = since if isinstance(error, Unreachable) else None
        self.health = CatalogHealth(before.checked_at, error, away, before.books)


def _facets(active: ShelfView, count: KoboShelfCounts) -> tuple[Facet, ...]:
    if active not in _OFFERED:
        return ()
    books = {
        ShelfView.ALL: count.all,
        ShelfView.READING: count.reading,
        ShelfView.FINISHED: count.finished,
        ShelfView.NOT_HERE: count.not_here,
    }
    return tuple(
        Facet("", "", _Address(ShelfQuery(view)).url, view is active, books[view], view)
        for view in _OFFERED
    )


def _read(url: ServerUrl | None) -> _Address:
    """The list of an address; the whole shelf for other addresses."""
    parts = urlsplit(url.reveal()) if url is not None else None
    if parts is None or parts.scheme != _SCHEME:
        return _Address()
    pairs = {name: values[0] for name, values in parse_qs(parts.query).items()}
    view = next((one for one in ShelfView if one.value == pairs.get("view")), ShelfView.ALL)
    page = pairs.get("page", "")
    query = ShelfQuery(view, pairs.get("in", ""), pairs.get("words", ""))
    return _Address(query, int(page) if page.isascii() and page.isdigit() else 0)
