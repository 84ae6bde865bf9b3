"""Marks as a web page: one file, without scripts, that loads nothing."""

from collections.abc import Sequence
from html import escape

from kios_desktop.domain.marks import Mark, MarkColour, MarkKind
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook

# on a light and on a dark page, as the reader shows them
_COLOURS = {
    MarkColour.YELLOW: ("#F8E08E", "#514410"),
    MarkColour.GREEN: ("#C6E2B4", "#2F4F28"),
    MarkColour.BLUE: ("#BFDCF3", "#234660"),
    MarkColour.PINK: ("#F6C6D3", "#5F2A3C"),
    MarkColour.PURPLE: ("#DACBF0", "#45336A"),
}
_STYLE = """
:root { color-scheme: light dark; --ground: #FDFCFA; --text: #22201C; --muted: #635E55; }
body { background: var(--ground); color: var(--text); font: 1.1rem/1.55 Literata, Georgia, serif;
  margin: 2rem auto; max-width: 42rem; padding: 0 1rem; overflow-wrap: anywhere; }
header p, footer { color: var(--muted); }
h1, section h2 { line-height: 1.2; margin-bottom: 0; }
h2, h3 { border-bottom: 1px solid; font-size: 1.2rem; margin-top: 2.5rem; }
section { margin-top: 4rem; }
section h2 { border: 0; font-size: 1.6rem; }
article { margin: 1.5rem 0; }
blockquote { margin: 0; white-space: pre-line; }
mark { background: var(--colour); color: inherit; }
.underline mark { background: none; text-decoration: underline 2px var(--line); }
.note { border-inline-start: 3px solid; margin: .5rem 0 0; padding-inline-start: .75rem;
  white-space: pre-line; }
footer { font-size: .85rem; }
""" + "".join(
    f".{colour} {{ --colour: {light}; --line: {dark}; }}\n"
    for colour, (light, dark) in _COLOURS.items()
)
_DARK = "".join(
    f"  .{colour} {{ --colour: {dark}; --line: {light}; }}\n"
    for colour, (light, dark) in _COLOURS.items()
)


def written(book: MarkedBook, options: ExportOptions) -> str:
    return _page(book.title, _section(book, options, 1))


def together(books: Sequence[MarkedBook], options: ExportOptions) -> str:
    """One page, with the books as its sections."""
    title = options.words.title
    sections = "".join(f"<section>\n{_section(book, options, 2)}</section>\n" for book in books)
    return _page(title, f'<h1 dir="auto">{_line(title)}</h1>\n{sections}')


def _page(title: str, body: str) -> str:
    return (
        "<!DOCTYPE html>\n<html>\n<head>\n"
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_line(title)}</title>\n"
        f"<style>{_STYLE}@media (prefers-color-scheme: dark) {{\n"
        "  :root { --ground: #1A1917; --text: #D6D1C7; --muted: #9C968B; }\n"
        f"{_DARK}}}\n</style>\n</head>\n<body>\n"
        f"{body}</body>\n</html>\n"
    )


def _section(book: MarkedBook, options: ExportOptions, level: int) -> str:
    """What is said of a book; its title is a heading of that level."""
    title, authors = _line(book.title), _line(", ".join(book.authors))
    if options.group_by_chapter:
        below = f"h{level + 1}"
        body = "".join(
            f'<{below} dir="auto">{_line(options.words.chapter_of(marks[0].anchor))}</{below}>\n'
            + "".join(_article(mark, options) for mark in marks)
            for _chapter, marks in book.by_chapter()
        )
    else:
        body = "".join(_article(mark, options) for mark in book.in_order())
    byline = f'<p dir="auto">{authors}</p>' if authors else ""
    holder = "main" if level == 1 else "div"
    return (
        f'<header><h{level} dir="auto">{title}</h{level}>{byline}</header>\n'
        f"<{holder}>\n{body}</{holder}>\n"
    )


def _article(mark: Mark, options: ExportOptions) -> str:
    is_bookmark = mark.kind is MarkKind.BOOKMARK
    text = clean_text(mark.anchor.quote.after if is_bookmark else mark.text)
    quoted = escape(text) if is_bookmark else f"<mark>{escape(text)}</mark>"
    kind = "bookmark" if is_bookmark else f"{mark.colour} {mark.style}"
    note = clean_text(mark.note) if options.include_notes else ""
    words = options.words
    where = [_line(words.chapter_of(mark.anchor))] if not options.group_by_chapter else []
    said = " · ".join([_line(words.kind_of(mark)), *where, _day(mark)])
    return (
        f'<article class="{kind}">\n'
        + (f'<blockquote dir="auto">{quoted}</blockquote>\n' if text else "")
        + (f'<p class="note" dir="auto">{escape(note)}</p>\n' if note else "")
        + f"<footer>{said}</footer>\n</article>\n"
    )


def _day(mark: Mark) -> str:
    return f'<time datetime="{mark.made_at.isoformat()}">{mark.made_at:%Y-%m-%d}</time>'


def _line(text: str) -> str:
    return escape(clean_line(text))
