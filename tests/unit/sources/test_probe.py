"""“Test connection” tells the causes apart, suggests what works, and never writes."""

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from kios_desktop.domain.errors import (
    BadAddress,
    Fault,
    InCircles,
    Lacks,
    Malformed,
    Redirected,
    Refusal,
    Rejected,
    Stripped,
    Unreachable,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.library import DocumentHashes
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, ConnectionStep, Source, StepResult, StepState
from kios_desktop.protocols.http import Reply, check_moved
from kios_desktop.sources.presets import KOMGA, KOREADER, OTHER
from kios_desktop.sources.probe import test_connection as probe
from kios_desktop.ui.settings.connection_test_card import failed_title, step_hint
from tests.fakes.device import HASHES, source_of
from tests.fakes.kosync_profiles import Response, js
from tests.fakes.kosync_server import KosyncServer

SERVERS = ("official", "cwa", "booklore", "grimmory", "komga", "kavita", "stump")
CLONES = ("dotnet", "clone", "nperez")


async def steps(source: Source, hashes: Sequence[DocumentHashes] = ()) -> list[StepResult]:
    return [result async for result in probe(source, hashes)]


def at(source: Source, url: str) -> Source:
    return replace(source, url=ServerUrl(url))


@pytest.mark.parametrize("profile", SERVERS + CLONES)
async def test_every_server_passes_and_nothing_is_written(profile: str) -> None:
    async with KosyncServer(profile) as server:
        server.fake.known = {HASHES.partial_md5}
        done = await steps(source_of(server), [HASHES])
        assert [result.step for result in done] == list(ConnectionStep)
        assert all(result.state is not StepState.FAILED for result in done)
        assert all(request.method == "GET" for request in server.fake.requests)


async def test_limits_of_a_server_are_said() -> None:
    async with KosyncServer("komga") as server:
        done = await steps(source_of(server), [])
        assert step_hint(done[-2]) == "Komga stores the chapter, not the exact page."


@pytest.mark.parametrize("profile", ["komga", "kavita", "booklore"])
async def test_books_the_server_does_not_know_are_a_note(profile: str) -> None:
    async with KosyncServer(profile) as server:
        server.fake.known = set()
        done = await steps(source_of(server), [HASHES])
        matching = next(result for result in done if result.step is ConnectionStep.MATCHING)
        assert matching.state is StepState.NOTE and "none of the books" in step_hint(matching)


async def test_komga_takes_a_key_and_a_role_and_no_password() -> None:
    async with KosyncServer("komga") as server:
        source = replace(source_of(server), username="wrong", preset=KOMGA)
        last = (await steps(source))[-1]
        assert isinstance(last.error, Rejected) and last.error.refusal is Refusal.KEY_OR_ROLE
        assert last.other_auth is None and "role KOReader Sync" in step_hint(last)


async def test_a_server_without_a_catalog_is_not_expected_to_know_books() -> None:
    """Some of them answer 404 to whatever nothing is stored for."""
    async with KosyncServer("nperez") as server:
        server.fake.known = set()
        for preset, state in ((KOREADER, StepState.OK), (OTHER, StepState.NOTE)):
            done = await steps(replace(source_of(server), preset=preset), [HASHES])
            matching = next(result for result in done if result.step is ConnectionStep.MATCHING)
            assert matching.state is state
            assert "catalog" not in step_hint(matching)


@pytest.mark.parametrize("profile", ["official", "cwa", "booklore", "grimmory", "clone"])
async def test_wrong_credentials(profile: str) -> None:
    async with KosyncServer(profile) as server:
        source = replace(source_of(server), username="eve", password=Secret("wrong"))
        last = (await steps(source))[-1]
        assert (last.step, last.state) == (ConnectionStep.SIGNED_IN, StepState.FAILED)
        assert isinstance(last.error, Rejected) and last.error.refusal is Refusal.CREDENTIALS
        signed = [
            r for r in server.fake.requests if {"authorization", "x-auth-key"} & set(r.headers)
        ]
        assert len(signed) == 1  # no other form of signing in is tried, and nothing twice
        assert last.suggested_url is None
        assert last.other_auth is not None and last.other_auth is not source.auth
        assert "instead" in step_hint(last)


@pytest.mark.parametrize(
    ("profile", "step"),
    [
        ("cwa", ConnectionStep.SIGNED_IN),
        ("booklore", ConnectionStep.READING),
        ("grimmory", ConnectionStep.READING),
    ],
)
async def test_sync_switched_off_on_the_server(profile: str, step: ConnectionStep) -> None:
    async with KosyncServer(profile) as server:
        server.fake.switched_off = True
        last = (await steps(source_of(server)))[-1]
        assert last.step is step
        off = Refusal.SWITCHED_OFF if profile == "cwa" else Refusal.ACCOUNT_OFF
        assert isinstance(last.error, Rejected) and last.error.refusal is off


async def test_a_stump_without_the_route_is_not_taken_for_connected() -> None:
    async with KosyncServer("stump") as server:
        server.fake.switched_off = True
        last = (await steps(source_of(server)))[-1]
        assert last.step is ConnectionStep.ANSWERS and isinstance(last.error, Unsupported)
        assert last.error.lacks is Lacks.SYNC_THERE  # its sub-path is right


@pytest.mark.parametrize("profile", ["cwa", "booklore", "grimmory", "komga"])
async def test_a_forgotten_sub_path_is_suggested(profile: str) -> None:
    async with KosyncServer(profile) as server:
        last = (await steps(at(source_of(server), server.origin)))[-1]
        assert (last.step, last.state) == (ConnectionStep.ANSWERS, StepState.FAILED)
        assert isinstance(last.error, Malformed | Unsupported)
        assert last.suggested_url is not None
        assert last.suggested_url.reveal() == server.url
        asked = server.fake.requests[1:]
        assert all("authorization" not in r.headers for r in asked)
        assert all("x-auth-key" not in r.headers for r in asked)
        done = await steps(replace(source_of(server), url=last.suggested_url))
        assert done[-1].state is not StepState.FAILED


async def test_a_kavita_feed_address_is_turned_into_the_sync_address() -> None:
    async with KosyncServer("kavita") as server:
        feed = server.url.replace("/api/koreader/", "/api/opds/")
        last = (await steps(at(source_of(server), feed)))[-1]
        assert last.suggested_url is not None and last.suggested_url.reveal() == server.url
        assert "••••" in last.suggested_url.shown


async def test_a_sub_path_that_does_not_belong_there() -> None:
    async with KosyncServer("official") as server:
        last = (await steps(at(source_of(server), server.origin + "/kosync")))[-1]
        assert isinstance(last.error, Unsupported)
        assert last.suggested_url is not None and last.suggested_url.reveal() == server.origin


async def test_the_ways_of_not_being_there() -> None:
    async with KosyncServer() as server:
        source = source_of(server)
    [last] = await steps(source)
    assert last.step is ConnectionStep.FOUND
    assert isinstance(last.error, Unreachable) and last.error.fault is Fault.REFUSED
    [last] = await steps(at(source, "http://no-such-host.invalid"))
    assert isinstance(last.error, Unreachable) and last.error.fault is Fault.DNS
    [last] = await steps(at(source, "https://"))
    assert isinstance(last.error, Unreachable)


async def test_a_proxy_that_strips_the_accept_header() -> None:
    async with KosyncServer() as server:
        refused = js(412, {"message": "Accept header not set.", "code": 100})
        server.fake.scripted = lambda request: refused
        last = (await steps(source_of(server)))[-1]
        assert last.step is ConnectionStep.ANSWERS
        assert isinstance(last.error, Stripped)
        assert step_hint(last) == "A proxy in front of the server removes the Accept header."
        assert failed_title(last.step, last.error) == "A proxy is in the way"


async def test_a_server_that_moved_is_named_and_gets_no_credentials() -> None:
    async with KosyncServer() as other, KosyncServer() as server:
        there = {"Location": f"http://localhost:{other.port}/users/auth"}
        server.fake.scripted = lambda request: Response(308, b"", "", there)
        last = (await steps(source_of(server)))[-1]
        assert isinstance(last.error, Redirected) and not last.error.same_host
        assert other.fake.requests == []


async def test_plain_http_is_noted() -> None:
    async with KosyncServer() as server:
        secure = (await steps(source_of(server)))[1]
        assert (secure.step, secure.state) == (ConnectionStep.SECURE, StepState.NOTE)


async def test_basic_is_not_answered_with_headers() -> None:
    async with KosyncServer() as server:
        source = replace(source_of(server), auth=AuthMethod.BASIC)
        last = (await steps(source))[-1]
        assert isinstance(last.error, Rejected)
        assert all("x-auth-key" not in r.headers for r in server.fake.requests)


@pytest.mark.parametrize("url", ["https://[bad", "http://127.0.0.1:99999"])
async def test_an_address_that_cant_be_read_is_the_end_of_it(url: str) -> None:
    async with KosyncServer() as server:
        source = source_of(server)
    [last] = await steps(at(source, url))
    assert last.step is ConnectionStep.FOUND and isinstance(last.error, BadAddress)
    assert not last.error.from_server


@pytest.mark.parametrize("location", ["//[", "http://h:99999999/users/auth"])
async def test_a_redirect_to_what_is_no_address_is_said(location: str) -> None:
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: Response(301, b"", "", {"Location": location})
        last = (await steps(source_of(server)))[-1]
        assert last.step is ConnectionStep.ANSWERS and isinstance(last.error, BadAddress)
        assert last.error.from_server
        assert step_hint(last) == "The server sent Kios to an address that can’t be read."


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_itself_is_no_web_page(status: int) -> None:
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: Response(
            status, b"", "", {"Location": f"{server.origin}{request.path}"}
        )
        last = (await steps(source_of(server)))[-1]
        assert last.step is ConnectionStep.ANSWERS and isinstance(last.error, InCircles)
        assert last.suggested_url is None
        assert step_hint(last).startswith("The server sends Kios round in circles. ")


async def test_the_address_a_server_moved_to_can_be_taken_over_whole() -> None:
    async with KosyncServer("kavita") as server:
        there = f"https://ana:word@127.0.0.1:{server.port}"
        path = server.url.removeprefix(server.origin)
        server.fake.scripted = lambda request: Response(
            301, b"", "", {"Location": f"{there}{request.path}"}
        )
        last = (await steps(source_of(server)))[-1]
        assert last.suggested_url is not None
        assert last.suggested_url.reveal() == f"https://127.0.0.1:{server.port}{path}"
        assert step_hint(last) == (
            f"127.0.0.1:{server.port} sends Kios to {last.suggested_url.shown}. "
            "Your password was not sent there."
        )


async def test_an_address_without_encryption_is_not_offered_instead_of_one_with() -> None:
    url, there = ServerUrl("https://h.org/users/auth"), {"location": "http://h.org/users/auth"}
    reply = Reply(301, there, b"", 0.0, None, url)
    with pytest.raises(Redirected) as caught:
        check_moved(reply, url, ServerUrl("https://h.org"))
    assert caught.value.base is None


@pytest.mark.parametrize(
    ("answer", "title", "hint"),
    [
        (
            Response(429, b"", "", {"Retry-After": "90"}),
            "The server is busy",
            "Test again in 2 min.",
        ),
        (Response(429, b"", ""), "The server is busy", "Wait a little, then test again."),
        (js(500, "x"), "The server had a problem", "The server had a problem (500)."),
        (
            js(402, {"code": 2005, "message": "Registration is closed."}),
            "Not signed in",
            "The server says: “Registration is closed.”",
        ),
        (
            js(401, {"message": "Sync is disabled for this user"}),
            "Not signed in",
            "KOReader sync is switched off in your account on the server.",
        ),
    ],
)
async def test_trouble_of_the_server_is_not_taken_for_a_wrong_address(
    answer: Response, title: str, hint: str
) -> None:
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: answer
        last = (await steps(source_of(server)))[-1]
        assert failed_title(last.step, last.error) == title
        assert step_hint(last) == hint


async def test_https_to_a_port_without_it_is_said() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")  # as nginx does
        await writer.drain()
        writer.close()

    async with KosyncServer() as other, await asyncio.start_server(answer, "127.0.0.1") as plain:
        port = plain.sockets[0].getsockname()[1]
        last = (await steps(at(source_of(other), f"https://127.0.0.1:{port}")))[-1]
        assert last.step is ConnectionStep.SECURE and isinstance(last.error, Untrusted)
        assert "doesn’t speak a secure connection" in step_hint(last)


async def test_https_to_a_server_that_hangs_up_and_speaks_http_is_said_too() -> None:
    async with KosyncServer() as server:
        source = at(source_of(server), server.url.replace("http:", "https:"))
        last = (await steps(source))[-1]
        assert last.step is ConnectionStep.SECURE and isinstance(last.error, Untrusted)
        secrets = {"x-auth-user", "x-auth-key", "authorization"}
        names = {name.lower() for one in server.fake.requests for name in one.headers}
        assert not secrets & names


async def test_https_to_a_server_that_waits_for_the_end_of_a_line_is_said_too() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1) == b"\x16":  # TLS, which seems an unfinished line of HTTP
            await reader.read()
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        writer.close()

    async with KosyncServer() as other, await asyncio.start_server(answer, "127.0.0.1") as plain:
        port = plain.sockets[0].getsockname()[1]
        last = (await steps(at(source_of(other), f"https://127.0.0.1:{port}")))[-1]
        assert last.step is ConnectionStep.SECURE and isinstance(last.error, Untrusted)


async def test_a_server_without_a_place_for_a_book_may_well_know_it() -> None:
    async with KosyncServer("dotnet") as server:
        matching = (await steps(source_of(server), [HASHES]))[-2]
        assert matching.step is ConnectionStep.MATCHING and matching.state is StepState.OK
