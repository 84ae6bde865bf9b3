"""The real app's own window against real servers: add, browse to the end, search, fetch, read."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.browsing import sha256
from tests.e2e.reader import Reader
from tests.peers.cutting_proxy import CuttingProxy
from tests.peers.library import LARGE, title_of
from tests.peers.servers import CALIBRE_PAGE, PAGE_SIZE, Peer

BOOKS = 75
PICTURES = Path(__file__).parents[2] / "screenshots" / "peers"
WANTED = 7

pytestmark = [pytest.mark.peers, pytest.mark.gui, pytest.mark.slow]


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    made = await Reader.start(tmp_path / "profile")
    yield made
    await made.quit()


async def picture(reader: Reader, name: str, what: str = "library") -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await reader.do("shot", str(PICTURES / f"{name}.png"), what)


async def walked(reader: Reader, listing: dict[str, Any]) -> list[str]:
    """The titles of every page, to the last one."""
    titles: list[str] = [*listing["titles"]]
    while listing["more"]:
        listing = await reader.do("next_page")
        titles += listing["titles"]
    return titles


@pytest.mark.shows("add", "browse", "page", "search", "cover", "download", "read")
async def test_calibre_from_the_window(content_server: Peer, reader: Reader) -> None:
    kind = _kind(content_server)
    added = await reader.do(
        "add_source", "calibre", content_server.url, content_server.username,
        content_server.password,
    )  # fmt: skip
    assert "answers" in added["said"]
    root = await reader.do("browse")
    assert "By Newest" in root["navigation"]
    await picture(reader, f"calibre-{kind}-root")
    first = await reader.do("follow", "newest")
    assert len(first["titles"]) == CALIBRE_PAGE
    await reader.do("cover", first["titles"][0])
    await picture(reader, f"calibre-{kind}-newest")
    titles = await walked(reader, first)
    assert len(titles) == BOOKS
    found = await reader.do("search", title_of(WANTED))
    assert title_of(WANTED) in found["titles"]
    await picture(reader, f"calibre-{kind}-search")
    got = await reader.do("download", title_of(WANTED))
    assert got["file_name"].endswith(".epub")
    await reader.do("read", got["book"])
    turned = await reader.do("turn", 2)
    assert turned["at"] != [0, 0]
    await reader.do("close_book")


@pytest.mark.shows("add", "browse", "page", "search", "cover", "download", "read", "bytes")
async def test_calibre_web_from_the_window(web_server: Peer, reader: Reader) -> None:
    added = await reader.do(
        "add_source", "cwa", web_server.url, web_server.username, web_server.password
    )
    assert "answers" in added["said"]
    await reader.do("close_settings")
    root = await reader.do("browse")
    assert "Recently added Books" in root["navigation"]
    first = await reader.do("follow", "recently added")
    assert len(first["titles"]) == PAGE_SIZE
    await reader.do("cover", first["titles"][0])
    await picture(reader, "calibre-web-recent")
    assert len(await walked(reader, first)) == BOOKS
    found = await reader.do("search", title_of(WANTED))
    assert title_of(WANTED) in found["titles"]
    got = await reader.do("download", title_of(WANTED))
    await picture(reader, "calibre-web-downloaded")
    assert got["sha256"] == sha256(web_server.work / "books" / f"book{WANTED:03d}.epub")
    assert got["same_bytes"]
    await reader.do("read", got["book"])
    await reader.do("turn", 1)
    await reader.do("close_book")


@pytest.mark.long
@pytest.mark.shows("resume")
async def test_a_dropped_connection_is_resumed(web_server: Peer, reader: Reader) -> None:
    parts = urlsplit(web_server.url)
    assert parts.port is not None
    async with CuttingProxy(parts.port, cut_at=1_000_000) as proxy:
        url = f"http://127.0.0.1:{proxy.port}{parts.path}"
        await reader.do("add_source", "cwa", url, web_server.username, web_server.password)
        await reader.do("close_settings")
        await reader.do("browse")
        listing = await reader.do("follow", "recently added")
        while title_of(LARGE) not in listing["titles"]:
            listing = await reader.do("next_page")
        got = await reader.do("download", title_of(LARGE))
        assert proxy.cuts == 1
        assert proxy.ranges and not proxy.ranges[-1].endswith("=0-")
        assert got["sha256"] == sha256(web_server.work / "books" / f"book{LARGE:03d}.epub")


def _kind(peer: Peer) -> str:
    if not peer.password:
        return "none"
    return "basic" if "/calibre/" in peer.url else "digest"
