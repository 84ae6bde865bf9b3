"""A few of the hundred kills; all of them: python -m tests.e2e.kill"""

from pathlib import Path

import pytest

from tests.books import BookDraft
from tests.e2e.kill import kills
from tests.e2e.reader import Reader

pytestmark = [pytest.mark.gui, pytest.mark.slow]


async def test_kill_loses_at_most_the_last_page_turn(tmp_path: Path) -> None:
    assert await kills(2, tmp_path) == []


async def test_an_app_whose_test_is_gone_ends_by_itself(tmp_path: Path) -> None:
    """Even in the middle of a command that never ends: none may be left running."""
    book = BookDraft(chapters=["<p>word </p>" * 20_000]).write(tmp_path / "a.epub")
    reader = await Reader.start(tmp_path / "profile", linger="1")
    await reader.do("open", str(book))
    reader.send("read_on", 0.3)
    await reader.places_for(0.5)
    await reader.leave()
    await reader.ended(10)
