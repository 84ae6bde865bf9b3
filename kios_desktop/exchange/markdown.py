"""Marks as a page in Markdown (CommonMark): quotations, with notes as paragraphs below them."""

import re
from collections.abc import Sequence

from kios_desktop.domain.marks import Mark, MarkKind
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook

_INLINE = re.compile(r"([\\`*_\[\]<>&~|])")
# what would make a heading, a list, a rule or a quotation of a line
_LINE = re.compile(r"(?m)^([ \t]*(?:\d{1,9}(?=[.)]))?)([#+\-=.)])")


def written(book: MarkedBook, options: ExportOptions) -> str:
    return _joined(_parts(book, options, 1))


def together(books: Sequence[MarkedBook], options: ExportOptions) -> str:
    """One page, with the books as its sections."""
    parts = [f"# {_line(options.words.title)}"]
    for book in books:
        parts += _parts(book, options, 2)
    return _joined(parts)


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _parts(book: MarkedBook, options: ExportOptions, level: int) -> list[str]:
    """The paragraphs about a book; its title is a heading of that level."""
    parts = [f"{'#' * level} {_line(book.title)}"]
    if book.authors:
        parts.append(_line(", ".join(book.authors)))
    if options.group_by_chapter:
        for _chapter, marks in book.by_chapter():
            title = options.words.chapter_of(marks[0].anchor)
            parts.append(f"{'#' * (level + 1)} {_line(title)}")
            parts += [_mark(mark, options) for mark in marks]
    else:
        parts += [_mark(mark, options) for mark in book.in_order()]
    return parts


def _mark(mark: Mark, options: ExportOptions) -> str:
    quoted = mark.anchor.quote.after if mark.kind is MarkKind.BOOKMARK else mark.text
    said = [_line(options.words.kind_of(mark))]
    if not options.group_by_chapter:
        said.append(_line(options.words.chapter_of(mark.anchor)))
    parts: list[str] = []
    if shown := _paragraphs(quoted):
        parts.append("\n".join(f"> {line}".rstrip() for line in shown.split("\n")))
    if options.include_notes and (note := _paragraphs(mark.note)):
        parts.append(note)
    parts.append(f"*{' · '.join([*said, f'{mark.made_at:%Y-%m-%d}'])}*")
    return "\n\n".join(parts)


def _line(text: str) -> str:
    return _escaped(clean_line(text))


def _paragraphs(text: str) -> str:
    """Every line break stays one."""
    lines = [line.strip() for line in _escaped(clean_text(text)).split("\n")]
    broken = [
        f"{line}\\" if line and following else line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]
    return "\n".join(broken)


def _escaped(text: str) -> str:
    return _LINE.sub(r"\1\\\2", _INLINE.sub(r"\\\1", text))
