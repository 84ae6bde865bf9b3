"""One Kios per profile: a second start hands its books over; a kill leaves nothing that stays."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.paths import profile_paths
from kios_desktop.startup.single_instance import (
    CommandReply,
    ForwardedCommand,
    HandOverAnswer,
    SingleInstance,
    StartPatience,
)
from tests.books import BookDraft
from tests.e2e.processes import Processes, titles
from tests.gui.waiting import until

pytestmark = [pytest.mark.gui, pytest.mark.slow]

START_S = 20
ROOT = str(Path(__file__).parents[3])


class Start(Protocol):
    def __call__(self, profile: Path, *books: Path | bytes) -> subprocess.Popen[str]: ...


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a whole Kios of its own, off screen. None outlives the test."""
    processes = Processes()
    yield processes.begin
    processes.end()


class First:
    """The Kios that is there first, as far as a second start meets it."""

    def __init__(self, profile: Path) -> None:
        self.paths = profile_paths(profile)
        self.paths.create()
        self.instance = SingleInstance(self.paths.lock)
        self.asked: list[list[Path]] = []
        self.instance.books_requested.connect(self.asked.append)
        assert self.instance.take()


@pytest.fixture
def first(qapp: QApplication, tmp_path: Path) -> Iterator[First]:
    made = First(tmp_path / "profile")
    yield made
    made.instance.release()


async def test_a_second_start_hands_its_book_to_the_first_and_ends(
    first: First, tmp_path: Path, start: Start
) -> None:
    first.instance.accept_requests()
    second = start(tmp_path / "profile", tmp_path / "a book.epub")
    status = await asyncio.to_thread(second.wait, START_S)
    assert status == 0
    assert first.asked == [[tmp_path / "a book.epub"]]
    third = start(tmp_path / "profile")
    assert await asyncio.to_thread(third.wait, START_S) == 0
    assert first.asked[1:] == [[]], "without a book it only raises the first"


async def test_the_lock_of_a_killed_kios_is_taken_over(
    qapp: QApplication, tmp_path: Path, start: Start
) -> None:
    paths = profile_paths(tmp_path / "profile")
    killed = start(tmp_path / "profile")
    await until(paths.database.exists, START_S)
    assert not SingleInstance(paths.lock).take()
    killed.kill()
    await asyncio.to_thread(killed.wait, START_S)
    assert paths.lock.exists(), "a kill leaves the lock behind"
    after = SingleInstance(paths.lock)
    asked: list[list[Path]] = []
    after.books_requested.connect(asked.append)
    assert after.take()
    after.accept_requests()
    second = start(tmp_path / "profile", tmp_path / "b.epub")
    assert await asyncio.to_thread(second.wait, START_S) == 0
    assert asked == [[tmp_path / "b.epub"]]
    after.release()


async def test_books_handed_over_while_kios_starts_are_opened_then(
    qapp: QApplication, tmp_path: Path, start: Start
) -> None:
    paths = profile_paths(tmp_path / "profile")
    paths.create()
    first = SingleInstance(paths.lock)
    assert first.take()
    second = start(tmp_path / "profile", tmp_path / "early.epub")
    assert await asyncio.to_thread(second.wait, START_S) == 0
    asked: list[list[Path]] = []
    first.books_requested.connect(asked.append)
    first.accept_requests()
    assert asked == [[tmp_path / "early.epub"]]
    first.release()


async def test_who_starts_kios_while_it_quits_waits_and_takes_over(
    first: First, tmp_path: Path, start: Start
) -> None:
    first.instance.accept_requests()
    first.instance.refuse_requests()
    second = start(tmp_path / "profile")
    await asyncio.sleep(2)
    assert second.poll() is None
    first.instance.release()
    await until(first.paths.database.exists, START_S)
    assert first.asked == []
    second.kill()
    await asyncio.to_thread(second.wait, START_S)


async def test_two_starts_at_once_are_one_kios_with_both_books(
    qapp: QApplication, tmp_path: Path, start: Start
) -> None:
    """As a file manager starts Kios for two files that were opened one right after the other."""
    profile = tmp_path / "profile"
    books = [
        BookDraft(title=name, chapters=[f"<p>{name}</p>"]).write(tmp_path / f"{name}.epub")
        for name in ("one", "two", "three")
    ]
    started = [start(profile, book) for book in books]
    there: list[str] = []
    async with asyncio.timeout(START_S * 2):
        while sorted(there) != ["one", "three", "two"]:
            await asyncio.sleep(0.2)
            there = await asyncio.to_thread(titles, profile_paths(profile).database)
    left = [one for one in started if one.poll() is None]
    async with asyncio.timeout(START_S):
        while len(left) > 1:
            await asyncio.sleep(0.1)
            left = [one for one in started if one.poll() is None]
    assert sum(one.returncode == 0 for one in started if one not in left) == 2
    left[0].terminate()
    assert await asyncio.to_thread(left[0].wait, START_S) == 0


