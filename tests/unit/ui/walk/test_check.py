"""What is said of a file that is no book."""

from pathlib import Path

import pytest

from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.walk.check import check


@pytest.mark.parametrize(
    ("name", "reason"),
    [(".", "This is a folder. Name the books in it."), ("none.epub", "There is no such file.")],
)
async def test_a_path_without_a_book_is_named_for_what_it_is(
    tmp_path: Path, name: str, reason: str
) -> None:
    no_profile: BookProfile = None  # type: ignore[assignment]  # never reached
    report = await check(no_profile, tmp_path / name, [], "")
    assert (report.reason, report.is_whole) == (reason, False)
