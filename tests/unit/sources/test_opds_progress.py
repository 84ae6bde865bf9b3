"""Places through a catalog, against a Komga that follows its own grid to the letter."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import NotMatched, Overtaken
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Credentials, Session
from kios_desktop.protocols.opds.progression import Progressions, decode
from kios_desktop.sources.opds_progress import OpdsRemote
from tests.books import write_book
from tests.effort import examples
from tests.fakes.komga import PASSWORD, PROGRESSION, USER, Komga, float32, stamp

BOOK = BookId(1)
ME = "11111111-2222-4333-8444-555555555555"
CHAPTERS = (
    "<h1>One</h1><p>Short.</p>",
    *(
        f"<h1>{chapter}</h1>"
        + "".join(
            f"<p id='p{i}'>{' '.join(f'word{chapter}x{i}x{j}' for j in range(30))}</p>"
            for i in range(12)
        )
        for chapter in (2, 3)
    ),
)


class Rig:
    """One device at one server."""

    def __init__(self, server: Komga, places: Places, device_id: str = ME) -> None:
        book = next(iter(server.books.values()))
        self.server, self.places, self.book = server, places, book
        self.link = ProgressionLink(
            ServerUrl(f"{server.origin}/opds/v2/books/{book.id}/progression"),
            ProgressionDialect.READIUM,
            PROGRESSION,
        )
        self.session = Session(
            ServerUrl(server.url), Credentials(AuthMethod.BASIC, USER, Secret(PASSWORD))
        )
        self.clock = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
        self.remote = OpdsRemote(
            "1" * 32,
            Progressions(self.session),
            self._link,
            self._places,
            lambda: "study",
            device_id,
            lambda: self.clock,
        )

    async def _link(self, _book: BookId) -> ProgressionLink | None:
        return self.link

    @asynccontextmanager
    async def _places(self, _book: BookId) -> AsyncIterator[Places]:
        yield self.places

    async def store(self, place: Place) -> None:
        locator = self.places.locator(place)
        await self.remote.push(BOOK, await self.remote.prepare(BOOK, locator, None, None))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("komga") / "book.epub", *CHAPTERS)


@pytest.fixture(scope="module")
def places(book: Path) -> Iterator[Places]:
    opened = open_publication(book, None)
    opened.places.measure()
    yield opened.places
    opened.close()


@asynccontextmanager
async def rig(book: Path, places: Places) -> AsyncIterator[Rig]:
    async with Komga([book]) as server:
        made = Rig(server, places)
        try:
            yield made
        finally:
            await made.session.aclose()


async def test_nothing_stored_is_nothing(book: Path, places: Places) -> None:
    async with rig(book, places) as one:
        looked = await one.remote.pull(BOOK, ())
        assert looked is None


async def test_every_place_of_the_book_is_taken_and_comes_back_exactly(
    book: Path, places: Places
) -> None:
    async with rig(book, places) as one:
        for spine, total in enumerate(places.weights or ()):
            for ordinal in {0, 1, total // 3, total // 2, max(0, total - 50)}:
                one.clock += timedelta(seconds=2)
                await one.store(Place(spine, ordinal))
                other = Rig(one.server, places, "99999999-2222-4333-8444-555555555555")
                looked = await other.remote.pull(BOOK, ())
                await other.session.aclose()
                assert isinstance(looked, Report) and looked.locator is not None
                assert looked.device == "study"
                if total < 100:  # its text is too short to be found by
                    assert looked.locator.place.spine_index == spine
                    continue
                assert looked.precision is Precision.EXACT
                assert looked.locator.place == Place(spine, ordinal)


async def test_our_own_write_is_recognised(book: Path, places: Places) -> None:
    async with rig(book, places) as one:
        prepared = await one.remote.prepare(BOOK, places.locator(Place(1, 50)), None, None)
        sent = await one.remote.push(BOOK, prepared)
        looked = await one.remote.pull(BOOK, (sent,))
        assert isinstance(looked, Sent) and looked.locator.place == Place(1, 50)


async def test_a_place_from_the_future_is_overwritten_only_with_a_later_time(
    book: Path, places: Places
) -> None:
    async with rig(book, places) as one:
        await one.store(Place(1, 10))
        ahead = one.clock + timedelta(minutes=10)
        held = msgspec.json.decode(msgspec.json.encode(one.book.progression))
        one.book.progression = {
            **held,
            "modified": stamp(ahead),
            "device": {"id": "x", "name": "K"},
        }
        await one.remote.pull(BOOK, ())
        await one.store(Place(1, 60))
        assert datetime.fromisoformat(one.book.written[-1]["modified"]) > ahead


async def test_what_came_between_look_and_write_is_not_overwritten(
    book: Path, places: Places
) -> None:
    async with rig(book, places) as one:
        await one.remote.pull(BOOK, ())
        other = Rig(one.server, places, "99999999-2222-4333-8444-555555555555")
        other.clock = one.clock + timedelta(seconds=30)
        await other.store(Place(2, 5))
        with pytest.raises(Overtaken):
            await one.store(Place(1, 10))
        await other.session.aclose()
        assert len(one.book.written) == 1


async def test_a_write_whose_answer_was_lost_counts_as_done(book: Path, places: Places) -> None:
    async with rig(book, places) as one:
        prepared = await one.remote.prepare(BOOK, places.locator(Place(1, 50)), None, None)
        await one.remote.push(BOOK, prepared)
        again = Rig(one.server, places)  # the same device, without memory of it
        sent = await again.remote.push(BOOK, prepared)
        await again.session.aclose()
        assert sent.at == one.clock
        assert len(one.book.written) == 1


async def test_another_grid_of_the_server_is_respected(book: Path, places: Places) -> None:
    """Komga analysed the book when it had other files."""
    async with rig(book, places) as one:
        name = one.book.grid[1].href
        others = [position for position in one.book.grid if position.href != name]
        kept = [position for position in one.book.grid if position.href == name][:2]
        one.book.grid = others[:1] + kept + others[1:]
        await one.store(Place(1, (places.weights or ())[1] - 1))
        stored = one.book.written[-1]["locator"]["locations"]["progression"]
        assert float32(stored) in {position.progression for position in kept}


async def test_a_book_the_server_lost_is_not_matched(book: Path, places: Places) -> None:
    async with rig(book, places) as one:
        one.server.books.clear()
        with pytest.raises(NotMatched):
            await one.remote.pull(BOOK, ())


async def test_a_page_based_client_left_no_place_but_was_here(book: Path, places: Places) -> None:
    async with rig(book, places) as one:
        one.book.progression = {
            "modified": stamp(one.clock),
            "device": {"id": "unused", "name": "Komga-webui"},
            "locator": {},
        }
        looked = await one.remote.pull(BOOK, ())
        assert isinstance(looked, Report)
        assert looked.locator is None
        assert looked.device == "Komga-webui"


async def test_komgas_own_reader_leads_to_the_chapter_and_the_fraction(
    book: Path, places: Places
) -> None:
    async with rig(book, places) as one:
        name = one.book.grid[-1].href
        one.book.progression = {
            "modified": stamp(one.clock),
            "device": {"id": "unused", "name": "Komga-webui"},
            "locator": {"href": name, "type": "x", "locations": {"progression": 0.5}},
        }
        looked = await one.remote.pull(BOOK, ())
        assert isinstance(looked, Report) and looked.locator is not None
        assert looked.locator.place.spine_index == 2
        assert looked.precision is Precision.FRACTION


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"", 204, None),
        (b"  ", 200, None),
        (b"null", 200, None),
        (b'{"modified":"","device":{"id":"","name":""},"locator":{}}', 200, None),
        (
            b'{"modified":"2026-01-01T00:00:00Z","device":{"id":"d","name":"n"},"locator":{}}',
            200,
            0,
        ),
        (b'{"device":{"id":"d"},"progression":0.5}', 200, 0.5),
        (b'{"device":{"id":"d"},"progression":1e400}', 200, 0),
        (b'{"device":{"id":"d"},"progression":NaN}', 200, 0),
    ],
)
def test_no_position_is_told_from_one_without_a_place(
    body: bytes, status: int, expected: float | None
) -> None:
    held = decode(body, status)
    if expected is None:
        assert held is None
    else:
        assert held is not None
        assert (held.progression or 0) == expected
        assert held.has_place == bool(expected)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 1), st.booleans(), st.integers(0, 2), st.integers(0, 400)),
        min_size=1,
        max_size=8,
    )
)
def test_no_interleaving_of_two_devices_overwrites_a_newer_place_unseen(
    book: Path, places: Places, steps: list[tuple[int, bool, int, int]]
) -> None:
    """Each step is a device that looks, or that writes; times go on by a second each."""

    async def run() -> None:
        async with Komga([book]) as server:
            ids = (ME, "99999999-2222-4333-8444-555555555555")
            rigs = [Rig(server, places, identity) for identity in ids]
            seen: list[str | None] = [None, None]
            for number, (who, writes, spine, ordinal) in enumerate(steps):
                one = rigs[who]
                one.clock += timedelta(seconds=number)
                held = one.book.progression
                stands = held["modified"] if held is not None else None
                if not writes:
                    await one.remote.pull(BOOK, ())
                    seen[who] = stands
                    continue
                try:
                    await one.store(places.clamp(Place(spine, ordinal)))
                except Overtaken:
                    assert seen[who] != stands
                else:
                    written = one.book.progression
                    assert written is not None
                    before = datetime.fromisoformat(stands) if stands else None
                    after = datetime.fromisoformat(written["modified"])
                    assert before is None or after > before
                    seen[who] = written["modified"]
            for one in rigs:
                await one.session.aclose()

    asyncio.run(run())


async def test_the_received_document_goes_back_as_it_came(book: Path, places: Places) -> None:
    async with rig(book, places) as one:
        await one.store(Place(1, 50))
        other = Rig(one.server, places, "99999999-2222-4333-8444-555555555555")
        report = await other.remote.pull(BOOK, ())
        assert isinstance(report, Report) and report.locator is not None
        prepared = await other.remote.prepare(BOOK, report.locator, report, None)
        assert prepared.raw == report.raw
        moved = replace(report.locator, place=Place(1, 51))
        assert (await other.remote.prepare(BOOK, moved, report, None)).raw != report.raw
        await other.session.aclose()
