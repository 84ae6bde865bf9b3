"""A body that is not read to its end gives its connection back, in every way to give one up.

These run on asyncio's own loop here, and on the one that is shipped in `tests/gui`.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from kios_desktop.domain.download import Continuation
from kios_desktop.domain.errors import KiosError, RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import (
    Http,
    Limits,
    Purpose,
    Request,
    RetryPolicy,
    Session,
    transfer,
)
from kios_desktop.protocols.http.wire import PARALLEL
from kios_desktop.protocols.kosync import KosyncClient
from kios_desktop.protocols.opds import OpdsClient
from tests.fakes.loopback import Asked, Loopback, Says

TIMES = 2 * PARALLEL + 1  # more than there are connections
MUCH = 1_500_000  # more than the system's buffers take
HTML = {"Content-Type": "text/html"}
PAGE = b"<!doctype html><html><title>No</title>" + b" " * MUCH
CAP = 1000

Way = Callable[[Session, Http, str, Path], Awaitable[object]]


async def _silent() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.sleep(3600)


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65536


async def whole(session: Session, _http: Http, url: str, _folder: Path) -> object:
    return await session.get(ServerUrl(url), accept="*/*", cap_bytes=CAP, total_s=0.08)


async def single(_session: Session, http: Http, url: str, _folder: Path) -> object:
    return await http.request("GET", ServerUrl(url), route="x", cap_bytes=CAP, total_s=0.08)


async def written(session: Session, _http: Http, url: str, _folder: Path) -> object:
    return await session.put(
        ServerUrl(url), accept="*/*", content=b"{}", content_type="a/b", cap_bytes=CAP, total_s=0.08
    )


async def kosync(_session: Session, http: Http, url: str, _folder: Path) -> object:
    return await KosyncClient(http, ServerUrl(url)).progress("0" * 32)


async def feed(session: Session, _http: Http, url: str, _folder: Path) -> object:
    return await OpdsClient(session, ServerUrl(url)).feed(ServerUrl(url))


async def cancelled(session: Session, http: Http, url: str, folder: Path) -> object:
    task = asyncio.ensure_future(whole(session, http, url, folder))
    await asyncio.sleep(0.02)
    task.cancel()
    return await task


async def cancelled_single(session: Session, http: Http, url: str, folder: Path) -> object:
    task = asyncio.ensure_future(single(session, http, url, folder))
    await asyncio.sleep(0.02)
    task.cancel()
    return await task


async def dropped(session: Session, _http: Http, url: str, _folder: Path) -> object:
    """Somebody looks at the head, and at a part of the body, and leaves."""
    request = Request("GET", ServerUrl(url), [], Purpose.DOCUMENT)
    async with session.open(request) as answer:
        parts = answer.chunks(10 * MUCH)
        await anext(parts)
        raise RuntimeError("a mistake of ours")


async def file(session: Session, _http: Http, url: str, folder: Path) -> object:
    limits = Limits(cap_bytes=MUCH // 2, silence_s=0.08, free_bytes=lambda _: 10**12)
    return await transfer(
        session,
        ServerUrl(url),
        folder / "part",
        continuation=None,
        progress=lambda _: None,
        limits=limits,
    )


async def rest_of_file(session: Session, _http: Http, url: str, folder: Path) -> object:
    part = folder / "part"
    part.write_bytes(b"x" * 10)
    return await transfer(
        session,
        ServerUrl(url),
        part,
        continuation=Continuation('"e"', 100),
        progress=lambda _: None,
        limits=Limits(cap_bytes=MUCH // 2, silence_s=0.08, free_bytes=lambda _: 10**12),
    )


GZIP = {"Content-Encoding": "gzip"}
CASES: dict[str, tuple[Way, Callable[[], Says]]] = {
    "too large": (whole, lambda: Says(200, b"x" * MUCH)),
    "too large, single": (single, lambda: Says(200, b"x" * MUCH)),
    "too large, written": (written, lambda: Says(200, b"x" * MUCH)),
    "without an end": (whole, lambda: Says(200, _endless(), length=False)),
    "without an end, single": (single, lambda: Says(200, _endless(), length=False)),
    "a bomb": (whole, lambda: Says(200, gzip.compress(b"x" * MUCH), GZIP)),
    "a bomb, single": (single, lambda: Says(200, gzip.compress(b"x" * MUCH), GZIP)),
    "not decoded": (whole, lambda: Says(200, b"\x1f\x8b" + b"x" * MUCH, GZIP)),
    "not decoded, single": (single, lambda: Says(200, b"\x1f\x8b" + b"x" * MUCH, GZIP)),
    "coded otherwise": (whole, lambda: Says(200, b"x" * MUCH, {"Content-Encoding": "br"})),
    "coded otherwise, single": (single, lambda: Says(200, b"x" * MUCH, {"Content-Encoding": "br"})),
    "a page for JSON": (kosync, lambda: Says(200, PAGE, HTML)),
    "a page for a catalog": (feed, lambda: Says(500, PAGE, HTML)),
    "silence in the middle": (whole, lambda: Says(200, _silent(), length=100)),
    "silence in the middle, single": (single, lambda: Says(200, _silent(), length=100)),
    "cancelled": (cancelled, lambda: Says(200, _silent(), length=100)),
    "cancelled, single": (cancelled_single, lambda: Says(200, _silent(), length=100)),
    "dropped": (dropped, lambda: Says(200, b"x" * MUCH)),
    "not for us": (whole, lambda: Says(401, PAGE, HTML)),
    "sent elsewhere": (whole, lambda: Says(302, PAGE, {"Location": "http://[x/"})),
    "round in circles": (whole, lambda: Says(302, PAGE, {"Location": "/bad/more"})),
    "busy": (whole, lambda: Says(503, PAGE, HTML)),
    "a page for a file": (file, lambda: Says(200, PAGE, HTML)),
    "too large a file": (file, lambda: Says(200, b"x" * MUCH)),
    "a file without an end": (file, lambda: Says(200, _endless(), length=False)),
    "a file that stops": (file, lambda: Says(200, _silent(), length=100)),
    "no such part of a file": (rest_of_file, lambda: Says(416, _silent(), length=100)),
}


@pytest.mark.parametrize("case", list(CASES))
async def test_the_next_request_is_answered(case: str, tmp_path: Path) -> None:
    way, says = CASES[case]

    def answer(asked: Asked) -> Says:
        return says() if asked.path.startswith("/bad") else Says(200, b"{}")

    async with Loopback(answer) as server:
        session = Session(ServerUrl(server.origin), retry_policy=RetryPolicy(repeats_s=(0.0, 0.0)))
        http, fine = Http(), ServerUrl(server.origin + "/ok")
        try:
            for _ in range(TIMES):
                with pytest.raises((KiosError, RuntimeError, asyncio.CancelledError)):
                    await way(session, http, server.origin + "/bad", tmp_path)
            reply = await session.get(fine, accept="*/*", cap_bytes=9, total_s=2.0)
            assert reply.status == 200
            reply = await http.request("GET", fine, route="x", cap_bytes=9, total_s=2.0)
            assert reply.status == 200
        finally:
            await session.aclose()
            await http.aclose()


async def test_many_at_once_are_given_up_and_the_next_is_answered(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Says:
        return Says(200, b"x" * MUCH) if asked.path == "/bad" else Says(200, b"{}")

    async with Loopback(answer) as server:
        session, http = Session(ServerUrl(server.origin)), Http()
        try:
            asked = [
                way(session, http, server.origin + "/bad", tmp_path)
                for way in (whole, single)
                for _ in range(TIMES)
            ]
            refused = await asyncio.gather(*asked, return_exceptions=True)
            assert all(isinstance(one, RemoteError) for one in refused)
            fine = ServerUrl(server.origin + "/ok")
            assert (await session.get(fine, accept="*/*", cap_bytes=9, total_s=2.0)).status == 200
            await http.request("GET", fine, route="x", cap_bytes=9, total_s=2.0)
        finally:
            await session.aclose()
            await http.aclose()
