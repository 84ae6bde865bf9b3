"""Kobo sync against Calibre-Web: a shelf over several pages, files, places, and what goes wrong."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.catalog import Entry, Format, Search
from kios_desktop.domain.download import Download, DownloadId, DownloadState
from kios_desktop.domain.errors import Refusal, Rejected, Throttled, Unsupported
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.shelf import ShelfQuery
from kios_desktop.domain.source import AuthMethod, SourceKind
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.address import normalised
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.opds import OpdsClient
from kios_desktop.sources import kobo_files
from kios_desktop.sources.catalog_check import session_of, settled
from kios_desktop.sources.kobo_catalog import KoboCatalog
from kios_desktop.sources.kobo_check import check_kobo, kobo_session
from kios_desktop.sources.kobo_entries import book_id_of
from kios_desktop.sources.kobo_progress import KoboRemote
from kios_desktop.sources.kobo_shared import SharedCatalog
from kios_desktop.sources.kobo_shelf_sync import ShelfSync
from kios_desktop.sources.opds_catalog import OpdsCatalog
from kios_desktop.storage.database import Database
from kios_desktop.storage.feed_copies import FeedCopies
from kios_desktop.storage.kobo_shelf import KoboShelf
from tests.fakes.kobo_server import START, device_state
from tests.peers.kobo_web import TOKEN, KoboWeb, kobo_web
from tests.peers.library import title_of
from tests.peers.servers import ROOT

BOOKS = 225
BOOK = BookId(1)
SEARCH = Search()

# The quick run has the window's tests of a shelf that is synced and read (test_kobo_window.py).
pytestmark = [pytest.mark.peers, pytest.mark.slow, pytest.mark.long]


@pytest.fixture(scope="module")
def kobo_server(work: Path) -> Iterator[KoboWeb]:
    with kobo_web(work / "kobo", BOOKS) as peer:
        yield peer


@pytest.fixture
def fresh(kobo_server: KoboWeb) -> KoboWeb:
    """Nothing was announced to anybody yet."""
    kobo_server.forget()
    return kobo_server


class Desk:
    """One computer, from the disk to the wire."""

    def __init__(self, peer: KoboWeb, database: Database) -> None:
        self.session = kobo_session(peer.source)
        self.client = KoboClient(self.session, peer.base)
        self.shelf = KoboShelf(database, peer.source.id, peer.base)
        self.sync = ShelfSync(self.client, self.shelf)
        self.catalog = KoboCatalog(peer.source, self.client, self.shelf, self.sync)

    async def titles(self) -> set[str]:
        return {one.book.title for one in (await self.shelf.books(ShelfQuery()))[0]}

    async def entry(self, title: str) -> Entry:
        await self.sync.update()
        found = (await self.catalog.search(SEARCH, title)).feed.entries
        return next(one for one in found if one.title == title)


@asynccontextmanager
async def desk(peer: KoboWeb, folder: Path) -> AsyncIterator[Desk]:
    database = await Database.open(folder / "library.db")
    made = Desk(peer, database)
    try:
        yield made
    finally:
        await made.session.aclose()
        await database.aclose()


def all_titles() -> set[str]:
    return {title_of(number).strip() for number in range(BOOKS)}


async def fetched(desk: Desk, entry: Entry, folder: Path) -> Path:
    part = folder / "book.part"
    chosen = entry.downloads[0]
    download = Download(
        DownloadId(1), "1" * 32, entry, chosen.href, Format.EPUB, DownloadState.QUEUED, START
    )
    await kobo_files.fetch(desk.session, download, part, lambda _arrived: None)
    return part


def remote_of(session: Session, base: ServerUrl, book_id: str, places: Places) -> KoboRemote:
    async def id_of(_book: BookId) -> str | None:
        return book_id

    @asynccontextmanager
    async def places_of(_book: BookId) -> AsyncIterator[Places]:
        yield places

    return KoboRemote("1" * 32, KoboClient(session, base), id_of, places_of)


@pytest.mark.shows("address as it is copied")
async def test_the_line_of_a_device_is_an_address(kobo_server: KoboWeb) -> None:
    url = normalised(f"  api_endpoint={kobo_server.base.reveal()}/v1/library/sync ")
    check = await check_kobo(replace(kobo_server.source, url=url))
    assert check.keeps_places


@pytest.mark.shows("225 books over three pages", "wrong port in addresses")
async def test_every_book_arrives_over_three_pages(fresh: KoboWeb, tmp_path: Path) -> None:
    async with desk(fresh, tmp_path) as one:
        done = await one.sync.update()
        assert (done.announced, done.pages) == (BOOKS, 4)  # and a look whether that was all
        assert await one.titles() == all_titles()
        feed = (await one.catalog.feed(None)).feed
        assert (feed.total, len(feed.entries)) == (BOOKS, 100)
        cover = feed.entries[0].cover
        assert cover is not None
        assert (await one.catalog.image(cover))[:2] in (b"\xff\xd8", b"\x89P")
        assert (await one.sync.update()).announced == 0


@pytest.mark.shows("file")
async def test_the_very_file_of_the_library_comes(fresh: KoboWeb, tmp_path: Path) -> None:
    async with desk(fresh, tmp_path) as one:
        entry = await one.entry(title_of(7))
        part = await fetched(one, entry, tmp_path)
    assert content(part) == content(fresh.peer.work / "books" / "book007.epub")


@pytest.mark.shows("place written exactly", "place of another device")
async def test_a_place_goes_both_ways_to_the_sentence(fresh: KoboWeb, tmp_path: Path) -> None:
    async with desk(fresh, tmp_path) as one:
        entry = await one.entry(title_of(0))  # its files have a space, a plus and an accent
        opened = open_publication(await fetched(one, entry, tmp_path), None)
        places = opened.places
        places.measure()
        book_id = book_id_of(entry.progression)
        assert book_id == entry.key
        remote = remote_of(one.session, fresh.base, entry.key, places)
        assert not isinstance(await remote.pull(BOOK, ()), Report)  # a state, and no place in it

        here = places.locator(Place(1, 777))
        sent = await remote.push(BOOK, await remote.prepare(BOOK, here, None, None))
        held = fresh.ask(f"v1/library/{entry.key}/state")[0]["CurrentBookmark"]
        assert held["Location"]["Value"] == places.kobo_span(here.place)
        assert held["Location"]["Source"] == "EPUB/Text/ch 2+é.xhtml"
        assert isinstance(held["ProgressPercent"], int)
        assert isinstance(await remote.pull(BOOK, (sent,)), Sent)

        there = places.locator(Place(2, 1234))
        span = places.kobo_span(there.place)
        written = device_state(entry.key, START, span, there.href, 80, 45)
        fresh.ask(f"v1/library/{entry.key}/state", {"ReadingStates": [written]})
        report = await remote.pull(BOOK, (sent,))
        opened.close()
    assert isinstance(report, Report) and report.locator is not None
    assert report.precision is Precision.EXACT
    assert places.kobo_span(report.locator.place) == span
    assert report.at is not None and report.at > START  # the server's time


@pytest.mark.shows("shared with an e-reader")
async def test_an_e_reader_of_the_same_address_loses_nothing(
    fresh: KoboWeb, tmp_path: Path
) -> None:
    peer = fresh.peer
    source = replace(fresh.source, shared=True, catalog_url=ServerUrl(peer.url))
    opds = await settled(
        replace(
            source,
            kind=SourceKind.OPDS,
            url=ServerUrl(peer.url),
            auth=AuthMethod.AUTOMATIC,
            username=peer.username,
            password=Secret(peer.password),
        )
    )
    opds_session, session = session_of(opds), kobo_session(source)
    copies = FeedCopies(tmp_path / "feeds", source.id, opds.url)
    books = OpdsCatalog(opds, OpdsClient(opds_session, opds.url), copies)
    catalog = SharedCatalog(source, books)
    try:
        entries = (await catalog.feed(ServerUrl(f"{peer.url}/new"))).feed.entries
        book_id = book_id_of(entries[0].progression)
        assert book_id is not None
        opened = open_publication(fresh.peer.work / "books" / "book007.epub", None)
        opened.places.measure()
        remote = remote_of(session, fresh.base, book_id, opened.places)
        await remote.pull(BOOK, ())
        here = opened.places.locator(Place(1, 100))
        await remote.push(BOOK, await remote.prepare(BOOK, here, None, None))
        opened.close()
    finally:
        await catalog.aclose()
        await opds_session.aclose()
        await session.aclose()
    assert fresh.count("kobo_synced_books") == 0
    assert fresh.count("kobo_bookmark") == 1


@pytest.mark.shows("lost answer made up for")
@pytest.mark.parametrize("after", [0, 1, 2])
async def test_no_book_is_missing_after_a_lost_answer(
    after: int, fresh: KoboWeb, tmp_path: Path
) -> None:
    """After so many pages the next one is built, counted as delivered, and never arrives."""
    async with desk(fresh, tmp_path) as one:
        await one.shelf.begin()
        token = ""
        for _ in range(after):
            page = await one.client.sync(token)
            await one.shelf.apply(page.changes, page.token)
            token = page.token
        await one.client.sync(token)
        await one.sync.update()
        assert await one.titles() == all_titles()


@pytest.mark.shows("killed while paging")
async def test_no_book_is_missing_after_a_kill(fresh: KoboWeb, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    words = ["-m", "tests.peers.kobo_computer", str(database), fresh.base.reveal()]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert (await process.stdout.readline()).strip() == b"100"
    process.kill()
    await process.wait()
    async with desk(fresh, tmp_path) as one:
        assert (await one.shelf.mark()).unfinished
        await one.sync.update()
        assert await one.titles() == all_titles()


@pytest.mark.shows("account already synced")
async def test_a_second_computer_finds_the_books(fresh: KoboWeb, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    async with desk(fresh, first) as one:
        await one.sync.update()
    async with desk(fresh, second) as other:
        done = await other.sync.update()
        assert done.starved and done.adopted
        assert await other.titles() == all_titles()


@pytest.mark.shows("token revoked", "permission removed")
async def test_refusals_are_told_apart(fresh: KoboWeb, tmp_path: Path) -> None:
    async with desk(fresh, tmp_path) as one:
        fresh.allow("f" * 32)
        try:
            with pytest.raises(Rejected) as revoked:
                await one.client.initialization()
        finally:
            fresh.allow()
        fresh.change("UPDATE user SET role = role & ~2 WHERE id = 1")
        try:
            with pytest.raises(Rejected) as forbidden:
                await one.client.sync("")
        finally:
            fresh.change("UPDATE user SET role = 479 WHERE id = 1")
    assert revoked.value.refusal is Refusal.TOKEN
    assert forbidden.value.refusal is Refusal.FORBIDDEN
    assert TOKEN not in str(revoked.value) + repr(revoked.value)


@pytest.mark.shows("limiter")
async def test_the_limiter_is_told_with_its_wish(work: Path) -> None:
    with kobo_web(work / "kobo-limited", 6, config_ratelimiter=1) as peer:
        session = kobo_session(peer.source)
        peer.allow("f" * 32)
        client = KoboClient(session, peer.base)
        found: Exception | None = None
        for _ in range(5):
            try:
                await client.initialization()
            except Rejected:
                continue
            except Throttled as error:
                found = error
                break
        await session.aclose()
    assert isinstance(found, Throttled)
    assert found.retry_after_s is not None and 0 < found.retry_after_s <= 60


@pytest.mark.shows("switched off")
async def test_a_server_without_kobo_sync_says_so(work: Path) -> None:
    with kobo_web(work / "kobo-off", 6, config_kobo_sync=0) as peer, pytest.raises(Unsupported):
        await check_kobo(peer.source)


def content(path: Path) -> bytes:
    return path.read_bytes()
