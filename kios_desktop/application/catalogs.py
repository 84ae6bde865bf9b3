"""The sources that can be browsed: one connection each, shared by all that talk to it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import structs

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.application.closing import Closing
from kios_desktop.application.connections import (
    Connected,
    ConnectionContext,
    PlacesOf,
    companion,
    connect,
    forget,
)
from kios_desktop.domain.download import Arrived, Download, Fetched
from kios_desktop.domain.errors import (
    Lacks,
    NotMatched,
    RemoteError,
    Unsupported,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Source, SourceKind
from kios_desktop.protocols.kobo.address import NoSyncAddress, normalised
from kios_desktop.sources.catalog_check import check_catalog, find_catalog, settled
from kios_desktop.sources.kobo_check import check_kobo, find_kobo
from kios_desktop.sources.opds_catalog import CatalogHealth
from kios_desktop.sources.place_support import ObservedRemote, PlaceSupport
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.sync.ports import Account, BookSourceLinks

logger = logging.getLogger(__name__)

BROWSED: Final = frozenset({SourceKind.OPDS, SourceKind.KOBO})
HIDDEN: Final = "••••"  # stands in an address for a secret that is locked in the password store
SIGN_IN_S: Final = 3.0  # the longest wait for a server; the other sources wait as well


class Catalogs:
    """The connections to catalogs.

    `cache` is the profile's cache folder. `hide` keeps a source's secrets out of the log.
    `place_support` records which sources keep places.
    """

    def __init__(
        self,
        database: Database,
        books: Books,
        cache: Path,
        hide: Callable[[Source], None],
        place_support: PlaceSupport,
    ) -> None:
        self._hide, self._place_support = hide, place_support
        self._connected: dict[str, Connected] = {}
        self._replaced: list[Connected] = []  # in use until `release`
        self._checked: dict[str, CatalogHealth] = {}
        self._before_check: dict[str, CatalogHealth] = {}  # as browsing found it
        self._offers: dict[str, bool | None] = {}  # results of checks, stored once the source is
        self._on_recovered: Callable[[str], None] = lambda _source_id: None
        self.acquisitions = BookAcquisitions(database, self.root_of)
        self._context = ConnectionContext(database, books, cache, self.acquisitions)

    async def use(self, sources: Sequence[Source]) -> set[str]:
        """Connect these sources, and only these; unchanged ones stay connected.

        Returns the ids of the new, changed and removed ones. Their former connections keep working
        until `release`.
        """
        wanted = {s.id: s for s in sources if _usable(s)}
        changed = {key for key, one in self._connected.items() if one.source != wanted.get(key)}
        for source_id in changed:
            self._before_check.pop(source_id, None)
            self._replaced.append(self._connected.pop(source_id))
        for source in wanted.values():
            if source.id not in self._connected:
                changed.add(source.id)
                self._connect(source)
        # in the order of Settings
        connected = self._connected
        self._connected = {one: connected[one] for one in wanted if one in connected}
        return changed

    def _connect(self, source: Source) -> None:
        """A source that can't be connected does not affect the others."""
        try:
            self._hide(source)
            self._connected[source.id] = connect(source, self._context)
        except Exception:
            logger.exception("a source could not be connected")

    async def release(self) -> None:
        """Close the connections that the last `use` replaced."""
        closing = Closing()
        while self._replaced:
            closing.add("a replaced connection", self._replaced.pop().aclose)
        await closing.aclose()

    def catalog(self, source_id: str) -> Catalog | None:
        found = self._connected.get(source_id)
        return None if found is None else found.catalog

    def all(self) -> list[Connected]:
        """In the order of Settings."""
        return list(self._connected.values())

    def health_of(self, source_id: str) -> CatalogHealth:
        """The result of the last request to a source, by a check or by browsing."""
        checked = self._checked.get(source_id, CatalogHealth())
        found = self._connected.get(source_id)
        browsed = found.health() if found is not None else CatalogHealth()
        newer = (
            checked if browsed == self._before_check.get(source_id, CatalogHealth()) else browsed
        )
        return replace(newer, books=newer.books if newer.books is not None else checked.books)

    # -- the form

    async def check(self, source: Source) -> CatalogCheck:
        """Find out what a server is, without changing anything there. Raises `RemoteError`."""
        if source.kind is SourceKind.KOBO:
            source = structs.replace(source, url=_sync_address(source.url))
        self._hide(source)
        try:
            check = await _checked(source)
        except RemoteError as error:
            self._record_check(source, self.health_of(source.id).after(error))
            raise
        self._record_check(source, CatalogHealth.good(check.books))
        self._offers[check.source.id] = check.keeps_places
        if await self._place_support.ask_again(source.id):  # it was marked as keeping none
            self._on_recovered(source.id)
        return check

    def when_recovered(self, notify: Callable[[str], None]) -> None:
        """`notify` gets the id of a source that failed before a check succeeded."""
        self._on_recovered = notify

    def _record_check(self, source: Source, health: CatalogHealth) -> None:
        """Record the result of a check.

        It holds for a source in use only if the check had the settings it is used with.
        """
        found = self._connected.get(source.id)
        same = found is not None and structs.replace(
            source, name="", auth=found.source.auth
        ) == structs.replace(found.source, name="")
        if found is None or not same:
            if health.error is None:
                self._checked[source.id] = health
            return
        before = self.health_of(source.id)
        self._checked[source.id], self._before_check[source.id] = health, found.health()
        if health.error is None:
            found.start_afresh()
            if before.error is not None:
                self._on_recovered(source.id)

    async def find(self, source: Source) -> ServerUrl | None:
        """The address that was probably meant, among the usual ones of the server."""
        self._hide(source)
        if source.kind is SourceKind.KOBO:
            return await find_kobo(structs.replace(source, url=_sync_address(source.url)))
        return await find_catalog(source)

    async def with_sign_in(self, source: Source) -> Source:
        """The source with its way of signing in, if the server answers; else unchanged."""
        if source.kind is not SourceKind.OPDS or source.auth is not AuthMethod.AUTOMATIC:
            return source
        try:
            async with asyncio.timeout(SIGN_IN_S):
                return await settled(source)
        except (RemoteError, TimeoutError) as error:
            logger.info("the way to sign in is not known yet: %s", error)
            return source
        except Exception:
            logger.exception("a fault of ours while finding out how to sign in")
            return source

    async def forget(self, source: Source) -> None:
        """Delete the stored feeds and the shelf of a removed source."""
        self._checked.pop(source.id, None)
        self._before_check.pop(source.id, None)
        await forget(source, self._context)

    # -- downloads: `library.downloads.ports.Fetcher`

    def is_usable(self, source_id: str) -> bool:
        return source_id in self._connected

    def root_of(self, source_id: str) -> ServerUrl | None:
        found = self._connected.get(source_id)
        return None if found is None else found.source.url

    async def fetch(
        self, download: Download, part: Path, progress: Callable[[Arrived], None]
    ) -> Fetched:
        found = self._connected.get(download.source_id)
        if found is None:
            raise NotMatched
        return await found.fetch(download, part, progress)

    # -- sync

    async def accounts(
        self,
        places: PlacesOf,
        device: Callable[[], str],
        device_id: str,
    ) -> list[Account]:
        """The sources that keep places: they delivered a book, or their check said so.

        Raises `StorageError`.
        """
        delivering = await self.acquisitions.all_place_sources()
        for one in self.all():
            if one.source.id in self._offers:
                await self._place_support.found(one.source.id, self._offers.pop(one.source.id))
        return [
            Account(
                one.source.id,
                one.source.name,
                one.kind,
                ObservedRemote(
                    one.remote(places, device, device_id), one.source.id, self._place_support
                ),
                takes_every_book=False,
                keeps_places=await self._keeps(one.source),
                check=partial(_answers, one.source),
                has_books=one.source.id in delivering or one.source.kind is SourceKind.KOBO,
            )
            for one in self.all()
            if one.source.id in delivering
            or one.source.kind is SourceKind.KOBO
            or await self._place_support.offers(one.source.id)
        ]

    async def _keeps(self, source: Source) -> bool:
        """Whether a source keeps places. A check is conclusive for Kobo sync only."""
        none = await self._place_support.keeps_none(source.id)
        kobo = source.kind is SourceKind.KOBO
        return not none and not (kobo and await self._place_support.offers(source.id) is False)

    async def source_links(self, book_id: BookId) -> BookSourceLinks:
        """The sources that delivered a book, and the one the reader chose for its place."""
        return BookSourceLinks(
            await self.acquisitions.place_sources(book_id), await self.acquisitions.chosen(book_id)
        )

    async def aclose(self) -> None:
        closing = Closing()
        for connected in self._connected.values():
            closing.add("the connection to a catalog", connected.aclose)
        closing.add("replaced connections", self.release)
        self._connected = {}
        await closing.aclose()


async def _answers(source: Source) -> None:
    """Raises `RemoteError` when the source does not answer as it should."""
    await _checked(source)


async def _checked(source: Source) -> CatalogCheck:
    kobo = source.kind is SourceKind.KOBO
    return await (_checked_kobo(source) if kobo else check_catalog(source))


async def _checked_kobo(source: Source) -> CatalogCheck:
    """Check Kobo sync, and for a shared address its OPDS catalog too."""
    check = await check_kobo(source)
    books = companion(source)
    if books is None:
        return check
    found = await check_catalog(books)
    return structs.replace(
        check, source=structs.replace(check.source, auth=found.source.auth), books=found.books
    )


def _sync_address(url: ServerUrl) -> ServerUrl:
    try:
        return normalised(url.reveal())
    except NoSyncAddress as error:
        lacks = Lacks.TOKEN if error.missing_token else Lacks.KOBO_SYNC
        raise Unsupported("not a Kobo sync address", lacks) from None


def _usable(source: Source) -> bool:
    known = HIDDEN not in source.url.reveal()
    return source.kind in BROWSED and source.enabled and known
