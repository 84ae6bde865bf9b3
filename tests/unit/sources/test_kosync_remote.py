"""What a KOReader sync server is told and what its answers become, over a whole device."""

import pytest

from kios_desktop.domain.errors import ClockAhead, NotMatched, Refusal, Rejected
from kios_desktop.domain.progress import Report
from kios_desktop.ui.kit.error_texts import explain
from tests.fakes.device import BOOK, Device
from tests.fakes.kosync_profiles import Request, Response, Stored, js
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
        assert looked == sent
        await device.aclose()


@pytest.mark.parametrize(
    ("profile", "refusal"),
    [
        ("cwa", Refusal.SWITCHED_OFF),
        ("booklore", Refusal.ACCOUNT_OFF),
        ("grimmory", Refusal.ACCOUNT_OFF),
        ("stump", Refusal.SWITCHED_OFF),
    ],
)
async def test_sync_that_is_switched_off_is_no_matter_of_credentials(
    profile: str, refusal: Refusal
) -> None:
    async with KosyncServer(profile) as server:
        device = await Device(server).start()
        await device.open(START)
        server.fake.switched_off = True
        device.turn(LATER)
        await device.leave()
        [waiting] = device.engine.overview().waiting
        assert isinstance(waiting.error, Rejected) and waiting.error.refusal is refusal
        assert "off" in explain(waiting.error).text
        await device.aclose()


async def test_a_key_without_the_permission_is_told_apart_from_a_wrong_one() -> None:
    async with KosyncServer("stump") as server:
        server.fake.forbidden = True
        device = await Device(server).start()
        await device.open(START)
        error = device.engine.book_overview(BOOK).error
        assert isinstance(error, Rejected) and error.refusal is Refusal.FORBIDDEN
        await device.aclose()


async def test_a_komga_with_a_place_from_the_future_is_waited_for() -> None:
    async with KosyncServer("komga") as server:
        device = await Device(server).start()
        await device.open(START)
        said = {"status": 500, "error": "Internal Server Error"}

        def ahead(request: Request) -> Response:
            if request.method == "GET":
                return server.fake.usual(request)
            return js(500, said | {"message": "Progression is older than existing"})

        server.fake.scripted = ahead
        device.turn(LATER)
        await device.leave()
        assert isinstance(device.engine.book_overview(BOOK).error, ClockAhead)
        server.fake.scripted = None
        device.clock.pass_(6)
        await device.quiet()
        assert device.record.sent is not None and device.record.sent.locator == LATER
        await device.aclose()


@pytest.mark.parametrize(
    ("profile", "progress"), [("komga", "/body/DocFragment[0].0"), ("stump", None)]
)
async def test_marked_as_read_is_no_place(profile: str, progress: str | None) -> None:
    async with KosyncServer(profile) as server:
        device = await Device(server).start()
        server.fake.records["1" * 32] = Stored(progress, 1.0, "web", "web", server.fake.now())
        looked = await device.remote().pull(BOOK, [])
        assert isinstance(looked, Report)
        report = looked
        assert (report.finished, report.locator, report.fraction) == (True, None, None)
        server.fake.records["1" * 32] = Stored(progress, 0.55, "web", "web", server.fake.now())
        looked = await device.remote().pull(BOOK, [])
        assert isinstance(looked, Report) and not looked.finished
        assert looked.fraction == 0.55
        await device.aclose()


async def test_a_book_that_we_finished_ourselves_on_stump_is_ours() -> None:
    async with KosyncServer("stump") as server:
        device = await Device(server).start()
        await device.read(START, locator(3, 5000))
        sent = device.record.sent
        assert sent is not None and sent.fraction == 1
        assert (await device.remote().pull(BOOK, [sent])) == sent
        await device.aclose()
