"""`kios-desktop search` beside a Kios that runs, and without one; and all books with it."""

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

pytestmark = [pytest.mark.gui, pytest.mark.slow]

START_S = 30


@pytest.fixture
def processes() -> Iterator[Processes]:
    made = Processes()
    yield made
    made.end()


async def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = await asyncio.to_thread(process.communicate, timeout=START_S)
    return process.returncode, out, err


async def test_a_book_of_the_library_is_searched_beside_a_kios_that_runs(
    processes: Processes, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    path = BookDraft(title="Emma", chapters=["<p>Handsome, clever, and rich.</p>"]).write(
        tmp_path / "emma.epub"
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kios = processes.begin(profile, path)
    async with asyncio.timeout(START_S):
        while not titles(profile_paths(profile).database):
            assert kios.poll() is None
            await asyncio.sleep(0.1)
    path.unlink()

    async def search(*words: str) -> tuple[int, str, str]:
        return await ended(processes.begin(profile, "search", *words))

    status, out, err = await search(digest.upper(), "CLEVER", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["match"] == "clever"
    assert kios.poll() is None, "it was only read beside it"

    kios.terminate()
    await asyncio.to_thread(kios.wait, START_S)
    status, out, _ = await search(digest, "clever")
    assert status == 0
    assert out.endswith("1 result in 1 chapter\n")

    other = "0" * 64
    assert await search(other, "clever") == (
        1,
        "",
        f"No book in the library has the SHA-256 {other}.\n",
    )


async def test_matches_are_written_as_they_are_found(processes: Processes, tmp_path: Path) -> None:
    """The first while the search still runs: the pattern explodes in the second chapter."""
    chapters = ["<p>b;</p>", f"<p>{'the quick brown fox ' * 20}</p>"]
    path = BookDraft(chapters=chapters).write(tmp_path / "b.epub")
    pattern = r"(\w|\s|.)+;"
    process = processes.begin(tmp_path / "p", "search", str(path), pattern, "--regex", "--json")
    assert process.stdout is not None
    first = await asyncio.to_thread(process.stdout.readline)
    assert json.loads(first)["spine_index"] == 0
    assert process.poll() is None
    status, out, err = await ended(process)
    assert (status, out) == (1, "")
    assert err.startswith("This regular expression takes too long. ")
