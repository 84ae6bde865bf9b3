"""Exported and read again, marks are the same; and nothing that is read fails."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.errors import MarksFileError
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
from kios_desktop.domain.text import clean_line
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.readers import read_marks
from kios_desktop.exchange.writers import ExportFormat, written
from tests.foreign_marks import (
    koreader_annotation,
    koreader_book,
    koreader_books,
    koreader_entry,
    lua,
    readest,
    readest_entry,
    thorium,
    thorium_item,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
FROM = datetime(2000, 1, 2, tzinfo=UTC)
TIMES = st.integers(0, 3 * 10**15).map(lambda n: FROM + timedelta(microseconds=n))
PLACES = st.builds(Place, st.integers(0, 300), st.integers(0, 10**7))
PASSAGES = st.tuples(PLACES, PLACES).map(lambda two: Passage(min(two), max(two)))
CHAPTERS = st.builds(Chapter, st.integers(-300, 300), TEXT.map(clean_line))
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
ANCHORS = st.builds(
    Anchor,
    passage=st.none() | PASSAGES,
    cfi=st.just("") | TEXT.map(lambda text: f"epubcfi({text})".strip()),
    quote=st.builds(TextQuote, TEXT, TEXT, TEXT),
    href=TEXT.map(lambda text: text.replace("#", "").removesuffix("/")),
    chapter=CHAPTERS,
    sha256=HASHES,
)
IDS = st.integers(0, 2**128 - 1).map(lambda number: MarkId(f"{number:032x}"))


@st.composite
def marks(draw: st.DrawFn) -> Mark:
    """A mark as Kios makes them: a bookmark has no text, and a highlight has."""
    kind = draw(st.sampled_from(MarkKind))
    anchor = draw(ANCHORS)
    quote = anchor.quote
    exact = "" if kind is MarkKind.BOOKMARK else quote.exact or "some words"
    made_at = draw(TIMES)
    return Mark(
        id=draw(IDS),
        kind=kind,
        anchor=Anchor(
            anchor.passage,
            anchor.cfi,
            TextQuote(exact, quote.before, quote.after),
            anchor.href,
            anchor.chapter,
            anchor.sha256,
        ),
        made_at=made_at,
        changed_at=made_at + timedelta(seconds=draw(st.integers(0, 10**6))),
        colour=draw(st.sampled_from(MarkColour)),
        style=draw(st.sampled_from(MarkStyle)),
        note=draw(TEXT),
    )


@given(st.lists(marks(), max_size=4), TEXT)
def test_export_then_import_is_the_identity(some: list[Mark], title: str) -> None:
    book = MarkedBook(title, (title,), title, "ab" * 32, tuple(some))
    [read] = read_marks(written(book, ExportFormat.JSON).encode(), NOW)
    assert [candidate.mark for candidate in read.candidates] == book.in_order()
    assert read.not_understood == 0
    assert read.title == clean_line(title)


@given(st.lists(marks(), max_size=3), st.sampled_from(ExportFormat))
def test_every_mark_can_be_written_in_every_format(
    some: list[Mark], file_format: ExportFormat
) -> None:
    written(MarkedBook("a", ("b",), "", "", tuple(some)), file_format).encode("utf-8")


KEYS = st.sampled_from(
    ["type", "items", "first", "next", "target", "selector", "source", "body", "value", "exact",
     "refinedBy", "motivation", "created", "id", "color", "highlight", "about", "kios:about",
     "dc:title", "kios:startItem", "kios:chapterIndex", "meta", "headings", "$format",
     "annotations", "booknotes", "cfi", "text", "note", "createdAt", "xpointer0", "book", "title",
     "documents", "entries", "page", "number_of_pages", "time", "drawer", "chapter"]
)  # fmt: skip
ODD: list[object] = [
     None, True, 0, -1, 10**30, 1.5, float("nan"), "", "Annotation", "AnnotationSet", "a\ud800",
     "AnnotationCollection", "readest-annotations", "bookmark", "TextQuoteSelector", "epubcfi(",
     "FragmentSelector", "bookmarking", "9999-99-99", [], {}
]  # fmt: skip
LEAVES = st.sampled_from(ODD)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=40,
)
ROOTS = st.sampled_from(
    [{"type": "AnnotationSet"}, {"type": "AnnotationCollection"}, {"type": ["Annotation"]},
     {"$format": "readest-annotations"}, {"booknotes": []}, {"entries": []}]
)  # fmt: skip


@given(ROOTS, st.dictionaries(KEYS, DOCUMENTS, max_size=6))
def test_no_document_is_too_odd(root: dict[str, object], more: dict[str, object]) -> None:
    for document in (root | more, more | root):
        try:
            books = read_marks(json.dumps(document).encode(), NOW)
        except MarksFileError:
            continue
        for book in books:
            for candidate in book.candidates:
                candidate.mark.note.encode("utf-8")
                candidate.mark.text.encode("utf-8")
                assert candidate.mark.made_at.tzinfo is not None


GOOD: list[dict[str, object]] = [
    json.loads(
        thorium(
            thorium_item("a", note="b", selectors=[{"type": "CssSelector", "value": "p"}]),
            thorium_item("c", highlight="bookmark"),
        )
    ),
    json.loads(koreader_books(koreader_book(koreader_entry("a", note="b"), title="A"))),
    json.loads(readest(readest_entry("epubcfi(/6/4)", "a", note="b"))),
    {
        "annotations": {
            1: koreader_annotation("a", "/body/DocFragment[1]/body/p.0", "x", note="b"),
            2: {"page": "/body/DocFragment[1]/body/p.0", "datetime": "2026-07-29 00:00:00"},
        },
        "doc_props": {"title": "A"},
        "partial_md5_checksum": "a",
    },
]
"""Whole files; the last one is a table of Lua."""


def places_in(value: object) -> list[tuple[dict[Any, object] | list[object], Any]]:
    """(container, key) of everything in a document."""
    items: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    here = [(value, key) for key, _ in items]
    return here + [place for _, one in items for place in places_in(one)]


@pytest.mark.parametrize("document", GOOD, ids=lambda document: next(iter(document)))
def test_no_value_in_a_file_is_too_odd(document: dict[str, object]) -> None:
    """Every value of a good file is replaced by every odd one."""
    is_lua = document is GOOD[-1]
    for container, key in places_in(document):
        before = container[key]
        for odd in (*ODD, {"a": [1]}, [["a"]]):
            container[key] = odd
            text = lua(document) if is_lua else json.dumps(document)
            with suppress(MarksFileError):
                read_marks(text.encode("utf-8", "replace"), NOW)
        container[key] = before
