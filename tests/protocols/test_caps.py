"""Answers without end: each is given up at its cap, before it fills the memory.

The server sends a good answer followed by white space, compressed a thousand times: who took it all
would understand it.
"""

import gzip
from collections.abc import Awaitable, Callable

import pytest

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.booklore import BookloreClient
from kios_desktop.protocols.http import Http, RetryPolicy, Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.kosync import KosyncClient
from kios_desktop.protocols.opds import OpdsClient, Progressions
from tests.every_client import KeptTokens
from tests.fakes.loopback import Loopback, Says
from tests.fakes.opds_feeds import book, feed

MB = 1024 * 1024
Ask = Callable[[Session, Http, ServerUrl], Awaitable[object]]

FEED = feed(book(1))
RECORD = b'{"progress": "/body/DocFragment[2]/body/p[1]", "percentage": 0.5, "device": "x"}'
ASKED: dict[str, tuple[int, bytes, Ask]] = {
    "a feed": (32 * MB, FEED, lambda s, _, at: OpdsClient(s, at).feed(at)),
    "a picture": (32 * MB, b"\xff\xd8", lambda s, _, at: OpdsClient(s, at).image(at)),
    "a shelf": (32 * MB, b"[]", lambda s, _, at: KoboClient(s, at).sync("")),
    "a book of a shelf": (8 * MB, b"[]", lambda s, _, at: KoboClient(s, at).metadata("b")),
    "a record": (MB, RECORD, lambda _, h, at: KosyncClient(h, at).progress("0" * 32)),
    "a list of highlights": (
        32 * MB,
        b"[]",
        lambda _, h, at: BookloreClient(h, at, "alice", KeptTokens(at)).annotations.of_book(7),
    ),
    "a sign-in": (
        MB,
        b'{"accessToken": "a.b.c", "refreshToken": "d.e.f"}',
        lambda _, h, at: BookloreClient(h, at, "alice", KeptTokens()).sign_in(),
    ),
    "a position": (
        MB,
        b'{"progression": 0.5, "modified": "2026-11-29T12:00:00Z"}',
        lambda s, _, at: Progressions(s).pull(ProgressionLink(at, ProgressionDialect.DRAFT, "a/b")),
    ),
}


@pytest.mark.parametrize("what", ASKED)
async def test_an_answer_over_its_cap_is_given_up(what: str) -> None:
    most, answer, ask = ASKED[what]
    packed = gzip.compress(answer + b" " * most, 6)
    headers = {"Content-Encoding": "gzip"}
    async with Loopback(lambda _: Says(200, packed, headers)) as server:
        root = ServerUrl(f"{server.origin}/api/kobo/0f1e2d3c")
        session, http = Session(root, retry_policy=RetryPolicy(repeats_s=())), Http()
        try:
            with pytest.raises(Malformed, match="the body is over "):
                await ask(session, http, root)
        finally:
            await session.aclose()
            await http.aclose()
