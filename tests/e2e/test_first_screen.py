"""What the first screen does without: SQLAlchemy takes longer to import than all of ours."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books import BookDraft
from tests.e2e.processes import Processes

pytestmark = [pytest.mark.gui, pytest.mark.slow]

START_S = 60


@pytest.fixture
def processes() -> Iterator[Processes]:
    made = Processes()
    yield made
    made.end()


async def start(processes: Processes, folder: Path, *words: Path) -> list[Any]:
    """What the app tells until it has started, and ended of itself."""
    process = processes.begin(folder / "profile", *words, module="tests.e2e.first_screen")
    out, err = await asyncio.to_thread(process.communicate, timeout=START_S)
    assert process.returncode == 0, err
    return [json.loads(line) for line in out.splitlines()]


async def test_a_known_book_and_the_library_are_shown_before_sqlalchemy_is_imported(
    processes: Processes, tmp_path: Path
) -> None:
    book = BookDraft(title="Emma", chapters=["<p>Handsome, clever, and rich.</p>"])
    emma = book.write(tmp_path / "emma.epub")
    added, _ = await start(processes, tmp_path, emma)
    assert added == ["Emma", ["sqlalchemy"]], "adding it comes first, and is a change"

    assert await start(processes, tmp_path, emma) == [["Emma", []], ["sqlalchemy"]]
    assert await start(processes, tmp_path) == [["Emma", []], ["sqlalchemy"]]
