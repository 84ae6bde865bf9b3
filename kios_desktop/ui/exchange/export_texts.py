"""What is said about exported marks, in files and in windows. No Qt."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from kios_desktop.domain.marks import MarkColour
from kios_desktop.domain.text import clean_line
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.words import ExportWords
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.translation import counted, marked, tr
from kios_desktop.ui.reader.marks.colours import NAMES

FORMATS: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.MARKDOWN: marked("Markdown…"),
    ExportFormat.HTML: marked("Web page (HTML)…"),
    ExportFormat.JSON: marked("JSON with positions…"),
    ExportFormat.CSV: marked("CSV…"),
}
"""As the menu has them; they pass `tr`."""

_SUFFIXES: Final = {
    ExportFormat.MARKDOWN: "md",
    ExportFormat.HTML: "html",
    ExportFormat.JSON: "json",
    ExportFormat.CSV: "csv",
}
_LONGEST: Final = 120  # characters of a title in the name of a file
_MOST_BYTES: Final = 180  # of them: file systems take names of 255, with what is around the title
_NOT_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*]')


def export_words() -> ExportWords:
    """What pages say for themselves."""
    return ExportWords(
        title=tr("Highlights and notes"),
        bookmark=tr("Bookmark"),
        nowhere=tr("Not found in the book"),
        section=tr("Section {n}", n="{n}"),
        note=tr("Note: {note}", note="{note}"),
        underlined=tr("{colour} underline", colour="{colour}"),
        colours={colour: tr(NAMES[colour]) for colour in MarkColour},
    )


def file_name(books: Sequence[MarkedBook], file_format: ExportFormat) -> str:
    """What a file is called, unless its reader calls it otherwise."""
    name = tr("Highlights and notes")
    if len(books) == 1:
        title = _NOT_IN_NAMES.sub(" ", _shortened(books[0].title))
        if title := " ".join(title.split()).strip(". "):
            name = tr("{title} – highlights", title=title)
    return f"{name}.{_SUFFIXES[file_format]}"


def _shortened(title: str) -> str:
    """Its beginning: letters take one byte to four, and are not cut from their accents."""
    for longest in range(_LONGEST, 0, -1):
        short = clean_line(title, longest)
        if len(short.encode()) <= _MOST_BYTES:
            return short
    return ""


def listed(n: int) -> str:
    """As a scope of an export is offered."""
    return tr("What the list shows ({n})", n=number(n))


def all_of_book(n: int) -> str:
    return tr("All highlights of this book ({n})", n=number(n))


def every_highlight(n: int) -> str:
    return tr("All highlights of all books ({n})", n=number(n))


def selected(n: int) -> str:
    return counted("The %Ln selected", "", n, one="The %Ln selected")


def exported_text(books: Sequence[MarkedBook]) -> str:
    """What a toast says: “87 highlights exported”."""
    n = _count(books)
    return counted("%Ln highlights exported", "", n, one="%Ln highlight exported")


def copied_text(books: Sequence[MarkedBook]) -> str:
    n = _count(books)
    return counted("%Ln highlights copied", "", n, one="%Ln highlight copied")


def _count(books: Sequence[MarkedBook]) -> int:
    return sum(len(book.marks) for book in books)
