"""The connections to one source, and their end."""

import asyncio
import gc

import pytest

from kios_desktop.domain.errors import Fault, Unreachable
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import address_of
from kios_desktop.protocols.http.wire import Wire
from tests.fakes.loopback import Loopback, Says


async def ask(wire: Wire, url: ServerUrl) -> int:
    async with wire.answer("GET", url, headers=(), silence_s=5) as answer:
        return answer.status_code


async def test_a_closed_wire_stays_closed() -> None:
    async with Loopback(lambda _: Says(200)) as server:
        wire, url = Wire(), ServerUrl(server.origin)
        assert await ask(wire, url) == 200
        await wire.aclose()
        with pytest.raises(Unreachable) as caught:
            await ask(wire, url)
        assert caught.value.fault is Fault.CUT_OFF
        assert len(server.asked) == 1


async def test_what_is_under_way_ends_well_and_then_its_connection_is_closed() -> None:
    async with Loopback(lambda _: Says(200)) as server:
        wire = Wire()
        request = asyncio.create_task(ask(wire, ServerUrl(server.origin)))
        await asyncio.sleep(0)  # what a client is made of is being loaded
        await wire.aclose()
        assert await request == 200
        gc.collect()  # an open connection would be found by the test's own warnings


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://[::1]:1/opds", "[::1]:1"),
        ("http://[fd00::1]/opds", "[fd00::1]"),
        ("http://ana:word@books.home:8083/opds", "books.home:8083"),
        ("https://books.home/opds", "books.home"),
    ],
)
def test_an_address_is_told_as_it_is_written(url: str, shown: str) -> None:
    assert address_of(ServerUrl(url)) == shown
