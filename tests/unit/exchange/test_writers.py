"""Exported marks, as people and programs see them."""

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from msgspec import structs

from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.marks import (
    Anchor,
    Mark,
    MarkColour,
    MarkId,
    MarkKind,
    MarkStyle,
    Passage,
    TextQuote,
)
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook
from kios_desktop.exchange.plain_text import together as plain
from kios_desktop.exchange.words import ExportWords
from kios_desktop.exchange.writers import ExportFormat, written, written_together
from tests.marks import highlight

SHA = "ab" * 32
PLAIN = ExportOptions(include_notes=False, group_by_chapter=False)


def book(
    *marks: Mark, title: str = "Emma", authors: tuple[str, ...] = ("Jane Austen",)
) -> MarkedBook:
    return MarkedBook(title, authors, "urn:isbn:1", SHA, marks)


def bookmark(ordinal: int, *, spine: int = 0, name: str = "") -> Mark:
    mark = highlight(ordinal, ordinal, spine=spine, note=name)
    quote = TextQuote("", "before", "What stands here")
    return structs.replace(
        mark, kind=MarkKind.BOOKMARK, anchor=structs.replace(mark.anchor, quote=quote)
    )


def lost(mark: Mark) -> Mark:
    return structs.replace(mark, anchor=structs.replace(mark.anchor, passage=None))


SOME = book(
    highlight(40, 60, spine=1, text="Second.", colour=MarkColour.BLUE, style=MarkStyle.UNDERLINE),
    lost(highlight(1, 2, text="Gone.", note="Where is it?")),
    highlight(4, 9, text="First line.\nSecond line.", note="A note\n\nof two paragraphs."),
    bookmark(30, name="Here"),
)


def test_markdown_quotes_in_reading_order_below_their_chapters() -> None:
    assert written(SOME, ExportFormat.MARKDOWN) == (
        "# Emma\n\n"
        "Jane Austen\n\n"
        "## Chapter 1\n\n"
        "> First line.\\\n> Second line.\n\n"
        "A note\n\nof two paragraphs.\n\n"
        "*Yellow · 2026-11-22*\n\n"
        "> What stands here\n\n"
        "Here\n\n"
        "*Bookmark · 2026-11-22*\n\n"
        "## Chapter 2\n\n"
        "> Second.\n\n"
        "*Blue underline · 2026-11-22*\n\n"
        "## Not found in the book\n\n"
        "> Gone.\n\n"
        "Where is it?\n\n"
        "*Yellow · 2026-11-22*\n"
    )


def test_markdown_without_notes_and_chapters() -> None:
    text = written(SOME, ExportFormat.MARKDOWN, PLAIN)
    assert "note" not in text
    assert "## " not in text
    assert "*Blue underline · Chapter 2 · 2026-11-22*" in text
    assert "*Yellow · Not found in the book · 2026-11-22*" in text


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("# no heading", "\\# no heading"),
        ("1. no list", "1\\. no list"),
        ("12) no list", "12\\) no list"),
        ("- no list", "\\- no list"),
        ("    no code", "no code"),
        ("===", "\\==="),
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("a *b* _c_ `d` [e](f)", "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f)"),
        ("back\\slash", "back\\\\slash"),
        ("AT&amp;T", "AT\\&amp;T"),
        ("3.14 is 1. in a line", "3\\.14 is 1. in a line"),
    ],
)
def test_markdown_says_what_was_written(said: str, expected: str) -> None:
    text = written(book(highlight(1, 2, note=said, text=said)), ExportFormat.MARKDOWN)
    assert f"> {expected}\n\n{expected}\n" in text


