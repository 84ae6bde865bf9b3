"""Marks as a page in Markdown (CommonMark): quotations, with notes as paragraphs below them."""

import re

from kios_desktop.domain.marks import Mark, MarkKind, MarkStyle
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook

NOWHERE = "Not found in the book"

_INLINE = re.compile(r"([\\`*_\[\]<>&~|])")
# what would make a heading, a list, a rule or a quotation of a line
_LINE = re.compile(r"(?m)^([ \t]*(?:\d{1,9}(?=[.)]))?)([#+\-=.)])")


def written(book: MarkedBook, options: ExportOptions) -> str:
    parts = [f"# {_line(book.title)}"]
    if book.authors:
        parts.append(_line(", ".join(book.authors)))
    if options.group_by_chapter:
        for chapter, marks in book.by_chapter():
            parts.append(f"## {_line(NOWHERE if chapter is None else chapter.title)}")
            parts += [_mark(mark, options) for mark in marks]
    else:
        parts += [_mark(mark, options) for mark in book.in_order()]
    return "\n\n".join(parts) + "\n"


def _mark(mark: Mark, options: ExportOptions) -> str:
    if mark.kind is MarkKind.BOOKMARK:
        said = "Bookmark"
        quoted = mark.anchor.quote.after
    else:
        said = named_colour(mark)
        quoted = mark.text
    where = ""
    if not options.group_by_chapter:
        title = NOWHERE if mark.passage is None else mark.anchor.chapter.title
        where = f" · {_line(title)}"
    parts: list[str] = []
    if shown := _paragraphs(quoted):
        parts.append("\n".join(f"> {line}".rstrip() for line in shown.split("\n")))
    if options.include_notes and (note := _paragraphs(mark.note)):
        parts.append(note)
    parts.append(f"*{said}{where} · {mark.made_at:%Y-%m-%d}*")
    return "\n\n".join(parts)


def named_colour(mark: Mark) -> str:
    """What a highlight looks like, for people."""
    line = " underline" if mark.style is MarkStyle.UNDERLINE else ""
    return f"{mark.colour.capitalize()}{line}"


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
