"""Files about several books: each mark goes to its own, from export to import."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.application.books import KeptBooks
from kios_desktop.application.mark_export import MarkExport
from kios_desktop.application.mark_import import MarkImporter
from kios_desktop.application.publications import Publications
from kios_desktop.domain.errors import MarksFault, MarksFileError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.mark_filter import MarkFilter
from kios_desktop.domain.mark_query import MarkQuery
from kios_desktop.domain.marks import Mark, MarkColour, MarkId, MarkKind, Passage
from kios_desktop.exchange.marked_book import ExportOptions
from kios_desktop.exchange.words import ENGLISH
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.library.importer import Importer
from kios_desktop.library.known_files import KnownFiles
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from tests.books import write_book
from tests.foreign_marks import koreader_book, koreader_books, koreader_entry

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TEXT = "<h1>{}</h1><p>The fog came in while they were talking of the harbour of {}.</p>"


@dataclass
class Library:
    """A library of real books, with what exports from it and imports into it."""

    folder: Path
    books: KeptBooks
    marks: Marks
    publications: Publications
    ids: list[BookId] = field(default_factory=list)
    changed: list[BookId] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.exporter = MarkExport(self.marks, self.books)
        self.importer = MarkImporter(
            self.books, self.publications, self.marks, lambda: NOW, self.changed.append
        )

    async def add(self, title: str) -> BookId:
        files = Importer(self.books, self.folder, KnownFiles(self.folder / "added.json"))
        path = write_book(self.folder / f"{title}.epub", TEXT.format(title, title), title=title)
        report = await files.add([path], progress=lambda _n, _all: None, cancelled=lambda: False)
        book_id = report.items[0].book_id
        assert book_id is not None
        self.ids.append(book_id)
        return book_id

    async def mark(self, number: int, start: int, end: int, **cells: object) -> Mark:
        """A highlight as the reader makes it."""
        book = await self.books.get(self.ids[number])
        async with self.publications.use(book.id) as opened:
            passage = Passage(Place(0, start), Place(0, end))
            anchor = opened.places.passages.anchor(passage, book.hashes.sha256)
        made = Mark(MarkId(f"{number:016x}{start:016x}"), MarkKind.HIGHLIGHT, anchor, NOW, NOW)
        made = replace(made, **cells)
        await self.marks.save(book.id, [made])
        return made

    async def of(self, number: int) -> list[Mark]:
        return await self.marks.of_book(self.ids[number])

    async def take_all(self, path: Path) -> list[int]:
        """How many each part of a file brought into the book that it is about."""
        parts = await self.importer.read(path)
        found = await self.importer.match(parts)
        counts = []
        for told, one in zip(parts, found, strict=True):
            assert one.book is not None
            result = await self.importer.take(told, one.book, lambda _done, _all: None)
            counts.append(len(result.imported))
        return counts


@asynccontextmanager
async def library_in(
    folder: Path, *titles: str, make_marks: Callable[[Database], Marks] = Marks
) -> AsyncIterator[Library]:
    database = await Database.open(folder / "library.db")
    books = KeptBooks(database, folder)
    publications = Publications(books, folder)
    try:
        made = Library(folder, books, make_marks(database), publications)
        for title in titles:
            await made.add(title)
        yield made
    finally:
        await publications.aclose()
        await database.aclose()


async def test_highlights_of_all_books_come_back_each_into_its_own(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        first = [await it.mark(0, 5, 9, note="Fog"), await it.mark(0, 20, 25)]
        second = [await it.mark(1, 5, 9, colour=MarkColour.PINK)]
        path = tmp_path / "all.json"
        shown = await it.exporter.found(MarkQuery())
        await it.exporter.write(shown, ExportFormat.JSON, path, ExportOptions())
        await it.marks.delete([mark.id for mark in (*first, *second)])
        assert await it.take_all(path) == [2, 1]
        assert (await it.of(0), await it.of(1)) == (first, second)
        assert it.changed == it.ids
        assert await it.take_all(path) == [0, 0]


async def test_what_is_shown_is_exported_and_a_single_book_as_such(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        await it.mark(0, 5, 9)
        await it.mark(0, 20, 25, note="Mine")
        await it.mark(1, 5, 9, note="Mine")
        noted = MarkFilter(noted=True)
        shown = await it.exporter.found(MarkQuery(wanted=noted))
        assert [(book.title, len(book.marks)) for book in shown] == [("Alpha", 1), ("Beta", 1)]
        [alone] = await it.exporter.found(MarkQuery(it.ids[1]))
        path = tmp_path / "beta.md"
        await it.exporter.write([alone], ExportFormat.MARKDOWN, path, ExportOptions())
        assert path.read_text(encoding="utf-8").startswith("# Beta\n")
        await it.exporter.write(shown, ExportFormat.MARKDOWN, path, ExportOptions())
        assert path.read_text(encoding="utf-8").startswith("# Highlights and notes\n\n## Alpha\n")
        text = await it.exporter.as_text(shown, ENGLISH)
        assert text.count("Note: Mine") == 2


async def test_koreaders_export_of_several_books_finds_them_by_title(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        path = tmp_path / "all-books.json"
        path.write_bytes(
            koreader_books(
                koreader_book(koreader_entry("harbour of Beta"), title="BETA"),
                koreader_book(koreader_entry("harbour of Gamma"), title="Gamma"),
            )
        )
        parts = await it.importer.read(path)
        assert [one.book and one.book.title for one in await it.importer.match(parts)] == [
            "Beta",
            None,
        ]


async def test_a_cancelled_import_leaves_nothing_and_tells_that_it_may_have(
    tmp_path: Path,
) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        path = tmp_path / "many.json"
        entries = [koreader_entry(f"no such words {n}", time=n) for n in range(3000)]
        path.write_bytes(koreader_books(koreader_book(*entries, title="Alpha")))
        parts = await it.importer.read(path)
        [found] = await it.importer.match(parts)
        assert found.book is not None
        seen: list[tuple[int, int]] = []
        begun = asyncio.Event()

        def progress(done: int, total: int) -> None:
            seen.append((done, total))
            begun.set()

        task = asyncio.create_task(it.importer.take(parts[0], found.book, progress))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert 0 < seen[-1][0] < seen[-1][1] == 3000
        assert await it.of(0) == []
        assert it.changed == it.ids


async def test_a_file_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        await it.mark(0, 5, 9)
        shown = await it.exporter.found(MarkQuery())
        nowhere = tmp_path / "none" / "all.csv"
        with pytest.raises(MarksFileError) as refused:
            await it.exporter.write(shown, ExportFormat.CSV, nowhere, ExportOptions())
        assert refused.value.fault is MarksFault.NO_FOLDER
