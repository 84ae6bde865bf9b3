"""Places over Kobo sync, against servers with three ideas of whose write wins."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kios_desktop.domain.errors import NotMatched, Overtaken, Unsupported
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from kios_desktop.sources.kobo_progress import chapter_limit
from tests.effort import examples
from tests.fakes.kobo_desk import BOOK, Desk, at, measured, offer, small_book
from tests.fakes.kobo_server import (
    KoboBookLore,
    KoboKomga,
    KoboServer,
    KoboStump,
    later,
    on_grid,
)

MODELS = (KoboServer, KoboKomga, KoboBookLore)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_book(tmp_path_factory.mktemp("kobo"))


@pytest.fixture(scope="module")
def places(path: Path) -> Iterator[Places]:
    with measured(path) as found:
        yield found


@pytest.mark.parametrize("kind", MODELS)
async def test_nothing_stored_is_nothing(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        assert await one.look() is None


async def test_a_new_but_empty_state_is_no_place(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.book.state = one.server.empty_state(one.book)
        assert await one.look() is None


@pytest.mark.parametrize("kind", MODELS)
async def test_every_place_is_taken_and_comes_back_to_its_sentence(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        for spine, total in enumerate(places.weights or ()):
            for ordinal in sorted({0, 1, total // 3, total // 2, total - 1}):
                one.clock += timedelta(seconds=10)
                await one.store(Place(spine, ordinal))
                report = await one.other().report()
                assert report.precision is Precision.EXACT
                assert report.locator is not None
                span = places.kobo_span(Place(spine, ordinal))
                assert places.kobo_span(report.locator.place) == span
                assert report.locator.place.spine_index == spine


async def test_only_whole_percents_and_complete_places_are_sent(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        await one.store(Place(1, 777))
        sent = one.held
        assert isinstance(sent["ProgressPercent"], int)
        assert isinstance(sent["ContentSourceProgressPercent"], int)
        assert sent["Location"] == {
            "Value": places.kobo_span(Place(1, 777)),
            "Type": "KoboSpan",
            "Source": "EPUB/chapter0002.xhtml",
        }
        assert one.book.state is not None
        assert one.book.state["StatusInfo"]["Status"] == "Reading"


async def test_a_place_soon_after_the_start_counts_as_one_percent(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        await one.store(Place(0, 1))
        assert one.held["ProgressPercent"] == 1


async def test_what_another_device_wrote_is_reported_with_its_time(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        sent = await one.store(Place(1, 500))
        one.device("kobo.5.1", 3, 70, 30, later(600))
        report = await one.report(sent)
        assert (report.at, report.fraction) == (later(600), 0.7)
        assert report.locator is not None
        assert places.kobo_span(report.locator.place) == "kobo.5.1"
        assert report.locator.place.spine_index == 2


async def test_the_same_place_again_is_the_same_report(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70, 30, later(600))
        first = await one.report()
        one.device("kobo.5.1", 3, 70, 30, later(900))
        assert (await one.report()).key == first.key
        one.device("kobo.6.1", 3, 72, 35, later(950))
        await one.report()
        one.device("kobo.5.1", 3, 70, 30, later(990))
        assert (await one.report()).key != first.key


async def test_statistics_of_the_server_are_sent_back(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70, 30, later(1))
        one.clock += timedelta(seconds=2)
        await one.store(Place(2, 900))
        assert one.book.state is not None
        statistics = one.book.state["Statistics"]
        assert (statistics["SpentReadingMinutes"], statistics["RemainingTimeMinutes"]) == (14, 55)


# -- writing


@pytest.mark.parametrize("kind", MODELS)
async def test_what_came_between_look_and_write_is_not_overwritten(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        await one.look()
        one.device("kobo.5.1", 3, 70, 30, later(600))
        with pytest.raises(Overtaken):
            await one.write(Place(1, 10))
        assert one.book.written == []


async def test_what_was_never_looked_at_is_not_overwritten(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70, 30, later(600))
        with pytest.raises(Overtaken):
            await one.write(Place(1, 10))


async def test_a_write_whose_answer_was_lost_counts_as_done(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        prepared = await one.remote.prepare(BOOK, places.locator(Place(1, 300)), None, None)
        await one.look()
        await one.remote.push(BOOK, prepared)
        await one.other().remote.push(BOOK, prepared)
        assert len(one.book.written) == 1


async def test_komga_is_given_what_it_takes(path: Path, places: Places) -> None:
    """Known as a Komga, it is asked once; else again with the start of the file."""
    total = (places.weights or ())[1]
    for grid, requests in ((True, 1), (False, 2)):
        async with at(KoboKomga, path, places, grid) as one:
            await one.store(Place(1, total - 1))
            assert len([a for a in one.server.asked if a.method == "PUT"]) == requests
            assert one.held["Location"]["Value"] == places.kobo_span(Place(1, total - 1))


@pytest.mark.parametrize("size", [1, 1024, 1025, 20_000, 1_000_000])
@pytest.mark.parametrize("within", [0, 1, 49, 50, 95, 99, 100])
def test_the_limit_of_a_file_is_one_of_its_positions(size: int, within: int) -> None:
    assert on_grid(size, min(within, chapter_limit(size)) / 100)


async def test_a_book_the_server_lost_is_not_matched(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        await one.look()
        one.server.books.clear()
        with pytest.raises(NotMatched):
            await one.write(Place(1, 10))


async def test_a_server_without_places_is_asked_once(path: Path, places: Places) -> None:
    async with at(KoboStump, path, places) as one:
        with pytest.raises(Unsupported):
            await one.store(Place(1, 10))
        asked = len(one.server.asked)
        with pytest.raises(Unsupported):
            await one.look()
        assert len(one.server.asked) == asked


async def test_the_received_place_goes_back_as_it_came(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70.5, 30, later(600))
        one.clock += timedelta(seconds=601)
        report = await one.report()
        assert report.locator is not None
        prepared = await one.remote.prepare(BOOK, report.locator, report, None)
        assert prepared.raw == report.raw
        await one.remote.push(BOOK, prepared)
        assert one.held["ProgressPercent"] == 70


# -- two devices


@pytest.mark.parametrize("kind", MODELS)
@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 1), st.booleans(), st.integers(0, 2), st.integers(0, 900)),
        min_size=1,
        max_size=8,
    ),
    ahead=st.integers(-600, 600),
)
def test_no_interleaving_of_two_devices_overwrites_a_newer_place_unseen(
    kind: type[KoboServer],
    path: Path,
    places: Places,
    steps: list[tuple[int, bool, int, int]],
    ahead: int,
) -> None:
    """Each step is a device that looks, or that writes; the clock of one is wrong."""

    async def run() -> None:
        server = kind()
        offer(server, path)
        async with server:
            session = Session(server.base, same_origin_only=True)
            try:
                await play(server, [Desk(server, places, session=session) for _ in range(2)])
            finally:
                await session.aclose()
        assert server.crimes == []

    async def play(server: KoboServer, desks: list[Desk]) -> None:
        book = desks[0].book
        seen: list[Any] = [None, None]
        for number, (who, writes, spine, ordinal) in enumerate(steps):
            server.now = lambda number=number: later(10 * number)  # type: ignore[misc]
            one = desks[who]
            one.clock = later(10 * number + ahead * who)
            stands = book.state
            if not writes:
                await one.look()
                seen[who] = stands
                continue
            try:
                await one.write(places.clamp(Place(spine, ordinal)))
            except Overtaken:
                assert seen[who] is not stands
                assert book.state is stands
            else:
                echo = book.state is stands
                assert echo or stands is None or seen[who] is stands
                seen[who] = book.state
                assert book.read_at is None or book.read_at <= later(10 * number)

    asyncio.run(run())
