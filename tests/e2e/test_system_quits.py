"""The system asks Kios to end, in each of its ways: the last page turned is sent and kept."""

import json
import signal
import sys
from pathlib import Path

import pytest

from kios_desktop.paths import profile_paths
from tests.books import BookDraft
from tests.e2e.kill import last_place
from tests.e2e.reader import Reader
from tests.effort import some_long
from tests.fakes.kosync_server import KosyncServer

pytestmark = [pytest.mark.gui, pytest.mark.slow]

WAYS = ["asked_to_quit", "session_ends", "quit", "SIGTERM", "SIGINT", "SIGHUP"]


@pytest.mark.parametrize("way", some_long(WAYS, quick=("session_ends", "SIGTERM")))
@pytest.mark.parametrize("library", ["beside", pytest.param("hidden", marks=pytest.mark.long)])
async def test_every_way_sends_and_keeps_the_last_page(
    way: str, library: str, tmp_path: Path
) -> None:
    if way.startswith("SIG") and sys.platform == "win32":
        pytest.skip("Windows has no such signal to send")
    sentence = "The reader turns the page and goes on. "
    words = "<p>" + sentence * 400 + "</p>"
    book = BookDraft(chapters=[words, words]).write(tmp_path / "book.epub")
    profile = tmp_path / "profile"
    async with KosyncServer("official") as server:
        username, password = server.fake.login
        reader = await Reader.start(
            profile, server=server.url, username=username, password=password
        )
        await reader.do("open", str(book))
        await reader.do("turn", 2)
        await reader.do("turn_unseen", 1)
        if library == "hidden":
            await reader.do("hide_library")
        if way.startswith("SIG"):
            reader.signal(getattr(signal, way))
            assert await reader.ended() == 0
        elif way == "session_ends":
            await reader.do(way)
            assert server.fake.writes(), "after this the system may kill us"
            await reader.kill()
        else:
            reader.send(way)
            assert await reader.ended() == 0
        kept = await last_place(profile)
    assert "Traceback" not in reader.complaints
    assert kept is not None
    assert [kept.spine_index, kept.ordinal] == list(reader.places[-1])
    assert len(set(reader.places)) == 4, "the third turn was not lost"
    # Kios may become active during the turns, which sends the place they have come to.
    sent = [json.loads(one.body)["percentage"] for one in server.fake.writes()]
    assert sent == sorted(set(sent)), "no place is sent twice"
    assert sent[-1] == pytest.approx(
        kept.ordinal / (800 * len(sentence.replace(" ", ""))), abs=1e-4
    )
    if way != "session_ends":
        wal = profile_paths(profile).database
        assert not wal.with_name(wal.name + "-wal").exists(), "the database was closed"


@pytest.mark.parametrize(
    "pause_ms",
    [
        20,
        pytest.param(0, marks=pytest.mark.long),
        pytest.param(5, marks=pytest.mark.long),
        pytest.param(60, marks=pytest.mark.long),
    ],
)
async def test_quitting_while_a_book_opens_opens_nothing(pause_ms: int, tmp_path: Path) -> None:
    """The place in another book goes to a slow server meanwhile: there is time to open things."""
    words = "<p>" + "The reader turns the page and goes on. " * 400 + "</p>"
    first = BookDraft(title="First", chapters=[words]).write(tmp_path / "first.epub")
    second = BookDraft(title="Second", chapters=[words] * 20).write(tmp_path / "second.epub")
    async with KosyncServer("official") as server:
        username, password = server.fake.login
        reader = await Reader.start(
            tmp_path / "profile", server=server.url, username=username, password=password
        )
        await reader.do("add", str(second))
        await reader.do("open", str(first))
        await reader.do("turn", 1)
        server.mode, server.delay_s = "slow", 1.5
        shown = await reader.do("quit_while_opening", 1, pause_ms)
        assert shown["shown"] == []
        assert await reader.ended() == 0
