"""The sources that can be browsed: one connection each, shared by all that talk to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.application.closing import Closing
from kios_desktop.application.connections import (
    Connected,
    Surroundings,
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
from kios_desktop.epub.places import Places
from kios_desktop.protocols.kobo.address import NoSyncAddress, normalised
from kios_desktop.sources.catalog_check import check_catalog, find_catalog, settled
from kios_desktop.sources.keeping import Keeping, Watched
from kios_desktop.sources.kobo_check import check_kobo, find_kobo
from kios_desktop.sources.opds_catalog import CatalogHealth
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.sync.ports import Account, BookSourceLinks

logger = logging.getLogger(__name__)

BROWSED: Final = frozenset({SourceKind.OPDS, SourceKind.KOBO})
HIDDEN: Final = "••••"  # a part of an address that is not known while its secret is locked away
SETTLING_S: Final = 3.0  # nothing else is connected while it is asked


class Catalogs:
    """`cache` is the profile's cache folder; `hide` keeps a source's secrets out of the log.

    `keeping` knows which sources were found to keep no places.
    """

    def __init__(
        self,
        database: Database,
        books: Books,
        cache: Path,
        hide: Callable[[Source], None],
        keeping: Keeping,
    ) -> None:
        self._hide, self._keeping = hide, keeping
        self._connected: dict[str, Connected] = {}
        self._left: list[Connected] = []  # of sources that were replaced or are gone
        self._checked: dict[str, CatalogHealth] = {}
        self._overtaken: dict[str, CatalogHealth] = {}  # what browsing knew before a check
        self._offers: dict[str, bool | None] = {}  # by checks; a new source is not kept yet then
        self._on_mended: Callable[[str], None] = lambda _source_id: None
        self.acquisitions = BookAcquisitions(database, self.root_of)
        self._around = Surroundings(database, books, cache, self.acquisitions)

    async def use(self, sources: Sequence[Source]) -> set[str]:
        """These are the sources now; what is the same as before stays connected.

        Returns the ids of those that are new or different, and of those that are gone. What those
        were connected with goes on answering until `release`.
        """
        wanted = {s.id: s for s in sources if _usable(s)}
        touched = {key for key, one in self._connected.items() if one.source != wanted.get(key)}
        for source_id in touched:
            self._overtaken.pop(source_id, None)
            self._left.append(self._connected.pop(source_id))
        for source in wanted.values():
            if source.id not in self._connected:
                touched.add(source.id)
                self._connect(source)
        # in the order of Settings
        connected = self._connected
        self._connected = {one: connected[one] for one in wanted if one in connected}
        return touched

    def _connect(self, source: Source) -> None:
        """One that can't be, by a mistake of ours or in what is kept of it, costs no other."""
        try:
            self._hide(source)
            self._connected[source.id] = connect(source, self._around)
        except Exception:
            logger.exception("a source could not be connected")

    async def release(self) -> None:
        """Nobody uses any longer what was connected before the last `use`."""
        closing = Closing()
        while self._left:
            closing.add("a connection of before", self._left.pop().aclose)
        await closing.aclose()

    def catalog(self, source_id: str) -> Catalog | None:
        found = self._connected.get(source_id)
        return None if found is None else found.catalog

    def all(self) -> list[Connected]:
        """In the order of Settings."""
        return list(self._connected.values())

    def health_of(self, source_id: str) -> CatalogHealth:
        """How a source was when it was last asked, by a check or by browsing."""
        checked = self._checked.get(source_id, CatalogHealth())
        found = self._connected.get(source_id)
        browsed = found.health() if found is not None else CatalogHealth()
        newer = checked if browsed == self._overtaken.get(source_id, CatalogHealth()) else browsed
        return replace(newer, books=newer.books if newer.books is not None else checked.books)

    # -- the form

    async def check(self, source: Source) -> CatalogCheck:
        """Ask a server what it is, without an effect on it. Raises `RemoteError`."""
        if source.kind is SourceKind.KOBO:
            source = replace(source, url=_sync_address(source.url))
        self._hide(source)
        try:
            check = await _checked(source)
        except RemoteError as error:
            self._found_out(source, self.health_of(source.id).after(error))
            raise
        self._found_out(source, CatalogHealth.good(check.books))
        self._offers[check.source.id] = check.keeps_places
        if await self._keeping.ask_again(source.id):  # it may keep places now
            self._on_mended(source.id)
        return check

    def when_mended(self, tell: Callable[[str], None]) -> None:
        """`tell` gets the id of a source that failed until a check found that it answers."""
        self._on_mended = tell

    def _found_out(self, source: Source, health: CatalogHealth) -> None:
        """What a check says holds for a source in use only with the very settings it is used with.

        A source that is not in use yet has only that.
        """
        found = self._connected.get(source.id)
        same = found is not None and replace(source, name="", auth=found.source.auth) == replace(
            found.source, name=""
        )
        if found is None or not same:
            if health.error is None:
                self._checked[source.id] = health
            return
        before = self.health_of(source.id)
        self._checked[source.id], self._overtaken[source.id] = health, found.health()
        if health.error is None:
            found.start_afresh()
            if before.error is not None:
                self._on_mended(source.id)

    async def find(self, source: Source) -> ServerUrl | None:
        """Look for what was meant at the usual addresses of a server."""
        self._hide(source)
        if source.kind is SourceKind.KOBO:
            return await find_kobo(replace(source, url=_sync_address(source.url)))
        return await find_catalog(source)

    async def settle(self, source: Source) -> Source:
        """The source with its way of signing in, if the server can be asked; else as it is."""
        if source.kind is not SourceKind.OPDS or source.auth is not AuthMethod.AUTOMATIC:
            return source
        try:
            async with asyncio.timeout(SETTLING_S):
                return await settled(source)
        except (RemoteError, TimeoutError) as error:
            logger.info("the way to sign in is not known yet: %s", error)
            return source
        except Exception:
            logger.exception("a mistake of ours while finding out how to sign in")
            return source

    async def forget(self, source: Source) -> None:
        """Remove what was kept of a source that is gone."""
        self._checked.pop(source.id, None)
        self._overtaken.pop(source.id, None)
        await forget(source, self._around)

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
        places: Callable[[BookId], Awaitable[Places]],
        device: Callable[[], str],
        device_id: str,
    ) -> list[Account]:
        """Every source that keeps places: of a book it delivered, or as its check said.

        Raises `StorageError`.
        """
        keeping = await self.acquisitions.all_place_sources()
        for one in self.all():
            if one.source.id in self._offers:
                await self._keeping.found(one.source.id, self._offers.pop(one.source.id))
        return [
            Account(
                one.source.id,
                one.source.name,
                one.kind,
                Watched(one.remote(places, device, device_id), one.source.id, self._keeping),
                takes_every_book=False,
                keeps_places=await self._keeps(one.source),
                check=partial(_answers, one.source),
                has_books=one.source.id in keeping or one.source.kind is SourceKind.KOBO,
            )
            for one in self.all()
            if one.source.id in keeping
            or one.source.kind is SourceKind.KOBO
            or await self._keeping.offers(one.source.id)
        ]

    async def _keeps(self, source: Source) -> bool:
        """Kobo sync that keeps nothing says so when it is checked; a catalog may only look so."""
        none = await self._keeping.keeps_none(source.id)
        kobo = source.kind is SourceKind.KOBO
        return not none and not (kobo and await self._keeping.offers(source.id) is False)

    async def source_links(self, book_id: BookId) -> BookSourceLinks:
        """Where a book came from, and where the reader wants its place kept."""
        return BookSourceLinks(
            await self.acquisitions.place_sources(book_id), await self.acquisitions.chosen(book_id)
        )

    async def aclose(self) -> None:
        closing = Closing()
        for connected in self._connected.values():
            closing.add("the connection to a catalog", connected.aclose)
        closing.add("connections of before", self.release)
        self._connected = {}
        await closing.aclose()


async def _answers(source: Source) -> None:
    """Raises `RemoteError` when the source does not answer as it should."""
    await _checked(source)


async def _checked(source: Source) -> CatalogCheck:
    kobo = source.kind is SourceKind.KOBO
    return await (_checked_kobo(source) if kobo else check_catalog(source))


async def _checked_kobo(source: Source) -> CatalogCheck:
    """Of a shared address, its catalog as well."""
    check = await check_kobo(source)
    books = companion(source)
    if books is None:
        return check
    found = await check_catalog(books)
    return replace(check, source=replace(check.source, auth=found.source.auth), books=found.books)


def _sync_address(url: ServerUrl) -> ServerUrl:
    try:
        return normalised(url.reveal())
    except NoSyncAddress as error:
        lacks = Lacks.TOKEN if error.missing_token else Lacks.KOBO_SYNC
        raise Unsupported("not a Kobo sync address", lacks) from None


def _usable(source: Source) -> bool:
    known = HIDDEN not in source.url.reveal()
    return source.kind in BROWSED and source.enabled and known
