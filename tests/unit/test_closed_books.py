"""Books whose places are converted without a window: a few stay open, and none for ever."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kios_desktop.closed_books import KEPT_OPEN, ClosedBooks
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from tests.books import write_book
from tests.unit.storage.conftest import new_book

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere nothing lists the files held open"
)


async def shelf(folder: Path, count: int) -> tuple[ClosedBooks, list[BookId]]:
    books = Books(await Database.open(folder / "library.db"))
    rows = [replace(new_book(n), file=f"{n}.epub") for n in range(count)]
    for row in rows:
        write_book(folder / row.file)
    return ClosedBooks(books, folder), list(await books.add_all(rows))


def open_files(folder: Path) -> set[str]:
    """The books below a folder that this process holds open."""
    links = [link.resolve() for link in Path("/proc/self/fd").iterdir()]
    return {path.name for path in links if path.parent == folder and path.suffix == ".epub"}


async def test_a_few_files_stay_open_and_all_are_closed_in_the_end(tmp_path: Path) -> None:
    closed, ids = await shelf(tmp_path, KEPT_OPEN + 2)
    for book_id in ids:
        places = await closed.places(book_id)
        assert places.excerpt(Place(0, 0), 4)
    assert open_files(tmp_path) == {f"{n}.epub" for n in range(2, KEPT_OPEN + 2)}
    closed.let_go(ids[-1])
    assert open_files(tmp_path) == {f"{n}.epub" for n in range(2, KEPT_OPEN + 1)}
    closed.close()
    assert open_files(tmp_path) == set()


async def test_who_asks_at_the_same_time_gets_the_same(tmp_path: Path) -> None:
    closed, [book_id] = await shelf(tmp_path, 1)
    first, second = await asyncio.gather(closed.places(book_id), closed.places(book_id))
    assert first is second
    assert first.excerpt(Place(0, 0), 4)
    assert len(open_files(tmp_path)) == 1
    closed.close()
