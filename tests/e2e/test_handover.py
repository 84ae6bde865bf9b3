"""Two processes of the real app, two profiles, one server with each server's manners in turn."""

import asyncio
from pathlib import Path

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.locator import Place
from kios_desktop.epub.places import Places
from tests import corpus
from tests.e2e.reader import Reader
from tests.effort import some_long
from tests.fakes.kosync_server import KosyncServer

BOOK = "se-alice"
FIFTH = 6  # contents entry of “Advice from a Caterpillar”, chapter five
EXACT = ("official", "cwa", "booklore", "grimmory", "stump")
PRESETS = {
    "official": "koreader-sync-server",
    "cwa": "cwa",
    "booklore": "booklore",
    "grimmory": "booklore",
    "komga": "komga",
    "kavita": "kavita",
    "stump": "stump",
}

pytestmark = [pytest.mark.gui, pytest.mark.slow, pytest.mark.corpus]


@pytest.mark.parametrize("profile", some_long(PRESETS, quick=("official",)))
async def test_place_goes_over_and_comes_back(profile: str, tmp_path: Path) -> None:
    path = corpus.book(BOOK)
    opened = open_publication(path, None)
    async with KosyncServer(profile) as server:
        server.fake.spine = len(opened.publication.reading_order)
        username, password = server.fake.login
        options = {
            "server": server.url,
            "preset": PRESETS[profile],
            "auth": "basic" if profile == "cwa" else "koreader headers",
            "username": username,
            "password": password,
        }
        a = await Reader.start(tmp_path / "a", **options)
        await a.do("open", str(path))
        await a.do("chapter", FIFTH)
        before = len(server.fake.writes())
        left = await a.do("turn", 2)
        assert len(server.fake.writes()) == before, "a page turn touched the network"
        await a.do("away")
        await _written(server, before)
        await a.do("close_book")

        b = await Reader.start(tmp_path / "b", **options)
        await b.do("open", str(path))
        asked = await b.do("wait_for_question")
        assert asked["question"].startswith("Another device is ")
        taken = await b.do("answer", True)
        _same(profile, opened.places, left["at"], taken["at"])

        await b.do("chapter", FIFTH + 2)
        onward = await b.do("turn", 2)
        before = len(server.fake.writes())
        await b.do("away")
        await _written(server, before)
        await b.quit()

        await a.do("open", str(path))
        await a.do("wait_for_question")
        taken = await a.do("answer", True)
        _same(profile, opened.places, onward["at"], taken["at"])
        await a.quit()
    opened.close()


@pytest.mark.long
async def test_stay_here_is_not_asked_again(tmp_path: Path) -> None:
    path = corpus.book(BOOK)
    async with KosyncServer("official") as server:
        username, password = server.fake.login
        options = {"server": server.url, "username": username, "password": password}
        a = await Reader.start(tmp_path / "a", **options)
        await a.do("open", str(path))
        await a.do("chapter", FIFTH)
        await a.do("turn", 1)
        await a.do("away")
        await _written(server, 0)
        await a.quit()
        b = await Reader.start(tmp_path / "b", **options)
        await b.do("open", str(path))
        await b.do("wait_for_question")
        stayed = await b.do("answer", False)
        assert stayed["at"] == [0, 0]
        for _ in range(2):
            await b.do("away")
            await b.do("back")
        await b.do("close_book")
        await b.do("open", str(path))
        await asyncio.sleep(1.0)
        assert (await b.do("state"))["question"] == ""
        await b.quit()
    held = server.fake.writes()
    assert len(held) == 1, "nothing was turned in b, so nothing may be written by it"


@pytest.mark.parametrize("turns", [50, pytest.param(500, marks=pytest.mark.long)])
async def test_page_turns_send_nothing_and_looking_away_sends_once(
    turns: int, tmp_path: Path
) -> None:
    path = corpus.book("se-moby-dick")
    async with KosyncServer("official") as server:
        username, password = server.fake.login
        reader = await Reader.start(
            tmp_path / "a", server=server.url, username=username, password=password
        )
        await reader.do("open", str(path))
        await _asked_for_the_place(server)
        asked = len(server.fake.requests)
        for _ in range(turns // 10):
            await reader.do("turn", 10)
        assert len(server.fake.requests) == asked, "a page turn touched the network"
        await reader.do("away")
        await _written(server, 0)
        for _ in range(3):
            await reader.do("back")
            await reader.do("away")
        await asyncio.sleep(0.5)
        assert len(server.fake.writes()) == 1
        await reader.quit()
        assert len(server.fake.writes()) == 1


async def _asked_for_the_place(server: KosyncServer) -> None:
    """What opening asks of the server."""
    async with asyncio.timeout(10):
        while not any("/syncs/progress/" in one.path for one in server.fake.requests):
            await asyncio.sleep(0.02)


async def _written(server: KosyncServer, before: int) -> None:
    async with asyncio.timeout(10):
        while len(server.fake.writes()) <= before:
            await asyncio.sleep(0.02)


def _same(profile: str, places: Places, left: list[int], taken: list[int]) -> None:
    """The same character, paragraph or chapter, as exactly as the server can keep it."""
    mine, theirs = Place(left[0], left[1]), Place(taken[0], taken[1])
    if profile in EXACT:
        assert theirs == mine
    elif profile == "kavita":
        assert theirs.spine_index == mine.spine_index
        assert _paragraph(places, theirs) == _paragraph(places, mine)
    else:
        assert (theirs.spine_index, theirs.ordinal) == (mine.spine_index, 0)


def _paragraph(places: Places, place: Place) -> str:
    return places.xpointer(place).rpartition("/text()")[0]
