"""A session and the bad days of servers: hiccups, waiting, floods and drips."""

import asyncio
import gzip
import logging
import zlib
from collections.abc import AsyncIterator

import pytest

from kios_desktop.domain.errors import Fault, Malformed, Throttled, Unreachable, Untrusted
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Purpose, RetryPolicy
from kios_desktop.protocols.http.wire import USER_AGENT
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.tls import identity
from tests.protocols.http.sessions import Clock, get, session_with, signing

MEGABYTE = 1_000_000


class Scripted:
    """One answer after the other; the last one stays."""

    def __init__(self, *answers: Says) -> None:
        self.answers = list(answers)

    def __call__(self, asked: Asked) -> Says:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_hiccup_is_asked_again_with_growing_patience(status: int) -> None:
    clock = Clock()
    async with Loopback(Scripted(Says(status), Says(status), Says(200))) as server:
        async with session_with(server, clock=clock) as session:
            assert (await get(session, server)).status == 200
        assert clock.slept == [1.0, 3.0]


async def test_a_refused_connection_is_told_soon_and_still_asked_again() -> None:
    """At most 1.5 s with the jitter there really is; one that was just restarted may answer."""
    clock = Clock()
    async with Loopback(lambda _: Says()) as server:
        pass
    async with session_with(server, clock=clock) as session:
        with pytest.raises(Unreachable) as caught:
            await get(session, server)
    assert caught.value.fault is Fault.REFUSED
    assert len(clock.slept) == 2
    assert sum(clock.slept) * (1 + RetryPolicy().jitter) <= 1.5


async def test_a_connection_that_breaks_is_asked_again() -> None:
    async with (
        Loopback(Scripted(Says(200, b"xxxx", cut_at=2), Says(200, b"fine"))) as server,
        session_with(server) as session,
    ):
        with pytest.raises(Unreachable):  # the answer had begun
            await get(session, server)
        assert (await get(session, server)).body == b"fine"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
async def test_an_answer_is_an_answer_and_not_asked_again(status: int) -> None:
    async with Loopback(lambda _: Says(status, b"why")) as server:
        async with session_with(server) as session:
            assert (await get(session, server)).status == status
        assert len(server.asked) == 1


async def test_a_place_is_put_once() -> None:
    async with Loopback(lambda _: Says(503)) as server, session_with(server) as session:
        reply = await session.put(
            ServerUrl(server.origin), accept="*/*", content=b"", content_type="a/b", cap_bytes=9
        )
        assert (reply.status, len(server.asked)) == (503, 1)


async def test_covers_are_not_asked_again() -> None:
    async with Loopback(lambda _: Says(502)) as server, session_with(server) as session:
        assert (await get(session, server, purpose=Purpose.IMAGE)).status == 502
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("says", "pause_s"),
    [
        (Says(429, headers={"Retry-After": "120"}), 120),
        (Says(429), 30),
        (Says(503, headers={"Retry-After": "5"}), 5),
        (Says(429, headers={"Retry-After": "999999"}), 3600),
    ],
)
async def test_a_server_that_asks_for_patience_gets_it(says: Says, pause_s: float) -> None:
    clock = Clock()
    async with (
        Loopback(Scripted(says, Says(200))) as server,
        session_with(server, signing(), clock=clock) as session,
    ):
        for _ in range(3):
            with pytest.raises(Throttled) as caught:
                await get(session, server)
            assert caught.value.retry_after_s == pause_s
        assert len(server.asked) == 1, "nobody is asked meanwhile"
        clock.now += pause_s
        assert (await get(session, server)).status == 200


async def test_a_retry_after_with_a_fine_answer_says_nothing() -> None:
    answer = Says(200, headers={"Retry-After": "0"})  # Calibre-Web, always
    async with Loopback(lambda _: answer) as server, session_with(server) as session:
        assert [(await get(session, server)).status for _ in range(2)] == [200, 200]


async def test_four_at_a_time_two_of_them_files_and_always_room_for_a_feed() -> None:
    waiting = asyncio.Event()

    async def slow(asked: Asked) -> Says:
        if asked.path != "/feed":
            await waiting.wait()
        return Says(200)

    async with Loopback(slow) as server, session_with(server) as session:
        images = [
            asyncio.ensure_future(get(session, server, f"/i{n}", purpose=Purpose.IMAGE))
            for n in range(20)
        ]
        while len(server.asked) < 3:
            await asyncio.sleep(0.01)
        assert (await get(session, server, "/feed")).status == 200
        assert server.most == 4
        files = [
            asyncio.ensure_future(get(session, server, f"/f{n}", purpose=Purpose.FILE))
            for n in range(5)
        ]
        waiting.set()
        await asyncio.gather(*images, *files)
        assert server.most == 4


