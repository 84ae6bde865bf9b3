"""A record with values that make no sense ends no look, and is never taken for nothing."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Precision
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.opds.progression import Progressions
from kios_desktop.sources.kobo_progress import KoboRemote
from kios_desktop.sources.opds_progress import OpdsRemote
from tests.books import write_book
from tests.fakes.device import BOOK as DEVICES_BOOK
from tests.fakes.device import Device
from tests.fakes.kosync_profiles import Request, Response
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.loopback import Loopback, Says
from tests.fakes.places import locator

BOOK = BookId(1)
ODD = (
    b'{"year": 1}',
    b"[[[]]]",
    b"-1",
    b"62098",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"true",
    b'"\\ud800"',
    b'"9999-12-31T23:59:59-12:00"',
    b'"99999999999-01-01"',
    b"9" * 400,
    b"9" * 5000,
    b"[" * 3000 + b"]" * 3000,
)
IDS = [value[:12].decode() for value in ODD]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    path = write_book(tmp_path_factory.mktemp("odd") / "book.epub", "<p>One.</p>", "<p>Two.</p>")
    opened = open_publication(path, None)
    opened.places.measure()
    yield opened.places
    opened.close()


async def over_kobo(
    body: bytes, places: Places, mine: tuple[Sent, ...] = ()
) -> Report | Sent | None:
    async def id_of(_book: BookId) -> str | None:
        return "b1"

    @asynccontextmanager
    async def places_of(_book: BookId) -> AsyncIterator[Places]:
        yield places

    async with Loopback(lambda _asked: Says(200, body)) as server:
        base = ServerUrl(f"{server.origin}/kobo/0f1e2d3c")
        session = Session(base, same_origin_only=True)
        try:
            client = KoboClient(session, base)
            return await KoboRemote("1", client, id_of, places_of).pull(BOOK, mine)
        finally:
            await session.aclose()


async def over_opds(
    body: bytes, places: Places, dialect: ProgressionDialect
) -> Report | Sent | None:
    async def link(_book: BookId) -> ProgressionLink | None:
        return ProgressionLink(ServerUrl(f"{server.origin}/progression"), dialect, "a/b")

    @asynccontextmanager
    async def places_of(_book: BookId) -> AsyncIterator[Places]:
        yield places

    async with Loopback(lambda _asked: Says(200, body)) as server:
        session = Session(ServerUrl(server.origin))
        try:
            remote = OpdsRemote("1", Progressions(session), link, places_of, lambda: "x", "urn:x")
            return await remote.pull(BOOK, ())
        finally:
            await session.aclose()


def is_unknown(report: Report | Sent | None) -> bool:
    assert isinstance(report, Report)
    assert not report.finished
    return (report.locator, report.precision, report.fraction) == (None, Precision.NONE, None)


@pytest.mark.parametrize("profile", ["official", "cwa", "booklore", "komga", "kavita", "stump"])
async def test_over_koreader_sync(profile: str) -> None:
    start, later = locator(1, 1500), locator(1, 1540)
    async with KosyncServer(profile) as server:
        device = await Device(server).start()
        await device.open(start)
        device.turn(later)
        await device.leave()
        sent, remote = device.record.sent, device.remote()
        assert sent is not None
        for odd in ODD:
            for name in ("percentage", "timestamp", "device", "device_id", "document"):
                parts = {"progress": b'"/body/DocFragment[2].0"', "percentage": b"0.5"}
                parts["timestamp"], parts[name] = b"1795297386", odd
                body = b",".join(b'"%s":%s' % (key.encode(), said) for key, said in parts.items())
                server.fake.scripted = lambda _request, b=body: Response(200, b"{" + b + b"}")
                looked = await remote.pull(DEVICES_BOOK, [sent])
                assert looked is not None, (name, odd)
            body = b'{"percentage":%s}' % odd
            server.fake.scripted = lambda _request, b=body: Response(200, b)
            assert is_unknown(await remote.pull(DEVICES_BOOK, [sent])), odd
        server.fake.scripted = None
        await device.aclose()


@pytest.mark.parametrize("body", [b'{"percentage":62098}', b'{"progress":[1],"percentage":-1}'])
async def test_what_is_unknown_is_not_written_over(body: bytes) -> None:
    async with KosyncServer() as server:

        def answer(request: Request) -> Response:
            looks = request.method == "GET" and "/syncs/" in request.path
            return Response(200, body) if looks else server.fake.usual(request)

        server.fake.scripted = answer
        device = await Device(server).start()
        await device.open(locator(1, 1500))
        device.turn(locator(1, 1540))
        await device.leave()
        assert [one.method for one in server.fake.requests if one.method == "PUT"] == []
        assert device.record.dirty
        await device.aclose()


@pytest.mark.parametrize("odd", ODD, ids=IDS)
async def test_over_kobo(odd: bytes, places: Places) -> None:
    usual = {
        b"ProgressPercent": b"40",
        b"ContentSourceProgressPercent": b"50",
        b"LastModified": b'"2026-11-21T20:00:00Z"',
        b"Location": b'{"Value":"kobo.1.1","Type":"KoboSpan","Source":"EPUB/chapter0002.xhtml"}',
    }
    for name in usual:
        parts = {**usual, name: odd}
        inside = b",".join(b'"%s":%s' % item for item in parts.items())
        body = b'[{"EntitlementId":"b1","LastModified":%s,"CurrentBookmark":{%s}}]' % (odd, inside)
        looked = await over_kobo(body, places)
        assert isinstance(looked, Report)
        assert looked.locator is not None
    body = b'[{"EntitlementId":"b1","CurrentBookmark":{"ProgressPercent":%s}}]' % odd
    assert is_unknown(await over_kobo(body, places))


@pytest.mark.parametrize("odd", ODD, ids=IDS)
async def test_over_a_catalog(odd: bytes, places: Places) -> None:
    device = b'{"id":"urn:uuid:1","name":"Phone"}'
    usual = {
        b"modified": b'"2026-11-21T20:00:00Z"',
        b"device": device,
        b"locator": b'{"href":"EPUB/chapter0002.xhtml","locations":{"progression":0.5}}',
    }
    for name in (b"modified", b"device", b"x"):
        inside = b",".join(b'"%s":%s' % item for item in {**usual, name: odd}.items())
        looked = await over_opds(b"{%s}" % inside, places, ProgressionDialect.READIUM)
        assert isinstance(looked, Report)
        assert looked.locator is not None
    for name in (b"progression", b"position", b"totalProgression", b"fragments", b"x"):
        body = b'{"device":%s,"locator":{"href":"EPUB/chapter0002.xhtml","locations":{"%s":%s}}}'
        looked = await over_opds(body % (device, name, odd), places, ProgressionDialect.READIUM)
        assert isinstance(looked, Report)
    body = b'{"modified":"2026-11-21T20:00:00Z","device":%s,"progression":%s}' % (device, odd)
    assert is_unknown(await over_opds(body, places, ProgressionDialect.DRAFT))


async def test_a_time_that_nobody_can_mean_does_not_come_further(places: Places) -> None:
    for year in ("1601", "1970", "1999", "2100", "9999"):
        stamp = f'"{year}-12-31T23:59:59Z"'.encode()
        bookmark = b'{"ProgressPercent":40,"LastModified":%s}' % stamp
        looked = await over_kobo(b'[{"CurrentBookmark":%s}]' % bookmark, places)
        assert isinstance(looked, Report)
        assert looked.at is None
    looked = await over_kobo(
        b'[{"CurrentBookmark":{"ProgressPercent":40,"LastModified":"2099-12-31T23:59:59Z"}}]',
        places,
    )
    assert isinstance(looked, Report)
    assert looked.at == datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
