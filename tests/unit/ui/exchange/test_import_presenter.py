"""Importing files in windows: which book is asked for, and what is told."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec import structs

from kios_desktop.application.books import KeptBooks
from kios_desktop.application.mark_exchange import marked_book
from kios_desktop.application.mark_import import MarkImporter
from kios_desktop.domain.errors import Full
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.marks import Keep, Mark
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.exchange.writers import ExportFormat, written
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from kios_desktop.ui.exchange.import_presenter import BookAnswer, ImportPresenter
from kios_desktop.ui.exchange.import_summary import ImportSummary
from kios_desktop.ui.kit.tasks import Tasks
from tests.foreign_marks import (
    koreader_book,
    koreader_books,
    koreader_entry,
    koreader_export,
    readest_entry,
)
from tests.unit.application.test_mark_import import NOW, Library, library_in

pytestmark = pytest.mark.anyio

WORDS = "harbour of Alpha"


class View:
    """`answers` are given one after another."""

    def __init__(self, *answers: Book | None, for_all: bool = False) -> None:
        self.answers, self.for_all = list(answers), for_all
        self.asked: list[str] = []
        self.summary: ImportSummary | None = None
        self.refusals: list[str] = []
        self.progress = False
        self.keep = Keep.MINE

    def ask_file(self, chosen: Callable[[Path], None]) -> None:
        raise AssertionError

    def ask_book(
        self,
        told: MarksOfBook,
        likely: Sequence[Book],
        books: Sequence[Book],
        more: int,
        answered: Callable[[BookAnswer], None],
    ) -> None:
        self.asked.append(f"{told.title} {len(likely)} of {len(books)}, {more} more")
        answered(BookAnswer(self.answers.pop(0), self.for_all))

    def ask_this_book(
        self, told: MarksOfBook, book: Book, answered: Callable[[BookAnswer], None]
    ) -> None:
        self.asked.append(f"{told.title} into {book.title}")
        answered(BookAnswer(self.answers.pop(0)))

    def show_progress(self, done: int, total: int) -> None:
        self.progress = True

    def hide_progress(self) -> None:
        self.progress = False

    def show_summary(self, summary: ImportSummary) -> None:
        self.summary = summary

    def ask_differing(self, summary: ImportSummary, answered: Callable[[Keep], None]) -> None:
        self.summary = summary
        answered(self.keep)

    def say(self, text: str) -> None:
        self.refusals.append(text)


def unexpected(error: Exception) -> None:
    raise AssertionError from error


async def imported(it: Library, view: View, data: bytes, number: int | None = None) -> View:
    """`number` is that of the book whose window it is."""
    path = it.folder / "marks.json"
    path.write_bytes(data)
    of = None if number is None else it.ids[number]
    presenter = ImportPresenter(it.importer, view, Tasks(unexpected), of)
    presenter.start(path)
    presenter.start(path)  # while the first one runs
    task = presenter._task
    assert task is not None
    await task
    assert view.refusals.pop(0) == "Another file is being imported."
    assert not view.progress
    return view


def line(view: View) -> str:
    assert view.summary is not None
    return view.summary.line


async def test_in_a_books_window_a_file_that_names_none_is_for_it(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        notes = json.dumps([readest_entry("", WORDS)]).encode()
        view = await imported(it, View(), notes, 0)
        assert (view.asked, line(view)) == ([], "1 highlight imported, 1 found by its text")
        assert len(await it.of(0)) == 1


async def test_in_a_books_window_that_of_another_book_is_asked_for(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        beta = koreader_export(koreader_entry(WORDS), title="Beta")
        alpha = await it.books.get(it.ids[0])
        view = await imported(it, View(None), beta, 0)
        assert view.asked == ["Beta into Alpha"]
        assert await it.of(0) == await it.of(1) == []
        view = await imported(it, View(alpha), beta, 0)
        assert (len(await it.of(0)), len(await it.of(1))) == (1, 0)


class WhileItIsRead(KeptBooks):
    """Its books are opened while a file is matched with them."""

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        found = await super().load(ids)
        for book_id in ids:
            await self.opened(book_id, NOW)
        return found


async def test_a_book_that_is_read_meanwhile_is_still_the_one(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        book = await it.books.get(it.ids[0])
        quoted = {"selector": {"type": "TextQuoteSelector", "exact": WORDS}}
        named = {
            "type": "AnnotationCollection",
            "kios:about": {"dc:identifier": book.identifier},
            "items": [{"type": "Annotation", "motivation": "highlighting", "target": quoted}],
        }
        books = WhileItIsRead(it.books._database, it.folder)
        it.importer = MarkImporter(books, it.publications, it.marks, lambda: NOW, it.changed.append)
        view = await imported(it, View(), json.dumps(named).encode(), 0)
        assert (view.asked, len(await it.of(0))) == ([], 1)


async def test_in_a_books_window_only_its_part_of_a_file_counts(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        both = [koreader_book(koreader_entry(WORDS), title=one) for one in ("Alpha", "Beta")]
        view = await imported(it, View(), koreader_books(*both), 0)
        assert (view.asked, line(view)) == ([], "1 highlight imported, 1 found by its text")
        assert (len(await it.of(0)), len(await it.of(1))) == (1, 0)
        others = [koreader_book(koreader_entry(WORDS), title=one) for one in ("Beta", "Gamma")]
        view = await imported(it, View(), koreader_books(*others), 0)
        assert view.summary is None
        assert "It has marks of other books" in view.refusals[0]


async def test_of_many_other_books_some_are_named_and_none_at_length(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        titles = ["A long title " * 50, "", "Two", "Three", "Four"]
        others = [koreader_book(koreader_entry(WORDS), title=one) for one in titles]
        view = await imported(it, View(), koreader_books(*others), 0)
        assert "Two, Three, …" in view.refusals[0]
        assert len(view.refusals[0]) < 200  # it is one line of a toast


async def test_unclear_books_are_asked_one_by_one_until_it_is_enough(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        parts = [koreader_book(koreader_entry(WORDS), title=one) for one in ("X", "Y", "Z")]
        alpha = await it.books.get(it.ids[0])
        view = await imported(it, View(None, alpha, None), koreader_books(*parts))
        assert view.asked == ["X 0 of 2, 2 more", "Y 0 of 2, 1 more", "Z 0 of 2, 0 more"]
        assert view.summary is not None
        assert view.summary.missing == ["X", "Z"]
        view = await imported(it, View(None, for_all=True), koreader_books(*parts))
        assert view.asked == ["X 0 of 2, 2 more"]
        assert view.summary is not None
        assert view.summary.missing == ["X", "Y", "Z"]


async def test_a_book_whose_file_is_gone_costs_no_other_one(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        lost = await it.books.get(it.ids[0])
        (tmp_path / lost.file).unlink()
        both = [koreader_book(koreader_entry(WORDS), title=one) for one in ("Alpha", "Beta")]
        view = await imported(it, View(), koreader_books(*both))
        assert view.summary is not None
        assert [title for title, _why in view.summary.failed] == ["Alpha"]
        assert "was left out" in view.summary.text
        assert len(await it.of(1)) == 1


class FillingDisk(Marks):
    """The disk takes the marks of one book, and then no more."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._room = 1

    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None:
        if not self._room:
            raise Full("no room")
        self._room -= 1
        await super().save(book_id, changed)


