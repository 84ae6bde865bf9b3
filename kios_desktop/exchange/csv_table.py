"""Marks as a table for spreadsheets. Source: RFC 4180, with the names of the columns first."""

import csv
import io
from collections.abc import Sequence

from kios_desktop.domain.marks import Mark
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook

# A spreadsheet computes a cell that begins so, and what is computed may call other programs.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_OF_BOOK = ("title", "authors")
_COLUMNS = ("kind", "chapter", "text", "note", "colour", "style", "made", "changed", "href", "cfi")


def written(book: MarkedBook, options: ExportOptions) -> str:
    return _table([book], _COLUMNS, options)


def together(books: Sequence[MarkedBook], options: ExportOptions) -> str:
    """One table, whose first columns say which book a mark is from."""
    return _table(books, _OF_BOOK + _COLUMNS, options)


def _table(books: Sequence[MarkedBook], columns: Sequence[str], options: ExportOptions) -> str:
    columns = [name for name in columns if name != "note" or options.include_notes]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\r\n")
    table.writeheader()
    for book in books:
        of_book = {"title": clean_line(book.title), "authors": clean_line(", ".join(book.authors))}
        for mark in book.in_order():
            cells = of_book | _cells(mark)
            table.writerow({name: harmless(cell) for name, cell in cells.items()})
    return text.getvalue()


def _cells(mark: Mark) -> dict[str, str]:
    return {
        "kind": mark.kind,
        "chapter": clean_line(mark.anchor.chapter.title),
        "text": clean_text(mark.text),
        "note": clean_text(mark.note),
        "colour": mark.colour,
        "style": mark.style,
        "made": mark.made_at.isoformat(),
        "changed": mark.changed_at.isoformat(),
        "href": clean_line(mark.anchor.href),
        "cfi": clean_line(mark.anchor.cfi),
    }


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell
