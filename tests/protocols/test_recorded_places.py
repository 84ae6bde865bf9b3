"""What real servers said about places, through the real clients over the loopback.

koreader-sync-server, Calibre-Web-Automated, Komga, BookLore, Grimmory, Stump and two small servers
over KOReader sync; Calibre-Web, Komga, BookLore and Grimmory over Kobo sync; Komga and Stump over
their catalogs. Storyteller keeps its places in a protocol of its own.
"""

import contextlib
import email.utils
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import (
    Faulty,
    Malformed,
    NotMatched,
    Overtaken,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    Stripped,
    Throttled,
    Unsupported,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.shelf import KoboStatus, ReadingState, Spot
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Credentials, Http, RetryPolicy, Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.kobo.state_body import StateOutcome
from kios_desktop.protocols.kosync import KosyncClient, Progress
from kios_desktop.protocols.opds import OffTheGrid, OwnProgression, Progressions, StoredProgression
from tests.fakes.loopback import Loopback, Says
from tests.transcripts import PROTOCOLS, Recorded, answers, recorded

NOW = datetime(2026, 11, 29, 13, tzinfo=UTC)


@contextlib.asynccontextmanager
async def replaying(one: Recorded) -> AsyncIterator[str]:
    """A server that gives this answer to everything; its origin."""
    async with Loopback(lambda _: Says(one.status, one.body, dict(one.headers))) as server:
        yield server.origin


@contextlib.asynccontextmanager
async def kosync(one: Recorded) -> AsyncIterator[KosyncClient]:
    async with replaying(one) as origin:
        http = Http()
        try:
            headers = AuthMethod.KOREADER_HEADERS
            yield KosyncClient(http, ServerUrl(origin), headers, "alice", Secret("x"))
        finally:
            await http.aclose()


@contextlib.asynccontextmanager
async def kobo(one: Recorded) -> AsyncIterator[KoboClient]:
    async with replaying(one) as origin:
        base = ServerUrl(f"{origin}/api/kobo/0f1e2d3c4b5a6978")
        session = Session(base, retry_policy=RetryPolicy(repeats_s=()), same_origin_only=True)
        try:
            yield KoboClient(session, base, lambda: NOW)
        finally:
            await session.aclose()


@contextlib.asynccontextmanager
async def catalog(one: Recorded) -> AsyncIterator[tuple[Progressions, ProgressionLink]]:
    async with replaying(one) as origin:
        signed = Credentials(AuthMethod.BASIC, "alice", Secret("x"))
        session = Session(ServerUrl(origin), signed, retry_policy=RetryPolicy(repeats_s=()))
        url = ServerUrl(f"{origin}/opds/v2/books/b/progression")
        try:
            link = ProgressionLink(url, ProgressionDialect.READIUM, "application/json")
            yield Progressions(session), link
        finally:
            await session.aclose()


# --- KOReader sync


def says_a_place(one: Recorded) -> dict[str, Any] | None:
    """The record in an answer to a look, read in the plainest way."""
    with contextlib.suppress(ValueError):
        value = json.loads(one.body)
        if isinstance(value, dict) and {"document", "percentage"} <= value.keys():
            return value
    return None


def at_of(value: dict[str, Any]) -> datetime | None:
    seconds = value.get("timestamp")
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)


@pytest.mark.parametrize("protocol", ["kosync", "komga", "booklore", "booklore-2.3"])
async def test_every_recorded_place_is_read_as_it_stands_there(protocol: str) -> None:
    read = 0
    for one in answers(protocol):
        value = says_a_place(one)
        if one.status != 200 or value is None:
            continue
        async with kosync(one) as client:
            found = await client.progress("0" * 32)
        share, progress = value["percentage"], value.get("progress") or ""
        if share is None and not progress:
            assert found is None, one.title
            continue
        fraction = share if share is not None and share <= 1 else None
        device, who = value.get("device") or "", value.get("device_id") or ""
        assert found == Progress(progress, fraction, device, who, at_of(value)), one.title
        read += 1
    assert read >= 2


