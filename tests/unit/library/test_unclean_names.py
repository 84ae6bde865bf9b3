"""Files whose names are no text, and books whose words are not clean: all come into the library."""

import os
import sys
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Locked
from kios_desktop.domain.library import (
    Book,
    BookId,
    ImportOutcome,
    ImportReport,
    NewBook,
    Query,
)
from kios_desktop.domain.path_text import text_to_path
from kios_desktop.domain.text import LINE
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.library.importer import Importer
from kios_desktop.library.known_files import KnownFiles
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.ui.library.import_report import report_text
from tests.books import BookDraft, write_book, write_zip

ADDED, HERE, FAILED = ImportOutcome.ADDED, ImportOutcome.ALREADY_HERE, ImportOutcome.FAILED
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


HOSTILE = "a&#xD83D;b&#x202E;c&#1;d&#xD83D;&#xDE00;e&#xFFFE;f\u2066g\u2028h&nbsp;i"


async def test_a_book_whose_words_are_not_clean_is_added_with_clean_ones(
    tmp_path: Path, books: Books
) -> None:
    write_zip(
        tmp_path / "a.epub",
        {
            name: content.replace(b"HOSTILE", HOSTILE.encode()).replace(b"Chapter 1", b"a&#xD83D;")
            for name, content in BookDraft(
                title="HOSTILE",
                author="HOSTILE",
                identifier="HOSTILE" * 300,
                metadata="<dc:description>HOSTILE</dc:description>"
                "<meta name='calibre:series' content='HOSTILE'/>",
            )
            .entries()
            .items()
        },
    )
    [item] = (await add(Importer(books, tmp_path / "library"), tmp_path / "a.epub")).items
    assert (item.outcome, item.error) == (ADDED, None)
    assert item.book_id is not None
    book = await books.get(item.book_id)
    words = "a\ufffdbcd\U0001f600efg h i"
    assert (book.title, book.authors, book.series) == (words, (words,), words)
    assert len(book.identifier) <= LINE
    with Container.open(tmp_path / "a.epub") as container:
        publication = read_publication(container)
    assert publication.toc[0].title == "a\ufffd"
    assert publication.metadata.description == words.replace("b", "b\u202e").replace(
        "fg", "f\u2066g"
    )


class Choosy(Books):
    """Has a fault of its own with one title, as a mistake of ours would be."""

    async def add_all(self, new: Sequence[NewBook]) -> list[BookId]:
        if any(book.title == "Bad" for book in new):
            raise ValueError("planned")
        return await super().add_all(new)


async def test_one_record_that_cannot_be_written_fails_alone(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "kios.db")
    try:
        (tmp_path / "sources").mkdir()
        for title in ("One", "Bad", "Three"):
            write_book(tmp_path / "sources" / f"{title}.epub", title=title)
        books, library = Choosy(database), tmp_path / "library"
        report = await add(Importer(books, library), tmp_path / "sources")
        assert {item.name: item.outcome for item in report.items} == {
            "Bad.epub": FAILED,
            "One.epub": ADDED,
            "Three.epub": ADDED,
        }
        kept = await books.load(await books.ids(Query()))
        assert in_library(library) == sorted(book.hashes.sha256 for book in kept)
        assert "Bad.epub: " in report_text(report)
    finally:
        await database.aclose()


class Closed(Books):
    """Can't be asked which books are here; `error` says why."""

    error: Exception = Locked()

    async def by_sha256(self, _hashes: Collection[str]) -> dict[str, Book]:
        raise self.error


@pytest.mark.parametrize("error", [Locked(), ValueError("planned")])
async def test_a_store_that_cannot_be_asked_is_a_line_of_the_report(
    error: Exception, tmp_path: Path
) -> None:
    database = await Database.open(tmp_path / "kios.db")
    try:
        books, library = Closed(database), tmp_path / "library"
        books.error = error
        file = write_book(tmp_path / "a.epub")
        [item] = (await add(Importer(books, library), file)).items
        assert (item.outcome, item.error) == (FAILED, error)
        assert in_library(library) == []
    finally:
        await database.aclose()
