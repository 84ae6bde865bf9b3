"""`kios-desktop library backup` and `restore`, beside a Kios that runs and without one."""

import asyncio
import hashlib
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
    """A terminal in a folder with a book."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.book = BookDraft(title="Emma").write(folder / "emma.epub")
        self.sha256 = hashlib.sha256(self.book.read_bytes()).hexdigest()

    async def kios(self, profile: str) -> subprocess.Popen[str]:
        """A Kios that runs, with the book in its library."""
        kios = self.begin(self.folder / profile, self.book)
        async with asyncio.timeout(START_S):
            while not titles(profile_paths(self.folder / profile).database):
                assert kios.poll() is None
                await asyncio.sleep(0.1)
        return kios

    async def call(self, profile: str, *words: str) -> tuple[int, str, str]:
        process = self.begin(self.folder / profile, "library", *words, folder=self.folder)
        out, err = await asyncio.to_thread(process.communicate, timeout=START_S)
        return process.returncode, out, err


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Prompt]:
    made = Prompt(tmp_path)
    yield made
    made.end()


async def test_a_library_moves_into_an_empty_profile_and_no_other(prompt: Prompt) -> None:
    kios = await prompt.kios("one")
    assert await prompt.call("one", "backup", "all.kios") == (
        0,
        "1 book written to all.kios.\n",
        "",
    )
    assert kios.poll() is None, "it was only read beside it"

    status, out, err = await prompt.call("one", "restore", "all.kios")
    assert (status, out) == (1, "")
    assert err == "Nothing was changed. Kios is running with this profile. Quit it, then restore.\n"
    kios.terminate()
    assert await asyncio.to_thread(kios.wait, START_S) == 0
    status, out, err = await prompt.call("one", "restore", "all.kios")
    assert (status, out) == (1, "")
    assert err.startswith("Nothing was changed. There are books or sources here already")

    status, out, err = await prompt.call("two", "restore", "all.kios")
    assert (status, err) == (0, "")
    assert out.startswith("1 book restored from all.kios.\n")
    paths = profile_paths(prompt.folder / "two")
    assert titles(paths.database) == ["Emma"]
    book = paths.library / f"books/{prompt.sha256[:2]}/{prompt.sha256}.epub"
    assert book.read_bytes() == prompt.book.read_bytes()
    again = await prompt.kios("two")
    assert again.poll() is None


async def test_what_is_wrong_is_said_in_a_sentence(prompt: Prompt) -> None:
    for words, status, said in (
        (("backup", "all.kios"), 1, "There is none here yet."),
        (("restore", "missing.kios"), 1, "There is no such file."),
        (("restore", "emma.epub"), 1, "This is no backup that Kios made."),
        (("restore",), 2, "usage:"),
        (("move",), 2, "invalid choice"),
    ):
        found, out, err = await prompt.call("new", *words)
        assert (found, out) == (status, ""), words
        assert said in err, err
        assert "Traceback" not in err