NOTHING = object()
STUMP = '{"document":"3a9802c650d911a385664a6977659da4",'
SHORT = [  # written out inside the text of a recording
    (
        STUMP + '"progress":"/body/DocFragment[7]/body/section/p[1]/text()[1].0",'
        '"percentage":0.1032,"device":"Kios A","device_id":"77C9","timestamp":1795955121349}',
        Progress(
            "/body/DocFragment[7]/body/section/p[1]/text()[1].0",
            0.1032,
            "Kios A",
            "77C9",
            datetime(2026, 11, 29, 12, 25, 21, 349_000, UTC),
        ),
    ),
    (
        STUMP + '"percentage":1.0,"device":"Kios fin A","device_id":"FED6",'
        '"timestamp":1795955454379}',
        Progress("", 1.0, "Kios fin A", "FED6", datetime(2026, 11, 29, 12, 30, 54, 379_000, UTC)),
    ),
    (STUMP + '"percentage":0.323,"timestamp":1795955121349}', None),
    (STUMP + '"progress":"1","percentage":0.7,"timestamp":1795955121349}', None),
    ('{"document":"ffff"}', NOTHING),
    (
        '{"document":"ffff","percentage":0,"progress":"","device":"","device_id":""}',
        NOTHING,
    ),
]


@pytest.mark.parametrize(("body", "expected"), SHORT)
async def test_stump_and_small_servers(body: str, expected: object) -> None:
    async with kosync(Recorded("stump", "", 200, {}, body.encode())) as client:
        found = await client.progress("0" * 32)
    if expected is NOTHING:
        assert found is None
    elif expected is not None:
        assert found == expected
    else:
        assert found is not None
        assert (found.device, found.device_id) == ("", "")


OTHERWISE: list[tuple[str, str, int, type[RemoteError] | None]] = [
    ("kosync", "Get: nothing stored for this document", 0, None),
    ("kosync", "Get: wrong credentials", 0, Rejected),
    ("kosync", "Get while switched off", 0, Rejected),
    ("kosync", "Get: wrong credentials — status 400", 0, Rejected),
    ("kosync", "No Accept header at all", 0, Stripped),
    ("kosync", "Auth while redis is down", 0, Faulty),
    ("kosync", "Wrong sub-path", 0, NotMatched),
    ("komga", "Nothing stored: 200 with an error document", 0, None),
    ("komga", "Unknown file", 0, NotMatched),
    ("komga", "Wrong key", 0, Rejected),
    ("booklore", "`kosync.get.unknown-hash`", 0, NotMatched),
    ("booklore", "`kosync.get.no-progress`", 0, None),
    ("booklore", "`kosync.get.two-books` (koreader-md5) → 500", 0, Faulty),
    ("booklore", "`kosync.get.empty`", 0, None),
    ("booklore-2.3", "`kosync.get.database-down`", 0, Faulty),
]


@pytest.mark.parametrize(("protocol", "title", "number", "error"), OTHERWISE)
async def test_no_place(
    protocol: str, title: str, number: int, error: type[RemoteError] | None
) -> None:
    async with kosync(recorded(protocol, title, number)) as client:
        if error is None:
            assert await client.progress("0" * 32) is None
            return
        with pytest.raises(error):
            await client.progress("0" * 32)


@pytest.mark.parametrize(
    ("protocol", "title", "at"),
    [
        ("kosync", "Put", datetime(2026, 11, 21, 21, 37, 1, tzinfo=UTC)),
        ("booklore", "`kosync.put.ok`", None),
        ("komga", "Write", None),
    ],
)
async def test_what_a_write_is_answered_with(
    protocol: str, title: str, at: datetime | None
) -> None:
    one = recorded(protocol, title)
    async with kosync(one) as client:
        stored = await client.save("0" * 32, "/body/DocFragment[2].0", 0.3, "x", "y")
    assert stored.at == at
    said = one.headers.get("date")
    assert client.server_now == (email.utils.parsedate_to_datetime(said) if said else None)


# --- Kobo sync


async def test_calibre_web_over_kobo() -> None:
    async with kobo(recorded("kobo", "6. State before")) as client:
        found = await client.state("84cbedee-c9e6-430b-8570-527d28c1efcd")
        assert found is not None and found.is_empty
        assert found.changed_at == datetime(2026, 11, 21, 21, 38, 15, tzinfo=UTC)
    async with kobo(recorded("kobo", "8. Read it back")) as client:
        found = await client.state("84cbedee-c9e6-430b-8570-527d28c1efcd")
        assert found is not None
        assert found.at == datetime(2026, 11, 21, 21, 40, 1, tzinfo=UTC)
        assert (found.percent, found.chapter_percent) == (37, 52)
        assert found.spot == Spot("kobo.12.2", "EPUB/Text/chap_02.xhtml")
        assert (found.status, found.unknown) == (KoboStatus.READING, False)
    async with kobo(recorded("kobo", "12. Finished")) as client:
        found = await client.state("6f573964-aa29-48d9-aaf6-01a3823279e5")
        assert found is not None
        assert (found.percent, found.status) == (100, KoboStatus.FINISHED)
    async with kobo(recorded("kobo", "7. Push")) as client:
        pushed = await client.save_state(ReadingState("b", spot=Spot("kobo.1.1", "a")), NOW)
        assert (pushed.outcome, pushed.at) == (
            StateOutcome.TAKEN,
            datetime(2026, 11, 21, 21, 40, 1, tzinfo=UTC),
        )


