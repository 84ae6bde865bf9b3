"""The list of books is lost, and Kios is started: the real app offers what is still there."""

from pathlib import Path

import pytest

from kios_desktop.paths import profile_paths
from tests.books import BookDraft
from tests.e2e.reader import Reader

pytestmark = [pytest.mark.gui, pytest.mark.slow]


async def test_books_of_a_lost_database_come_back_with_one_click(tmp_path: Path) -> None:
    paths = profile_paths(tmp_path / "profile")
    mine = [str(BookDraft(title=f"Book {n}").write(tmp_path / f"{n}.epub")) for n in range(2)]
    reader = await Reader.start(tmp_path / "profile")
    await reader.do("add", *mine)
    assert (await reader.do("offered"))["offered"] == ""
    await reader.quit()
    lose(paths.database, paths.data / "backups")
    half = paths.library / "books" / "ab" / f"{'ab' * 32}.epub.7.part"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")

    reader = await Reader.start(tmp_path / "profile")
    offered = (await reader.do("offered"))["offered"]
    assert offered == "2 books in the folder of Kios are not in your library."
    assert (await reader.do("take_offer"))["titles"] == ["Book 0", "Book 1"]
    assert (await reader.do("offered"))["offered"] == ""
    await reader.quit()
    assert not half.exists()


def lose(database: Path, backups: Path) -> None:
    database.unlink()
    for copy in backups.iterdir():
        copy.unlink()
