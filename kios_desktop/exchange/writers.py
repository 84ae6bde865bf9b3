"""The formats in which marks are written."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from kios_desktop.exchange import csv_table, markdown, web_annotations, web_page
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook


class ExportFormat(StrEnum):
    """JSON is W3C Web Annotation, and the only one that can be read again."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    CSV = "csv"


_WRITERS: Final[Mapping[ExportFormat, Callable[[MarkedBook, ExportOptions], str]]] = {
    ExportFormat.MARKDOWN: markdown.written,
    ExportFormat.HTML: web_page.written,
    ExportFormat.JSON: web_annotations.written,
    ExportFormat.CSV: csv_table.written,
}
_WRITERS_TOGETHER: Final[
    Mapping[ExportFormat, Callable[[Sequence[MarkedBook], ExportOptions], str]]
] = {
    ExportFormat.MARKDOWN: markdown.together,
    ExportFormat.HTML: web_page.together,
    ExportFormat.JSON: web_annotations.together,
    ExportFormat.CSV: csv_table.together,
}
_WITH_NOTES: Final = ExportOptions()


def written(
    book: MarkedBook, file_format: ExportFormat, options: ExportOptions = _WITH_NOTES
) -> str:
    """The whole file. It is to be stored as UTF-8, and its line ends as they are."""
    return _WRITERS[file_format](book, options)


def written_together(
    books: Sequence[MarkedBook], file_format: ExportFormat, options: ExportOptions = _WITH_NOTES
) -> str:
    """One file about several books, in the given order."""
    return _WRITERS_TOGETHER[file_format](books, options)
