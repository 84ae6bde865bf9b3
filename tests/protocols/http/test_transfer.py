"""Files arrive whole, or it is said why not; what arrived is never fetched twice for nothing."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kios_desktop.domain.download import Arrived, Continuation
from kios_desktop.domain.errors import (
    Fault,
    Faulty,
    Full,
    KiosError,
    Malformed,
    NotMatched,
    Refusal,
    Rejected,
    StorageError,
    Throttled,
    TooLarge,
    Unreachable,
    WebPage,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Limits, Session, Transferred, transfer
from tests.fakes.file_server import PATH, FileServer
from tests.fakes.loopback import Loopback, Says
from tests.protocols.http.sessions import session_with, signing

CONTENT = b"PK\x03\x04" + random.Random(1).randbytes(400_000)
PLENTY = Limits(free_bytes=lambda _: 10**12)


class Desk:
    """One download on its way: the server, the session, the part file and what was told."""

    def __init__(self, files: FileServer, server: Loopback, session: Session, part: Path) -> None:
        self.files, self.server, self.session, self.part = files, server, session, part
        self.told: list[Arrived] = []

    async def fetch(
        self, continuation: Continuation | None = None, limits: Limits = PLENTY, path: str = PATH
    ) -> Transferred:
        return await transfer(
            self.session,
            ServerUrl(self.server.origin + path),
            self.part,
            continuation=continuation,
            progress=self.told.append,
            limits=limits,
        )

    async def begin(self, cut_at: int = 200_000) -> Continuation:
        """Half the file, and the promise that it can be continued."""
        self.files.once, self.files.cut_at = "short", cut_at
        with pytest.raises(Unreachable) as caught:
            await self.fetch()
        assert caught.value.fault is Fault.CUT_OFF
        assert self.part.stat().st_size == cut_at, "what came is kept"
        last = self.told[-1].continuation
        assert last is not None
        self.server.asked.clear()
        return last


@asynccontextmanager
async def a_desk(tmp_path: Path, content: bytes = CONTENT) -> AsyncIterator[Desk]:
    files = FileServer(content)
    async with Loopback(files) as server, session_with(server) as session:
        yield Desk(files, server, session, tmp_path / "7.part")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    "manner",
    ["fine", "no ranges", "no length", "chunked", "weak etag", "date only", "packed", "slash"],
)
async def test_a_file_arrives_byte_for_byte(desk: Desk, manner: str) -> None:
    desk.files.manner = manner
    done = await desk.fetch()
    assert desk.part.read_bytes() == CONTENT
    assert done.size_bytes == len(CONTENT)
    assert done.content_disposition == 'attachment; filename="Emma.epub"'
    assert done.url.reveal().endswith(PATH + ("/" if manner == "slash" else ""))
    assert desk.server.asked[0].headers["accept-encoding"] == "identity"
    assert desk.told[-1].got_bytes == len(CONTENT)


@pytest.mark.parametrize(
    ("manner", "validator"),
    [
        ("fine", '"v1"'),
        ("date only", "Sat, 21 Nov 2026 12:00:00 GMT"),
        ("no ranges", None),
        ("weak etag", None),
        ("chunked", None),
        ("packed", None),
    ],
)
async def test_only_a_server_that_can_name_the_file_is_asked_for_the_rest(
    desk: Desk, manner: str, validator: str | None
) -> None:
    desk.files.manner = manner
    await desk.fetch()
    wanted = None if validator is None else Continuation(validator, len(CONTENT))
    assert {told.continuation for told in desk.told} == {wanted}


@pytest.mark.parametrize("manner", ["fine", "date only"])
async def test_the_rest_is_fetched_and_nothing_twice(desk: Desk, manner: str) -> None:
    desk.files.manner = manner
    if manner == "date only":
        await desk.fetch()
        promise = desk.told[-1].continuation
        os.truncate(desk.part, 200_000)
        desk.server.asked.clear()
    else:
        promise = await desk.begin()
    await desk.fetch(promise)
    assert desk.part.read_bytes() == CONTENT
    [asked] = desk.server.asked
    assert asked.headers["range"] == "bytes=200000-"
    assert asked.headers["if-range"] == (promise.validator if promise else "")


@pytest.mark.parametrize(
    ("manner", "requests"),
    [
        ("ignores range", 1),
        ("wrong start", 2),
        ("no content-range", 2),
        ("416", 2),
        ("changing etag", 2),
    ],
)
async def test_what_cannot_be_continued_starts_over_at_once(
    desk: Desk, manner: str, requests: int
) -> None:
    promise = await desk.begin()
    desk.files.manner = manner
    await asyncio.wait_for(desk.fetch(promise), 5)
    assert desk.part.read_bytes() == CONTENT
    assert len(desk.server.asked) == requests
    assert "range" not in desk.server.asked[-1].headers or requests == 1


async def test_a_file_that_changed_meanwhile_is_fetched_anew(desk: Desk) -> None:
    promise = await desk.begin()
    desk.files.content, desk.files.etag = CONTENT[::-1], '"v2"'
    desk.files.content = b"PK\x03\x04" + desk.files.content
    await desk.fetch(promise)
    assert desk.part.read_bytes() == desk.files.content


async def test_a_part_that_was_complete_is_confirmed_with_its_last_byte(desk: Desk) -> None:
    promise = await desk.begin()
    desk.part.write_bytes(CONTENT + b"and more")
    await desk.fetch(promise)
    assert desk.server.asked[-1].headers["range"] == f"bytes={len(CONTENT) - 1}-"
    assert desk.part.read_bytes() == CONTENT


async def test_a_part_that_went_away_is_fetched_from_the_start(desk: Desk) -> None:
    promise = await desk.begin()
    desk.part.unlink()
    await desk.fetch(promise)
    assert desk.part.read_bytes() == CONTENT


async def test_old_bytes_without_a_promise_are_thrown_away(desk: Desk) -> None:
    desk.part.write_bytes(b"x" * 600_000)
    await desk.fetch()
    assert desk.part.read_bytes() == CONTENT


@pytest.mark.parametrize("manner", ["short", "chunked, cut"])
async def test_a_file_cut_off_is_never_taken_for_whole(desk: Desk, manner: str) -> None:
    desk.files.manner = manner
    with pytest.raises(Unreachable) as caught:
        await desk.fetch()
    assert caught.value.fault is Fault.CUT_OFF
    assert 0 < desk.part.stat().st_size < len(CONTENT)


@pytest.mark.parametrize(
    ("manner", "title", "login"),
    [
        ("html", "Sign in & read", False),
        ("login", "Sign in & read", True),
        ("json", "No such book", False),
    ],
)
async def test_a_page_is_not_taken_for_a_book(
    desk: Desk, manner: str, title: str, login: bool
) -> None:
    desk.files.manner = manner
    with pytest.raises(WebPage) as caught:
        await desk.fetch()
    assert (caught.value.title, caught.value.login) == (title, login)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b'{"message": "No such book \xbd"}', "No such book ½"),
        (b'{"message": "No such book \\ud800"}', "No such book \ufffd"),
        (b'{"message": 7, "error": "Gone"}', "Gone"),
        (b'{"message": "cut', ""),
        (b'{"a": ' + b"[" * 3000, ""),
    ],
)
async def test_what_an_error_says_in_place_of_a_book_may_be_odd(
    desk: Desk, body: bytes, title: str
) -> None:
    desk.files.content = body
    with pytest.raises(WebPage) as caught:
        await desk.fetch()
    assert caught.value.title == title


async def test_a_long_page_is_known_without_all_of_it(desk: Desk) -> None:
    desk.files.content = b"<html><title>" + b"x" * 400 + b"</title>" + b"y" * 5_000_000
    with pytest.raises(WebPage) as caught:
        await desk.fetch()
    assert caught.value.title == "x" * 120
    assert desk.part.stat().st_size < 500_000


@pytest.mark.parametrize(
    ("manner", "error"),
    [
        ("403", Rejected),
        ("404", NotMatched),
        ("410", NotMatched),
        ("429", Throttled),
        ("500", Faulty),
    ],
)
async def test_what_a_server_refuses_has_a_reason(
    desk: Desk, manner: str, error: type[KiosError]
) -> None:
    desk.files.manner = manner
    with pytest.raises(error):
        await desk.fetch()
    assert not desk.part.exists()


async def test_a_401_on_the_file_alone_is_no_wrong_password(tmp_path: Path) -> None:
    def answer(asked: object) -> Says:
        return Says(401 if PATH in str(asked) else 200)

    async with Loopback(answer) as server, session_with(server, signing()) as session:
        desk = Desk(FileServer(b""), server, session, tmp_path / "7.part")
        with pytest.raises(Rejected) as caught:
            await desk.fetch()
        assert caught.value.refusal is Refusal.FORBIDDEN


async def test_no_room_is_said_before_the_first_byte(desk: Desk) -> None:
    tight = replace(PLENTY, free_bytes=lambda _: 300_000 + 64 * 1024 * 1024)
    with pytest.raises(Full):
        await desk.fetch(limits=tight)
    assert not desk.part.exists()
    promise = await desk.begin()
    await desk.fetch(promise, tight)  # the rest needs less
    assert desk.part.read_bytes() == CONTENT


async def test_no_room_is_noticed_on_the_way_where_no_length_is_known(desk: Desk) -> None:
    desk.files.manner = "flood"
    with pytest.raises(Full):
        await desk.fetch(
            limits=Limits(
                spare_bytes=4_000_000,
                free_bytes=lambda _: 10_000_000 - size_of(desk.part),
            )
        )
    assert size_of(desk.part) < 10_000_000


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@pytest.mark.parametrize("manner", ["too much", "flood", "bomb"])
async def test_a_file_over_the_cap_is_given_up(desk: Desk, manner: str) -> None:
    desk.files.manner = manner
    with pytest.raises(TooLarge):
        await desk.fetch(limits=replace(PLENTY, cap_bytes=5_000_000))
    assert size_of(desk.part) < 6_000_000


async def test_silence_ends_a_transfer_and_what_came_is_kept(desk: Desk) -> None:
    desk.files.manner = "silent"
    with pytest.raises(Unreachable) as caught:
        await desk.fetch(limits=replace(PLENTY, silence_s=0.2))
    assert caught.value.fault is Fault.TIMEOUT
    assert size_of(desk.part) == 1000


async def test_a_transfer_that_is_cancelled_leaves_what_it_had(desk: Desk) -> None:
    desk.files.per_part_s = 0.02
    task = asyncio.ensure_future(desk.fetch())
    while not desk.told or desk.told[-1].got_bytes < 50_000:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    kept = size_of(desk.part)
    assert kept >= 50_000 and desk.part.read_bytes() == CONTENT[:kept]
    desk.files.per_part_s = 0
    await desk.fetch(desk.told[-1].continuation)
    assert desk.part.read_bytes() == CONTENT


async def test_progress_is_told_ten_times_a_second_at_most(desk: Desk) -> None:
    desk.files.part_bytes, desk.files.per_part_s = 2000, 0.0001
    calls = 0

    def clock() -> float:
        nonlocal calls
        calls += 1
        return calls / 50

    await desk.fetch(limits=replace(PLENTY, clock=clock))
    assert calls > 20
    assert calls / 7 < len(desk.told) < calls / 5 + 4
    assert desk.told[0].got_bytes == 0 and desk.told[-1].got_bytes == len(CONTENT)


async def test_a_part_that_cannot_be_written_is_said(desk: Desk) -> None:
    desk.part.mkdir()
    with pytest.raises(StorageError):
        await desk.fetch()


async def test_a_part_sent_for_the_whole_is_no_file(desk: Desk, tmp_path: Path) -> None:
    def partial(_: object) -> Says:
        return Says(206, b"PK", {"Content-Range": "bytes 5-6/9"})

    async with Loopback(partial) as server, session_with(server) as session:
        with pytest.raises(Malformed):
            await Desk(desk.files, server, session, tmp_path / "x.part").fetch()


async def test_a_file_kept_elsewhere_is_fetched_there(desk: Desk) -> None:
    other = FileServer(CONTENT)
    async with Loopback(other) as server:
        desk.files.elsewhere = server.origin + "/blob"
        await desk.fetch()
    assert desk.part.read_bytes() == CONTENT


async def test_an_empty_file_is_an_empty_file(tmp_path: Path) -> None:
    async with a_desk(tmp_path, b"") as desk:
        assert (await desk.fetch()).size_bytes == 0


@pytest.mark.parametrize("sent", [4, 6, 5], ids=["less", "more", "as promised"])
async def test_the_rest_of_a_file_has_the_length_that_was_promised(
    sent: int, tmp_path: Path
) -> None:
    """The part is as long as its own header says, so that HTTP itself sees nothing wrong."""
    part = tmp_path / "7.part"
    part.write_bytes(b"PK\x03\x04.")
    headers = {"Content-Range": "bytes 5-9/10", "ETag": '"1"', "Accept-Ranges": "bytes"}
    async with (
        Loopback(lambda _: Says(206, b"x" * sent, headers)) as server,
        session_with(server) as session,
    ):
        fetching = transfer(
            session,
            ServerUrl(server.origin + PATH),
            part,
            continuation=Continuation('"1"', 10),
            progress=lambda _: None,
            limits=PLENTY,
        )
        if sent == 5:
            assert (await fetching).size_bytes == 10
            return
        with pytest.raises(Unreachable) as caught:
            await fetching
        assert caught.value.fault is Fault.CUT_OFF
