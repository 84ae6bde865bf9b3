"""`kios-desktop marks`: exports the marks of a book, and imports those of a file.

Exporting reads the library beside a running Kios; importing is done by the Kios that runs, whose
windows then show the marks, or here if none runs.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kios_desktop.application.mark_exchange import MarkImport, import_marks, marked_book
from kios_desktop.cli.book_file import NoSuchBook, library_book
from kios_desktop.cli.command import CommandOutcome, Library, Options, Parser, Reading
from kios_desktop.cli.writing import Writing
from kios_desktop.domain.library import Book
from kios_desktop.domain.marks import Mark
from kios_desktop.domain.text import clean_line
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.exchange.files import read_file, write_file
from kios_desktop.exchange.writers import ExportFormat, written
from kios_desktop.paths import Paths
from kios_desktop.storage.marks import Marks

_SHOWN = 80  # characters of a mark in a line


class MarksCommand(Writing):
    """Two commands: `marks export` only reads."""

    def main(self, words: Sequence[str]) -> int:
        try:
            status = super().main(words)
            sys.stdout.flush()
        except BrokenPipeError:  # whoever reads this has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return status

    def outcome(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        if self._parsed(words).action == "export":
            return _EXPORT.outcome(words, paths)
        return super().outcome(words, paths)


def _describe(parser: Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="export|import", required=True)
    profile = "the profile, when it is not the usual one"
    export = actions.add_parser("export", allow_abbrev=False, help="write the marks of a book")
    export.add_argument("book", metavar="BOOK", help="a file, or the SHA-256 of a library book")
    export.add_argument(
        "--format",
        choices=[one.value for one in ExportFormat],
        default=ExportFormat.MARKDOWN.value,
        help="json is W3C Web Annotation",
    )
    export.add_argument("--out", type=Path, metavar="FILE", help="instead of standard output")
    importing = actions.add_parser("import", allow_abbrev=False, help="read marks of a file")
    importing.add_argument(
        "file", type=Path, metavar="FILE", help="of Kios, Thorium, KOReader or Readest"
    )
    importing.add_argument(
        "--book", required=True, metavar="BOOK", help="a file, or the SHA-256 of a library book"
    )
    importing.add_argument("--json", action="store_true", help="write one object")
    for action in (export, importing):  # before the word or after it
        action.add_argument(
            "--profile", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=profile
        )


async def _export(options: Options, library: Library) -> CommandOutcome:
    try:
        book = await library_book(options.book, library)
    except NoSuchBook as e:
        return CommandOutcome(f"{e}\n", 1)
    marks = await Marks(library.database).of_book(book.id)
    text = written(marked_book(book, marks), ExportFormat(options.format))
    if options.out is not None:
        write_file(library.called_in / options.out, text)
        return CommandOutcome(f"{_counted(len(marks), 'mark')} exported to {options.out}.\n")
    if (reconfigure := getattr(sys.stdout, "reconfigure", None)) is not None:
        reconfigure(encoding="utf-8", newline="")  # a file, whatever shows it
    return CommandOutcome(text)


async def _import(options: Options, library: Library) -> CommandOutcome:
    try:
        book = await library_book(options.book, library)
    except NoSuchBook as e:
        return CommandOutcome(f"{e}\n", 1)
    data = await asyncio.to_thread(read_file, library.called_in / options.file)
    container = await asyncio.to_thread(Container.open, library.folder / book.file)
    with container:
        publication = await asyncio.to_thread(read_publication, container)
        result = await import_marks(
            data,
            book,
            publication,
            Places(container, publication),
            Marks(library.database),
            datetime.now(UTC),
        )
    library.marks_changed(book.id)
    if options.json:
        return CommandOutcome(json.dumps(_described(result), ensure_ascii=True) + "\n")
    return CommandOutcome("".join(f"{line}\n" for line in _lines(result, book)))


_EXPORT = Reading("marks", _describe, _export)
COMMAND = MarksCommand("marks", _describe, _import)


def _described(result: MarkImport) -> dict[str, object]:
    return {
        "imported": len(result.imported),
        "found_by_text": result.found_by_text,
        "not_found": [_object(mark) for mark in result.not_found],
        "already_here": len(result.already_here),
        "differing": [_object(one.theirs) for one in result.differing],
        "not_understood": result.not_understood,
    }


def _object(mark: Mark) -> dict[str, str]:
    return {
        "id": mark.id,
        "kind": mark.kind,
        "text": clean_line(_text(mark)),
        "note": clean_line(mark.note),
        "chapter": mark.anchor.chapter.title,
    }


def _lines(result: MarkImport, book: Book) -> Iterator[str]:
    """What became of the marks, for people."""
    by_text = result.found_by_text
    found = f", {by_text:,} found by {_own(by_text)} text" if by_text else ""
    yield f"{clean_line(book.title)}: {_counted(len(result.imported), 'mark')} imported{found}."
    if count := len(result.already_here):
        yield f"{_counted(count, 'mark')} here already."
    if result.differing:
        yield f"{_counted(len(result.differing), 'mark')} here, but not the same; nothing changed:"
        yield from (_shown(one.theirs) for one in result.differing)
    if result.not_found:
        yield f"{_counted(len(result.not_found), 'mark')} not found in the book, and kept:"
        yield from map(_shown, result.not_found)
    if count := result.not_understood:
        yield f"{count:,} of the file’s entries not understood."


def _shown(mark: Mark) -> str:
    return f"  {clean_line(_text(mark) or mark.note, _SHOWN) or '(no text)'}"


def _text(mark: Mark) -> str:
    return mark.text or mark.anchor.quote.after


def _own(count: int) -> str:
    return "its" if count == 1 else "their"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
