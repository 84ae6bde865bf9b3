"""Every server of the table, from a loopback server with its feeds: check, browse, page, search,
picture, file. calibre and Calibre-Web are tested for real, in tests/peers.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kios_desktop.domain.catalog import Entry, Feed, ProgressionDialect
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.protocols.http import transfer
from kios_desktop.protocols.opds import OpdsClient
from kios_desktop.sources.catalog_check import check_catalog, session_of
from tests.books import PIXEL_PNG, write_book
from tests.fakes import opds_feeds as feeds
from tests.fakes.loopback import Asked, Loopback, Says

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
USER, PASSWORD = "ana", "hunter2"
DESCRIPTION = (
    '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
    '<Url type="text/html" template="/search?q={{searchTerms}}"/>'
    '<Url type="application/atom+xml" template="{template}"/></OpenSearchDescription>'
)


@dataclass(frozen=True)
class Server:
    """`pages` make the bodies by path and query, given the server's origin."""

    root: str
    pages: Callable[[str], Mapping[str, bytes]]
    auth: AuthMethod = AuthMethod.BASIC
    content_type: str = "application/atom+xml"
    search_at: str = ""  # path that a search for “sea” ends at
    has_next: bool = False
    picture: bool = True
    progression: ProgressionDialect | None = None


def described(template: str) -> bytes:
    return DESCRIPTION.format(template=template).encode()


SERVERS = {
    "calibre-web-automated": Server(
        "/opds",
        lambda _origin: {
            "/opds": feeds.calibre_web_automated(),
            "/opds/osd": described("/opds/search?query={searchTerms}"),
            "/opds/search?query=sea": feeds.calibre_web_automated(),
        },
        search_at="/opds/search",
        picture=False,
    ),
    "grimmory-booklore": Server(
        "/api/v1/opds/catalog?page=1&size=50",
        lambda _origin: {
            "/api/v1/opds/catalog?page=1&size=100": feeds.grimmory(),
            "/api/v1/opds/catalog?page=2&size=100": feeds.feed(),
            "/api/v1/opds/search.opds": described("/api/v1/opds/catalog?q={searchTerms}"),
            "/api/v1/opds/catalog?q=sea&size=100": feeds.grimmory(),
        },
        search_at="/api/v1/opds/catalog",
        has_next=True,
        picture=False,
    ),
    "komga": Server(
        "/opds/v2/catalog",
        lambda origin: {
            "/opds/v2/catalog": feeds.komga_root(origin),
            "/opds/v2/search?query=sea": feeds.komga_search(origin),
        },
        content_type="application/opds+json",
        search_at="/opds/v2/search",
        progression=ProgressionDialect.READIUM,
    ),
    "kavita": Server(
        f"/api/opds/{KEY}",
        lambda _origin: {
            f"/api/opds/{KEY}": feeds.kavita_series(KEY),
            f"/api/opds/{KEY}/series/5": feeds.kavita_files(KEY),
            f"/api/opds/{KEY}/series?genreId=5&pageNumber=2": feeds.feed(),
        },
        auth=AuthMethod.NONE,
        content_type="application/xml",
        has_next=True,
    ),
    "stump": Server(
        "/opds/v2.0/catalog",
        lambda origin: {
            "/opds/v2.0/catalog": feeds.stump_feed(origin),
            "/opds/v2.0/books/b1": feeds.stump_publication(origin),
        },
        content_type="application/json",
        progression=ProgressionDialect.DRAFT,
    ),
    "stump of 2025": Server(
        "/opds/v2.0/catalog",
        lambda origin: {
            "/opds/v2.0/catalog": feeds.stump_feed(origin, draft=False),
            "/opds/v2.0/books/b1": feeds.stump_publication(origin),
        },
        content_type="application/json",
        progression=ProgressionDialect.READIUM,
    ),
    "cops": Server(
        "/feed.php",
        lambda _origin: {
            "/feed.php": feeds.cops(),
            "/feed.php?page=8": described("feed.php?query={searchTerms}"),
            "/feed.php?query=sea": feeds.cops(),
            "/feed.php?page=5&id=B&n=2": feeds.feed(),
        },
        auth=AuthMethod.NONE,
        search_at="/feed.php",
        has_next=True,
    ),
    "storyteller": Server("/opds/all", lambda _origin: {"/opds/all": feeds.storyteller()}),
    "ubooquity": Server(
        "/opds-books", lambda _origin: {"/opds-books": feeds.ubooquity()}, picture=False
    ),
}


