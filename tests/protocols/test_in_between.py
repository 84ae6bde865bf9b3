"""Something else answers in place of the server for a while: it passes, so it is tried again.

A hotel's network, a proxy whose server is being restarted. A wrong address that answers with pages
for ever looks the same; it is told in its own words, and the retries end by themselves.
"""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import BadAddress, Malformed, RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import ReadingState
from kios_desktop.protocols.booklore import BookloreClient, NewSession
from kios_desktop.protocols.http import Http, RetryPolicy, Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.kosync import KosyncClient
from kios_desktop.protocols.opds import OpdsClient, OwnProgression, Progressions
from kios_desktop.ui.kit.error_texts import explain
from tests.every_client import KeptTokens
from tests.fakes.device import Device
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.places import locator

Requests = dict[str, Callable[[], Awaitable[object]]]
PAGE = b"<!doctype html><html><title>Welcome</title><form><input type='password'></form></html>"
HTML = {"Content-Type": "text/html"}
LINK = ProgressionDialect.READIUM


@asynccontextmanager
async def clients(origin: str) -> AsyncIterator[Requests]:
    """Every request there is, by a name."""
    at, retry_policy = datetime.now(UTC), RetryPolicy(repeats_s=())
    base = ServerUrl(f"{origin}/kobo/0f1e2d3c4b5a")
    http, catalog = Http(), Session(ServerUrl(origin), retry_policy=retry_policy)
    shelf = Session(base, retry_policy=retry_policy, same_origin_only=True)
    kosync, kobo = KosyncClient(http, ServerUrl(origin)), KoboClient(shelf, base)
    server = ServerUrl(origin)
    account = BookloreClient(http, server, "alice", KeptTokens(server))
    opds, places = OpdsClient(catalog, ServerUrl(origin)), Progressions(catalog)
    link = ProgressionLink(ServerUrl(origin + "/progression"), LINK, "a/b")
    here = OwnProgression(at, "urn:uuid:1", "x", "", {"href": "a"}, 0.5, ())
    try:
        yield {
            "kosync auth": kosync.authorize,
            "kosync get": lambda: kosync.progress("0" * 32),
            "kosync put": lambda: kosync.save("0" * 32, "/body", 0.5, "x", "y"),
            "kobo init": kobo.initialization,
            "kobo sync": lambda: kobo.sync(""),
            "kobo metadata": lambda: kobo.metadata("b"),
            "kobo get": lambda: kobo.state("b"),
            "kobo put": lambda: kobo.save_state(ReadingState("b"), at),
            "opds feed": lambda: opds.feed(ServerUrl(origin)),
            "opds get": lambda: places.pull(link),
            "opds put": lambda: places.push(link, here),
            "account get": lambda: account.annotations.of_book(7),
            "account post": lambda: account.sessions.save(7, NewSession(at, at, 0, 1, "", "")),
            "account put": lambda: account.books.rate(7, 3),
        }
    finally:
        await http.aclose()
        await catalog.aclose()
        await shelf.aclose()


NAMES = [
    *("kosync auth", "kosync get", "kosync put"),
    *("kobo init", "kobo sync", "kobo metadata", "kobo get", "kobo put"),
    *("opds feed", "opds get", "opds put"),
    *("account get", "account post", "account put"),
]
BOMB = gzip.compress(b"[" + b" " * 40_000_000)
ANSWERS: dict[str, Callable[[str], Says]] = {
    "page": lambda _origin: Says(200, PAGE, HTML),
    "page by another name": lambda _origin: Says(200, PAGE, {"Content-Type": "application/json"}),
    "sign in to the network": lambda _origin: Says(511, PAGE, HTML),
    "not modified": lambda _origin: Says(304, length=False),
    "moved for now": lambda origin: Says(302, b"", {"Location": f"{origin}/welcome?from=x"}),
    "see other": lambda origin: Says(303, b"", {"Location": f"{origin}/welcome"}),
    "temporary": lambda origin: Says(307, b"", {"Location": f"{origin}/welcome"}),
    "to its login": lambda origin: Says(302, b"", {"Location": f"{origin}/login"}),
    "to nowhere": lambda _origin: Says(302, b"", {"Location": "http://[x/"}),
    "words": lambda _origin: Says(200, b"starting up", {"Content-Type": "text/plain"}),
    "half": lambda _origin: Says(200, b'{"progress": "/body/DocFragment[2].0", "percen'),
    "too much": lambda _origin: Says(200, BOMB, {"Content-Encoding": "gzip"}),
    "gateway": lambda _origin: Says(502, PAGE, HTML),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("answer", list(ANSWERS))
async def test_it_is_tried_again(name: str, answer: str) -> None:
    async with Loopback(lambda _: Says(200, PAGE, HTML), host="127.0.0.2") as network:
        says = ANSWERS[answer](network.origin)
        async with Loopback(lambda _: says) as server, clients(server.origin) as ask:
            with pytest.raises(RemoteError) as raised:
                await ask[name]()
            assert raised.value.retryable
            assert not [asked for asked in network.asked if asked.method != "GET"]


@pytest.mark.parametrize("name", ["kosync get", "kobo get", "opds get"])
async def test_then_the_server_is_back(name: str) -> None:
    says = [Says(200, PAGE, HTML), Says(204)]

    def answer(_asked: Asked) -> Says:
        return says.pop(0) if len(says) > 1 else Says(200, b"{}")

    async with Loopback(answer) as server, clients(server.origin) as ask:
        with pytest.raises(Malformed):
            await ask[name]()
        await ask[name]()


@pytest.mark.parametrize("mode", ["wrong", "login"])
async def test_a_place_is_sent_once_the_page_is_gone_and_not_asked_for_ever(mode: str) -> None:
    async with KosyncServer() as server:
        device = await Device(server).start()
        await device.open(locator(1, 1500))
        device.turn(locator(1, 1540))
        server.mode = mode
        await device.leave()
        asked = len(server.fake.requests)
        for seconds in (5, 30, 120, 600, 3600, 86400):
            device.clock.pass_(seconds)
            await device.quiet()
        assert len(server.fake.requests) - asked == 4
        server.mode = "ok"
        await device.leave()
        assert not device.record.dirty
        await device.aclose()


async def test_a_wrong_address_says_so() -> None:
    page = b"<html><title>App</title></html>"
    async with (
        Loopback(lambda _: Says(200, page, HTML)) as server,
        clients(server.origin) as ask,
    ):
        for name in ("kosync get", "kosync put", "kobo get", "kobo put", "opds get", "opds put"):
            with pytest.raises(Malformed) as raised:
                await ask[name]()
            told = explain(raised.value, "Home").text
            assert told.startswith("The server sent a web page. The address is probably")


def test_what_was_typed_wrongly_does_not_get_better() -> None:
    assert not BadAddress(from_server=False).retryable
    assert BadAddress(from_server=True).retryable
