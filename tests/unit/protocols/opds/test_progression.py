"""Positions in both dialects: what is read, what is sent, and what refusals mean."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import (
    Faulty,
    KiosError,
    Malformed,
    NotMatched,
    Overtaken,
    Refused,
    Rejected,
    Unsupported,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Credentials, RetryPolicy, Session
from kios_desktop.protocols.opds import OffTheGrid, OwnProgression, Progressions, StoredProgression
from kios_desktop.protocols.opds.progression import decode, encode
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.opds_feeds import DRAFT_TYPE, PROGRESSION_TYPE

NOW = datetime(2026, 8, 17, 7, 33, 32, 120_000, UTC)
LOCATOR = {
    "href": "OEBPS/Text/chapter%201.xhtml",
    "type": "application/xhtml+xml",
    "locations": {"progression": 0.4, "position": 12, "totalProgression": 0.0963},
}
DEVICE = {"id": "urn:uuid:5f0c", "name": "Kios on pc"}
HERE = OwnProgression(
    NOW, "urn:uuid:5f0c", "Kios on pc", "Chapter 1", LOCATOR, 0.0963, ("a.xhtml#p1",)
)
PROBLEM = "https://registry.opds.io/error#progression-"


def read(document: object, now: datetime | None = NOW) -> StoredProgression | None:
    return decode(json.dumps(document).encode(), 200, now)


def readium(**parts: object) -> dict[str, object]:
    return {"modified": "2026-08-17T07:33:32.120Z", "device": DEVICE, "locator": LOCATOR, **parts}


def test_komgas_document_is_a_locator_from_a_device() -> None:
    held = read(readium())
    assert held == StoredProgression(NOW, "urn:uuid:5f0c", "Kios on pc", LOCATOR)
    assert held.has_place


def test_the_drafts_document_is_a_fraction_with_references() -> None:
    document = {
        "title": "Chapter 1",
        "modified": "2026-08-17T07:33:32Z",
        "device": DEVICE,
        "progression": 0.0963,
        "references": ["OEBPS/a.xhtml#par36", "#page=17", 3, ""],
    }
    held = read(document)
    assert held is not None
    assert held.progression == 0.0963
    assert held.references == ("OEBPS/a.xhtml#par36", "#page=17")
    assert held.locator is None
    document["refs"] = document.pop("references")
    assert read(document) == held


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 200), (b" \n", 200), (b"", 204), (b"null", 200)]
)
def test_no_document_is_no_place(body: bytes, status: int) -> None:
    assert decode(body, status, NOW) is None


@pytest.mark.parametrize(
    "document",
    [
        readium(device={"id": "", "name": ""}, locator={}, modified=""),
        {"modified": "2026-08-17T07:33:30Z", "progression": 0.0, "device": {}, "references": []},
        {"modified": None},
        {},
    ],
)
def test_a_document_by_nobody_about_nowhere_at_the_time_of_asking_is_none(
    document: dict[str, object],
) -> None:
    assert read(document) is None


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(seconds=30), timedelta(days=3)])
def test_what_was_marked_as_read_is_not_nothing_however_new(ago: timedelta) -> None:
    for locator in ({}, {"href": "", "type": ""}):
        document = readium(device={"id": "", "name": ""}, locator=locator)
        held = read(document, NOW + ago)
        assert held is not None
        assert not held.has_place
        assert held.server_now == NOW + ago


def test_a_locator_without_a_place_from_a_device_is_not_nothing() -> None:
    nowhere: list[object] = [{}, {"href": "", "type": ""}, None, "x", []]
    for locator in nowhere:
        held = read(readium(locator=locator))
        assert held is not None
        assert not held.has_place
        assert held.device_id == "urn:uuid:5f0c"


def test_stumps_older_shape_is_kept_for_who_reads_locators() -> None:
    locator = {"locations": [{"fragments": ["epubcfi(/6/4!/4/2)"], "position": "12"}]}
    held = read(readium(locator=locator))
    assert held is not None
    assert held.locator == locator
    assert held.has_place


@pytest.mark.parametrize("name", ["", "unused", "urn:uuid:1234", "  "])
def test_a_name_that_is_none_is_not_shown(name: str) -> None:
    held = read(readium(device={"id": "unused", "name": name}))
    assert held is not None
    assert held.device == ""


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        ("2026-08-17T09:33:32.120+02:00", NOW),
        ("2026-08-17T07:33:32.120", NOW),
        ("2026-08-17T07:33:32.120000000Z", NOW),
        ("yesterday", None),
        (1786951, None),
        ("", None),
        ("9999-12-31T23:59:59-23:00", None),
    ],
)
def test_times_of_any_offset_are_utc_or_nothing(modified: object, expected: object) -> None:
    held = read(readium(modified=modified))
    assert held is not None
    assert held.modified == expected


@pytest.mark.parametrize("value", ["NaN", "1e400", "-0.1", "1.5", "true", '"x"', "[]"])
def test_a_fraction_out_of_range_is_none(value: str) -> None:
    body = f'{{"modified":"2026-08-17T07:33:32Z","device":{{"id":"x"}},"progression":{value}}}'
    held = decode(body.encode(), 200, NOW)
    assert held is not None
    assert held.progression is None


@pytest.mark.parametrize("body", [b"<html>login</html>", b"[]", b'"x"', b"{", b"\xff\xfe"])
def test_what_is_no_document_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(body, 200, NOW)


def test_a_locator_is_sent_with_time_and_device() -> None:
    sent = json.loads(encode(HERE, ProgressionDialect.READIUM))
    assert sent == {"modified": "2026-08-17T07:33:32.120Z", "device": DEVICE, "locator": LOCATOR}


def test_the_drafts_document_is_sent_with_fraction_and_references() -> None:
    sent = json.loads(encode(HERE, ProgressionDialect.DRAFT))
    assert sent == {
        "modified": "2026-08-17T07:33:32.120Z",
        "device": DEVICE,
        "progression": 0.0963,
        "title": "Chapter 1",
        "references": ["a.xhtml#p1"],
    }


def test_times_are_sent_as_utc() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    local = OwnProgression(NOW.astimezone(east), "urn:uuid:1", "", "", {}, 0.0, ())
    sent = json.loads(encode(local, ProgressionDialect.DRAFT))
    assert sent["modified"] == "2026-08-17T07:33:32.120Z"
    assert "references" not in sent and "title" not in sent


def test_a_32_bit_fraction_survives_the_way() -> None:
    third = 0.3333333432674408  # float32(1/3)
    here = OwnProgression(NOW, "x", "", "", {"locations": {"progression": third}}, 0.1, ())
    sent = json.loads(encode(here, ProgressionDialect.READIUM))
    assert sent["locator"]["locations"]["progression"] == third


@asynccontextmanager
async def served(
    handler: Callable[[Asked], Says],
) -> AsyncIterator[tuple[Loopback, Progressions, Callable[[ProgressionDialect], ProgressionLink]]]:
    async with Loopback(handler) as server:
        root = ServerUrl(f"{server.origin}/opds/v2/catalog")
        credentials = Credentials(AuthMethod.BASIC, "ana", Secret("secret-enough"))
        session = Session(root, credentials, retry_policy=RetryPolicy(repeats_s=()))

        def link(dialect: ProgressionDialect) -> ProgressionLink:
            readium = dialect is ProgressionDialect.READIUM
            media_type = PROGRESSION_TYPE if readium else DRAFT_TYPE
            href = ServerUrl(f"{server.origin}/opds/v2/books/B1/progression")
            return ProgressionLink(href, dialect, media_type)

        try:
            yield server, Progressions(session), link
        finally:
            await session.aclose()


def spring(message: str, status: int = 400) -> Says:
    body = {"status": status, "error": "Bad Request", "message": message, "path": "/opds"}
    return Says(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def problem(kind: str, status: int) -> Says:
    body = {"type": PROBLEM + kind, "title": "No", "status": status}
    return Says(status, json.dumps(body).encode(), {"Content-Type": "application/problem+json"})


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (spring("400 BAD_REQUEST \"Invalid progression\""), OffTheGrid),
        (spring("Resource does not exist in book: x.xhtml"), Refused),
        (spring("Epub extension not found"), Refused),
        (spring("Media has no profile"), Refused),
        (spring("Progression is missing"), Refused),
        (spring("Progression is older than existing", 409), Overtaken),
        (problem("date", 409), Overtaken),
        (problem("locked", 403), Rejected),
        (problem("incorrect-user", 403), Rejected),
        (problem("invalid-payload", 400), Refused),
        (Says(404), NotMatched),
        (Says(405), Unsupported),
        (Says(501), Unsupported),
        (Says(500), Faulty),
        (Says(415), Refused),
    ],
)  # fmt: skip
async def test_a_refusal_is_told_by_status_and_words(says: Says, expected: type[KiosError]) -> None:
    async with served(lambda _: says) as (_, progressions, link):
        with pytest.raises(expected) as error:
            await progressions.push(link(ProgressionDialect.READIUM), HERE)
        assert type(error.value) is expected


async def test_a_refusal_says_what_the_server_said() -> None:
    async with served(lambda _: spring("Epub extension not found")) as (_, progressions, link):
        with pytest.raises(Refused) as error:
            await progressions.push(link(ProgressionDialect.READIUM), HERE)
    assert "Epub extension not found" in error.value.said


async def test_the_draft_is_tried_without_references_then_without_a_title() -> None:
    def strict(asked: Asked) -> Says:
        document = json.loads(asked.body)
        return problem("invalid-payload", 400) if "title" in document else Says(201, asked.body)

    async with served(strict) as (server, progressions, link):
        held = await progressions.push(link(ProgressionDialect.DRAFT), HERE)
    sent = [sorted(json.loads(asked.body)) for asked in server.asked]
    assert ["references" in one for one in sent] == [True, False, False]
    assert held is not None
    assert held.progression == 0.0963


async def test_komga_is_asked_once() -> None:
    async with served(lambda _: spring("Invalid progression")) as (server, progressions, link):
        with pytest.raises(OffTheGrid):
            await progressions.push(link(ProgressionDialect.READIUM), HERE)
    assert len(server.asked) == 1


async def test_a_content_type_that_is_not_taken_is_remembered() -> None:
    def picky(asked: Asked) -> Says:
        plain = asked.headers["content-type"] == "application/json"
        return Says(204) if plain else Says(415)

    async with served(picky) as (server, progressions, link):
        for _ in range(2):
            await progressions.push(link(ProgressionDialect.READIUM), HERE)
    assert [asked.headers["content-type"] for asked in server.asked] == [
        PROGRESSION_TYPE,
        "application/json",
        "application/json",
    ]


async def test_a_device_id_that_has_to_be_bare_is_remembered() -> None:
    def picky(asked: Asked) -> Says:
        bare = not json.loads(asked.body)["device"]["id"].startswith("urn:")
        return Says(204) if bare else spring("invalid device id: not a UUID")

    async with served(picky) as (server, progressions, link):
        for _ in range(2):
            await progressions.push(link(ProgressionDialect.READIUM), HERE)
    assert len(server.asked) == 3


@pytest.mark.parametrize("says", [Says(204), Says(200)])
async def test_what_nobody_stored_is_none(says: Says) -> None:
    async with served(lambda _: says) as (_, progressions, link):
        assert await progressions.pull(link(ProgressionDialect.READIUM)) is None


async def test_a_login_page_is_no_place() -> None:
    page = Says(200, b"<html>login</html>", {"Content-Type": "text/html"})
    async with served(lambda _: page) as (_, progressions, link):
        with pytest.raises(Malformed):
            await progressions.pull(link(ProgressionDialect.READIUM))


async def test_a_book_that_is_gone_is_not_matched() -> None:
    async with served(lambda _: Says(404)) as (_, progressions, link):
        with pytest.raises(NotMatched):
            await progressions.pull(link(ProgressionDialect.DRAFT))


async def test_komgas_own_grid_is_beside_the_progression() -> None:
    grid = {"total": 1, "positions": [LOCATOR, 7]}
    body = json.dumps(grid).encode()
    async with served(lambda _: Says(200, body)) as (server, progressions, link):
        found = await progressions.positions(link(ProgressionDialect.READIUM))
    assert found == [LOCATOR]
    assert server.paths() == ["/api/v1/books/B1/positions"]
