"""Marks from files, in books of the library."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.application.mark_exchange import (
    MarkImport,
    import_marks,
    marked_book,
)
from kios_desktop.application.mark_settling import copy_id, settle
from kios_desktop.application.open_publication import OpenPublication, open_publication
from kios_desktop.domain.errors import MarksFault, MarksFileError
from kios_desktop.domain.library import Book, BookId, DocumentHashes
from kios_desktop.domain.locator import Place
from kios_desktop.domain.mark_differences import Difference, Keep
from kios_desktop.domain.marks import (
    Mark,
    MarkColour,
    MarkId,
    MarkKind,
    MarkStyle,
    Passage,
    TextQuote,
)
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.writers import ExportFormat, written
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from tests.books import BookDraft
from tests.foreign_marks import (
    koreader_annotation,
    koreader_book,
    koreader_books,
    koreader_entry,
    koreader_export,
    koreader_metadata,
    readest,
    readest_entry,
    thorium,
    thorium_item,
)
from tests.marks import highlight
from tests.unit.storage.conftest import new_book

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
MD5 = "cd" * 16
FIRST = "<h1>One</h1><p>Call me Ishmael. Some years ago, never mind how long.</p><p>The whale.</p>"
SECOND = "<h1>Two</h1><p>It was the whiteness of the whale that above all things appalled me.</p>"
POINT = "/body/DocFragment[1]/body/p[1]/text().{}"


@dataclass
class Shelf:
    """A library with one open book at a time."""

    marks: Marks
    books: Books
    folder: Path
    count: int = 0

    async def add(self, *chapters: str) -> tuple[Book, Path]:
        self.count += 1
        path = BookDraft(chapters=chapters).write(self.folder / f"{self.count}.epub")
        [book_id] = await self.books.add_all([new_book(self.count)])
        hashes = DocumentHashes(f"{self.count:064x}", MD5, MD5, MD5)
        return replace(await self.books.get(book_id), hashes=hashes, title="A small book"), path

    async def take(self, data: bytes, book: tuple[Book, Path]) -> MarkImport:
        record, path = book
        opened = open_publication(path, None)
        try:
            return await import_marks(
                data, record, opened.publication, opened.places, self.marks, NOW
            )
        finally:
            opened.close()

    async def of(self, book: tuple[Book, Path]) -> list[Mark]:
        return await self.marks.of_book(book[0].id)


@asynccontextmanager
async def shelf_in(folder: Path) -> AsyncIterator[Shelf]:
    database = await Database.open(folder / "library.db")
    try:
        yield Shelf(Marks(database), Books(database), folder)
    finally:
        await database.aclose()


def exported(*marks: Mark) -> bytes:
    book = MarkedBook("A small book", (), "", "", marks)
    return written(book, ExportFormat.JSON).encode()


def there(spine: int, text: str, *chapters: str) -> Passage:
    """Where a text is in a chapter of `FIRST` and `SECOND`, or of other ones."""
    bare = re.sub(r"<[^>]*>|\s", "", (chapters or (FIRST, SECOND))[spine])
    start = bare.index(text.replace(" ", ""))
    return Passage(Place(spine, start), Place(spine, start + len(text.replace(" ", ""))))


def before(spine: int, text: str, *chapters: str) -> Passage:
    """The point before a text."""
    start = there(spine, text, *chapters).start
    return Passage(start, start)


def made(
    opened: OpenPublication, sha256: str, where: Passage, number: int, **cells: object
) -> Mark:
    """A mark as the reader makes it."""
    anchor = opened.places.passages.anchor(where, sha256)
    mark = Mark(MarkId(f"{number:032x}"), MarkKind.HIGHLIGHT, anchor, NOW, NOW)
    return replace(mark, **cells)


async def some_marks(book: tuple[Book, Path]) -> list[Mark]:
    """Highlights in both chapters, and a bookmark."""
    opened, sha = open_publication(book[1], None), book[0].hashes.sha256
    try:
        return [
            made(opened, sha, there(0, "Call me Ishmael"), 1, note="“Zoë”\n\tsays\r\n so"),
            made(opened, sha, before(0, "Some years"), 2, kind=MarkKind.BOOKMARK, note="Here"),
            made(
                opened, sha, there(1, "whiteness of the whale"), 3,
                colour=MarkColour.PINK, style=MarkStyle.UNDERLINE,
            ),
        ]  # fmt: skip
    finally:
        opened.close()


async def test_what_was_exported_comes_back_as_it_was(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        marks = await some_marks(book)
        await shelf.marks.save(book[0].id, marks)
        data = written(marked_book(book[0], marks), ExportFormat.JSON).encode()

        again = await shelf.take(data, book)
        assert again == MarkImport(already_here=tuple(marks))

        await shelf.marks.delete([mark.id for mark in marks])
        result = await shelf.take(data, book)
        assert result == MarkImport(imported=tuple(marks))
        assert await shelf.of(book) == marks


async def test_in_another_edition_marks_are_found_by_their_text(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        edition = ("<p>A preface.</p>", f"<p>More.</p>{FIRST}")
        other = await shelf.add(*edition)
        marks = await some_marks(book)
        await shelf.marks.save(book[0].id, marks)

        result = await shelf.take(exported(*marks), other)
        first, bookmark = result.imported
        assert result.found_by_text == 2
        assert first.passage == there(1, "Call me Ishmael", *edition)
        assert bookmark.passage == before(1, "Some years", *edition)
        assert first.anchor.sha256 == other[0].hashes.sha256
        [lost] = result.not_found
        assert (lost.text, lost.passage) == ("whiteness of the whale", None)
        assert len(await shelf.of(other)) == 3

        assert await shelf.of(book) == marks, "the other book's marks stay its own"
        again = await shelf.take(exported(*marks), other)
        assert len(again.already_here) == 3
        assert len(await shelf.of(other)) == 3


async def test_marks_that_are_here_are_not_doubled(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        [mark, bookmark, pink] = await some_marks(book)
        await shelf.marks.save(book[0].id, [mark, bookmark, pink])
        number = MarkId("f" * 32)
        same = replace(mark, id=number)
        no_note = replace(mark, id=number, note="", colour=MarkColour.GREEN)
        for known in (same, no_note):
            assert await shelf.take(exported(known), book) == MarkImport(already_here=(known,))
        twice = await shelf.take(exported(replace(pink, id=number, note="new"), pink), book)
        assert (len(twice.imported), len(twice.already_here)) == (1, 1)
        assert len(await shelf.of(book)) == 4, "another note is not lost"


async def test_what_differs_is_told_and_changes_nothing(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        marks = await some_marks(book)
        await shelf.marks.save(book[0].id, marks)
        changed = replace(marks[0], note="another note")
        own = copy_id(changed, book[0].hashes.sha256)
        told = MarkImport(differing=(Difference(marks[0], changed, own),))
        assert await shelf.take(exported(changed), book) == told
        assert await shelf.of(book) == marks


async def test_a_copy_that_was_changed_since_is_not_written_over(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        [mark, *_others] = await some_marks(book)
        await shelf.marks.save(book[0].id, [mark])
        data = exported(replace(mark, note="theirs"))

        async def keep_both() -> list[str]:
            differing = (await shelf.take(data, book)).differing
            await settle({book[0].id: differing}, Keep.BOTH, shelf.marks, NOW)
            return sorted(one.note for one in await shelf.of(book))

        assert await keep_both() == sorted([mark.note, "theirs"])
        [copy] = [one for one in await shelf.of(book) if one.id != mark.id]
        await shelf.marks.save(book[0].id, [replace(copy, note="theirs, and a thought of mine")])
        [difference] = (await shelf.take(data, book)).differing
        assert difference.here.note == "theirs, and a thought of mine"
        three = sorted([mark.note, "theirs", "theirs, and a thought of mine"])
        assert await keep_both() == three
        assert await keep_both() == three, "all of it is here now"


async def come_along(shelf: Shelf, old: tuple[Book, Path], new: tuple[Book, Path]) -> None:
    """Copy the marks of an edition, as is done when a new one is added."""
    copies = [
        replace(mark, id=MarkId(f"{number:032x}"))
        for number, mark in enumerate(await shelf.of(old), 900)
    ]
    await shelf.marks.save(new[0].id, copies)


async def test_an_import_before_the_first_opening_of_an_edition_doubles_nothing(
    tmp_path: Path,
) -> None:
    """Its marks came along with it, and are looked for in its file when it is opened."""
    async with shelf_in(tmp_path) as shelf:
        old = await shelf.add(FIRST, SECOND)
        marks = await some_marks(old)
        await shelf.marks.save(old[0].id, marks)
        new = await shelf.add("<p>A new preface.</p>", FIRST, SECOND)
        await come_along(shelf, old, new)
        told = await shelf.take(exported(*marks), new)
        assert (len(told.already_here), told.imported, told.not_found) == (len(marks), (), ())
        other = replace(marks[0], id=MarkId("d" * 32), note="another note")
        more = await shelf.take(exported(other, marks[0]), new)
        assert (len(more.imported), len(more.already_here)) == (1, 1), "another note is not lost"


async def test_a_foreign_file_doubles_no_mark_that_came_along_from_it(tmp_path: Path) -> None:
    """It has other words around those of a mark than Kios keeps."""
    async with shelf_in(tmp_path) as shelf:
        old = await shelf.add(FIRST, SECOND)
        data = thorium(
            thorium_item("the whale", prefix="ness of ", source="EPUB/chapter0002.xhtml"),
            thorium_item("gone", prefix="is ", number=2),
        )
        assert len((await shelf.take(data, old)).imported) == 1
        new = await shelf.add("<p>A new preface.</p>", FIRST, SECOND)
        await come_along(shelf, old, new)
        told = await shelf.take(data, new)
        assert (len(told.already_here), told.imported, told.not_found) == (2, (), ())


async def test_a_mark_is_not_taken_for_one_that_was_there_in_another_edition(
    tmp_path: Path,
) -> None:
    async with shelf_in(tmp_path) as shelf:
        old = await shelf.add(FIRST, SECOND)
        opened = open_publication(old[1], None)
        start = Passage(Place(1, 0), Place(1, 0))
        try:
            mark = made(opened, old[0].hashes.sha256, start, 7, kind=MarkKind.BOOKMARK)
        finally:
            opened.close()
        await shelf.marks.save(old[0].id, [mark])
        new = await shelf.add("<p>A new preface.</p>", FIRST, SECOND)
        await come_along(shelf, old, new)
        opened = open_publication(new[1], None)
        try:
            other = made(opened, new[0].hashes.sha256, start, 8, kind=MarkKind.BOOKMARK)
        finally:
            opened.close()
        told = await shelf.take(exported(other), new)
        assert [one.passage for one in told.imported] == [start]


async def test_a_mark_that_differs_and_was_moved_has_the_place_of_its_text(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        [mark, other, *_rest] = await some_marks(book)
        await shelf.marks.save(book[0].id, [replace(mark, anchor=other.anchor)])
        told = await shelf.take(exported(replace(mark, note="another note")), book)
        [difference] = told.differing
        assert difference.theirs.passage == mark.passage


async def test_marks_of_thorium(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        selectors = [{"type": "EPUBCFISelector", "value": "/4/4,/1:0,/1:4"}]
        data = thorium(
            thorium_item("the whale", prefix="whiteness of ", source="chapter0002.xhtml"),
            thorium_item("Call", source="/EPUB/chapter0001.xhtml", selectors=selectors, number=2),
            thorium_item(
                "T", suffix="he whale.", prefix="long.", highlight="bookmark", number=3
            ),
            thorium_item("no such words", number=4),
        )  # fmt: skip
        result = await shelf.take(data, book)
        assert [mark.passage for mark in result.imported] == [
            there(1, "the whale"),
            there(0, "Call"),
            before(0, "The whale"),
        ]
        assert result.found_by_text == 2
        assert [mark.text for mark in result.not_found] == ["no such words"]
        assert result.imported[0].anchor.href == "EPUB/chapter0002.xhtml"
        assert result.imported[0].anchor.chapter.title == "Chapter 2"


async def test_thoriums_bookmark_without_text_has_its_element(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        selectors = [{"type": "CssSelector", "value": "p:nth-of-type(2)"}]
        item = thorium_item("", highlight="bookmark", selectors=selectors)
        result = await shelf.take(thorium(item), book)
        assert [mark.passage for mark in result.imported] == [before(0, "The whale")]


async def test_marks_of_koreaders_exporter_are_found_by_text(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        data = koreader_export(
            koreader_entry("the whale", chapter="Chapter 2", note="Why?"),
            koreader_entry("The whale", chapter="Chapter 1", time=1777580001),
            koreader_entry("Moby", time=1777580002),
        )
        result = await shelf.take(data, book)
        assert [mark.passage for mark in result.imported] == [
            there(1, "the whale"),
            there(0, "The whale"),
        ]
        assert result.found_by_text == 2
        assert len(result.not_found) == 1
        again = await shelf.take(data, book)
        assert len(again.already_here) == 3


async def test_koreaders_xpointers_count_where_the_text_is_the_same(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        at = POINT.format
        data = koreader_metadata(
            koreader_annotation("Call me", at(0), at(7)),
            koreader_annotation("me Ishmael", at(15), at(5), datetime="2026-07-27 09:18:27"),
            koreader_annotation("Some years", at(0), at(7), datetime="2026-07-27 09:18:28"),
            koreader_annotation("edited", at(0), at(4), text_edited=True, datetime="2026-07-28"),
            {"page": at(17), "datetime": "2026-07-29 00:00:00", "text": "in Chapter 1"},
            {"page": "/body/DocFragment[99]/body/p/text().0", "datetime": "2026-07-30 00:00:00"},
        )
        result = await shelf.take(data, book)
        assert [mark.passage for mark in result.imported] == [
            there(0, "Call me"),
            there(0, "me Ishmael"),
            there(0, "Some years"),
            there(0, "Call"),
            before(0, "Some years"),
        ]
        assert result.found_by_text == 1
        assert len(result.not_found) == 1


async def test_in_the_very_same_file_koreaders_xpointers_count_alone(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        one = koreader_annotation("1. Call me", POINT.format(0), POINT.format(7))
        result = await shelf.take(koreader_metadata(one, partial_md5="ef" * 16), book)
        assert len(result.not_found) == 1
        await shelf.marks.delete([mark.id for mark in result.not_found])
        result = await shelf.take(koreader_metadata(one, partial_md5=MD5.upper()), book)
        assert [mark.passage for mark in result.imported] == [there(0, "Call me")]


async def test_marks_of_readest(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST, SECOND)
        data = readest(
            readest_entry("epubcfi(/6/2!/4/4,/1:0,/1:7)", "Call me"),
            readest_entry("epubcfi(/6/2!/4/4,/1:9,/1:3)", "Some years", id="reversed"),
            readest_entry("epubcfi(/6/4!/4/4,/1:0,/1:2)", "One", type="bookmark", id="bookmark"),
            readest_entry("epubcfi(/6/98!/4/4/1:0)", "Chapter 9", type="bookmark", id="nowhere"),
            readest_entry("", "", note="A thought", id="note"),
        )
        result = await shelf.take(data, book)
        assert [mark.passage for mark in result.imported] == [
            there(0, "Call me"),
            there(0, "Some years"),
            before(1, "It was"),
        ]
        assert result.found_by_text == 1
        assert [mark.note for mark in result.not_found] == ["", "A thought"]
        assert len(await shelf.of(book)) == 5


async def test_of_five_hundred_equal_passages_the_right_one_is_found(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        sentence = "<p>All work and no play. {}</p>"
        book = await shelf.add(*["".join(sentence.format(n) for n in range(500))] * 3)
        data = thorium(
            thorium_item(
                "All work and no play.", prefix="76", suffix="77", source="EPUB/chapter0002.xhtml"
            )
        )
        by_page = koreader_export(koreader_entry("All work and no play.", page=101, chapter=""))
        [mark] = (await shelf.take(data, book)).imported
        assert mark.anchor.quote.after.startswith("77 All")
        assert mark.passage is not None
        assert mark.passage.start.spine_index == 1
        [near] = (await shelf.take(by_page, book)).imported
        assert near.passage is not None
        assert near.passage.start.spine_index == 1
        assert near.anchor.quote.after.startswith("25")


async def test_of_a_file_about_several_books_this_one_is_read(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST)
        mine = koreader_book(koreader_entry("Call me"), title="“A Small Book”")
        other = koreader_book(koreader_entry("The whale"), title="Another")
        result = await shelf.take(koreader_books(other, mine), book)
        assert [mark.text for mark in result.imported] == ["Call me"]
        with pytest.raises(MarksFileError) as raised:
            await shelf.take(koreader_books(*[other] * 5), book)
        assert raised.value.fault is MarksFault.OTHER_BOOK
        assert raised.value.said == "Another, Another, Another, …"


@pytest.mark.parametrize(
    "where",
    [
        Passage(Place(0, 2), Place(99, 5)),
        Passage(Place(99, 0), Place(99, 5)),
        Passage(Place(0, 5000), Place(0, 6000)),
        Passage(Place(0, 5000), Place(0, 5000)),
    ],
)
@pytest.mark.parametrize("kind", MarkKind)
async def test_places_beyond_the_book_are_none(
    kind: MarkKind, where: Passage, tmp_path: Path
) -> None:
    """As a file has them whose numbers were damaged, and whose texts are lost."""
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST)
        mark = highlight(0, 0, text="", note="kept", sha256=book[0].hashes.sha256)
        anchor = replace(mark.anchor, passage=where, cfi="", quote=TextQuote(""))
        result = await shelf.take(exported(replace(mark, kind=kind, anchor=anchor)), book)
        assert [one.note for one in result.not_found] == ["kept"]
        assert await shelf.of(book) == list(result.not_found)


async def test_marks_of_equal_texts_that_are_not_found_are_all_kept(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST)
        data = thorium(*(thorium_item("gone", prefix=f"{n} is ", number=n) for n in (1, 2)))
        assert len((await shelf.take(data, book)).not_found) == len(await shelf.of(book)) == 2
        again = thorium(*(thorium_item("gone", prefix=f"{n} is ", number=n + 5) for n in (1, 2)))
        assert len((await shelf.take(again, book)).already_here) == len(await shelf.of(book)) == 2


async def test_an_empty_file_imports_nothing(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book = await shelf.add(FIRST)
        for data in (exported(), koreader_books(), readest()):
            assert await shelf.take(data, book) == MarkImport()
        entries = json.dumps({"type": "AnnotationSet", "items": [5, {}]}).encode()
        assert await shelf.take(entries, book) == MarkImport(not_understood=2)


class Recorded:
    """Marks in memory, and a signal that sorting is about to begin."""

    def __init__(self) -> None:
        self.saved: list[Mark] = []
        self.begins = asyncio.Event()

    async def of_book(self, _book_id: BookId) -> list[Mark]:
        return []

    async def in_other_books(self, _book_id: BookId, _ids: Sequence[MarkId]) -> set[MarkId]:
        self.begins.set()
        return set()

    async def save(self, _book_id: BookId, changed: Sequence[Mark]) -> None:
        self.saved += changed


async def test_nothing_is_kept_of_an_import_that_is_called_off(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book, path = await shelf.add("<p>All work.</p>" * 2000)
    marks = Recorded()
    entries = [koreader_entry(f"no such words {n}") for n in range(5000)]
    opened = open_publication(path, None)
    try:
        data = koreader_export(*entries)
        importing = import_marks(data, book, opened.publication, opened.places, marks, NOW)
        task = asyncio.create_task(importing)
        await marks.begins.wait()
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    finally:
        opened.close()
    assert marks.saved == []


async def test_the_loop_has_its_turns_while_marks_are_looked_for(tmp_path: Path) -> None:
    async with shelf_in(tmp_path) as shelf:
        book, path = await shelf.add("<p>All work.</p>" * 2000)
    marks = Recorded()
    entries = [koreader_entry(f"no such words {n}") for n in range(5000)]
    opened = open_publication(path, None)
    try:
        data = koreader_export(*entries)
        importing = import_marks(data, book, opened.publication, opened.places, marks, NOW)
        task = asyncio.create_task(importing)
        turns = 0
        while not task.done():
            turns += 1
            await asyncio.sleep(0.001)
    finally:
        opened.close()
    assert len(marks.saved) == 5000
    assert turns > 20
