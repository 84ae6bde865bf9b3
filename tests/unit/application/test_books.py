"""A removed book does not stay on the disk, and comes back whole."""

from pathlib import Path

from kios_desktop.application.books import KeptBooks
from kios_desktop.library.importer import Importer
from kios_desktop.storage.database import Database
from tests.books import BookDraft
from tests.unit.storage.conftest import new_book


async def test_the_file_of_a_removed_book_goes_and_may_come_back(tmp_path: Path) -> None:
    mine = BookDraft(title="Emma").write(tmp_path / "emma.epub")
    library = tmp_path / "library"
    database = await Database.open(tmp_path / "library.db")
    try:
        books = KeptBooks(database, library)
        importer = Importer(books, library)
        for _ in range(2):
            report = await importer.add(
                [mine], progress=lambda _done, _all: None, cancelled=lambda: False
            )
            book_id = report.items[0].book_id
            assert book_id is not None
            book = await books.get(book_id)
            assert (library / book.file).read_bytes() == mine.read_bytes()
            await books.remove(book_id)
            assert [path for path in library.rglob("*") if path.is_file()] == []
            await books.remove(book_id)  # once more does no harm
        assert mine.exists(), "the reader's own file is left alone"
    finally:
        await database.aclose()


async def test_who_listens_hears_of_added_and_removed_books(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    try:
        books = KeptBooks(database, tmp_path / "library")
        heard: list[int] = []

        def hear() -> None:
            heard.append(len(heard))

        books.when_changed(hear)
        [added] = await books.add_all([new_book(1)])
        assert heard == [0]
        await books.remove(added)
        assert heard == [0, 1]
    finally:
        await database.aclose()
