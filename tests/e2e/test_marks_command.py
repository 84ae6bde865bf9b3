"""`kios-desktop marks` beside a Kios that runs, and without one."""

import asyncio
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kios_desktop.paths import profile_paths
from tests.books import BookDraft
from tests.e2e.processes import Processes, titles
from tests.foreign_marks import koreader_entry, koreader_export, readest, readest_entry

pytestmark = [pytest.mark.gui, pytest.mark.slow]

START_S = 30
CHAPTERS = ("<p>Handsome, clever, and rich.</p>", "<p>With a comfortable home.</p>")


class Prompt(Processes):
    """A terminal in a folder with a book, and a profile."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.profile = folder, folder / "profile"
        self.book = BookDraft(title="Emma", chapters=CHAPTERS).write(folder / "emma.epub")
        self.sha256 = hashlib.sha256(self.book.read_bytes()).hexdigest()

    async def kios(self) -> subprocess.Popen[str]:
        """A Kios that runs, with the book in its library."""
        kios = self.begin(self.profile, self.book)
        async with asyncio.timeout(START_S):
            while not titles(profile_paths(self.profile).database):
                assert kios.poll() is None
                await asyncio.sleep(0.1)
        return kios

    async def call(self, *words: str) -> tuple[int, str, str]:
        process = self.begin(self.profile, "marks", *words, folder=self.folder)
        out, err = await asyncio.to_thread(process.communicate, timeout=START_S)
        return process.returncode, out, err


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Prompt]:
    made = Prompt(tmp_path)
    yield made
    made.end()


async def test_marks_leave_and_enter_beside_a_kios_that_runs_and_without_one(
    prompt: Prompt,
) -> None:
    kios = await prompt.kios()
    (prompt.folder / "koreader.json").write_bytes(
        koreader_export(koreader_entry("clever, and rich"), koreader_entry("no such words"))
    )
    status, out, err = await prompt.call("import", "koreader.json", "--book", "emma.epub", "--json")
    assert (status, err) == (0, "")
    answer = json.loads(out)
    assert (answer["imported"], answer["found_by_text"]) == (1, 1)
    assert [mark["text"] for mark in answer["not_found"]] == ["no such words"]
    assert kios.poll() is None, "the Kios that runs did it, and runs on"

    status, out, err = await prompt.call("export", prompt.sha256, "--format", "json")
    assert (status, err) == (0, "")
    items = json.loads(out)["first"]["items"]
    assert [one["target"]["selector"][-1]["exact"] for one in items] == [
        "clever, and rich",
        "no such words",
    ]
    assert kios.poll() is None, "it was only read beside it"
    status, out, err = await prompt.call("export", "emma.epub", "--out", "emma.md")
    assert (status, out, err) == (0, "2 marks exported to emma.md.\n", "")
    assert "> clever, and rich\n" in (prompt.folder / "emma.md").read_text(encoding="utf-8")

    kios.terminate()
    await asyncio.to_thread(kios.wait, START_S)
    (prompt.folder / "readest.json").write_bytes(
        readest(readest_entry("epubcfi(/6/4!/4/2,/1:0,/1:6)", "With a", note="How?"))
    )
    assert await prompt.call("import", "readest.json", "--book", prompt.sha256) == (
        0,
        "Emma: 1 mark imported.\n",
        "",
    )
    status, out, err = await prompt.call("import", "gone", "--book", prompt.sha256)
    assert (status, out, err) == (1, "", "These marks can’t be read. There is no such file.\n")
    status, out, _ = await prompt.call("export", prompt.sha256)
    assert "> With a\n\nHow?\n" in out
