"""The same promise through everything real but the window: driver, remote, HTTP, a loopback server.

Random sittings on two devices with losses and restarts; in the end both agree with the server.
"""

import asyncio
from collections.abc import Sequence

import hypothesis.strategies as st
from hypothesis import HealthCheck, example, given, settings

from tests.effort import examples
from tests.fakes.device import Device
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.places import SCREEN, TOTAL, at

PLACES = st.sampled_from([0, 3000, 3010, 3060, 3100, 4200, 8000, TOTAL])
Act = tuple[int, str, int]
READER = ("open", "turn", "turn", "leave", "close", "accept", "stay", "undo")
WORLD = ("restart", "server ok", "server ok", "server lost", "server broken", "quiet")
ACTS: st.SearchStrategy[Act] = st.tuples(
    st.sampled_from([0, 1]), st.sampled_from(READER + WORLD), PLACES
)


async def act(devices: Sequence[Device], server: KosyncServer, one: Act) -> None:
    side, what, place = one
    device = devices[side]
    if what.startswith("server "):
        server.mode = what.removeprefix("server ")
    elif what == "open" and (device.sync is None or not device.sync.state.open):
        await device.open(at(0))
    elif what == "restart":
        await device.restart()
    elif what == "leave":
        device.engine.backgrounded()
    elif what == "quiet":
        await device.quiet()
    elif device.sync is not None and device.sync.state.open:
        match what:
            case "turn":
                device.sync.turned(at(place), SCREEN)
            case "close":
                device.sync.closed()
            case "accept":
                device.accept()
            case "stay" | "undo":
                getattr(device.sync, what)()


async def live(profile: str, acts: Sequence[Act]) -> None:
    async with KosyncServer(profile) as server:
        devices = [await Device(server, name).start() for name in ("a", "b")]
        for one in acts:
            await act(devices, server, one)
        server.mode = "ok"
        for _ in range(3):
            for device in devices:
                await device.quiet()
                await device.restart()
                await device.open(at(0))
                assert device.sync is not None
                device.sync.stay()
                await device.close()
        for device in devices:
            await device.restart()
            view = await device.open(at(0))
            assert view.asked == [], "asked again about what was answered"
            assert device.sync is not None
            assert not device.sync.state.dirty, "a place never got to the server"
            record, stored = device.sync.state.record, server.fake.records.get("1" * 32)
            assert record is not None
            if stored is None:
                assert record.on_server is None
            else:
                assert record.on_server is not None
                async with device._places(device.sync.book_id) as places:
                    text = places.xpointer(record.on_server.place)
                assert text == stored.progress, "they do not agree"
        for device in devices:
            await device.aclose()


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTS, max_size=25))
@example([(0, "open", 0), (0, "turn", 4200), (0, "close", 0), (1, "open", 0), (1, "accept", 0)])
@example(
    [(0, "open", 0), (0, "turn", 8000), (0, "quiet", 0), (0, "server lost", 0), (0, "leave", 0)]
)
def test_two_devices_agree_in_the_end(acts: list[Act]) -> None:
    asyncio.run(live("official", acts))
