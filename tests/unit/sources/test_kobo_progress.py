"""Places over Kobo sync, against servers with three ideas of whose write wins."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kios_desktop.domain.errors import NotMatched, Overtaken, Unsupported
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.progress import Looked, Report, Sent
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.sources.kobo_progress import KoboRemote, chapter_limit
from kios_desktop.ui.reader.open_publication import open_publication
from tests.books import write_book
from tests.fakes.kobo_server import (
    START,
    KoboBookLore,
    KoboKomga,
    KoboServer,
    KoboStump,
    Offered,
    device_state,
    later,
    on_grid,
)

BOOK = BookId(1)
CHAPTERS = (
    "<h1>One</h1><p>Short.</p>",
    *(
        f"<h1>{chapter}</h1>"
        + "".join(
            f"<p>{' '.join(f'word{chapter}x{i}x{j}' for j in range(30))}. And more.</p>"
            for i in range(15)
        )
        for chapter in (2, 3)
    ),
)
MODELS = (KoboServer, KoboKomga, KoboBookLore)


class Desk:
    """One computer at one server, with a clock of its own."""

    def __init__(
        self,
        server: KoboServer,
        places: Places,
        grid: bool = False,
        session: Session | None = None,
    ) -> None:
        self.server, self.places = server, places
        self.book: Offered = next(iter(server.books.values()))
        self.session = session or Session(server.base, stay_home=True)
        self.clock = START
        self.is_finished = False
        client = KoboClient(self.session, server.base, lambda: self.clock)
        self.remote = KoboRemote(
            "1" * 32, client, self._id, self._places, self._finished, grid, lambda: self.clock
        )

    async def _id(self, _book: BookId) -> str | None:
        return self.book.id

    async def _places(self, _book: BookId) -> Places:
        return self.places

    async def _finished(self, _book: BookId) -> bool:
        return self.is_finished

    async def look(self, *mine: Sent) -> Looked:
        return await self.remote.pull(BOOK, mine)

    async def report(self, *mine: Sent) -> Report:
        looked = await self.look(*mine)
        assert looked.report is not None
        return looked.report

    async def write(self, place: Place) -> Sent:
        prepared = await self.remote.prepare(BOOK, self.places.locator(place), None, None)
        return await self.remote.push(BOOK, prepared)

    async def store(self, place: Place) -> Sent:
        """As the engine does it: a look, then the write."""
        await self.look()
        return await self.write(place)

    @property
    def held(self) -> dict[str, Any]:
        assert self.book.state is not None
        bookmark: dict[str, Any] = self.book.state["CurrentBookmark"]
        return bookmark

    def device(self, value: str, chapter: int, percent: float, within: float, at: float) -> None:
        """An e-reader was here."""
        source = f"EPUB/chapter{chapter:04}.xhtml"
        self.book.state = device_state(self.book.id, later(at), value, source, percent, within)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("kobo") / "book.epub", *CHAPTERS)


@pytest.fixture(scope="module")
def places(path: Path) -> Iterator[Places]:
    opened = open_publication(path, None)
    opened.places.measure()
    yield opened.places
    opened.close()


@asynccontextmanager
async def at(
    kind: type[KoboServer], path: Path, places: Places, grid: bool = False
) -> AsyncIterator[Desk]:
    server = kind()
    offer(server, path)
    async with server:
        made = Desk(server, places, grid)
        server.now = lambda: made.clock
        try:
            yield made
        finally:
            await made.session.aclose()
    assert server.crimes == []


def offer(server: KoboServer, path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
    documents = {name: size for name, size in sizes.items() if "chapter" in name}
    server.offer(1, sizes=documents)


@pytest.mark.parametrize("kind", MODELS)
async def test_nothing_stored_is_nothing(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        assert await one.look() == Looked()


async def test_a_new_but_empty_state_is_no_place(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.book.state = one.server.empty_state(one.book)
        assert await one.look() == Looked()


@pytest.mark.parametrize("kind", MODELS)
async def test_every_place_is_taken_and_comes_back_to_its_sentence(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        for spine, total in enumerate(places.weights or ()):
            for ordinal in sorted({0, 1, total // 3, total // 2, total - 1}):
                one.clock += timedelta(seconds=10)
                await one.store(Place(spine, ordinal))
                other = Desk(one.server, places, session=one.session)
                report = await other.report()
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


@pytest.mark.parametrize("kind", MODELS)
async def test_our_own_write_is_recognised(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        sent = await one.store(Place(1, 500))
        looked = await one.look(sent)
        assert looked.report is None
        assert looked.ours is not None and looked.ours.locator == sent.locator


@pytest.mark.parametrize("kind", MODELS)
async def test_a_write_of_unknown_time_is_ours_or_leads_to_where_we_are(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    """Komga counts the percentage anew, so without the time it could be anybody's."""
    async with at(kind, path, places) as one:
        sent = await one.store(Place(1, 500))
        looked = await one.look(replace(sent, at=None))
        if kind is KoboKomga:
            assert looked.report is not None and looked.report.locator is not None
            there = looked.report.locator.total_progression
            assert abs(there - sent.locator.total_progression) < 0.02
        else:
            assert looked.ours is not None


