"""A server that changes its mind about a password, as the reader of its catalog sees it."""

import asyncio
import base64
from pathlib import Path

import pytest

from tests import corpus
from tests.e2e.reader import Reader
from tests.fakes.komga import PASSWORD, USER, Komga
from tests.fakes.loopback import Asked

TITLE = "Alice’s Adventures in Wonderland"

pytestmark = [pytest.mark.gui, pytest.mark.slow, pytest.mark.corpus]


class Moody(Komga):
    """Nobody is let in while it is `closed`; its `password` may change."""

    closed = False
    password = PASSWORD

    def _signed_in(self, asked: Asked) -> bool:
        pair = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        return not self.closed and asked.headers.get("authorization") == f"Basic {pair}"


async def test_signing_in_again_with_the_same_password_leads_back_to_the_list(
    tmp_path: Path,
) -> None:
    async with Moody([corpus.book("se-alice")], [TITLE]) as server:
        a = await Reader.start(tmp_path / "a")
        await a.do("add_source", "komga", server.url, USER, PASSWORD)
        await a.do("close_settings")
        await a.do("browse")
        await a.do("follow", "Browse")
        server.closed = True
        shown = await a.do("refresh")
        assert shown["sources"] == [["Komga", "Komga needs attention"]]
        server.closed = False
        await a.do("sign_in_again")
        await a.do("close_settings")
        got = await a.do("download", TITLE)  # from the very list that was shown
        assert got["book"]
        assert (await a.do("sidebar"))["sources"] == [["Komga", ""]]
        await a.quit()


@pytest.mark.long
async def test_a_changed_password_leads_back_into_the_catalog(tmp_path: Path) -> None:
    async with Moody([corpus.book("se-alice")], [TITLE]) as server:
        a = await Reader.start(tmp_path / "a")
        await a.do("add_source", "komga", server.url, USER, PASSWORD)
        await a.do("close_settings")
        await a.do("browse")
        server.password = "changed on the server"
        await a.do("refresh")
        await a.do("sign_in_again", server.password)
        await a.do("close_settings")
        async with asyncio.timeout(10):
            while (await a.do("sidebar"))["sources"] != [["Komga", ""]]:
                await asyncio.sleep(0.05)
        assert TITLE in (await a.do("shown"))["titles"]
        await a.quit()


@pytest.mark.long
async def test_a_source_that_is_off_can_be_turned_on_from_the_sidebar(tmp_path: Path) -> None:
    async with Moody([corpus.book("se-alice")], [TITLE]) as server:
        a = await Reader.start(tmp_path / "a")
        await a.do("add_source", "komga", server.url, USER, PASSWORD)
        await a.do("turn_source", False)
        assert TITLE in (await a.do("turn_source", True))["titles"]
        assert (await a.do("sidebar"))["sources"] == [["Komga", ""]]
        await a.quit()
