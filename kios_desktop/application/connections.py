"""How a source is connected, by its kind: its catalog, its files, and where it keeps places."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import ProgressionLink
from kios_desktop.domain.download import Arrived, Download, Fetched
from kios_desktop.domain.library import BookId
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.opds import OpdsClient, Progressions
from kios_desktop.sources import files, kobo_files
from kios_desktop.sources.catalog_check import session_of
from kios_desktop.sources.kobo_catalog import KoboCatalog
from kios_desktop.sources.kobo_check import kobo_session
from kios_desktop.sources.kobo_entries import book_id_of
from kios_desktop.sources.kobo_progress import KoboRemote
from kios_desktop.sources.kobo_shared import SharedCatalog
from kios_desktop.sources.kobo_shelf_sync import ShelfSync
from kios_desktop.sources.opds_catalog import CatalogHealth, OpdsCatalog
from kios_desktop.sources.opds_progress import OpdsRemote
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.feed_copies import FeedCopies
from kios_desktop.storage.kobo_shelf import KoboShelf
from kios_desktop.sync.ports import ProgressRemote

FEEDS: Final = "feeds"
KOMGA: Final = "kobo-komga"

Fetch = Callable[[Download, Path, Callable[[Arrived], None]], Awaitable[Fetched]]
PlacesOf = Callable[[BookId], AbstractAsyncContextManager[Places]]
Remote = Callable[[PlacesOf, Callable[[], str], str], ProgressRemote]


@dataclass(frozen=True, slots=True)
class ConnectionContext:
    """What every connection needs from the profile."""

    database: Database
    books: Books
    cache: Path
    acquisitions: BookAcquisitions


@dataclass(frozen=True, slots=True)
class Connected:
    """A source in use. `kind` is the protocol of its places.

    `start_afresh` forgets that its credentials were rejected.
    """

    source: Source
    catalog: Catalog
    health: Callable[[], CatalogHealth]
    fetch: Fetch
    remote: Remote
    kind: SourceKind
    start_afresh: Callable[[], None]
    closes: tuple[Callable[[], Awaitable[None]], ...]

    async def aclose(self) -> None:
        """Close in order; an error is raised after all are closed."""
        async with AsyncExitStack() as stack:
            for close in reversed(self.closes):
                stack.push_async_callback(close)


def connect(source: Source, context: ConnectionContext) -> Connected:
    """Connect a source. No request is sent yet."""
    return _opds(source, context) if source.kind is SourceKind.OPDS else _kobo(source, context)


def companion(source: Source) -> Source | None:
    """The OPDS catalog of a server whose Kobo sync address an e-reader uses as well."""
    if not source.shared or source.catalog_url is None:
        return None
    return replace(
        source, kind=SourceKind.OPDS, url=source.catalog_url, shared=False, catalog_url=None
    )


async def forget(source: Source, context: ConnectionContext) -> None:
    """Delete the stored copies of a source's feeds, and its shelf."""
    await FeedCopies(context.cache / FEEDS, source.id, source.url).forget()
    if source.kind is SourceKind.KOBO:
        await KoboShelf(context.database, source.id, source.url).forget()


def _opds(source: Source, context: ConnectionContext) -> Connected:
    session, client, catalog = _opds_catalog(source, context)

    def remote(places: PlacesOf, device: Callable[[], str], device_id: str) -> ProgressRemote:
        link_of = _link_of(source.id, context.acquisitions)
        progressions = Progressions(session)
        return OpdsRemote(source.id, progressions, link_of, places, device, device_id)

    return Connected(
        source,
        catalog,
        lambda: catalog.health,
        _opds_files(session, client),
        remote,
        SourceKind.OPDS,
        session.start_afresh,
        (catalog.aclose, session.aclose),
    )


def _opds_catalog(
    source: Source, context: ConnectionContext
) -> tuple[Session, OpdsClient, OpdsCatalog]:
    session = session_of(source)
    client = OpdsClient(session, source.url)
    copies = FeedCopies(context.cache / FEEDS, source.id, source.url)
    return session, client, OpdsCatalog(source, client, copies)


def _kobo(source: Source, context: ConnectionContext) -> Connected:
    session = kobo_session(source)
    client = KoboClient(session, source.url)

    def remote(places: PlacesOf, _device: Callable[[], str], _device_id: str) -> ProgressRemote:
        id_of = _kobo_id_of(source.id, context.acquisitions)
        return KoboRemote(source.id, client, id_of, places, grid=source.preset == KOMGA)

    if source.shared:
        return _shared(source, context, session, remote)
    shelf = KoboShelf(context.database, source.id, source.url)
    catalog = KoboCatalog(source, client, shelf, ShelfSync(client, shelf))
    return Connected(
        source,
        catalog,
        lambda: catalog.health,
        _kobo_files(session),
        remote,
        SourceKind.KOBO,
        session.start_afresh,
        (catalog.aclose, session.aclose),
    )


def _shared(
    source: Source, context: ConnectionContext, session: Session, remote: Remote
) -> Connected:
    """Books from the server's OPDS catalog, places through Kobo sync, as the e-reader does."""
    listed, sessions, fetch, books = companion(source), [session], _kobo_files(session), None
    if listed is not None:
        opds_session, client, books = _opds_catalog(listed, context)
        sessions.append(opds_session)
        fetch = _opds_files(opds_session, client)
    catalog = SharedCatalog(source, books)

    def start_afresh() -> None:
        for one in sessions:
            one.start_afresh()

    closes = (catalog.aclose, *(one.aclose for one in sessions))
    return Connected(
        source,
        catalog,
        lambda: catalog.health,
        fetch,
        remote,
        SourceKind.KOBO,
        start_afresh,
        closes,
    )


def _opds_files(session: Session, client: OpdsClient) -> Fetch:
    return lambda download, part, progress: files.fetch(session, client, download, part, progress)


def _kobo_files(session: Session) -> Fetch:
    return lambda download, part, progress: kobo_files.fetch(session, download, part, progress)


def _link_of(
    source_id: str, acquisitions: BookAcquisitions
) -> Callable[[BookId], Awaitable[ProgressionLink | None]]:
    async def link_of(book_id: BookId) -> ProgressionLink | None:
        for acquisition in await acquisitions.of_book(book_id):
            if acquisition.source_id == source_id and acquisition.entry.progression is not None:
                return acquisition.entry.progression
        return None

    return link_of


def _kobo_id_of(
    source_id: str, acquisitions: BookAcquisitions
) -> Callable[[BookId], Awaitable[str | None]]:
    link_of = _link_of(source_id, acquisitions)

    async def id_of(book_id: BookId) -> str | None:
        return book_id_of(await link_of(book_id))

    return id_of
