"""What is at a sync address, which file is asked for, and an address that is shared."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kios_desktop.domain.catalog import Entry, Feed, Group, Search, Shown
from kios_desktop.domain.download import Download, DownloadId, DownloadState
from kios_desktop.domain.errors import NotMatched, Refusal, Rejected, Unsupported
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import Shelved
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.sources import kobo_files
from kios_desktop.sources.kobo_check import NO_BOOK, below_api, check_kobo, find_kobo, kobo_session
from kios_desktop.sources.kobo_entries import book_id_of, entry_of
from kios_desktop.sources.kobo_shared import SharedCatalog
from kios_desktop.sources.opds_catalog import CatalogHealth
from tests.fakes.kobo_server import (
    START,
    TOKEN,
    KoboBookLore,
    KoboKomga,
    KoboServer,
    KoboStump,
    html,
)


def source_of(server: KoboServer, url: ServerUrl | None = None) -> Source:
    return Source("1" * 32, SourceKind.KOBO, "kobo-other", "Home", url or server.base)


@asynccontextmanager
async def client_of(server: KoboServer) -> AsyncIterator[KoboClient]:
    async with server:
        session = kobo_session(source_of(server))
        try:
            yield KoboClient(session, server.base)
        finally:
            await session.aclose()
    assert server.crimes == []


# -- the check


@pytest.mark.parametrize("kind", [KoboServer, KoboKomga, KoboBookLore])
async def test_a_server_that_keeps_places_passes_without_a_sync(kind: type[KoboServer]) -> None:
    async with kind() as server:
        check = await check_kobo(source_of(server))
        assert check.keeps_places
        assert not any(path.endswith("/sync") for path in server.paths())
        assert server.crimes == []


@pytest.mark.parametrize("kind", [KoboServer, KoboKomga, KoboBookLore])
async def test_a_bad_token_is_told_as_one(kind: type[KoboServer]) -> None:
    async with kind() as server:
        bad = ServerUrl(f"{server.origin}{server.prefix}/ffffffffffffffff")
        with pytest.raises(Rejected) as caught:
            await check_kobo(source_of(server, bad))
    assert caught.value.refusal is Refusal.TOKEN


async def test_the_answer_of_the_shop_is_no_bad_token() -> None:
    """BookLore asks the Kobo store about ids that are no numbers, and passes on its 401."""
    server = KoboBookLore()
    async with client_of(server) as client:
        assert await client.state("kios-looks-for-places") is None
        assert await client.metadata("kios-looks-for-places") is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
async def test_what_is_said_about_nobodys_book_fails_no_test(status: int) -> None:
    server = KoboServer()
    server.says[f"v1/library/{NO_BOOK}/state"] = html(status)
    async with server:
        assert (await check_kobo(source_of(server))).keeps_places


async def test_stump_does_not_keep_places() -> None:
    async with KoboStump() as server:
        assert not (await check_kobo(source_of(server))).keeps_places


async def test_an_address_without_its_prefix_is_found_below_api() -> None:
    async with KoboBookLore() as server:
        short = ServerUrl(f"{server.origin}/kobo/{TOKEN}")
        with pytest.raises(Unsupported):
            await check_kobo(source_of(server, short))
        assert await find_kobo(source_of(server, short)) == server.base


async def test_nothing_is_found_where_nothing_is() -> None:
    async with KoboServer() as server:
        assert await find_kobo(source_of(server)) is None
    assert below_api(ServerUrl(f"https://h/api/kobo/{TOKEN}")) is None
    assert below_api(ServerUrl("https://h/elsewhere")) is None


# -- files


def download_of(entry: Entry) -> Download:
    first = entry.downloads[0]
    return Download(
        DownloadId(1), "1" * 32, entry, first.href, first.format, DownloadState.QUEUED, START
    )


async def fetched(server: KoboServer, files: dict[str, str], folder: Path) -> bytes:
    book = server.offer(1, files=files)
    async with client_of(server) as client:
        found = await client.metadata(book.id)
        assert found is not None
        entry = entry_of(Shelved(found), client.base, client.template)
        session = kobo_session(source_of(server))
        part = folder / "part"
        try:
            await kobo_files.fetch(session, download_of(entry), part, lambda _arrived: None)
        finally:
            await session.aclose()
    return part.read_bytes()


async def test_the_original_is_asked_for_where_only_the_converted_file_is_listed(
    tmp_path: Path,
) -> None:
    server = KoboServer()
    original = b"PK\x03\x04 the original"
    server.offer(9, files={"EPUB": "download/1/epub"}, content=original)
    assert await fetched(server, {"KEPUB": "download/1/kepub"}, tmp_path) == original


async def test_the_converted_file_comes_where_there_is_no_original(tmp_path: Path) -> None:
    server = KoboServer()
    got = await fetched(server, {"KEPUB": "download/1/kepub"}, tmp_path)
    assert got == server.books[server.id_of(1)].content
    assert [path.rpartition("/")[2] for path in server.paths()[1:]] == ["epub", "kepub"]


async def test_komga_is_asked_not_to_convert() -> None:
    server = KoboKomga()
    book = server.offer(1, files={"KEPUB": "v1/books/1/file/epub?convert_kepub=true"})
    async with client_of(server) as client:
        found = await client.metadata(book.id)
        assert found is not None
        entry = entry_of(Shelved(found), client.base, client.template)
        wanted = [one.href.reveal().rpartition("?")[2] for one in entry.downloads]
        assert wanted == ["convert_kepub=false", "convert_kepub=true"]


async def test_a_file_at_the_shop_is_not_fetched(tmp_path: Path) -> None:
    server = KoboServer()
    away = html(307)
    away.headers["Location"] = "https://cdn.kobo.com/book.epub"
    server.says["download/1/epub"] = away
    with pytest.raises(NotMatched):
        await fetched(server, {"EPUB": "download/1/epub"}, tmp_path)


async def test_an_entry_leads_back_to_its_book() -> None:
    server = KoboServer()
    book = server.offer(1)
    async with client_of(server) as client:
        found = await client.metadata(book.id)
        assert found is not None
        entry = entry_of(Shelved(replace(found, id="a/b c")), client.base, client.template)
        assert book_id_of(entry.progression) == "a/b c"
        assert TOKEN not in repr(entry)


# -- an address that an e-reader uses too


class Opds:
    """A catalog of two books, one of them with an id of another kind."""

    def __init__(self) -> None:
        self.health = CatalogHealth()
        self.entries = (Entry("urn:uuid:AB-1", "One"), Entry("https://h/2", "Two"))
        self.closed = False

    async def copy(self, url: ServerUrl | None) -> Shown | None:
        return None

    async def feed(self, url: ServerUrl | None, fresh: bool = False) -> Shown:
        group = Group("New", entries=self.entries)
        return Shown(Feed(ServerUrl("https://h/opds"), entries=self.entries, groups=(group,)))

    async def search(self, search: Search, words: str) -> Shown:
        many = tuple(replace(self.entries[0], key=f"urn:uuid:{n}") for n in range(300))
        return Shown(Feed(ServerUrl("https://h/opds"), entries=many))

    async def full(self, entry: Entry) -> Entry:
        return replace(entry, publisher="P")

    async def image(self, url: ServerUrl) -> bytes:
        return url.reveal().encode()

    async def aclose(self) -> None:
        self.closed = True


def shared(books: Opds | None) -> SharedCatalog:
    source = Source(
        "1" * 32, SourceKind.KOBO, "x", "Home", ServerUrl(f"https://h/kobo/{TOKEN}"), shared=True
    )
    return SharedCatalog(source, books)


async def test_books_of_the_catalog_keep_their_place_with_the_e_reader() -> None:
    opds = Opds()
    catalog = shared(opds)
    feed = (await catalog.feed(None)).feed
    for entries in (feed.entries, feed.groups[0].entries):
        assert [book_id_of(one.progression) for one in entries] == ["AB-1", None]
    found = (await catalog.search(Search(), "x")).feed.entries
    assert all(one.progression is not None for one in found)
    whole = await catalog.full(opds.entries[0])
    assert (whole.publisher, book_id_of(whole.progression)) == ("P", "AB-1")
    await catalog.aclose()
    assert opds.closed


async def test_without_a_catalog_a_shared_address_shows_nothing() -> None:
    assert (await shared(None).feed(None)).feed.entries == ()