async def test_one_that_is_slow_to_answer_is_waited_for_and_asked_once(
    first: First, tmp_path: Path, start: Start
) -> None:
    first.instance.accept_requests()
    second = start(tmp_path / "profile", tmp_path / "a.epub")
    time.sleep(6)  # noqa: ASYNC251 - the event loop stands still, as at the start of a Kios on a busy machine
    assert await asyncio.to_thread(second.wait, START_S) == 0
    assert first.asked == [[tmp_path / "a.epub"]]


async def test_one_that_never_answers_is_given_up_in_words(
    qapp: QApplication, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path / "profile")
    paths.create()
    first, second = SingleInstance(paths.lock), SingleInstance(paths.lock)
    assert first.take()
    # both are in this thread: the first can't answer while the second asks
    assert second.take_or_hand_over([Path("a.epub")], within_s=0.3) is HandOverAnswer.NONE
    reply = second.take_or_send(ForwardedCommand("library", [b"add"], "/"), within_s=0.3)
    assert reply == CommandReply(
        1, "Kios is running and does not answer. Close it, then try again.\n"
    )
    first.release()
    assert second.take_or_send(ForwardedCommand("library", [], "/")) is None, (
        "its place is free now"
    )
    second.release()


@pytest.mark.skipif(sys.platform != "linux", reason="only there any bytes are a file name")
async def test_a_name_that_is_no_text_is_handed_over_as_it_is(
    first: First, tmp_path: Path, start: Start
) -> None:
    first.instance.accept_requests()
    name = os.fsencode(tmp_path) + b"/caf\xe9.epub"
    second = start(tmp_path / "profile", name)
    assert await asyncio.to_thread(second.wait, START_S) == 0
    assert first.asked == [[Path(os.fsdecode(name))]]


@pytest.mark.skipif(sys.platform != "linux", reason="only there any bytes are a file name")
async def test_a_profile_whose_name_is_no_text_starts(tmp_path: Path, start: Start) -> None:
    profile = Path(os.fsdecode(os.fsencode(tmp_path) + b"/pr\xf6file"))
    book = os.fsencode(BookDraft(title="a", chapters=["<p>a</p>"]).write(tmp_path / "a.epub"))
    odd = book.replace(b"a.epub", b"\xe9.epub")
    Path(os.fsdecode(book)).rename(os.fsdecode(odd))  # noqa: ASYNC240
    kios = start(profile, odd)
    async with asyncio.timeout(START_S):
        while await asyncio.to_thread(titles, profile_paths(profile).database) != ["a"]:
            assert kios.poll() is None, "it ended"
            await asyncio.sleep(0.2)
    kios.terminate()
    assert await asyncio.to_thread(kios.wait, START_S) == 0


WAITS = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from kios_desktop.startup.single_instance import SingleInstance
qt = QCoreApplication(["kios-desktop"])
answer = SingleInstance(Path(sys.argv[1])).take_or_hand_over([Path("a.epub")], within_s=0.5)
sys.exit(3 if answer is None else 4)
"""


async def test_one_that_says_it_is_about_to_end_is_waited_for_longer(first: First) -> None:
    """A command that changes the library for a minute, or a question at quit."""
    first.instance.accept_requests()
    first.instance.refuse_requests()
    knocks: list[int] = []
    first.instance.refused.connect(lambda: knocks.append(1))
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WAITS, str(first.paths.lock), env={**os.environ, "PYTHONPATH": ROOT}
    )
    await until(lambda: len(knocks) > 3, START_S)
    await asyncio.sleep(2)  # four times what one that does not answer is given
    assert second.returncode is None
    first.instance.release()
    assert await asyncio.wait_for(second.wait(), START_S) == 3, "it has taken the place"
    assert first.asked == []


def test_waiting_has_an_end_whatever_is_said() -> None:
    patience = StartPatience(0.05, longest_s=0.2)
    until = time.monotonic() + 5
    while not patience.ends(HandOverAnswer.LEAVING.value):
        time.sleep(0.01)
        assert time.monotonic() < until
    assert patience.answer is HandOverAnswer.LEAVING
    silent = StartPatience(0.05)
    while not silent.ends(b""):
        time.sleep(0.01)
        assert time.monotonic() < until
    assert silent.answer is HandOverAnswer.NONE


@pytest.mark.skipif(sys.platform != "linux", reason="a folder nobody may write to, even root")
def test_a_disk_that_refuses_the_lock_is_not_taken_for_another_kios(
    qapp: QApplication, tmp_path: Path, start: Start
) -> None:
    with pytest.raises(OSError, match=r"."):
        SingleInstance(Path("/proc/kios.lock")).take()