class Tags(HTMLParser):
    """What is in a page: its tags and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = "\"'><script src=x onerror=y>alert(1)</script><!--&amp; \x00\x1b[31m\ud800 </style>"


def test_html_has_every_text_and_nothing_else_of_what_is_said() -> None:
    mark = highlight(1, 2, text=HOSTILE, note=HOSTILE)
    mark = structs.replace(mark, anchor=structs.replace(mark.anchor, chapter=Chapter(0, HOSTILE)))
    for options in (ExportOptions(), PLAIN):
        page = written(book(mark, title=HOSTILE, authors=(HOSTILE,)), ExportFormat.HTML, options)
        page.encode("utf-8")
        tags = Tags(page)
        assert not {"script", "img", "link", "iframe"} & set(tags.tags)
        assert not [name for name, _ in tags.attributes if name.startswith(("on", "src", "href"))]
        shown = "\"'><script src=x onerror=y>alert(1)</script><!--&amp; [31m\ufffd </style>"
        assert tags.text.count(shown) == 5 + options.include_notes
        assert "\x00" not in page


def test_html_shows_colours_kinds_and_chapters() -> None:
    page = written(SOME, ExportFormat.HTML)
    assert '<article class="blue underline">\n<blockquote dir="auto"><mark>Second.</mark>' in page
    assert '<article class="bookmark">\n<blockquote dir="auto">What stands here</b' in page
    assert page.index("Chapter 1</h2>") < page.index("Chapter 2</h2>") < page.index("Not found")
    assert "A note\n\nof two paragraphs." in page
    assert 'note" dir' not in written(SOME, ExportFormat.HTML, PLAIN)


def test_csv_is_a_table_with_every_mark() -> None:
    text = written(SOME, ExportFormat.CSV)
    assert text.count("\r\n") == 5
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["text"] for row in rows] == ["First line.\nSecond line.", "", "Second.", "Gone."]
    assert rows[0] == {
        "kind": "highlight",
        "chapter": "Chapter 1",
        "text": "First line.\nSecond line.",
        "note": "A note\n\nof two paragraphs.",
        "colour": "yellow",
        "style": "fill",
        "made": "2026-11-22T09:30:00+00:00",
        "changed": "2026-11-22T09:30:00+00:00",
        "href": "EPUB/chapter0001.xhtml",
        "cfi": "epubcfi(/6/2!/4/2,/1:4,/1:9)",
    }
    without = next(csv.reader(io.StringIO(written(SOME, ExportFormat.CSV, PLAIN))))
    assert "note" not in without


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1", '="a"&b'])
def test_csv_cells_are_not_computed(cell: str) -> None:
    mark = highlight(1, 2, text=cell, note=cell)
    mark = structs.replace(mark, anchor=structs.replace(mark.anchor, chapter=Chapter(0, cell)))
    row = next(csv.DictReader(io.StringIO(written(book(mark), ExportFormat.CSV), newline="")))
    for name in ("text", "note", "chapter"):
        assert row[name] == f"'{cell.strip()}"


def test_csv_keeps_signs_within_a_cell() -> None:
    text = written(book(highlight(1, 2, text='say "a, b"\nand = c')), ExportFormat.CSV)
    assert '"say ""a, b""\nand = c"' in text


def test_json_is_one_collection_with_embedded_items() -> None:
    mark = highlight(4, 9, text="First.", note="A note", colour=MarkColour.PINK, sha256=SHA)
    found = json.loads(written(book(mark, bookmark(30)), ExportFormat.JSON))
    assert found["type"] == "AnnotationCollection"
    assert found["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert found["total"] == 2
    assert found["label"] == "Emma"
    assert found["kios:about"]["dc:creator"] == ["Jane Austen"]
    assert found["first"]["type"] == "AnnotationPage"
    first, second = found["first"]["items"]
    assert first["motivation"] == ["highlighting", "commenting"]
    assert first["id"] == f"urn:uuid:{mark.id[:8]}-{mark.id[8:12]}-{mark.id[12:16]}-" + (
        f"{mark.id[16:20]}-{mark.id[20:]}"
    )
    assert first["created"] == "2026-11-22T09:30:00+00:00"
    assert first["body"] == {
        "type": "TextualBody",
        "value": "A note",
        "format": "text/plain",
        "color": "pink",
        "highlight": "solid",
    }
    assert first["target"]["source"] == "EPUB/chapter0001.xhtml"
    assert first["target"]["selector"] == [
        {
            "type": "FragmentSelector",
            "conformsTo": "http://www.idpf.org/epub/linking/cfi/epub-cfi.html",
            "value": "epubcfi(/6/2!/4/2,/1:4,/1:9)",
        },
        {
            "type": "TextQuoteSelector",
            "exact": "First.",
            "prefix": "before it",
            "suffix": "after it",
        },
    ]
    assert second["motivation"] == "bookmarking"


def test_json_without_notes_says_no_comment() -> None:
    text = written(book(highlight(1, 2, note="secret")), ExportFormat.JSON, PLAIN)
    assert "secret" not in text
    assert "commenting" not in text


@pytest.mark.parametrize("file_format", ExportFormat)
def test_a_book_without_marks_is_an_empty_collection(file_format: ExportFormat) -> None:
    text = written(book(), file_format)
    assert text == written(book(), file_format), "the same every time"
    if file_format is ExportFormat.JSON:
        found = json.loads(text)
        assert (found["total"], found["first"]["items"]) == (0, [])
    elif file_format is ExportFormat.CSV:
        assert text.count("\r\n") == 1
    else:
        assert "Emma" in text


def test_a_damaged_id_costs_no_export() -> None:
    mark = structs.replace(highlight(1, 2), id=MarkId("nonsense"))
    assert json.loads(written(book(mark), ExportFormat.JSON))["total"] == 1


def test_marks_are_grouped_by_chapter_in_the_order_of_the_book() -> None:
    one = structs.replace(highlight(1, 2), anchor=place(0, Chapter(0, "One")))
    two = structs.replace(highlight(1, 2), anchor=place(1, Chapter(1, "Two")))
    assert [c and c.title for c, _ in book(two, one, lost(one)).by_chapter()] == [
        "One",
        "Two",
        None,
    ]


def place(spine: int, chapter: Chapter) -> Anchor:
    passage = Passage(Place(spine, 0), Place(spine, 5))
    return Anchor(passage, "", TextQuote("a"), "a.xhtml", chapter, SHA)


# -- several books in one file


OTHER = MarkedBook(
    "Walden <1>",
    ("Henry David Thoreau",),
    "urn:isbn:2",
    "cd" * 32,
    (highlight(7, 9, text="Simplify."),),
)
GERMAN = ExportWords(
    title="Markierungen und Notizen",
    bookmark="Lesezeichen",
    nowhere="Nicht im Buch gefunden",
    section="Abschnitt {n}",
    note="Notiz: {note}",
    underlined="{colour} unterstrichen",
    colours={colour: f"Farbe {number}" for number, colour in enumerate(MarkColour)},
)


def test_markdown_of_several_books_has_a_section_for_each() -> None:
    text = written_together([book(highlight(4, 9, text="One.")), OTHER], ExportFormat.MARKDOWN)
    assert text == (
        "# Highlights and notes\n\n"
        "## Emma\n\n"
        "Jane Austen\n\n"
        "### Chapter 1\n\n"
        "> One.\n\n"
        "*Yellow · 2026-11-22*\n\n"
        "## Walden \\<1\\>\n\n"
        "Henry David Thoreau\n\n"
        "### Chapter 1\n\n"
        "> Simplify.\n\n"
        "*Yellow · 2026-11-22*\n"
    )


def test_html_of_several_books_is_one_page_with_nested_headings() -> None:
    page = written_together([SOME, OTHER], ExportFormat.HTML)
    tags = Tags(page)
    assert [tag for tag in tags.tags if tag in ("h1", "h2", "h3", "section", "html")] == [
        "html", "h1", "section", "h2", "h3", "h3", "h3", "section", "h2", "h3",
    ]  # fmt: skip
    assert "<title>Highlights and notes</title>" in page
    assert "Walden &lt;1&gt;" in page


def test_csv_of_several_books_says_which_one_a_mark_is_from() -> None:
    text = written_together([SOME, OTHER], ExportFormat.CSV)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["title"], row["authors"]) for row in rows] == [
        *[("Emma", "Jane Austen")] * 4,
        ("Walden <1>", "Henry David Thoreau"),
    ]
    assert rows[-1]["text"] == "Simplify."


def test_json_of_several_books_is_one_collection_whose_items_tell_their_book() -> None:
    text = written_together([SOME, OTHER], ExportFormat.JSON)
    found = json.loads(text)
    items = found["first"]["items"]
    assert (found["type"], found["total"], len(items)) == ("AnnotationCollection", 5, 5)
    assert "kios:about" not in found
    written_together(
        [book(highlight(1, 2, text=HOSTILE), title=HOSTILE)], ExportFormat.JSON
    ).encode("utf-8")
    assert items[-1]["target"]["source"] == {
        "id": "EPUB/chapter0001.xhtml",
        "dcterms:isPartOf": {
            "dc:title": "Walden <1>",
            "dc:creator": ["Henry David Thoreau"],
            "dc:identifier": "urn:isbn:2",
            "dc:format": "application/epub+zip",
            "kios:sha256": "cd" * 32,
        },
    }
    assert [one["target"]["source"]["dcterms:isPartOf"]["dc:title"] for one in items[:4]] == [
        "Emma"
    ] * 4
    assert text == written_together([SOME, OTHER], ExportFormat.JSON), "the same every time"
    assert json.loads(written_together([], ExportFormat.JSON))["first"]["items"] == []


def test_pages_speak_the_language_of_whoever_exports() -> None:
    nameless = highlight(50, 60, text="Third.")
    nameless = structs.replace(
        nameless, anchor=structs.replace(nameless.anchor, chapter=Chapter(-3, ""))
    )
    some = replace(SOME, marks=(*SOME.marks, nameless))
    options = ExportOptions(words=GERMAN)
    said = ("Lesezeichen", "Nicht im Buch gefunden", "Farbe 2 unterstrichen", "Abschnitt 3")
    for file_format in (ExportFormat.MARKDOWN, ExportFormat.HTML):
        for flat in (options, replace(options, group_by_chapter=False)):
            text = written(some, file_format, flat)
            assert [word for word in said if word not in text] == []
            assert "Bookmark" not in text
            assert "Yellow" not in text
        together = written_together([some, OTHER], file_format, options)
        assert "Markierungen und Notizen" in together
    table = written(some, ExportFormat.CSV, options)
    assert table == written(some, ExportFormat.CSV), "a table is for programs"


def test_plain_text_has_books_chapters_passages_and_notes() -> None:
    assert plain([SOME, OTHER], ExportOptions(words=GERMAN)) == (
        "Emma\nJane Austen\n\n"
        "Chapter 1\n\n"
        "First line.\nSecond line.\nNotiz: A note\n\nof two paragraphs.\n\n"
        "What stands here\nNotiz: Here\n\n"
        "Chapter 2\n\n"
        "Second.\n\n"
        "Nicht im Buch gefunden\n\n"
        "Gone.\nNotiz: Where is it?\n\n"
        "Walden <1>\nHenry David Thoreau\n\n"
        "Chapter 1\n\n"
        "Simplify."
    )
