"""Whose time is it: that of a reading, or that of the answer (Stump)? And who was it?"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from kios_desktop.application.open_publication import OpenPublication, open_publication
from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place, Precision, Resolution
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Credentials, Session
from kios_desktop.protocols.kosync import Progress
from kios_desktop.protocols.opds.progression import Progressions
from kios_desktop.sources.opds_progress import OpdsRemote, urn
from kios_desktop.sources.own_write import own_write
from tests.books import write_book
from tests.fakes.komga import PASSWORD, PROGRESSION, USER, Komga, stamp
from tests.fakes.opds_stump import Stump

BOOK = BookId(1)
IDENTITY = "0F1E2D3C4B5A69788796A5B4C3D2E1F0"  # as it is stored
CHAPTERS = [
    "".join(
        f"<p id='p{c}-{n}'>{' '.join(f'w{c}x{n}x{k}' for k in range(30))}</p>" for n in range(9)
    )
    for c in range(3)
]
CFI = "epubcfi(/6/4!/4/6/1:4)"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenPublication]:
    made = open_publication(write_book(tmp_path / "book.epub", *CHAPTERS), None)
    made.places.measure()
    yield made
    made.close()


@pytest.fixture
def places(opened: OpenPublication) -> Places:
    return opened.places


@asynccontextmanager
async def remote_at(
    address: str, places: Places, identity: str = IDENTITY, now: datetime | None = None
) -> AsyncIterator[OpdsRemote]:
    session = Session(ServerUrl(address), Credentials(AuthMethod.BASIC, USER, Secret(PASSWORD)))
    link = ProgressionLink(ServerUrl(address), ProgressionDialect.READIUM, PROGRESSION)

    async def link_of(_book: BookId) -> ProgressionLink | None:
        return link

    @asynccontextmanager
    async def places_of(_book: BookId) -> AsyncIterator[Places]:
        yield places

    remote = OpdsRemote(
        "1" * 32,
        Progressions(session),
        link_of,
        places_of,
        lambda: "study · 0f1e",
        identity,
        lambda: now or datetime.now(UTC),
    )
    try:
        yield remote
    finally:
        await session.aclose()


def komga_address(server: Komga) -> str:
    return f"{server.origin}/opds/v2/books/{next(iter(server.books))}/progression"


async def report_of(remote: OpdsRemote) -> Report | None:
    looked = await remote.pull(BOOK, ())
    assert not isinstance(looked, Sent)
    return looked


class Clock:
    """Goes on a little with each question."""

    def __init__(self, step: timedelta) -> None:
        self.at, self._step = datetime(2026, 11, 29, 12, 0, tzinfo=UTC), step

    def __call__(self) -> datetime:
        self.at += self._step
        return self.at


# -- a time that is the answer's


@pytest.mark.parametrize("whole_seconds", [False, True])
async def test_one_place_is_one_report_however_often_stump_is_asked(
    whole_seconds: bool, places: Places
) -> None:
    async with Stump(whole_seconds=whole_seconds) as server:
        server.read_to(CFI, 0.4)
        clock = Clock(timedelta(milliseconds=5))  # between a question and the next one
        server.now = clock
        found: list[Report] = []
        for _opening in range(4):  # each a new start of Kios
            async with remote_at(server.origin, places) as remote:
                for look in range(3):
                    clock.at += timedelta(seconds=40)
                    report = await report_of(remote)
                    assert report is not None
                    if not whole_seconds or look:  # two answers of one second look honest
                        found.append(report)
        assert len({report.key for report in found}) == 1
        assert {report.at for report in found} == {None}
        assert found[0].locator is not None
        server.read_to("epubcfi(/6/6!/4/6/1:4)", 0.7)
        async with remote_at(server.origin, places) as remote:
            for _ in range(2):
                clock.at += timedelta(seconds=40)
                moved = await report_of(remote)
        assert moved is not None
        assert moved.key != found[0].key


async def test_stump_without_a_place_has_nothing(places: Places) -> None:
    async with Stump() as server, remote_at(server.origin, places) as remote:
        assert await report_of(remote) is None


async def test_a_write_of_this_very_second_keeps_its_time_and_its_name(
    opened: OpenPublication,
) -> None:
    """On a server with honest times it is asked once more, and is the same report later on."""
    places = opened.places
    clock = Clock(timedelta(0))
    now = clock.at
    async with Komga([opened.path]) as server:
        server.now = clock
        address = komga_address(server)
        async with remote_at(address, places, "99" * 16, now) as other:
            locator = places.locator(Place(1, 60))
            await other.push(BOOK, await other.prepare(BOOK, locator, None, None))
        keys = set()
        for later in (0, 1, 3600):
            clock.at = now + timedelta(seconds=later)
            async with remote_at(address, places) as remote:
                report = await report_of(remote)
                assert report is not None
                assert report.at == now
                keys.add(report.key)
        assert len(keys) == 1


async def test_a_report_that_was_answered_before_stays_answered(opened: OpenPublication) -> None:
    """The name of a report with an honest time is the one that earlier versions wrote down."""
    async with Komga([opened.path]) as server:
        book = next(iter(server.books.values()))
        book.progression = {
            "modified": "2026-11-21T20:00:00.000Z",
            "device": {"id": "abc", "name": "K"},
            "locator": {"href": "EPUB/chapter0002.xhtml", "locations": {"progression": 0.5}},
        }
        async with remote_at(komga_address(server), opened.places) as remote:
            report = await report_of(remote)
        assert report is not None
        assert report.key == "bf0383b5fc936b5a3f69dead"


# -- marked as read


@pytest.mark.parametrize("ago_s", [0, 30, 86400])
async def test_marked_as_read_on_the_web_is_finished_and_no_place(
    ago_s: int, opened: OpenPublication
) -> None:
    now = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    async with Komga([opened.path]) as server:
        server.now = lambda: now
        next(iter(server.books.values())).mark_as_read(now - timedelta(seconds=ago_s))
        async with remote_at(komga_address(server), opened.places) as remote:
            report = await report_of(remote)
            again = await report_of(remote)
        assert report is not None
        assert report.finished
        assert (report.locator, report.precision, report.fraction) == (None, Precision.NONE, None)
        assert report.at == now - timedelta(seconds=ago_s)
        assert again == report


async def test_a_book_marked_as_read_a_second_time_is_finished_again(
    opened: OpenPublication,
) -> None:
    """Two marks by nobody, each within seconds of a look, are not a server's own time."""
    now = [datetime(2026, 11, 29, 12, 0, tzinfo=UTC)]
    async with Komga([opened.path]) as server:
        server.now = lambda: now[0]
        book = next(iter(server.books.values()))
        async with remote_at(komga_address(server), opened.places) as remote:
            for _ in range(3):
                book.mark_as_read(now[0])
                report = await report_of(remote)
                assert report is not None and report.finished
                now[0] += timedelta(minutes=5)


