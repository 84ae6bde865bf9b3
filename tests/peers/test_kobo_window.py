"""A Kobo sync source in the real app's own window, against Calibre-Web."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.locator import Place
from tests import effort
from tests.e2e.browsing import sha256
from tests.e2e.reader import Reader
from tests.fakes.kobo_server import device_state
from tests.peers.kobo_web import KoboWeb, kobo_web
from tests.peers.library import title_of
from tests.peers.test_window import PICTURES

PAGE = 100  # so many books the server announces at once
BOOKS = PAGE + 5 if effort.is_quick else 225
WANTED = 7

pytestmark = [pytest.mark.peers, pytest.mark.gui, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(work: Path) -> Iterator[KoboWeb]:
    with kobo_web(work / "kobo-window", BOOKS) as running:
        yield running


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    made = await Reader.start(tmp_path / "profile")
    yield made
    await made.quit()


def announced(server: KoboWeb) -> int:
    """How many books the server takes for delivered."""
    return server.count("kobo_synced_books")


def states(server: KoboWeb) -> int:
    return server.count("kobo_bookmark WHERE location_source IS NOT NULL")


async def until_stored(server: KoboWeb, count: int) -> None:
    async with asyncio.timeout(15):
        while await asyncio.to_thread(states, server) < count:
            await asyncio.sleep(0.1)


@pytest.mark.shows("Kobo: add", "Kobo: every page", "Kobo: download", "Kobo: place there and back")
async def test_a_shelf_is_synced_read_and_handed_over(server: KoboWeb, reader: Reader) -> None:
    added = await reader.do("add_kobo", "kobo-cwa", f"api_endpoint={server.base.reveal()}/")
    assert "stay in step" in added["said"]
    assert announced(server) == 0, "a test of the connection must not take the books"
    await reader.do("close_settings")
    await reader.do("browse")
    first = await reader.do("filled", BOOKS)
    assert len(first["titles"]) == PAGE
    PICTURES.mkdir(parents=True, exist_ok=True)
    await reader.do("shot", str(PICTURES / "kobo-shelf.png"))
    titles = [*first["titles"]]
    listing = first
    while listing["more"]:
        listing = await reader.do("next_page")
        titles += listing["titles"]
    assert len(set(titles)) == BOOKS
    assert await asyncio.to_thread(announced, server) == BOOKS
    found = await reader.do("search", title_of(WANTED))
    assert title_of(WANTED) in found["titles"]
    got = await reader.do("download", title_of(WANTED))
    original = server.peer.work / "books" / f"book{WANTED:03d}.epub"
    assert got["sha256"] == sha256(original)
    async with asyncio.timeout(5):
        while (await reader.do("route", got["book"]))["why"] != "origin":
            await asyncio.sleep(0.05)

    await reader.do("read", got["book"])
    await reader.do("chapter", 1)
    left = await reader.do("turn", 1)
    await reader.do("close_book")
    await until_stored(server, 1)
    uuid = await asyncio.to_thread(uuid_of, server, title_of(WANTED))
    [state] = await asyncio.to_thread(server.ask, f"v1/library/{uuid}/state")
    bookmark = state["CurrentBookmark"]
    opened = open_publication(original, None)
    place = Place(*left["at"])
    assert bookmark["Location"]["Source"] == opened.places.locator(place).href
    assert bookmark["Location"]["Value"] == opened.places.kobo_span(place)
    assert isinstance(bookmark["ProgressPercent"], int)
    assert isinstance(bookmark["ContentSourceProgressPercent"], int)

    there = opened.publication.reading_order[2].href
    device = device_state(uuid, datetime.now(UTC), "kobo.9.1", there, 80, 45)
    await asyncio.to_thread(server.ask, f"v1/library/{uuid}/state", {"ReadingStates": [device]})
    await reader.do("read", got["book"])
    asked = await reader.do("wait_for_question")
    assert asked["question"].startswith("Another device is ")
    taken = await reader.do("answer", True)
    resolved = opened.places.from_kobo_span("kobo.9.1", there, 0.45)
    opened.close()
    assert resolved.place is not None
    assert taken["at"] == [resolved.place.spine_index, resolved.place.ordinal]
    await reader.do("close_book")


def uuid_of(server: KoboWeb, title: str) -> str:
    """What Kobo sync calls a book."""
    database = server.peer.work / "lib" / "metadata.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        [(found,)] = connection.execute("SELECT uuid FROM books WHERE title = ?", (title,))
    return str(found)


@pytest.mark.shows("Kobo: shared with an e-reader")
async def test_an_address_an_e_reader_uses_loses_no_book_to_us(
    server: KoboWeb, tmp_path: Path
) -> None:
    before = await asyncio.to_thread(announced, server)
    reader = await Reader.start(tmp_path / "shared")
    peer = server.peer
    added = await reader.do(
        "add_kobo", "kobo-cwa", server.base.reveal(), peer.url, peer.username, peer.password
    )
    assert "e-reader" in added["said"]
    await reader.do("close_settings")
    await reader.do("browse")
    await reader.do("follow", "recently added")
    got = await reader.do("download", title_of(BOOKS - 1))
    async with asyncio.timeout(5):
        while (await reader.do("route", got["book"]))["why"] != "origin":
            await asyncio.sleep(0.05)
    stored = await asyncio.to_thread(states, server)
    await reader.do("read", got["book"])
    await reader.do("turn", 2)
    await reader.do("close_book")
    await until_stored(server, stored + 1)
    await reader.quit()
    assert await asyncio.to_thread(announced, server) == before
