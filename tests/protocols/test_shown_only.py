"""What Kios only shows is never asked for at an address whose server takes that for reading."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from kios_desktop.domain.catalog import Entry, Feed
from kios_desktop.domain.errors import KiosError, NotMatched
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.opds import OpdsClient, is_page, is_page_picture, parse
from tests.fakes.loopback import Asked, Loopback, Says
from tests.transcripts import PROTOCOLS, answers, recorded

BASE = ServerUrl("http://127.0.0.1:1/opds/v1.2/series/x")
PAGES = (
    "http://h/opds/v1.2/books/7/pages/1",
    "http://h/opds/«key»/v1.2/books/7/pages/12?zero_based=true",
    "http://h/opds/v1.2/books/7/pages/{pageNumber}",
    "http://h/opds/v1.2/books/7/pages/%7BpageNumber%7D",
    "http://h/api/opds/key/image?libraryId=1&pageNumber=0",
    "http://h/opds-comics/comicreader/7?page=0&width=800",
    "http://h/api/v1/books/7/page/3.jpg",
)
PICTURES = (
    "http://h/opds/v1.2/books/7/thumbnail",
    "http://h/opds/v2/books/pages/thumbnail",
    "http://h/get/cover/52/lib",
    "http://h/opds/cover/75",
    "http://h/feed/fetch.php?height=164&id=4",
    "http://h/api/image/chapter-cover?chapterId=7&apiKey=k",
    "http://h/api/v1/opds/10/cover?17",
    "http://h/api/v2/books/u/cover?h=225&w=147&v=1795957374000",
    "http://h/opds-books/7/a.epub?cover=true",
    "http://h/homepages/4/cover.jpg",
)


def entries_of(feed: Feed) -> Iterator[Entry]:
    yield from feed.entries
    for group in feed.groups:
        yield from group.entries


@pytest.mark.parametrize("address", PAGES)
async def test_a_page_is_never_asked_for_as_a_picture(address: str) -> None:
    url = ServerUrl(address)
    assert is_page_picture(url)
    session = Session(BASE)
    with pytest.raises(NotMatched):
        await OpdsClient(session, BASE).image(url)
    if is_page(url):
        with pytest.raises(NotMatched):
            await OpdsClient(session, BASE).entry(Entry("k", "", document=url, partial=True))
    await session.aclose()


@pytest.mark.parametrize("address", PICTURES)
def test_covers_as_servers_have_them_are_no_pages(address: str) -> None:
    assert not is_page_picture(ServerUrl(address))


def test_a_picture_that_the_entry_streams_is_a_page_whatever_it_is_called() -> None:
    streams = ["http://h/c/7/{pageNumber}/leaf.jpg?w={maxWidth}"]
    assert is_page_picture(ServerUrl("http://h/c/7/0/leaf.jpg"), streams)
    assert not is_page_picture(ServerUrl("http://h/c/8/0/leaf.jpg"), streams)
    assert not is_page_picture(ServerUrl("http://h/c/7/cover/leaf.jpg"), streams)


@pytest.mark.parametrize("server", PROTOCOLS)
def test_no_entry_of_a_recorded_server_shows_a_page(server: str) -> None:
    looked_at = 0
    for answer in answers(server):
        try:
            feed = parse(answer.body, BASE, answer.headers.get("content-type", ""))
        except KiosError:
            continue
        for entry in entries_of(feed):
            for url in (entry.cover, entry.thumbnail):
                assert url is None or not is_page_picture(url), answer.title
            assert entry.document is None or not is_page(entry.document), answer.title
            looked_at += 1
    if server in {"stump", "komga", "opds", "storyteller"}:
        assert looked_at


def test_stumps_first_page_is_no_cover_and_its_thumbnail_is() -> None:
    answer = recorded("stump", "A series (all lists")
    feed = parse(_whole(answer.body), BASE, "application/xml")
    [entry] = feed.entries
    assert entry.cover is None
    assert entry.thumbnail is not None
    assert entry.thumbnail.reveal().endswith("/thumbnail")


@asynccontextmanager
async def catalog(answer: Callable[[Asked], Says]) -> AsyncIterator[tuple[OpdsClient, Loopback]]:
    """A client at a server that answers so."""
    async with Loopback(answer) as server:
        root = ServerUrl(server.origin + "/opds/v1.2/catalog")
        session = Session(root)
        yield OpdsClient(session, root), server
        await session.aclose()


async def test_a_cover_kept_from_before_is_not_asked_for_either() -> None:
    """A copy of a feed on this computer may still have the page as its cover."""
    picture = Says(200, b"\xff\xd8\xff", {"Content-Type": "image/png"})
    async with catalog(lambda _asked: picture) as (client, server):
        with pytest.raises(NotMatched):
            await client.image(ServerUrl(server.origin + "/opds/v1.2/books/7/pages/1"))
        assert await client.image(ServerUrl(server.origin + "/opds/v1.2/books/7/thumbnail"))
    assert server.paths() == ["/opds/v1.2/books/7/thumbnail"]


async def thumbnail(client: OpdsClient, url: ServerUrl) -> None:
    await client.image(url)


async def document(client: OpdsClient, url: ServerUrl) -> None:
    await client.entry(Entry("k", "", document=url, partial=True))


@pytest.mark.parametrize(
    ("path", "ask"),
    [("/opds/v1.2/books/7/thumbnail", thumbnail), ("/opds/v1.2/books/7", document)],
    ids=["a thumbnail", "the document of an entry"],
)
async def test_a_redirect_to_a_page_is_not_followed(
    path: str, ask: Callable[[OpdsClient, ServerUrl], Awaitable[None]]
) -> None:
    def answer(asked: Asked) -> Says:
        if asked.path == path:
            return Says(302, b"", {"Location": "/opds/v1.2/books/7/pages/1"})
        return Says(200, b"x", {"Content-Type": "image/png"})

    async with catalog(answer) as (client, server):
        with pytest.raises(NotMatched):
            await ask(client, ServerUrl(server.origin + path))
    assert server.paths() == [path]


def _whole(body: bytes) -> bytes:
    """The recording leaves out attributes (`<link …`) and the entries after the first."""
    return body.replace("<link … ".encode(), b"<link ").replace("</entry>…".encode(), b"</entry>")