async def test_what_was_imported_before_the_disk_was_full_is_told(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta", "Gamma", make_marks=FillingDisk) as it:
        titles = ("Alpha", "Beta", "Gamma")
        all_three = [koreader_book(koreader_entry(WORDS), title=one) for one in titles]
        view = await imported(it, View(), koreader_books(*all_three))
        assert view.refusals == []
        assert view.summary is not None
        assert view.summary.line.startswith("1 highlight imported")
        assert [title for title, _why in view.summary.failed] == ["Beta"]
        assert view.summary.stopped
        assert [len(await it.of(number)) for number in range(3)] == [1, 0, 0]


async def test_marks_that_differ_are_asked_about_and_changed(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        mark = await it.mark(0, 5, 9, note="mine")
        book = await it.books.get(it.ids[0])
        data = written(marked_book(book, [structs.replace(mark, note="theirs")]), ExportFormat.JSON)
        view = View()
        view.keep = Keep.THEIRS
        await imported(it, view, data.encode())
        assert view.summary is not None
        said = view.summary.text.replace("\u2068", "").replace("\u2069", "")
        assert "here: Yellow, “mine”; in the file: Yellow, “theirs”" in said
        while not view.refusals:
            await asyncio.sleep(0.01)
        assert view.refusals == ["1 highlight changed"]
        assert [one.note for one in await it.of(0)] == ["theirs"]
