"""Files whose names are no text, and books whose words are not clean: all come into the library."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kios_desktop.domain.library import ImportOutcome, ImportReport
from kios_desktop.domain.path_text import text_to_path
from kios_desktop.library.importer import Importer
from kios_desktop.library.known_files import KnownFiles
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.ui.library.import_report import report_text
from tests.books import write_book

ADDED, HERE = ImportOutcome.ADDED, ImportOutcome.ALREADY_HERE
LATIN_1 = os.fsdecode(b"caf\xe9")

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="file names are text there")


@pytest.fixture
async def books(tmp_path: Path) -> AsyncIterator[Books]:
    database = await Database.open(tmp_path / "kios.db")
    yield Books(database)
    await database.aclose()


async def add(importer: Importer, *paths: Path) -> ImportReport:
    return await importer.add(paths, progress=lambda _done, _all: None, cancelled=lambda: False)


def in_library(library: Path) -> list[str]:
    return sorted(path.stem for path in library.rglob("*") if path.is_file())


@on_linux
async def test_a_folder_of_names_that_are_no_text_is_added(tmp_path: Path, books: Books) -> None:
    sources, library = tmp_path / LATIN_1, tmp_path / "library"
    sources.mkdir()
    for number in range(5):
        write_book(sources / f"{LATIN_1}{number}.epub", f"<p>{number}</p>")
    known = KnownFiles(tmp_path / "added.json", lambda: 2**62)
    importer = Importer(books, library, known)
    first = await add(importer, sources)
    assert [item.outcome for item in first.items] == [ADDED] * 5
    again = await add(Importer(books, library, KnownFiles(tmp_path / "added.json")), sources)
    assert [item.outcome for item in again.items] == [HERE] * 5
    kept = await books.load([item.book_id for item in first.items if item.book_id is not None])
    assert in_library(library) == sorted(book.hashes.sha256 for book in kept)
    assert [str(text_to_path(book.file_name)) for book in kept] == [
        f"{LATIN_1}{number}.epub" for number in range(5)
    ]
    report_text(first).encode("utf-8")
    assert "caf\ufffd0.epub: added" in report_text(first)
