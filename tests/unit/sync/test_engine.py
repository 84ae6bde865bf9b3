"""The engine with a real remote against a loopback server: sequences a person can cause."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec.structs import replace

from kios_desktop.domain.errors import (
    Full,
    Lacks,
    NotMatched,
    Rejected,
    Unreachable,
    Unsupported,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Position
from kios_desktop.domain.preferences import Answer, SyncPreferences
from kios_desktop.domain.progress import Health, Lead, Offer, Report, Sent, SyncRecord
from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account, BookSourceLinks
from kios_desktop.ui.kit.error_texts import explain
from tests.fakes.device import BOOK, Device
from tests.fakes.kosync_profiles import Request, Response, js
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.places import SCREEN, FakePlaces, at, locator
from tests.fakes.sync import T0, FakeStore, FakeView

START, LATER, FAR = locator(1, 1500), locator(1, 1540), locator(3, 2000)
SERVERS = ("official", "cwa", "booklore", "grimmory", "komga", "kavita", "stump")

Make = Callable[..., Awaitable[Device]]


@pytest.fixture
async def server(request: pytest.FixtureRequest) -> AsyncIterator[KosyncServer]:
    async with KosyncServer(getattr(request, "param", "official")) as started:
        yield started


@pytest.fixture
async def make(server: KosyncServer) -> AsyncIterator[Make]:
    made: list[Device] = []

    async def started(name: str = "desk", **arguments: object) -> Device:
        device = Device(server, name, **arguments)  # type: ignore[arg-type]
        made.append(device)
        return await device.start()

    yield started
    for device in made:
        await device.aclose()


def elsewhere(server: KosyncServer, there: Locator, device: str = "Kobo") -> None:
    """Another device leaves its place."""
    text = FakePlaces().xpointer(there.place)
    server.fake.put_elsewhere("1" * 32, text, there.total_progression, device)


# --- each server in turn


@pytest.mark.parametrize("profile", SERVERS)
async def test_a_place_goes_from_one_device_to_another_and_back(profile: str) -> None:
    async with KosyncServer(profile) as server:
        server.fake.known = {"1" * 32}
        a, b = await Device(server, "a").start(), await Device(server, "b").start()
        await a.read(START, LATER, FAR)
        assert len(server.fake.writes()) == 1

        view = await b.open(START)
        assert [offer.lead for offer in view.asked] == [Lead.FURTHER]
        assert b.sync is not None
        b.accept()
        await b.quiet()
        assert view.jumps[0].place.spine_index == FAR.place.spine_index
        if profile not in ("komga", "kavita"):
            assert view.jumps == [FAR]
        b.turn(locator(3, 3500))
        await b.close()
        assert len(server.fake.writes()) == 2

        again = await a.open(START)
        if profile == "komga":  # it keeps the chapter only, and that is where A is
            assert again.asked == []
        else:
            assert len(again.asked) == 1
        await a.aclose()
        await b.aclose()


@pytest.mark.parametrize("profile", [*SERVERS, "dotnet", "clone", "nperez"])
async def test_our_own_place_is_never_taken_for_another_devices(profile: str) -> None:
    async with KosyncServer(profile) as server:
        device = await Device(server).start()
        await device.read(START, FAR)
        for _ in range(2):
            await device.restart()
            view = await device.read(START)
            assert view.asked == view.moved == []
        writes = len(server.fake.writes())
        assert writes == 1
        assert device.engine.overview().open_offers == ()
        await device.aclose()


async def test_a_newer_place_under_our_own_id_is_not_dropped() -> None:
    """Newer Grimmory gives the web reader's place the last pusher's device id."""
    async with KosyncServer("grimmory") as server:
        server.fake.echoes_device = True
        device = await Device(server).start()
        await device.read(START, LATER)
        stored = server.fake.records["1" * 32]
        stored.progress = "/body/DocFragment[4]/body/p[21]"
        stored.percentage, stored.at = 0.7, stored.at + 60
        view = await device.open(START)
        assert len(view.asked) == 1
        await device.aclose()


# --- requests


async def test_five_hundred_page_turns_send_nothing_and_leaving_sends_once(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    before = len(server.fake.requests)
    for n in range(500):
        device.turn(at(3500 + 5 * n))
    await device.quiet()
    assert len(server.fake.requests) == before
    await device.leave()
    assert [r.method for r in server.fake.requests[before:]] == ["GET", "PUT"]
    for _ in range(5):
        await device.leave()
        device.engine.foregrounded()
        await device.quiet()
    assert len(server.fake.requests) == before + 2
    assert device.here == at(3500 + 5 * 499)


async def test_mere_opening_asks_once_and_writes_nothing(make: Make, server: KosyncServer) -> None:
    device = await make()
    await device.read(START)
    assert [r.method for r in server.fake.requests] == ["GET"]


async def test_an_unchanged_layout_is_not_a_move(make: Make, server: KosyncServer) -> None:
    device = await make()
    await device.open(START)
    assert device.sync is not None
    device.sync.relaid(locator(1, 1490), 80)
    await device.close()
    assert server.fake.writes() == []


async def test_the_place_received_is_echoed_as_it_came(make: Make, server: KosyncServer) -> None:
    """Back on a received place the text that came with it is sent, not our own."""
    device = await make()
    server.fake.put_elsewhere("1" * 32, "/body/DocFragment[4]/body/p[21]", 0.7, "Kobo")
    await device.open(START)
    assert device.sync is not None
    device.accept()
    device.turn(at(9500))
    await device.leave()
    server.fake.put_elsewhere("1" * 32, "/body/DocFragment[4]/body/p[21]", 0.7, "Kobo")
    device.turn(locator(3, 2000))
    await device.leave()
    # the server holds that very place already: nothing needs to be written
    assert len(server.fake.writes()) == 1


# --- trouble


async def test_a_place_waits_while_the_server_is_away_and_goes_out_later(
    make: Make, server: KosyncServer
) -> None:
    device, port = await make(), server.port
    await device.open(START)
    await server.stop()
    device.turn(FAR)
    await device.close()
    overview = device.engine.overview()
    assert overview.health is Health.NOT_REACHABLE
    assert [type(waiting.error) for waiting in overview.waiting] == [Unreachable]
    assert overview.servers[0].next_try_at == device.clock.time + timedelta(seconds=5)

    await server.start(port)
    device.clock.pass_(5)
    await device.quiet()
    assert len(server.fake.writes()) == 1
    assert device.engine.overview().health is Health.IN_SYNC


async def test_a_server_that_never_answered_is_not_said_to_be_in_sync(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    assert device.engine.overview().health is Health.NOT_ASKED
    device.engine.sync_now()
    await device.quiet()
    assert device.engine.overview().health is Health.IN_SYNC
    assert device.engine.overview().servers[0].checked_at is not None
    await server.stop()
    device.clock.pass_(60)
    device.engine.sync_now()
    await device.quiet()
    assert device.engine.overview().health is Health.NOT_REACHABLE


class Slow:
    """A remote that takes its time, and source links that do."""

    def __init__(self) -> None:
        self.pushed: list[BookId] = []

    async def source_links(self, _book: BookId) -> BookSourceLinks:
        await asyncio.sleep(0.02)
        return BookSourceLinks()

    async def prepare(
        self, _book: BookId, there: Locator, _received: Report | None, _sent: Sent | None
    ) -> Sent:
        return Sent(there, "x", there.total_progression)

    async def pull(self, _book: BookId, _mine: Sequence[Sent]) -> Report | Sent | None:
        await asyncio.sleep(0.005)
        return None

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        await asyncio.sleep(0.1)
        self.pushed.append(book_id)
        return prepared


async def test_no_book_that_waits_is_forgotten_while_others_are_sent() -> None:
    store, slow = FakeStore(), Slow()
    for number in (1, 2, 3):
        store.positions[BookId(number)] = Position(START, T0, "")
        store.records[BookId(number), "s"] = SyncRecord("s", dirty=True, since=T0)

    async def connect() -> Sequence[Account]:
        return [Account("s", "Server", SourceKind.KOSYNC, slow)]

    engine = SyncEngine(store, connect, SyncPreferences(), source_links=slow)
    await engine.start()
    await engine.flush(3.0)
    assert sorted(slow.pushed) == [1, 2, 3]


async def test_a_catalog_without_a_book_here_keeps_nobody_from_being_in_sync() -> None:
    async def check() -> None:
        return None

    idle = Account("b", "Komga", SourceKind.OPDS, Slow(), takes_every_book=False, has_books=False)

    async def both() -> Sequence[Account]:
        return [Account("a", "Server", SourceKind.KOSYNC, Slow(), check=check), idle]

    async def alone() -> Sequence[Account]:
        return [idle]

    for connect, health in ((both, Health.IN_SYNC), (alone, Health.NOT_ASKED)):
        engine = SyncEngine(FakeStore(), connect, SyncPreferences())
        await engine.start()
        engine.sync_now()
        await engine.quiet()
        assert engine.overview().health is health


async def test_in_sync_is_said_when_every_server_has_answered() -> None:
    async def check() -> None:
        return None

    async def connect() -> Sequence[Account]:
        unasked = Account("b", "Other", SourceKind.KOSYNC, Slow())
        return [Account("a", "Server", SourceKind.KOSYNC, Slow(), check=check), unasked]

    engine = SyncEngine(FakeStore(), connect, SyncPreferences())
    await engine.start()
    engine.sync_now()
    await engine.quiet()
    assert engine.overview().health is Health.NOT_ASKED


async def test_a_page_in_the_way_is_passing_until_the_last_try(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    server.mode = "wrong"
    await device.read(START, FAR)
    assert device.engine.overview().health is Health.NOT_REACHABLE
    for seconds in (5, 30, 120, 600):
        device.clock.pass_(seconds)
        await device.quiet()
    assert device.engine.overview().health is Health.NEEDS_YOU
    server.mode = "ok"
    device.engine.foregrounded()
    await device.quiet()
    assert device.engine.overview().health is Health.IN_SYNC
    assert len(server.fake.writes()) == 1


@pytest.mark.parametrize("server", ["cwa", "booklore", "grimmory", "stump"], indirect=True)
async def test_sync_switched_off_and_on_again_on_the_server_goes_on_when_the_person_is_back(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    server.fake.switched_off = True
    device.turn(FAR)
    await device.leave()
    assert device.engine.overview().health is Health.NEEDS_YOU
    device.engine.foregrounded()
    await device.quiet()
    server.fake.switched_off = False
    asked = len(server.fake.requests)
    await device.leave()
    assert len(server.fake.requests) == asked  # looking away again repeats nothing
    device.engine.foregrounded()
    await device.quiet()
    assert device.engine.overview().health is Health.IN_SYNC
    assert len(server.fake.writes()) == 1


async def test_sync_now_asks_a_server_once_when_a_book_asks_it_anyway(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    server.fake.requests.clear()
    device.clock.pass_(60)
    device.engine.sync_now()
    await device.quiet()
    assert len(server.fake.requests) == 1


async def test_a_place_that_waits_survives_a_restart(make: Make, server: KosyncServer) -> None:
    device, port = await make(), server.port
    await device.open(START)
    await server.stop()
    device.turn(FAR)
    await device.close()
    await server.start(port)
    await device.restart()
    [write] = server.fake.writes()
    assert write.json["progress"] == FakePlaces().xpointer(FAR.place)


@pytest.mark.parametrize("order", ["open first", "open meanwhile", "sync first"])
@pytest.mark.parametrize("connect_s", [0.0, 0.05])
async def test_a_place_that_waits_is_sent_though_its_book_is_open_again(
    make: Make, server: KosyncServer, order: str, connect_s: float
) -> None:
    """Books that were open are opened at the start, and nobody closes them or goes away."""
    device, port = await make(connect_s=connect_s), server.port
    await device.open(START)
    await server.stop()
    device.turn(FAR)
    await device.leave()
    await server.start(port)
    await device.end()
    match order:
        case "open first":
            await device.open(START)
            await device.start()
        case "open meanwhile":
            await asyncio.gather(device.start(), device.open(START))
        case "sync first":
            await device.start()
            await device.open(START)
    [write] = server.fake.writes()
    assert write.json["progress"] == FakePlaces().xpointer(FAR.place)
    assert not device.record.dirty


@pytest.mark.parametrize("known", ["before the turn", "after the turn"])
async def test_a_page_turned_while_the_sync_starts_waits_for_a_trigger(
    make: Make, server: KosyncServer, known: str
) -> None:
    """The start pushes what it finds dirty on the disk, which may be a turn of this very moment."""
    device = await make()
    if known == "after the turn":
        device.sync = device.engine.open(BOOK, "Book", device.view)
        device.sync.opened(START, SCREEN)
    else:
        await device.open(START)
    device.turn(FAR)
    await device.quiet()
    await device.start()
    assert server.fake.writes() == []
    await device.leave()
    assert len(server.fake.writes()) == 1


@pytest.mark.parametrize("order", ["open first", "sync first"])
async def test_a_place_that_waits_overwrites_none_that_is_further(
    make: Make, server: KosyncServer, order: str
) -> None:
    device, port = await make(), server.port
    await device.open(START)
    await server.stop()
    device.turn(LATER)
    await device.leave()
    await server.start(port)
    elsewhere(server, FAR)
    await device.end()
    if order == "sync first":
        await device.start()
    view = await device.open(START)
    if order == "open first":
        await device.start()
    assert server.fake.writes() == []
    assert [offer.lead for offer in view.asked] == [Lead.FURTHER]


@pytest.mark.parametrize("closed", [False, True])
async def test_what_was_read_before_signing_in_is_sent_after_it(
    make: Make, server: KosyncServer, closed: bool
) -> None:
    """A password store may be locked, and accounts take a moment at every start."""
    device = await make(signed_in=False)
    await device.open(START)
    device.turn(LATER)
    await (device.close() if closed else device.leave())
    assert server.fake.requests == []
    await device.sign_in()
    assert len(server.fake.writes()) == 1
    assert device.record.sent is not None and not device.record.dirty


@pytest.mark.parametrize("mode", ["wrong", "busy", "broken", "cut off"])
async def test_nothing_is_written_after_a_look_that_failed(
    mode: str, make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    server.mode = mode
    device.turn(FAR)
    await device.close()
    assert server.fake.writes() == []
    assert len(device.engine.overview().waiting) == 1
    server.mode = "ok"
    device.engine.retry(BOOK)
    await device.quiet()
    assert len(server.fake.writes()) == 1


async def test_a_write_whose_answer_was_lost_is_not_taken_for_another_devices(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    device.turn(FAR)

    def lose_writes(request: Request) -> Response:
        server.mode = "lost" if request.method == "PUT" else "ok"
        return server.fake.usual(request)

    server.fake.scripted = lose_writes
    await device.close()
    assert len(device.engine.overview().waiting) == 1
    server.mode, server.fake.scripted = "ok", None
    await device.restart()
    assert len(server.fake.writes()) == 1
    assert device.engine.overview().waiting == ()
    assert (await device.open(START)).asked == []


async def test_wrong_credentials_are_said_and_not_tried_over_and_over(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    server.fake.scripted = lambda request: js(401, {"code": 2001})
    device.turn(FAR)
    await device.leave()
    asked = len(server.fake.requests)
    for _ in range(3):
        await device.leave()
    device.clock.pass_(3600)
    await device.quiet()
    assert len(server.fake.requests) == asked
    overview = device.engine.overview()
    assert overview.health is Health.NEEDS_YOU
    assert isinstance(overview.servers[0].error, Rejected)
    device.engine.accounts_changed()
    await device.quiet()
    assert len(server.fake.requests) > asked


async def test_an_unknown_book_is_this_books_trouble_not_the_servers() -> None:
    async with KosyncServer("booklore") as server:
        server.fake.known = set()
        device = await Device(server).start()
        await device.read(START, FAR)
        overview = device.engine.overview()
        assert [type(waiting.error) for waiting in overview.waiting] == [NotMatched]
        assert overview.servers[0].error is None
        device.engine.discard(BOOK)
        assert device.engine.overview().waiting == ()
        await device.aclose()


async def test_a_book_file_that_is_gone_leaves_everything_as_it_is(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    device.turn(FAR)
    device.missing = True
    await device.close()
    assert server.fake.writes() == []
    assert device.record.dirty


async def test_a_full_disk_costs_nothing_that_is_in_memory(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    device.store.error = Full("disk")
    for n in range(5):
        device.turn(at(4000 + 100 * n))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert isinstance(device.engine.overview().storage_error, Full)
    assert device.engine.unkept() == ["Book"]
    waits = asyncio.create_task(device.engine.quiet())
    await asyncio.sleep(0.01)
    assert not waits.done()
    device.store.error = None
    device.engine.try_saving()
    await waits
    assert device.here == at(4400)
    assert device.engine.overview().storage_error is None
    assert device.engine.unkept() == []


async def test_quitting_with_a_full_disk_tells_which_places_go(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    device.store.error = Full("disk")
    device.turn(FAR)
    await device.engine.flush(0.3)
    assert device.engine.unkept() == ["Book"]
    device.store.error = None
    device.engine.try_saving()
    await device.engine.flush(0.3)
    assert device.engine.unkept() == []
    assert device.here == FAR


async def test_quitting_with_a_dead_server_takes_the_time_given_and_keeps_the_place(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    await device.open(START)
    server.mode = "dead"
    device.turn(FAR)
    assert device.sync is not None
    device.sync.closed()
    begun = time.monotonic()
    await device.engine.flush(0.3)
    assert time.monotonic() - begun < 1.0
    assert device.record.dirty and device.here == FAR


# --- questions


async def test_a_page_turned_before_the_answer_comes_means_no_question(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    elsewhere(server, FAR)
    device.sync = device.engine.open(BOOK, "Book", device.view)
    device.sync.opened(START, SCREEN)
    device.sync.turned(LATER, SCREEN)
    await device.quiet()
    assert device.view.asked == []
    [stayed] = device.engine.overview().open_offers
    assert stayed.offer.lead is Lead.FURTHER
    device.accept()
    assert device.view.jumps == [FAR]


@dataclass
class BrokenView(FakeView):
    """A window with a mistake in it."""

    def ask(self, offer: Offer) -> None:
        raise ValueError("empty separator")

    def withdraw(self) -> None:
        raise ValueError("empty separator")


async def test_a_mistake_in_the_window_answers_no_question(
    make: Make, server: KosyncServer, caplog: pytest.LogCaptureFixture
) -> None:
    device = await make()
    elsewhere(server, FAR)
    device.sync = device.engine.open(BOOK, "Book", BrokenView())
    device.sync.opened(START, SCREEN)
    await device.quiet()
    device.turn(LATER)
    await device.close()
    assert server.fake.writes() == []
    assert "a mistake of ours" in caplog.text
    view = await device.open(START)
    assert len(view.asked) == 1


async def test_a_page_turned_before_the_disk_answered_is_kept_and_sent_when_kios_quits(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    device.sync = device.engine.open(BOOK, "Book", device.view)
    device.sync.opened(START, SCREEN)
    device.turn(LATER)
    device.sync.closed()
    await device.engine.flush(2.0)
    assert device.here == LATER
    assert len(server.fake.writes()) == 1


async def test_a_page_turned_before_the_disk_answered_is_kept_without_any_time(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    device.sync = device.engine.open(BOOK, "Book", device.view)
    device.sync.opened(START, SCREEN)
    device.turn(LATER)
    await device.engine.flush(0.0)
    assert device.here == LATER


async def test_coming_back_to_the_window_never_asks_again(make: Make, server: KosyncServer) -> None:
    device = await make()
    elsewhere(server, FAR)
    view = await device.open(START)
    assert device.sync is not None
    device.sync.stay()
    device.turn(LATER)
    for _ in range(3):
        await device.leave()
        device.engine.foregrounded()
        await device.quiet()
    await device.restart()
    again = await device.open(START)
    assert len(view.asked) == 1 and again.asked == []


async def test_a_stale_queue_never_overwrites_what_another_device_read_since(
    make: Make, server: KosyncServer
) -> None:
    device, port = await make(), server.port
    await device.open(START)
    await server.stop()
    device.turn(LATER)
    await device.close()
    elsewhere(server, FAR)
    await server.start(port)
    await device.restart()
    assert server.fake.writes() == []
    view = await device.open(START)
    assert len(view.asked) == 1


async def test_a_silent_move_can_be_undone_and_the_old_place_goes_out(
    make: Make, server: KosyncServer
) -> None:
    device = await make()
    elsewhere(server, locator(1, 1590))
    view = await device.open(START)
    assert view.jumps == [locator(1, 1590)] and len(view.moved) == 1
    assert device.engine.book_overview(BOOK).undo_until == device.clock.time + timedelta(minutes=10)
    assert device.sync is not None
    device.sync.undo()
    assert view.jumps[-1] == START
    await device.close()
    assert len(server.fake.writes()) == 1
    assert device.here == START


async def test_the_answer_for_one_book_is_remembered(make: Make, server: KosyncServer) -> None:
    device = await make()
    await device.open(START)
    assert device.sync is not None
    device.sync.remember(Answer.CONTINUE)
    await device.close()
    elsewhere(server, FAR)
    await device.restart()
    view = await device.open(START)
    assert view.asked == [] and view.jumps == [FAR]
    assert device.engine.book_overview(BOOK).answer is Answer.CONTINUE


async def test_switching_sync_off_stops_every_request(make: Make, server: KosyncServer) -> None:
    device = await make()
    device.engine.set_preferences(SyncPreferences(enabled=False))
    await device.quiet()
    await device.read(START, FAR)
    assert server.fake.requests == []
    assert device.here == FAR
    assert device.engine.overview().health is Health.NOT_SET_UP


async def test_watchers_are_shown_changes_until_they_stop(make: Make) -> None:
    device = await make()
    shown: list[Health] = []
    stop = device.engine.watch(lambda: device.engine.overview().health, shown.append)
    await device.open(START)
    assert shown == [Health.WORKING, Health.IN_SYNC]
    stop()
    shown.clear()
    await device.close()
    assert shown == []


async def test_page_turns_within_one_turn_of_the_loop_notify_once(make: Make) -> None:
    device = await make()
    await device.open(START)
    device.turn(START)
    await device.quiet()
    places: list[object] = []
    overviews: list[object] = []
    device.engine.watch(lambda: device.engine.place_of(BOOK), places.append)
    device.engine.watch(
        lambda: (device.engine.overview(), device.engine.book_overview(BOOK)), overviews.append
    )
    for ordinal in range(10):
        device.turn(locator(1, 500 + ordinal))
    await device.quiet()
    assert len(places) == 1
    assert overviews == [], "nothing that the sync menu says has changed"


async def test_connecting_anew_is_never_taken_for_a_server_that_is_away(make: Make) -> None:
    device = await make()
    await device.open(START)
    found: set[Health] = set()
    device.engine.watch(lambda: device.engine.overview().health, found.add)
    device.connect_s = 0.1
    device.engine.accounts_changed()
    await asyncio.sleep(0.02)
    device.engine.sync_now()
    await device.quiet()
    assert found <= {Health.WORKING, Health.IN_SYNC}


async def test_a_book_that_is_just_being_read_does_not_wait(make: Make) -> None:
    device = await make()
    await device.open(START)
    device.turn(FAR)
    await device.quiet()
    assert device.engine.overview().waiting == ()


# --- each server's own ways


async def test_komga_and_stump_are_asked_by_their_own_hash_once() -> None:
    for profile, own in (("komga", "2" * 32), ("stump", "3" * 32)):
        async with KosyncServer(profile) as server:
            server.fake.known = {own}
            device = await Device(server).start()
            await device.read(START, FAR)
            assert server.fake.writes()[-1].json["document"] == own
            await device.restart()
            server.fake.requests.clear()
            await device.read(START, at(9000))
            assert {r.path.rpartition("/")[2] for r in server.fake.requests} <= {own, "progress"}
            await device.aclose()


@pytest.mark.parametrize("offset_h", [5.0, -2.0, 0.0])
async def test_the_hours_calibre_web_automated_is_off_are_learned(offset_h: float) -> None:
    async with KosyncServer("cwa") as server:
        server.fake.offset_h = offset_h
        device = await Device(server).start()
        await device.read(START, LATER)
        elsewhere(server, FAR)
        view = await device.open(START)
        assert view.asked[0].report.at is None  # not learned yet: unknown
        assert device.sync is not None
        device.sync.stay()
        device.turn(at(9000))
        await device.close()
        await device.read(START)
        elsewhere(server, at(9900), "Boox")
        view = await device.open(START)
        at_ = view.asked[0].report.at
        assert at_ is not None
        assert abs(at_.timestamp() - server.fake.records["1" * 32].at) < 3
        await device.aclose()


@pytest.mark.parametrize("other", [True, False], ids=["over another's record", "over our own"])
async def test_a_stump_that_loses_a_write_is_found_out_at_once(other: bool) -> None:
    async with KosyncServer("stump") as server:
        server.fake.loses_second_push = True
        device = await Device(server).start()
        if other:
            elsewhere(server, locator(1, 10))
        else:
            await device.read(START, LATER)
            assert device.engine.book_overview(BOOK).error is None
        asked = len(server.fake.requests)
        await device.read(LATER, FAR)
        error = device.engine.overview().waiting[0].error
        assert isinstance(error, Unsupported) and error.lacks is Lacks.LATER_PLACES
        assert "loses every later one" in explain(error).text
        assert device.record.sent is None or device.record.sent.locator != FAR
        assert [r.method for r in server.fake.requests[asked:]] == ["GET", "GET", "PUT"]
        await device.aclose()


async def test_a_stump_that_keeps_places_is_never_suspected() -> None:
    async with KosyncServer("stump") as server:
        device = await Device(server).start()
        elsewhere(server, locator(1, 10))
        await device.read(START, LATER)
        await device.read(LATER, FAR)
        assert device.record.sent is not None and device.record.sent.locator == FAR
        await device.aclose()


async def test_finishing_is_reported_exactly_once() -> None:
    async with KosyncServer("stump") as server:
        device = await Device(server).start()
        end = locator(3, 5000)
        await device.read(START, end)
        await device.read(START, locator(3, 4990), replace(end, place=locator(3, 4999).place))
        sent = [r.json["percentage"] for r in server.fake.writes()]
        assert sent == [1.0]
        await device.aclose()


class FaultyRemote:
    """A server at which we make a mistake, until it is `mended`."""

    def __init__(self) -> None:
        self.mended = False

    async def prepare(
        self, _book: BookId, there: Locator, _received: Report | None, _sent: Sent | None
    ) -> Sent:
        return Sent(there, "raw", there.total_progression)

    async def pull(self, _book: BookId, _mine: Sequence[Sent]) -> Report | Sent | None:
        if not self.mended:
            raise ValueError("planned")
        return None

    async def push(self, _book: BookId, prepared: Sent) -> Sent:
        return prepared


async def test_a_mistake_with_a_server_is_said_and_tried_again_later() -> None:
    remote = FaultyRemote()

    async def connect() -> list[Account]:
        return [Account("s", "Server", SourceKind.KOSYNC, remote)]

    engine = SyncEngine(FakeStore(), connect, SyncPreferences())
    await engine.start()
    engine.open(BOOK, "Book", FakeView()).opened(START, SCREEN)
    await engine.quiet()
    error = engine.book_overview(BOOK).error
    assert error is not None
    assert "went wrong in Kios" in explain(error, "Server").text
    remote.mended = True
    engine.sync_now()
    await engine.quiet()
    assert engine.book_overview(BOOK).error is None
    await engine.flush(1)


async def test_a_mistake_with_one_book_keeps_no_other_from_its_server() -> None:
    class FaultyLinks:
        faulty = False

        async def source_links(self, book_id: BookId) -> BookSourceLinks:
            if self.faulty and book_id == BOOK:
                raise ValueError("planned")
            return BookSourceLinks()

    source_links, remote, released = FaultyLinks(), FaultyRemote(), asyncio.Event()
    remote.mended = True

    async def connect() -> list[Account]:
        return [Account("s", "Server", SourceKind.KOSYNC, remote)]

    async def release() -> None:
        released.set()

    engine = SyncEngine(
        FakeStore(), connect, SyncPreferences(), source_links=source_links, release=release
    )
    await engine.start()
    for book in (BOOK, BookId(2)):
        engine.open(book, "Book", FakeView()).opened(START, SCREEN)
    await engine.quiet()
    released.clear()
    source_links.faulty = True
    engine.accounts_changed()
    await engine.quiet()
    assert engine.book_overview(BookId(2)).source_id == "s"
    assert released.is_set()
    await engine.flush(1)
