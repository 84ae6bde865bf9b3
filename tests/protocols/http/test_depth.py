"""How many of our own functions lie between a client of `Session` and httpx.

Counted are the frames of `kios_desktop` on the stack when httpx is asked to send: the method the
client called, then policy, exchange and wire.
"""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

import kios_desktop
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Purpose, Request
from tests.fakes.loopback import Asked, Loopback, Says
from tests.protocols.http.sessions import get, session_with, signing

_OURS = str(Path(kios_desktop.__file__).parent)
_SEND = httpx.AsyncClient.send.__code__

OPEN = ["Session.open", "Exchange.send", "Wire.answer"]
READ = ["Session._read", *OPEN]


class Stacks:
    """Of each request sent inside the block: our functions on its stack, the outermost first."""

    def __init__(self) -> None:
        self.seen: list[list[str]] = []
        self._counted: list[FrameType] = []

    def __enter__(self) -> "Stacks":
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or frame.f_code is not _SEND:
            return
        if any(one is frame for one in self._counted):
            return  # a coroutine is called again whenever it goes on
        self._counted.append(frame)
        stack, outer = list[str](), frame.f_back
        while outer is not None:
            if outer.f_code.co_filename.startswith(_OURS):
                stack.insert(0, outer.f_code.co_qualname)
            outer = outer.f_back
        self.seen.append(stack)


def says(asked: Asked) -> Says:
    """A redirect, a 401 that asks for Basic, and answers."""
    if asked.path == "/moved":
        return Says(302, headers={"location": "/opds"})
    if asked.path == "/guarded" and "authorization" not in asked.headers:
        return Says(401, headers={"www-authenticate": 'Basic realm="x"'})
    return Says(200, b"fine")


async def test_a_document_is_three_calls_below_the_method_that_asks_for_it() -> None:
    async with Loopback(says) as server, session_with(server, signing()) as session:
        with Stacks() as stacks:
            await get(session, server)
            await get(session, server, "/moved")
            await get(session, server, "/guarded")
    assert stacks.seen == [READ] * 4  # one redirected, one sent again with a signature


async def test_a_file_is_three_functions_of_ours_away_from_httpx() -> None:
    async with Loopback(says) as server, session_with(server) as session:
        request = Request("GET", ServerUrl(f"{server.origin}/file"), [], Purpose.FILE)
        with Stacks() as stacks:
            async with session.open(request) as answer:
                await answer.read(100)
    assert stacks.seen == [OPEN]
