"""The whole of the running app keeps its profile to itself."""

import os
from pathlib import Path

import pytest

from tests.books import PIXEL_PNG, BookDraft
from tests.e2e.reader import Reader

pytestmark = [
    pytest.mark.gui,
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes"),
]


async def test_a_running_kios_makes_nothing_that_others_can_read(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        reader = await Reader.start(tmp_path / "profile")
    finally:
        os.umask(before)
    await reader.do("open", str(BookDraft(cover=PIXEL_PNG).write(tmp_path / "a.epub")))
    await reader.do("turn", 1)
    running = open_to_others(tmp_path / "profile")
    await reader.do("close_book")
    await reader.quit()
    assert running == []
    assert open_to_others(tmp_path / "profile") == []


def open_to_others(profile: Path) -> list[str]:
    return [
        f"{path.relative_to(profile)} {path.lstat().st_mode & 0o777:o}"
        for path in profile.rglob("*")
        if path.lstat().st_mode & 0o077
    ]
