"""Our own writes and others', on servers with clocks of their own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from kios_desktop.domain.errors import ClockAhead, Overtaken, Refused
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.epub.places import Places
from kios_desktop.sources.kobo_sent_state import SentState
from kios_desktop.ui.kit.error_texts import explain
from tests.fakes.kobo_desk import BOOK, at, measured, small_book
from tests.fakes.kobo_server import START, KoboBookLore, KoboKomga, KoboServer

MODELS = (KoboServer, KoboKomga, KoboBookLore)
CLOCKS = [timedelta(seconds=s) for s in (-600, -3, 0, 0.7, 3, 600)]
HERE = Place(1, 500)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_book(tmp_path_factory.mktemp("kobo"))


@pytest.fixture(scope="module")
def places(path: Path) -> Iterator[Places]:
    with measured(path) as found:
        yield found


def lost(sent: Sent) -> Sent:
    """The same write, had its answer not arrived."""
    wire = msgspec.structs.replace(SentState.within(sent), stamp=None)
    return replace(sent, raw=wire.raw, at=None)


@pytest.mark.parametrize("server_ahead", CLOCKS)
@pytest.mark.parametrize("kind", MODELS)
async def test_our_own_write_is_ours_whatever_the_clocks_say(
    kind: type[KoboServer], server_ahead: timedelta, path: Path, places: Places
) -> None:
    async with at(kind, path, places, server_ahead=server_ahead) as one:
        sent = await one.store(HERE)
        for passed in (0, 2, 3600):
            one.passes(passed)
            for _ in range(2):
                looked = await one.look(sent)
                assert isinstance(looked, Sent) and looked.locator == sent.locator
                one.started_again()


@pytest.mark.parametrize("server_ahead", CLOCKS)
@pytest.mark.parametrize("kind", MODELS)
async def test_a_write_whose_answer_was_lost_is_ours(
    kind: type[KoboServer], server_ahead: timedelta, path: Path, places: Places
) -> None:
    async with at(kind, path, places, kind is KoboKomga, server_ahead) as one:
        sent = await one.store(HERE)
        one.started_again()
        assert isinstance(await one.look(lost(sent)), Sent)


async def test_where_a_komga_is_not_known_for_one_a_lost_answer_is_told_and_learned_from(
    path: Path, places: Places
) -> None:
    """Its percentage could be another device's; once an answer came, it is known."""
    async with at(KoboKomga, path, places) as one:
        sent = await one.store(HERE)
        unknown = msgspec.structs.replace(SentState.within(lost(sent)), counts_anew=False)
        one.started_again()
        attempt = replace(lost(sent), raw=unknown.raw)
        assert isinstance(await one.look(attempt), Report)
        one.started_again()
        assert isinstance(await one.look(attempt, sent), Sent)


