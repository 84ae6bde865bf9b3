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
from kios_desktop.domain.mark_differences import Keep
from kios_desktop.domain.mark_query import KeptMark
from kios_desktop.domain.marks import Mark
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.writers import ExportFormat, written, written_together
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
        self.toasts: list[str] = []
        self.action = ""
        self.act: Callable[[], None] = lambda: None
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

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self.toasts.append(text)
        self.action = action
        if on_action is not None:
            self.act = on_action


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
    assert view.toasts.pop(0) == "Another file is being imported."
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
        assert "It has marks of other books" in view.toasts[0]


async def test_of_many_other_books_some_are_named_and_none_at_length(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        titles = ["A long title " * 50, "", "Two", "Three", "Four"]
        others = [koreader_book(koreader_entry(WORDS), title=one) for one in titles]
        view = await imported(it, View(), koreader_books(*others), 0)
        assert "Two, Three, …" in view.toasts[0]
        assert len(view.toasts[0]) < 200  # it is one line of a toast


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
        assert view.toasts == []
        assert view.summary is not None
        assert view.summary.line.startswith("1 highlight imported")
        assert [title for title, _why in view.summary.failed] == ["Beta"]
        assert view.summary.stopped
        assert [len(await it.of(number)) for number in range(3)] == [1, 0, 0]


async def differing(it: Library, keep: Keep) -> View:
    """What an import says of a file with another note for a highlight."""
    mark = await it.mark(0, 5, 9, note="mine")
    book = await it.books.get(it.ids[0])
    data = written(marked_book(book, [structs.replace(mark, note="theirs")]), ExportFormat.JSON)
    view = View()
    view.keep = keep
    return await imported(it, view, data.encode())


async def until_said(view: View, text: str) -> None:
    while not view.toasts or view.toasts[-1] != text:
        await asyncio.sleep(0.001)


async def test_marks_that_differ_are_shown_with_both_notes(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        view = await differing(it, Keep.MINE)
        assert view.summary is not None
        said = view.summary.text.replace("\u2068", "").replace("\u2069", "")
        assert "here: Yellow, “mine”; in the file: Yellow, “theirs”" in said
        await asyncio.sleep(0.05)
        assert view.toasts == []
        assert [one.note for one in await it.of(0)] == ["mine"]


@pytest.mark.parametrize(
    ("keep", "said", "notes"),
    [
        (Keep.THEIRS, "1 highlight changed", ["theirs"]),
        (Keep.BOTH, "1 highlight added", ["mine", "theirs"]),
    ],
)
async def test_an_answer_about_marks_that_differ_is_carried_out_and_undone(
    tmp_path: Path, keep: Keep, said: str, notes: list[str]
) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        view = await differing(it, keep)
        await until_said(view, said)
        assert sorted(one.note for one in await it.of(0)) == notes
        assert view.action == "Undo"
        view.act()
        while [one.note for one in await it.of(0)] != ["mine"]:
            await asyncio.sleep(0.001)


class Refusing(Marks):
    """It can be told to take nothing."""

    is_full = False

    async def save_kept(self, changed: Sequence[KeptMark]) -> None:
        if self.is_full:
            raise Full("no room")
        await super().save_kept(changed)


async def test_an_answer_that_a_full_disk_refuses_can_be_given_again(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", make_marks=Refusing) as it:
        assert isinstance(it.marks, Refusing)
        it.marks.is_full = True
        view = await differing(it, Keep.THEIRS)
        while not view.toasts:
            await asyncio.sleep(0.001)
        assert view.action == "Try again"
        assert [one.note for one in await it.of(0)] == ["mine"]
        it.marks.is_full = False
        view.act()
        await until_said(view, "1 highlight changed")
        it.marks.is_full = True
        view.act()  # Undo
        while view.action == "Undo":
            await asyncio.sleep(0.001)
        assert view.action == "Try again"
        it.marks.is_full = False
        view.act()
        while [one.note for one in await it.of(0)] != ["mine"]:
            await asyncio.sleep(0.001)


async def test_two_parts_about_one_book_are_settled_together(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha") as it:
        book = await it.books.get(it.ids[0])
        marks = [await it.mark(0, 5, 9, note="mine"), await it.mark(0, 20, 25, note="mine")]
        parts = [
            MarkedBook(title, (), "", "", (structs.replace(mark, note="theirs"),))
            for title, mark in zip("XY", marks, strict=True)
        ]
        view = View(book, book)
        view.keep = Keep.THEIRS
        await imported(it, view, written_together(parts, ExportFormat.JSON).encode())
        await until_said(view, "2 highlights changed")
        assert [one.note for one in await it.of(0)] == ["theirs", "theirs"]
