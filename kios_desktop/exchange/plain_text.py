"""Marks as plain text, for the clipboard: books, their chapters, and the passages in them."""

from collections.abc import Iterator, Sequence

from kios_desktop.domain.marks import Mark, MarkKind
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook
from kios_desktop.exchange.words import ExportWords


def together(books: Sequence[MarkedBook], options: ExportOptions) -> str:
    """Paragraphs with empty lines between them. It ends without a line break, to be pasted."""
    return "\n\n".join(part for book in books for part in _parts(book, options))


def _parts(book: MarkedBook, options: ExportOptions) -> Iterator[str]:
    title, authors = clean_line(book.title), clean_line(", ".join(book.authors))
    yield f"{title}\n{authors}" if authors else title
    for _chapter, marks in book.by_chapter():
        if heading := clean_line(options.words.chapter_of(marks[0].anchor)):
            yield heading
        for mark in marks:
            yield from _passage(mark, options.words)


def _passage(mark: Mark, words: ExportWords) -> Iterator[str]:
    text = clean_text(mark.anchor.quote.after if mark.kind is MarkKind.BOOKMARK else mark.text)
    note = clean_text(mark.note)
    said = (text, words.note.replace("{note}", note) if note else "")
    if shown := "\n".join(filter(None, said)):
        yield shown
