"""However Kios ends, the books that were open are open at the next start."""

from pathlib import Path

import pytest

from tests.books import BookDraft
from tests.e2e.reader import Reader

pytestmark = [pytest.mark.gui, pytest.mark.slow]


@pytest.mark.parametrize("way", ["kill", pytest.param("quit", marks=pytest.mark.long)])
async def test_open_books_outlive_the_program(way: str, tmp_path: Path) -> None:
    books = [
        BookDraft(title=title, chapters=["<p>It begins.</p>"]).write(tmp_path / f"{title}.epub")
        for title in ("Emma", "Walden", "Persuasion")
    ]
    profile = tmp_path / "profile"
    reader = await Reader.start(profile)
    for book in books[:2]:
        await reader.do("open", str(book))
    await reader.do("open", str(books[2]))
    await reader.do("close_book")
    if way == "kill":
        await reader.kill()
    else:
        await reader.quit()
    reader = await Reader.start(profile)
    shown = await reader.do("open_books", 2)
    assert shown["titles"] == ["Emma", "Walden"], "the last one is in front"
    await reader.quit()
    assert "Traceback" not in reader.complaints