@pytest.mark.parametrize("kind", MODELS)
async def test_a_write_of_an_older_kios_is_ours(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    """What it noted lacks the newer fields, and its time is that of the clock here."""
    async with at(kind, path, places, kind is KoboKomga) as one:
        sent = await one.store(HERE)
        wire = SentState.within(sent)
        fields = ("value", "source", "percent", "chapter", "chapter_limit")
        older = msgspec.json.encode({name: getattr(wire, name) for name in fields}).decode()
        for off in (-60, 0, 60):
            noted = replace(sent, raw=older, at=START + timedelta(seconds=off))
            one.started_again()
            assert isinstance(await one.look(noted), Sent)


@pytest.mark.parametrize("passed", [0, 1, 2, 60])
@pytest.mark.parametrize("kind", [KoboServer, KoboBookLore])
async def test_a_percentage_that_changed_under_our_span_is_not_ours(
    kind: type[KoboServer], passed: float, path: Path, places: Places
) -> None:
    """KOReader or the web reader writes it into the same record and leaves the place."""
    async with at(kind, path, places) as one:
        sent = await one.store(HERE)
        one.passes(passed)
        one.server.percentage_only(one.book, 88)
        for desk in (one, one.other()):
            report = await desk.report(sent)
            assert (report.precision, report.fraction) == (Precision.FRACTION, 0.88)
            assert report.locator is not None
            assert abs(report.locator.total_progression - 0.88) < 0.01


@pytest.mark.parametrize("kind", [KoboServer, KoboBookLore])
async def test_a_percentage_that_came_between_look_and_write_is_not_overwritten(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        sent = await one.store(HERE)
        await one.look(sent)
        one.server.percentage_only(one.book, 88)
        with pytest.raises(Overtaken):
            await one.write(Place(1, 700))


@pytest.mark.parametrize("kind", MODELS)
async def test_the_bare_first_span_further_on_is_another_devices(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    """A device with a plain EPUB says it for all of a chapter."""
    async with at(kind, path, places, kind is KoboKomga) as one:
        sent = await one.store(Place(1, 0))
        assert SentState.within(sent).value == "kobo.1.1"
        one.device("kobo.1.1", 2, 30, 60, one.server.now())
        report = await one.report(sent)
        assert report.locator is not None and abs(report.locator.progression - 0.6) < 0.01


@pytest.mark.parametrize("server_ahead", CLOCKS)
@pytest.mark.parametrize("kind", MODELS)
async def test_computers_with_wrong_clocks_do_not_turn_each_other_away(
    kind: type[KoboServer], server_ahead: timedelta, path: Path, places: Places
) -> None:
    async with at(kind, path, places, kind is KoboKomga, server_ahead) as one:
        other = one.other()
        for number in range(6):
            desk = (one, other)[number % 2]
            one.passes(7)
            desk.clock = one.clock + timedelta(minutes=10 * (number % 2))
            await desk.store(Place(1, 100 + 90 * number))
            wrote = one.held["Location"]["Value"]
            assert wrote == places.kobo_span(Place(1, 100 + 90 * number))
            if one.book.read_at is not None:  # no time that is still to come
                assert one.book.read_at <= one.server.now() + timedelta(seconds=1)


async def test_two_writes_within_a_second_both_get_through(path: Path, places: Places) -> None:
    ahead = timedelta(seconds=0.8)
    async with at(KoboKomga, path, places, True, ahead) as one:
        for ordinal in (100, 200, 300):
            sent = await one.store(Place(1, ordinal))
            assert isinstance(await one.look(sent), Sent)


@pytest.mark.parametrize("server_ahead", [timedelta(minutes=-10), timedelta(minutes=10)])
async def test_when_another_device_was_here_is_told_by_our_clock(
    server_ahead: timedelta, path: Path, places: Places
) -> None:
    async with at(KoboKomga, path, places, True, server_ahead) as one:
        one.device("kobo.5.1", 3, 70, 30, one.server.now())
        one.passes(3600)
        report = await one.report()
        assert report.at == START
        one.started_again()
        assert (await one.report()).key == report.key


# -- a device from the future


async def test_a_place_from_a_clock_that_is_ahead_is_waited_for(path: Path, places: Places) -> None:
    async with at(KoboKomga, path, places, True) as one:
        one.device("kobo.5.1", 3, 70, 30, one.server.now() + timedelta(minutes=10))
        for passed in (0, 5, 580):
            one.passes(passed)
            with pytest.raises(ClockAhead) as raised:
                await one.store(HERE)
            assert raised.value.retryable
            assert one.held["Location"]["Value"] == "kobo.5.1"
        assert "clock of another device is ahead" in explain(raised.value).text
        one.passes(30)
        await one.store(HERE)
        assert one.held["Location"]["Value"] == places.kobo_span(HERE)


async def test_a_place_that_is_refused_where_nothing_stands_is_our_mistake(
    path: Path, places: Places
) -> None:
    async with at(KoboKomga, path, places, True) as one:
        one.book.sizes.clear()
        with pytest.raises(Refused):
            await one.store(HERE)


async def test_elsewhere_a_place_from_the_future_is_followed_at_once(
    path: Path, places: Places
) -> None:
    """BookLore keeps the newer one in silence, so ours is later by one second, and no more."""
    async with at(KoboBookLore, path, places) as one:
        future = one.server.now() + timedelta(minutes=10)
        one.device("kobo.5.1", 3, 70, 30, future)
        sent = await one.store(HERE)
        assert one.held["Location"]["Value"] == places.kobo_span(HERE)
        assert SentState.within(sent).stamp == future + timedelta(seconds=1)
        one.started_again()
        assert isinstance(await one.look(sent), Sent)


# -- finished


def end_of(places: Places) -> Place:
    return Place(2, (places.weights or ())[2] - 1)


@pytest.mark.parametrize("kind", MODELS)
async def test_finished_is_said_at_the_end_and_comes_back_as_ours(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places, kind is KoboKomga) as one:
        await one.store(end_of(places))
        assert one.status == "Reading" and one.held["ProgressPercent"] < 99
        one.passes(9)
        sent = await one.store(end_of(places), at_the_end=True)
        assert (one.status, one.held["ProgressPercent"]) == ("Finished", 100)
        for mine in (sent, lost(sent)):
            looked = await one.look(mine)
            assert isinstance(looked, Sent) and looked.locator == sent.locator
            one.started_again()


@pytest.mark.parametrize("kind", MODELS)
async def test_a_finished_book_that_is_looked_into_is_not_finished_once_more(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    """Komga would go to its own last position, and the place would be lost."""
    async with at(kind, path, places, kind is KoboKomga) as one:
        await one.store(end_of(places), at_the_end=True)
        one.passes(60)
        await one.store(HERE)
        assert one.status == "Reading"
        assert one.held["Location"]["Value"] == places.kobo_span(HERE)


async def test_marked_as_read_on_the_web_is_no_place(path: Path, places: Places) -> None:
    async with at(KoboKomga, path, places, True) as one:
        sent = await one.store(HERE)
        one.passes(60)
        assert isinstance(one.server, KoboKomga)
        one.server.mark_as_read(one.book)
        with pytest.raises(Overtaken):
            await one.write(Place(1, 700))
        report = await one.report(sent)
        assert (report.finished, report.locator, report.fraction) == (True, None, None)
        assert report.precision is Precision.NONE
        assert (await one.report(sent)).key == report.key


async def test_another_device_that_finished_the_book_on_komga_left_no_place(
    path: Path, places: Places
) -> None:
    async with at(KoboKomga, path, places, True) as one:
        sent = await one.store(HERE)
        one.passes(60)
        await one.other().store(end_of(places), at_the_end=True)
        report = await one.report(sent)
        assert (report.finished, report.locator) == (True, None)


@pytest.mark.parametrize("passed", [0, 60])
async def test_koreader_that_came_to_the_end_leaves_an_old_place_beside_it(
    passed: float, path: Path, places: Places
) -> None:
    """Calibre-Web-Automated takes its percentage over, and “finished” from 99 % on."""
    async with at(KoboServer, path, places) as one:
        sent = await one.store(HERE)
        one.passes(passed)
        one.server.percentage_only(one.book, 100)
        one.book.state = {**one.state, "StatusInfo": {"Status": "Finished"}}
        report = await one.report(sent)
        assert (report.finished, report.locator, report.fraction) == (True, None, None)


async def test_the_end_as_an_older_kios_sent_it_is_ours(path: Path, places: Places) -> None:
    async with at(KoboKomga, path, places, True) as one:
        sent = await one.store(end_of(places), at_the_end=True)
        wire = msgspec.structs.replace(
            SentState.within(sent), stamp=None, finished=False, percent=99
        )
        one.started_again()
        assert isinstance(await one.look(replace(sent, raw=wire.raw, fraction=0.99)), Sent)


async def test_a_mark_that_leaves_our_place_is_ours(path: Path, places: Places) -> None:
    """Calibre-Web's “mark as read” changes the status alone."""
    async with at(KoboServer, path, places) as one:
        sent = await one.store(HERE)
        one.book.state = {**one.state, "StatusInfo": {"Status": "Finished"}}
        assert isinstance(await one.look(sent), Sent)


async def test_ready_to_read_without_a_place_is_nothing(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.book.state = one.server.empty_state(one.book)
        looked = await one.remote.pull(BOOK, [])
        assert looked is None