@pytest.mark.parametrize("state", [{"page": 3, "completed": False}, None])
async def test_who_left_no_place_has_not_finished_unless_the_server_says_so(
    state: dict[str, object] | None, opened: OpenPublication
) -> None:
    async with Komga([opened.path]) as server:
        book = next(iter(server.books.values()))
        book.mark_as_read(datetime(2026, 11, 21, 20, 0, tzinfo=UTC))
        book.read_progress = state
        async with remote_at(komga_address(server), opened.places) as remote:
            report = await report_of(remote)
        assert report is not None
        assert not report.finished
        assert (report.locator, report.fraction) == (None, None)


# -- who


async def test_the_id_goes_out_as_a_uuid_and_comes_back_as_ours(opened: OpenPublication) -> None:
    async with Komga([opened.path]) as server:
        book = next(iter(server.books.values()))
        async with remote_at(komga_address(server), opened.places) as remote:
            locator = opened.places.locator(Place(1, 60))
            sent = await remote.push(BOOK, await remote.prepare(BOOK, locator, None, None))
            written = book.written[-1]["device"]
            assert written == {
                "id": "urn:uuid:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
                "name": "study · 0f1e",
            }
            assert isinstance(await remote.pull(BOOK, (sent,)), Sent)


@pytest.mark.parametrize("old", [f"urn:uuid:{IDENTITY}", IDENTITY, f"urn:uuid:{IDENTITY.lower()}"])
async def test_what_an_earlier_version_wrote_is_still_ours(
    old: str, opened: OpenPublication
) -> None:
    """Its id had no hyphens, its name no mark, its locator no span."""
    places, at = opened.places, datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    async with Komga([opened.path]) as server:
        book = next(iter(server.books.values()))
        async with remote_at(komga_address(server), places, now=at) as remote:
            locator = places.locator(Place(1, 60))
            prepared = await remote.prepare(BOOK, locator, None, None)
            document = msgspec.json.decode(prepared.raw)
            document.pop("koboSpan")
            sent = await remote.push(BOOK, prepared)
            book.progression = {
                "modified": stamp(at),
                "device": {"id": old, "name": "study"},
                "locator": document,
            }
            looked = await remote.pull(BOOK, (sent,))
        assert isinstance(looked, Sent)


@pytest.mark.parametrize("name", ["study", "study · 0f1e", "Kios Desktop (study)"])
def test_kosync_knows_our_writes_by_their_id_whatever_the_name(name: str, places: Places) -> None:
    locator = places.locator(Place(1, 60))
    sent = Sent(locator, places.xpointer(locator.place), locator.total_progression)
    record = Progress(sent.raw, sent.fraction, name, IDENTITY, None)
    exact = Resolution(locator.place, Precision.EXACT)
    assert own_write(record, exact, [sent], "", IDENTITY) is sent
    assert own_write(replace(record, device_id="9" * 32), exact, [sent], "", IDENTITY) is None


def test_an_id_that_is_no_uuid_goes_out_as_it_is() -> None:
    assert urn("desk") == "urn:uuid:desk"
    assert urn("urn:example:desk") == "urn:example:desk"
    assert urn(urn(IDENTITY)) == urn(IDENTITY)


# -- a file that can't be read


async def test_nothing_is_sent_or_compared_from_a_file_that_cannot_be_read_now(
    opened: OpenPublication,
) -> None:
    places = opened.places
    async with Komga([opened.path]) as server:
        book = next(iter(server.books.values()))
        locator = places.locator(Place(0, 30))
        far = msgspec.json.decode(msgspec.json.encode(places.komga_locator(Place(2, 80))))
        book.progression = {
            "modified": "2026-11-21T20:00:00.000Z",
            "device": {"id": "abc", "name": "K"},
            "locator": far,
        }
        opened.close()
        fresh = Places(opened._container, opened.publication)
        async with remote_at(komga_address(server), fresh) as remote:
            with pytest.raises(PublicationError):
                await remote.prepare(BOOK, locator, None, None)
            with pytest.raises(PublicationError):
                await remote.pull(BOOK, ())
        assert book.written == []