KOMGA_STATES = [
    ("State of a book nobody read", None, None, None, None),
    (
        "… comes back with the time of the server",
        36.448597,
        51.0,
        Spot("kobo.58.1", "epub/text/chapter-5.xhtml"),
        datetime(2026, 11, 29, 12, 26, 35, tzinfo=UTC),
    ),
    (
        "… it is the end of the book now, without a span",
        100.0,
        66.66667,
        Spot("", "epub/text/uncopyright.xhtml"),
        datetime(2026, 11, 29, 12, 26, 36, 191_000, UTC),
    ),
    (
        "… gives the e-reader the sentence",
        37.38318,
        58.823532,
        Spot("kobo.58.1", "epub/text/chapter-5.xhtml"),
        datetime(2026, 11, 29, 12, 26, 37, 507_000, UTC),
    ),
    (
        "… leaves it without",
        37.38318,
        58.823532,
        Spot("", "epub/text/chapter-5.xhtml"),
        datetime(2026, 11, 29, 12, 26, 37, 679_000, UTC),
    ),
]


@pytest.mark.parametrize(("title", "percent", "chapter", "spot", "at"), KOMGA_STATES)
async def test_komga_over_kobo(
    title: str,
    percent: float | None,
    chapter: float | None,
    spot: Spot | None,
    at: datetime | None,
) -> None:
    async with kobo(recorded("komga", title)) as client:
        found = await client.state("0SCHHTTKDT6XN")
    assert found is not None
    assert (found.percent, found.chapter_percent, found.spot) == (percent, chapter, spot)
    assert not found.unknown
    assert found.is_empty is (at is None)
    if at is not None:
        assert found.at == at


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("Write, with a clock 30 s behind", StateOutcome.TAKEN),
        ("Behind the last position of the file", StateOutcome.REFUSED),
    ],
)
async def test_what_komga_makes_of_a_state(title: str, outcome: StateOutcome) -> None:
    async with kobo(recorded("komga", title)) as client:
        pushed = await client.save_state(ReadingState("b", spot=Spot("kobo.1.1", "a")), NOW)
    assert pushed.outcome is outcome


@pytest.mark.parametrize("protocol", ["booklore", "booklore-2.3"])
async def test_booklore_and_grimmory_over_kobo(protocol: str) -> None:
    read = 0
    for one in answers(protocol):
        if not one.title.strip("`").startswith("kobo.state.get"):
            continue
        with contextlib.suppress(ValueError):  # a few are cut off
            [value] = json.loads(one.body)
            bookmark = value["CurrentBookmark"]
            async with kobo(one) as client:
                found = await client.state(value["EntitlementId"])
            assert found is not None
            assert found.percent == bookmark.get("ProgressPercent"), one.title
            assert found.chapter_percent == bookmark.get("ContentSourceProgressPercent")
            where = bookmark.get("Location") or {}
            source = where.get("Source")
            assert found.spot == (Spot(where.get("Value") or "", source) if source else None)
            assert found.at == datetime.fromisoformat(bookmark["LastModified"])
            read += 1
    assert read >= 1


async def test_a_book_grimmory_does_not_know() -> None:
    async with kobo(recorded("booklore", "`kobo.state.unknown-number`")) as client:
        assert await client.state("999999") is None
    async with kobo(recorded("booklore", "`kobo.state.not-a-number`")) as client:
        with pytest.raises(Rejected) as caught:  # all it is asked is answered so: a bad token then
            await client.state("kios-looks-for-places")
        assert caught.value.refusal is Refusal.TOKEN


# --- catalogs


async def held(protocol: str, title: str, body: bytes | None = None) -> StoredProgression | None:
    one = recorded(protocol, title)
    if body is not None:
        one = Recorded(protocol, title, one.status, one.headers, body)
    async with catalog(one) as (progressions, link):
        return await progressions.pull(link)


