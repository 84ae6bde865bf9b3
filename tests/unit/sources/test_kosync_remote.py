"""What a KOReader sync server is told and what its answers become, over a whole device."""

import pytest

from kios_desktop.domain.errors import NotMatched
from kios_desktop.ui.messages import explain
from tests.fakes.device import BOOK, Device
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.places import locator

START, LATER = locator(1, 1500), locator(1, 1540)


@pytest.mark.parametrize(
    ("profile", "hint"),
    [
        ("komga", "Turn on ‘Compute hash for KOReader’ for the library and scan it once."),
        ("booklore", "Books match when they were downloaded from the server’s own catalog."),
    ],
)
async def test_an_unknown_file_comes_with_what_helps_on_that_server(
    profile: str, hint: str
) -> None:
    async with KosyncServer(profile) as server:
        server.fake.known = set()
        device = await Device(server).start()
        await device.open(START)
        device.turn(LATER)
        await device.leave()
        [waiting] = device.engine.overview().waiting
        assert isinstance(waiting.error, NotMatched)
        assert explain(waiting.error).text == f"The server doesn’t know this file. {hint}"
        await device.aclose()


async def test_our_own_older_place_is_ours_though_a_clone_makes_up_ids() -> None:
    async with KosyncServer("clone") as server:
        device = await Device(server).start()
        await device.open(START)
        device.turn(LATER)
        await device.leave()
        sent = device.record.sent
        assert sent is not None
        looked = await device.remote().pull(BOOK, [sent])
        assert looked.ours == sent
        await device.aclose()