async def test_what_another_device_wrote_is_reported_with_its_time(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        sent = await one.store(Place(1, 500))
        one.device("kobo.5.1", 3, 70, 30, 600)
        report = await one.report(sent)
        assert (report.at, report.fraction) == (later(600), 0.7)
        assert report.locator is not None
        assert places.kobo_span(report.locator.place) == "kobo.5.1"
        assert report.locator.place.spine_index == 2


async def test_the_same_place_again_is_the_same_report(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70, 30, 600)
        first = await one.report()
        one.device("kobo.5.1", 3, 70, 30, 900)
        assert (await one.report()).key == first.key
        one.device("kobo.6.1", 3, 72, 35, 950)
        await one.report()
        one.device("kobo.5.1", 3, 70, 30, 990)
        assert (await one.report()).key != first.key


async def test_statistics_of_the_server_are_sent_back(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70, 30, 1)
        await one.store(Place(2, 900))
        assert one.book.state is not None
        statistics = one.book.state["Statistics"]
        assert (statistics["SpentReadingMinutes"], statistics["RemainingTimeMinutes"]) == (14, 55)


# -- which witness is believed


async def test_a_device_with_a_plain_epub_is_found_by_the_percentage_of_the_chapter(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.1.1", 2, 30, 60, 1)
        report = await one.report()
        assert report.locator is not None and report.precision is Precision.FRACTION
        assert report.locator.place.spine_index == 1
        assert abs(report.locator.progression - 0.6) < 0.01


async def test_a_span_of_another_converter_is_overruled(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.2.1", 2, 40, 90, 1)
        report = await one.report()
        assert report.locator is not None and abs(report.locator.progression - 0.9) < 0.01


async def test_the_percentage_of_the_book_is_not_taken_for_that_of_the_chapter(
    path: Path, places: Places
) -> None:
    """Kavita writes one number into both."""
    async with at(KoboServer, path, places) as one:
        one.device("kobo.3.1", 3, 52, 52, 1)
        report = await one.report()
        assert report.locator is not None
        assert places.kobo_span(report.locator.place) == "kobo.3.1"


async def test_a_percentage_renewed_beside_an_old_place_is_believed(
    path: Path, places: Places
) -> None:
    """KOReader writes into the same record and leaves the span."""
    async with at(KoboServer, path, places) as one:
        sent = await one.store(Place(1, 300))
        assert one.book.state is not None
        one.book.state["CurrentBookmark"] = {
            **one.held,
            "ProgressPercent": 88.25,
            "LastModified": "2026-11-21T20:30:00Z",
        }
        for device in (one, Desk(one.server, places, session=one.session)):
            report = await device.report(sent)
            assert report.precision is Precision.FRACTION
            assert report.locator is not None
            assert abs(report.locator.total_progression - 0.8825) < 0.01


async def test_a_percentage_far_from_the_place_is_believed(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.3.1", 2, 95, 10, 1)
        report = await one.report()
        assert report.locator is not None and report.locator.place.spine_index == 2


async def test_an_unknown_file_leaves_the_percentage(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.3.1", 99, 50, 10, 1)
        report = await one.report()
        assert report.precision is Precision.FRACTION
        assert report.locator is not None
        assert abs(report.locator.total_progression - 0.5) < 0.01


@pytest.mark.parametrize(
    "source",
    [
        "EPUB/chapter0003.xhtml#x",
        "/EPUB/chapter0003.xhtml",
        "epub\\chapter0003.xhtml",
        "chapter0003.xhtml",
        "EPUB%2Fchapter0003.xhtml",
    ],
)
async def test_files_are_named_in_many_ways(source: str, path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.book.state = device_state(one.book.id, START, "KOBO.5.1", source, 70, 30)
        report = await one.report()
        assert report.locator is not None
        assert places.kobo_span(report.locator.place) == "kobo.5.1"


async def test_no_span_and_no_percentage_of_the_chapter_is_the_percentage_of_the_book(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.1.1", 3, 80, 0, 1)
        del one.held["ContentSourceProgressPercent"]
        one.held["Location"]["Value"] = None
        report = await one.report()
        assert report.locator is not None
        assert abs(report.locator.total_progression - 0.8) < 0.01


# -- writing


@pytest.mark.parametrize("kind", MODELS)
async def test_what_came_between_look_and_write_is_not_overwritten(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        await one.look()
        one.device("kobo.5.1", 3, 70, 30, 600)
        with pytest.raises(Overtaken):
            await one.write(Place(1, 10))
        assert one.book.written == []


async def test_what_was_never_looked_at_is_not_overwritten(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70, 30, 600)
        with pytest.raises(Overtaken):
            await one.write(Place(1, 10))


@pytest.mark.parametrize("kind", MODELS)
async def test_a_place_from_the_future_is_overwritten_only_with_a_later_time(
    kind: type[KoboServer], path: Path, places: Places
) -> None:
    async with at(kind, path, places) as one:
        one.device("kobo.5.1", 3, 70, 30, 600)
        await one.store(Place(1, 300))
        assert one.held["Location"]["Value"] == places.kobo_span(Place(1, 300))
        if kind is not KoboServer:
            assert datetime.fromisoformat(one.held["LastModified"]) > later(600)


async def test_a_write_whose_answer_was_lost_counts_as_done(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        prepared = await one.remote.prepare(BOOK, places.locator(Place(1, 300)), None, None)
        await one.look()
        await one.remote.push(BOOK, prepared)
        again = Desk(one.server, places, session=one.session)
        await again.remote.push(BOOK, prepared)
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


async def test_the_end_is_finished_and_only_the_end(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        end = Place(2, (places.weights or ())[2] - 1)
        await one.store(end)
        assert one.held["ProgressPercent"] < 100
        one.is_finished = True
        one.clock += timedelta(seconds=9)
        sent = await one.store(end)
        assert one.book.state is not None
        assert one.held["ProgressPercent"] == 100
        assert one.book.state["StatusInfo"]["Status"] == "Finished"
        assert (await one.look(sent)).ours is not None


async def test_a_finished_book_that_is_only_looked_into_stays_finished(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 100, 100, 0)
        assert one.book.state is not None
        one.book.state["StatusInfo"]["Status"] = "Finished"
        report = await one.report()
        assert report.locator is not None
        total = (places.weights or ())[2]
        basis = replace(report, locator=places.locator(Place(2, total - 40)))
        for ordinal, status in ((total - 41, "Finished"), (total // 2, "Reading")):
            one.clock += timedelta(seconds=30)
            locator = places.locator(Place(2, ordinal))
            await one.look()
            prepared = await one.remote.prepare(BOOK, locator, basis, None)
            await one.remote.push(BOOK, prepared)
            assert one.book.state["StatusInfo"]["Status"] == status


async def test_the_received_place_goes_back_as_it_came(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.5.1", 3, 70.5, 30, 600)
        report = await one.report()
        assert report.locator is not None
        prepared = await one.remote.prepare(BOOK, report.locator, report, None)
        assert prepared.raw == report.raw
        await one.remote.push(BOOK, prepared)
        assert one.held["ProgressPercent"] == 70


# -- two devices


@pytest.mark.parametrize("kind", MODELS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 1), st.booleans(), st.integers(0, 2), st.integers(0, 900)),
        min_size=1,
        max_size=8,
    ),
    ahead=st.integers(-50, 50),
)
def test_no_interleaving_of_two_devices_overwrites_a_newer_place_unseen(
    kind: type[KoboServer],
    path: Path,
    places: Places,
    steps: list[tuple[int, bool, int, int]],
    ahead: int,
) -> None:
    """Each step is a device that looks, or that writes; their clocks differ by up to a minute."""

    async def run() -> None:
        server = kind()
        offer(server, path)
        async with server:
            session = Session(server.base, stay_home=True)
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

    asyncio.run(run())
