"""Commands beside a Kios that runs, and without one, each as a process of its own."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kios_desktop.paths import profile_paths
from tests.books import BookDraft
from tests.e2e.processes import Processes, titles

pytestmark = [pytest.mark.gui, pytest.mark.slow]

START_S = 30


class Prompt(Processes):
    """A terminal in a folder, with a profile."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.profile = folder, folder / "profile"

    def type(self, *words: str) -> subprocess.Popen[str]:
        return self.begin(self.profile, *words, module="tests.commands", folder=self.folder)

    async def call(self, *words: str) -> tuple[int, str, str]:
        process = self.type(*words)
        out, err = await asyncio.to_thread(process.communicate, timeout=START_S)
        return process.returncode, out, err

    def count(self) -> int:
        return len(titles(profile_paths(self.profile).database))


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Prompt]:
    made = Prompt(tmp_path)
    yield made
    made.end()


async def running(prompt: Prompt) -> subprocess.Popen[str]:
    """A Kios with one book in it."""
    book = BookDraft(title="Emma", chapters=["<p>Handsome, clever, and rich.</p>"])
    kios = prompt.type(str(book.write(prompt.folder / "emma.epub")))
    async with asyncio.timeout(START_S):
        while prompt.count() != 1:
            assert kios.poll() is None
            await asyncio.sleep(0.1)
    return kios


async def test_reading_and_writing_beside_a_kios_and_after_it(prompt: Prompt) -> None:
    kios = await running(prompt)
    (prompt.folder / "which").write_text("Emma", encoding="utf-8")
    assert await prompt.call("titles") == (0, "Emma: open\n", "")
    status, out, err = await prompt.call("finish", "which")  # a path seen from here, not from it
    assert (status, out, err) == (0, "Emma is finished.\n", "")
    assert await prompt.call("titles") == (0, "Emma: finished\n", "")
    assert kios.poll() is None, "the Kios that runs did it, and runs on"

    (prompt.folder / "which").write_text("Middlemarch", encoding="utf-8")
    assert await prompt.call("finish", "which") == (1, "", "No book is called Middlemarch.\n")
    status, out, err = await prompt.call("finish")
    assert (status, out) == (2, "")
    assert err.endswith("the following arguments are required: file\n")
    assert await prompt.call("fall") == (
        1,
        "",
        "Something went wrong in Kios. The log has the details.\n",
    )
    assert kios.poll() is None

    kios.terminate()
    assert await asyncio.to_thread(kios.wait, START_S) == 0
    (prompt.folder / "which").write_text("Emma", encoding="utf-8")
    assert await prompt.call("titles") == (0, "Emma: finished\n", "")
    assert await prompt.call("finish", "which") == (0, "Emma is finished.\n", "")
    assert prompt.count() == 1


async def test_a_command_that_reads_can_write_nothing(prompt: Prompt) -> None:
    kios = await running(prompt)
    status, out, err = await prompt.call("sneak")
    assert (status, out) == (1, "")
    assert "may not write" in err
    kios.terminate()
    await asyncio.to_thread(kios.wait, START_S)
    status, out, _ = await prompt.call("sneak")
    assert (status, out) == (1, "")
    assert prompt.count() == 1


async def test_without_a_library_it_is_said(prompt: Prompt) -> None:
    status, out, err = await prompt.call("titles")
    assert (status, out) == (1, "")
    assert "There is none here yet" in err
    assert not prompt.profile.exists(), "reading makes nothing"


async def test_a_file_that_is_called_like_a_command_is_a_file(prompt: Prompt) -> None:
    book = BookDraft(title="Titles", chapters=["<p>a</p>"]).write(prompt.folder / "a.epub")
    book.rename(prompt.folder / "titles")
    prompt.type("./titles")
    async with asyncio.timeout(START_S):
        while prompt.count() != 1:
            await asyncio.sleep(0.1)


async def test_reading_after_a_kill_sees_what_was_written(prompt: Prompt) -> None:
    kios = await running(prompt)
    os.killpg(kios.pid, signal.SIGKILL)
    await asyncio.to_thread(kios.wait, START_S)
    assert await prompt.call("titles") == (0, "Emma: open\n", "")