async def test_komga_over_its_catalog() -> None:
    assert await held("komga", "Nothing stored") is None
    found = await held("komga", "… as it is kept")
    assert found is not None and found.locator is not None
    assert found.modified == datetime(2026, 11, 29, 12, 26, 23, 619_000, UTC)
    assert found.device == "Kios Desktop (desk)"
    assert found.locator["locations"]["progression"] == 0.5882353
    assert found.locator["text"]["before"] == "said the Caterpillar"
    found = await held("komga", "… over OPDS: the span says the start")
    assert found is not None and found.locator is not None
    assert found.locator["koboSpan"] == "kobo.1.1"
    assert found.locator["locations"] == {"progression": 0.6, "totalProgression": 0.37383178}


async def test_marked_as_read_on_komga_is_a_record_without_a_place() -> None:
    found = await held("komga", "… is a record without a place")
    assert found is None or not (found.has_place or found.unknown)


@pytest.mark.parametrize(
    ("title", "error"),
    [
        ("The same time again", Overtaken),
        ("Progression beyond the last position", OffTheGrid),
        ("No progression", Refused),
        ("A locator without type", Refused),
        ("A plus sign that is not escaped", Refused),
    ],
)
async def test_what_komga_refuses(title: str, error: type[RemoteError]) -> None:
    here = OwnProgression(NOW, "urn:uuid:1", "desk", "", {"href": "a", "locations": {}}, 0.5, ())
    async with catalog(recorded("komga", title)) as (progressions, link):
        with pytest.raises(error):
            await progressions.push(link, here)
    async with catalog(recorded("komga", "A place as Kios writes it")) as (progressions, link):
        assert await progressions.push(link, here) is None


async def test_stump_over_its_catalog() -> None:
    assert await held("stump", "Nothing stored") is None
    title = "After reading in its own reader"
    first = recorded("stump", title).body.split(b"\n")[0]
    found = await held("stump", title, first)
    assert found is not None and found.locator is not None
    [where] = found.locator["locations"]
    assert where["fragments"] == ["epubcfi(/6/20!/4/2[chapter-5]/30/1:113)"]
    assert (found.device, found.device_id, found.unknown) == ("", "", False)
    here = OwnProgression(NOW, "urn:uuid:1", "desk", "", {"href": "a", "locations": {}}, 0.5, ())
    async with catalog(recorded("stump", "Writing")) as (progressions, link):
        with pytest.raises(Unsupported):
            await progressions.push(link, here)


# --- everything that was recorded, at every client


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_no_recorded_answer_ends_in_anything_but_an_error_of_ours(protocol: str) -> None:
    """Whatever it was the answer to."""
    here = OwnProgression(NOW, "urn:uuid:1", "desk", "", {"href": "a", "locations": {}}, 0.5, ())
    says, clock = Says(), 0.0
    async with Loopback(lambda _: says) as up:
        http, base = Http(), ServerUrl(f"{up.origin}/api/kobo/0f1e2d3c4b5a6978")
        retry_policy = RetryPolicy(repeats_s=(), clock=lambda: clock)
        shelf = Session(base, retry_policy=retry_policy, same_origin_only=True)
        books = Session(ServerUrl(up.origin), retry_policy=retry_policy)
        client, device = KosyncClient(http, ServerUrl(up.origin)), KoboClient(shelf, base)
        places = Progressions(books)
        link = ProgressionLink(
            ServerUrl(up.origin + "/progression"), ProgressionDialect.READIUM, "a/b"
        )
        try:
            for one in answers(protocol):
                if not one.headers:
                    continue  # of a table, much like those before it
                says = Says(one.status, one.body, dict(one.headers))
                clock += 100_000.0  # nobody is put off any more
                for ask in (
                    lambda: client.progress("0" * 32),
                    lambda: device.state("b"),
                    lambda: places.pull(link),
                    lambda: places.push(link, here),
                ):
                    with contextlib.suppress(RemoteError):
                        await ask()
        finally:
            await http.aclose()
            await shelf.aclose()
            await books.aclose()


async def test_a_nginx_that_is_put_off() -> None:
    one = next(a for a in answers("booklore") if a.status == 429)
    async with kosync(one) as client:
        with pytest.raises(Throttled):
            await client.progress("0" * 32)


async def test_a_web_app_in_place_of_stumps_sync() -> None:
    page = {"content-type": "text/html"}
    async with kosync(Recorded("stump", "", 200, page, b"<!doctype html><html>")) as client:
        with pytest.raises(Malformed) as caught:
            await client.progress("0" * 32)
        assert caught.value.html