class Site(Loopback):
    """Feeds at their paths; whatever else looks like a picture or a file is one."""

    def __init__(self, server: Server, book: bytes) -> None:
        super().__init__(self._answer)
        self._manners, self._book = server, book

    def _answer(self, asked: Asked) -> Says:
        if not self._allowed(asked):
            return Says(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})
        page = self._manners.pages(self.origin).get(asked.path)
        if page is not None:
            return Says(200, page, {"Content-Type": self._manners.content_type})
        where = urlsplit(asked.path)
        if any(word in where.path for word in ("cover", "image", "thumbnail")) or (
            where.path.endswith("fetch.php") and "type=epub" not in where.query
        ):
            return Says(200, PIXEL_PNG, {"Content-Type": "image/png"})
        if any(word in asked.path for word in ("download", "file", "fetch", ".epub")):
            return Says(200, self._book, {"Content-Type": "application/octet-stream"})
        return Says(404, b"", {"Content-Type": "text/html"})

    def _allowed(self, asked: Asked) -> bool:
        if self._manners.auth is AuthMethod.NONE:
            return True
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return asked.headers.get("authorization") == f"Basic {pair}"


def source_of(site: Site, server: Server) -> Source:
    named = server.auth is not AuthMethod.NONE
    return Source(
        "1" * 32,
        SourceKind.OPDS,
        "other",
        "Home",
        ServerUrl(site.origin + server.root),
        AuthMethod.AUTOMATIC,
        USER if named else "",
        Secret(PASSWORD if named else ""),
    )


async def first_book(client: OpdsClient, root: Feed) -> Entry:
    """The first entry with a file: in the root, its groups, or one list below."""
    lists: list[Sequence[Entry]] = [
        [*root.entries, *(e for group in root.groups for e in group.entries)]
    ]
    if not any(entry.downloads or entry.partial for entry in lists[0]):
        lists += [(await client.feed(link.href)).entries for link in root.navigation]
    for entry in (entry for entries in lists for entry in entries):
        full = await client.entry(entry) if entry.partial else entry
        if full.downloads:
            return full
    raise AssertionError("no book anywhere")


@pytest.mark.parametrize("name", SERVERS)
async def test_a_book_is_found_and_fetched_from(name: str, tmp_path: Path) -> None:
    server = SERVERS[name]
    book = write_book(tmp_path / "book.epub", "<p>Words</p>").read_bytes()
    async with Site(server, book) as site:
        check = await check_catalog(source_of(site, server))
        assert check.source.auth is server.auth
        session = session_of(check.source)
        client = OpdsClient(session, check.source.url)
        try:
            root = await client.feed(check.source.url)
            entry = await first_book(client, root)
            assert (entry.progression.dialect if entry.progression else None) is server.progression
            if server.picture:
                picture = entry.thumbnail or entry.cover
                assert picture is not None
                assert await client.image(picture) == PIXEL_PNG
            acquisition = await client.direct(entry.downloads[0])
            part = tmp_path / "file.part"
            await transfer(
                session, acquisition.href, part, continuation=None, progress=lambda _: None
            )
            assert content(part) == book
            if server.has_next:
                assert root.next is not None
                await client.feed(root.next)
            if server.search_at:
                assert root.search is not None
                found = await client.search(root.search, "sea")
                assert found.entries or found.groups or found.navigation
                assert urlsplit(site.asked[-1].path).path == server.search_at
        finally:
            await session.aclose()
    assert all("readaloud" not in asked.path for asked in site.asked)


def content(path: Path) -> bytes:
    return path.read_bytes()
