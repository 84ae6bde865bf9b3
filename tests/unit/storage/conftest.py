"""A database in a temporary folder, and books to put into it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kios_desktop.domain.library import DocumentHashes, NewBook
from kios_desktop.storage.database import Database


def new_book(number: int, title: str = "", author: str = "", series: str = "") -> NewBook:
    return NewBook(
        title=title or f"Book {number}",
        authors=(author,) if author else (),
        language="en",
        series=series,
        series_index=None,
        identifier="",
        file=f"{number}.epub",
        file_name=f"{number}.epub",
        size_bytes=1,
        hashes=DocumentHashes(f"{number:064x}", f"{number:032x}", f"{number:032x}", ""),
        cover="",
    )


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "library.db")
    yield opened
    await opened.aclose()
