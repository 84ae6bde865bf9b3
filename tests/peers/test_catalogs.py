"""The catalog client against calibre and Calibre-Web: sign in, browse to the end, search, fetch."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.domain.catalog import Entry, Feed
from kios_desktop.domain.errors import Malformed, Refusal, Rejected
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.protocols.http import transfer
from kios_desktop.protocols.opds import OpdsClient
from kios_desktop.sources.catalog_check import check_catalog, find_catalog, session_of, settled
from tests.peers.library import title_of
from tests.peers.servers import Peer

BOOKS = 75

pytestmark = [pytest.mark.peers, pytest.mark.slow]


def source_of(peer: Peer, url: str = "") -> Source:
    return Source(
        "1" * 32,
        SourceKind.OPDS,
        "other",
        "Home",
        ServerUrl(url or peer.url),
        AuthMethod.AUTOMATIC,
        peer.username,
        Secret(peer.password),
    )


async def browse(client: OpdsClient, first: ServerUrl) -> list[Entry]:
    """Every entry of a list, following `next` to the end."""
    found: list[Entry] = []
    href: ServerUrl | None = first
    for _ in range(20):
        if href is None:
            break
        page = await client.feed(href)
        found += page.entries
        href = page.next
    return found


def link(feed: Feed, title: str) -> ServerUrl:
    return next(one.href for one in feed.navigation if title in one.title.lower())


@pytest.mark.shows("sign in")
async def test_calibre_is_signed_in_to_the_way_it_wants(content_server: Peer) -> None:
    check = await check_catalog(source_of(content_server))
    expected = AuthMethod.NONE
    if content_server.password:
        below_prefix = "/calibre/" in content_server.url
        expected = AuthMethod.BASIC if below_prefix else AuthMethod.DIGEST
    assert check.source.auth is expected
    assert "calibre" in check.title
    assert not check.keeps_places


async def test_calibre_asks_for_a_name_when_it_has_a_password(content_server: Peer) -> None:
    nobody = replace(source_of(content_server), username="", password=Secret(""))
    if not content_server.password:
        assert (await check_catalog(nobody)).source.auth is AuthMethod.NONE
        return
    with pytest.raises(Rejected) as error:
        await check_catalog(nobody)
    assert error.value.refusal is Refusal.NEEDED


@pytest.mark.shows("every page")
async def test_calibre_is_browsed_to_the_last_page(content_server: Peer) -> None:
    source = await settled(source_of(content_server))
    session = session_of(source)
    try:
        client = OpdsClient(session, source.url)
        root = await client.feed(source.url)
        entries = await browse(client, link(root, "newest"))
    finally:
        await session.aclose()
    assert len({entry.key for entry in entries}) == len(entries) == BOOKS
    assert {entry.title for entry in entries} >= {" ".join(title_of(n).split()) for n in (0, 1, 9)}


@pytest.mark.shows("file", "picture")
async def test_calibres_file_is_a_book_and_its_cover_a_picture(
    content_server: Peer, tmp_path: Path
) -> None:
    source = await settled(source_of(content_server))
    session = session_of(source)
    try:
        client = OpdsClient(session, source.url)
        root = await client.feed(source.url)
        entry = (await client.feed(link(root, "newest"))).entries[0]
        assert entry.cover is not None
        picture = await client.image(entry.cover)
        file = tmp_path / "book.part"
        got = await transfer(
            session, entry.downloads[0].href, file, continuation=None, progress=lambda _: None
        )
    finally:
        await session.aclose()
    assert picture[:2] in (b"\xff\xd8", b"\x89P")
    assert head(file) == b"PK\x03\x04"
    assert got.size_bytes == size(file)
    assert "filename" in got.content_disposition


@pytest.mark.shows("sign in", "every page", "file")
async def test_calibre_web_delivers_the_very_file_of_its_library(
    web_server: Peer, tmp_path: Path
) -> None:
    source = await settled(source_of(web_server))
    assert source.auth is AuthMethod.BASIC
    session = session_of(source)
    try:
        client = OpdsClient(session, source.url)
        entries = await browse(client, ServerUrl(f"{web_server.url}/new"))
        entry = next(one for one in entries if one.title == title_of(7))
        file = tmp_path / "book.part"
        await transfer(
            session, entry.downloads[0].href, file, continuation=None, progress=lambda _: None
        )
    finally:
        await session.aclose()
    assert len({one.key for one in entries}) == BOOKS
    assert content(file) == content(web_server.work / "books" / "book007.epub")


@pytest.mark.shows("catalog found from its web page")
async def test_the_web_page_of_calibre_web_leads_to_its_catalog(web_server: Peer) -> None:
    at_root = source_of(web_server, web_server.origin + "/")
    with pytest.raises(Malformed) as error:
        await check_catalog(at_root)
    assert error.value.html
    found = await find_catalog(at_root)
    assert found == ServerUrl(web_server.url)


@pytest.mark.shows("wrong password sent once")
async def test_a_wrong_password_is_sent_once(web_server: Peer) -> None:
    """Calibre-Web locks an address out for a minute after three failures: this test is the last."""
    wrong = replace(source_of(web_server), password=Secret("wrong"))
    with pytest.raises(Rejected) as error:
        await check_catalog(wrong)
    assert error.value.refusal is Refusal.CREDENTIALS
    assert (await check_catalog(source_of(web_server))).source.auth is AuthMethod.BASIC


def head(path: Path) -> bytes:
    return path.read_bytes()[:4]


def content(path: Path) -> bytes:
    return path.read_bytes()


def size(path: Path) -> int:
    return path.stat().st_size
