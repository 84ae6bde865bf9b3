"""The sources that can be browsed: one session each, shared by all that talk to it.

Part of the composition root, apart from `app.py` only for its size.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kios_desktop.domain.catalog import ProgressionLink
from kios_desktop.domain.download import Arrived, Download, Fetched
from kios_desktop.domain.errors import NotMatched, RemoteError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Source, SourceKind
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.opds import OpdsClient
from kios_desktop.protocols.opds.progression import Progressions
from kios_desktop.sources import files
from kios_desktop.sources.catalog_check import check_catalog, find_catalog, session_of, settled
from kios_desktop.sources.opds_catalog import CatalogHealth, OpdsCatalog
from kios_desktop.sources.opds_progress import OpdsRemote, PlaceConversion
from kios_desktop.storage.database import Database
from kios_desktop.storage.feed_copies import FeedCopies
from kios_desktop.storage.origins import Origins
from kios_desktop.sync.ports import Account, BookTies

logger = logging.getLogger(__name__)

FEEDS: Final = "feeds"
HIDDEN: Final = "••••"  # a part of an address that is not known while its secret is locked away
KIND: Final = "OPDS progression"
SETTLING_S: Final = 3.0  # nothing else is connected while it is asked


@dataclass(frozen=True, slots=True)
class Connected:
    """A source in use."""

    source: Source
    session: Session
    client: OpdsClient
    catalog: OpdsCatalog


class Catalogs:
    """`cache` is the profile's cache folder; `hide` keeps a source's secrets out of the log."""

    def __init__(self, database: Database, cache: Path, hide: Callable[[Source], None]) -> None:
        self._cache, self._hide = cache, hide
        self._connected: dict[str, Connected] = {}
        self._checked: dict[str, CatalogHealth] = {}
        self.origins = Origins(database, self.root_of)

    async def use(self, sources: Sequence[Source]) -> set[str]:
        """These are the sources now; what is the same as before stays connected.

        Returns the ids of those that are new or different, and of those that are gone.
        """
        wanted = {s.id: s for s in sources if _usable(s)}
        touched = {key for key, one in self._connected.items() if one.source != wanted.get(key)}
        for source_id in touched:
            await _closed(self._connected.pop(source_id))
        for source in wanted.values():
            if source.id not in self._connected:
                touched.add(source.id)
                self._connected[source.id] = self._connect(source)
        # in the order of Settings
        self._connected = {source_id: self._connected[source_id] for source_id in wanted}
        return touched

    def _connect(self, source: Source) -> Connected:
        self._hide(source)
        session = session_of(source)
        client = OpdsClient(session, source.url)
        copies = FeedCopies(self._cache / FEEDS, source.id, source.url)
        return Connected(source, session, client, OpdsCatalog(source, client, copies))

    def catalog(self, source_id: str) -> OpdsCatalog | None:
        found = self._connected.get(source_id)
        return None if found is None else found.catalog

    def all(self) -> list[Connected]:
        """In the order of Settings."""
        return list(self._connected.values())

    def health_of(self, source_id: str) -> CatalogHealth:
        """How a source was when it was last asked, by a check or by browsing."""
        checked = self._checked.get(source_id, CatalogHealth())
        catalog = self.catalog(source_id)
        browsed = catalog.health if catalog is not None else CatalogHealth()
        newer = browsed if browsed.checked_at or browsed.error else checked
        return replace(newer, books=newer.books if newer.books is not None else checked.books)

    # -- the form

    async def check(self, source: Source) -> CatalogCheck:
        """Ask a server what it is. Raises `RemoteError`."""
        self._hide(source)
        check = await check_catalog(source)
        self._checked[source.id] = CatalogHealth.good(check.books)
        return check

    async def find(self, source: Source) -> ServerUrl | None:
        """Look for a catalog at the usual addresses of a server."""
        self._hide(source)
        return await find_catalog(source)

    async def settle(self, source: Source) -> Source:
        """The source with its way of signing in, if the server can be asked; else as it is."""
        if source.auth is not AuthMethod.AUTOMATIC:
            return source
        try:
            async with asyncio.timeout(SETTLING_S):
                return await settled(source)
        except (RemoteError, TimeoutError) as error:
            logger.info("the way to sign in is not known yet: %s", error)
            return source

    async def forget(self, source: Source) -> None:
        """Remove what was kept of a source that is gone."""
        self._checked.pop(source.id, None)
        await FeedCopies(self._cache / FEEDS, source.id, source.url).forget()

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
        return await files.fetch(found.session, found.client, download, part, progress)

    # -- sync

    async def accounts(
        self,
        places: Callable[[BookId], Awaitable[PlaceConversion]],
        device: Callable[[], str],
        device_id: str,
    ) -> list[Account]:
        """Every source that keeps the place of a book it delivered. Raises `StorageError`."""
        keeping = await self.origins.keeping()
        return [
            Account(
                one.source.id,
                one.source.name,
                KIND,
                OpdsRemote(
                    one.source.id,
                    Progressions(one.session),
                    self._link_of(one.source.id),
                    places,
                    device,
                    device_id,
                ),
                takes_every_book=False,
            )
            for one in self.all()
            if one.source.id in keeping
        ]

    async def ties(self, book_id: BookId) -> BookTies:
        """Where a book came from, and where the reader wants its place kept."""
        return BookTies(await self.origins.keepers(book_id), await self.origins.chosen(book_id))

    def _link_of(self, source_id: str) -> Callable[[BookId], Awaitable[ProgressionLink | None]]:
        async def link_of(book_id: BookId) -> ProgressionLink | None:
            for origin in await self.origins.of_book(book_id):
                if origin.source_id == source_id and origin.entry.progression is not None:
                    return origin.entry.progression
            return None

        return link_of

    async def aclose(self) -> None:
        for connected in self._connected.values():
            await _closed(connected)
        self._connected = {}


async def _closed(connected: Connected) -> None:
    await connected.catalog.aclose()
    await connected.session.aclose()


def _usable(source: Source) -> bool:
    known = HIDDEN not in source.url.reveal()
    return source.kind is SourceKind.OPDS and source.enabled and known
