"""Two profiles of the real app and a catalog that keeps places: read on one, go on on the other."""

import asyncio
from pathlib import Path

import pytest

from tests import corpus
from tests.e2e.reader import Reader
from tests.fakes.komga import PASSWORD, USER, Komga
from tests.fakes.kosync_server import KosyncServer

TITLE = "Alice’s Adventures in Wonderland"
FIFTH = 6

pytestmark = [pytest.mark.gui, pytest.mark.slow, pytest.mark.corpus]


async def written(server: Komga, count: int) -> None:
    async with asyncio.timeout(10):
        while len(server.writes) < count:
            await asyncio.sleep(0.02)


async def downloaded(reader: Reader, server: Komga) -> int:
    """Add the source in Settings, fetch the book from its catalog."""
    said = await reader.do("add_source", "komga", server.url, USER, PASSWORD)
    assert "keeps your place" in said["said"]
    await reader.do("close_settings")
    await reader.do("browse")
    await reader.do("follow", "Browse")
    book: int = (await reader.do("download", TITLE))["book"]
    return book


async def test_a_place_goes_over_through_the_catalog_and_nothing_else_is_set_up(
    tmp_path: Path,
) -> None:
    async with Komga([corpus.book("se-alice")], [TITLE]) as server:
        a = await Reader.start(tmp_path / "a")
        book = await downloaded(a, server)
        await a.do("read", book)
        await a.do("chapter", FIFTH)
        left = await a.do("turn", 2)
        assert server.writes == [], "a page turn touched the network"
        await a.do("away")
        await written(server, 1)
        await a.do("close_book")

        b = await Reader.start(tmp_path / "b")
        there = await downloaded(b, server)
        await b.do("read", there)
        asked = await b.do("wait_for_question")
        assert asked["question"].startswith("Another device is ")
        taken = await b.do("answer", True)
        assert taken["at"] == left["at"], "not the same character"

        onward = await b.do("turn", 3)
        await b.do("away")
        await written(server, 2)
        await b.quit()

        await a.do("read", book)
        await a.do("wait_for_question")
        taken = await a.do("answer", True)
        assert taken["at"] == onward["at"]
        await a.quit()


@pytest.mark.long
async def test_a_book_from_a_catalog_that_keeps_places_does_not_go_to_koreader_sync(
    tmp_path: Path,
) -> None:
    async with Komga([corpus.book("se-alice")], [TITLE]) as server, KosyncServer() as koreader:
        username, password = koreader.fake.login
        a = await Reader.start(
            tmp_path / "a", server=koreader.url, username=username, password=password
        )
        book = await downloaded(a, server)
        async with asyncio.timeout(5):
            while (await a.do("route", book))["why"] != "origin":
                await asyncio.sleep(0.05)
        await a.do("read", book)
        await a.do("turn", 3)
        await a.do("away")
        await written(server, 1)
        await a.do("close_book")
        other = await a.do("open", str(corpus.book("se-moby-dick")))
        assert other["at"] == [0, 0]
        await a.do("turn", 2)
        await a.do("away")
        async with asyncio.timeout(10):
            while not koreader.fake.writes():
                await asyncio.sleep(0.02)
        await a.quit()
        assert len(koreader.fake.writes()) == 1
        assert len(server.writes) == 1