def bomb(packing: str) -> bytes:
    """50 MB of nothing."""
    nothing = b"\0" * 50 * MEGABYTE
    if packing == "gzip":
        return gzip.compress(nothing)
    packer = zlib.compressobj(wbits=15 if packing == "zlib" else -15)
    return packer.compress(nothing) + packer.flush()


@pytest.mark.parametrize("packing", ["gzip", "zlib", "raw"])
async def test_a_bomb_is_not_unpacked(packing: str) -> None:
    name = "gzip" if packing == "gzip" else "deflate"
    says = Says(200, bomb(packing), {"Content-Encoding": name})
    async with Loopback(lambda _: says) as server, session_with(server) as session:
        with pytest.raises(Malformed):
            await get(session, server, cap_bytes=MEGABYTE)
        assert len((await get(session, server, cap_bytes=60 * MEGABYTE)).body) == 50 * MEGABYTE


async def test_a_bomb_of_nothing_but_ends_is_given_up() -> None:
    async def members() -> AsyncIterator[bytes]:
        while True:
            yield gzip.compress(b"") * 1000

    says = Says(200, members(), {"Content-Encoding": "gzip"}, length=False)
    async with Loopback(lambda _: says) as server, session_with(server) as session:
        with pytest.raises(Malformed):
            await get(session, server, cap_bytes=MEGABYTE)


async def test_an_endless_body_is_given_up_at_its_cap() -> None:
    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    async with (
        Loopback(lambda _: Says(200, flood(), length=False)) as server,
        session_with(server) as session,
    ):
        with pytest.raises(Malformed):
            await get(session, server, cap_bytes=MEGABYTE)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
async def test_an_encoding_nobody_asked_for_is_not_read(encoding: str) -> None:
    says = Says(200, b"xx", {"Content-Encoding": encoding})
    async with Loopback(lambda _: says) as server, session_with(server) as session:
        with pytest.raises(Malformed):
            await get(session, server)


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"text") + gzip.compress(b" more"), gzip.compress(b"text more") + b"\0"],
    ids=["two members", "a zero behind"],  # the bytes hold the time
)
async def test_gzip_in_its_forms_is_read(body: bytes) -> None:
    says = Says(200, body, {"Content-Encoding": "gzip"})
    async with Loopback(lambda _: says) as server, session_with(server) as session:
        assert (await get(session, server)).body == b"text more"


async def test_a_body_packed_and_cut_off_is_not_taken_for_whole() -> None:
    says = Says(200, gzip.compress(b"text" * 100)[:-9], {"Content-Encoding": "gzip"})
    async with Loopback(lambda _: says) as server, session_with(server) as session:
        with pytest.raises(Malformed):
            await get(session, server)


async def test_a_drip_is_cut_short_by_the_time_for_all_of_it() -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.02)

    async with (
        Loopback(lambda _: Says(200, drip(), length=False)) as server,
        session_with(server) as session,
    ):
        with pytest.raises(Unreachable) as caught:
            await get(session, server, total_s=0.3)
        assert caught.value.fault is Fault.TIMEOUT


async def test_a_certificate_is_checked_for_everything_and_pinned_for_everything() -> None:
    one = identity()
    async with Loopback(lambda _: Says(200), one.context()) as server:
        async with session_with(server, signing()) as session:
            for purpose in Purpose:
                with pytest.raises(Untrusted):
                    await get(session, server, purpose=purpose)
        assert server.asked == []
        async with session_with(server, signing(), pin=one.pin) as session:
            for purpose in Purpose:
                assert (await get(session, server, purpose=purpose)).status == 200


async def test_servers_see_who_we_are_and_nothing_that_confuses_them() -> None:
    async with Loopback(lambda _: Says(200)) as server, session_with(server) as session:
        await get(session, server)
        headers = server.asked[0].headers
    assert headers["user-agent"] == USER_AGENT and USER_AGENT.startswith("KiosDesktop/")
    assert not {"origin", "x-requested-with", "referer", "cookie"} & set(headers)


async def test_no_address_gets_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    async with (
        Loopback(lambda _: Says(200)) as server,
        session_with(server, signing(), path="/opds/canary-key") as session,
    ):
        await get(session, server, "/opds/canary-key/new")
    ours = [record.getMessage() for record in caplog.records if "kios" in record.name]
    assert ours and not [text for text in ours if "canary" in text or "127.0.0.1" in text]
