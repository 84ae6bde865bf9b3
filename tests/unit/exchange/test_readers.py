"""Files of marks of other readers, and what is none."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from kios_desktop.domain.errors import MarksFault, MarksFileError
from kios_desktop.domain.locator import Chapter
from kios_desktop.domain.marks import MarkColour, MarkKind, MarkStyle, TextQuote
from kios_desktop.exchange import readers
from kios_desktop.exchange.candidates import MarkCandidate, MarksOfBook
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.readers import read_marks
from kios_desktop.exchange.writers import ExportFormat, written, written_together
from tests.foreign_marks import (
    koreader_annotation,
    koreader_book,
    koreader_books,
    koreader_entry,
    koreader_export,
    koreader_metadata,
    readest,
    readest_entry,
    thorium,
    thorium_item,
)
from tests.marks import highlight

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
CFI = "http://www.idpf.org/epub/linking/cfi/epub-cfi.html"
FROM = "/body/DocFragment[2]/body/p[1]/text().0"
TO = "/body/DocFragment[2]/body/p[1]/text().18"


def read(data: bytes) -> MarksOfBook:
    [book] = read_marks(data, NOW)
    return book


def only(data: bytes) -> MarkCandidate:
    book = read(data)
    assert book.not_understood == 0
    [candidate] = book.candidates
    return candidate


def ours(**cells: object) -> bytes:
    mark = replace(highlight(1, 5), **cells)
    book = MarkedBook("Emma", ("Jane Austen",), "urn:isbn:1", "ab" * 32, (mark,))
    return written(book, ExportFormat.JSON).encode()


# -- web annotations


def test_a_highlight_of_thorium() -> None:
    cfi = "epubcfi(/6/2!/4/4,/1:0,/1:5)"
    fragment = {"type": "FragmentSelector", "conformsTo": CFI, "value": cfi}
    data = thorium(
        thorium_item("First", prefix="One ", suffix=" words.", note="Well", selectors=[fragment])
    )
    assert read(data).title == "A small book"
    mark = only(data).mark
    assert mark.id == "00000000000040008000000000000001"
    assert mark.kind is MarkKind.HIGHLIGHT
    assert mark.note == "Well"
    assert mark.anchor.quote == TextQuote("First", "One ", " words.")
    assert (mark.anchor.href, mark.anchor.cfi) == ("EPUB/chapter0001.xhtml", cfi)
    assert mark.anchor.chapter == Chapter(-1, "Chapter 1")
    assert mark.passage is None
    assert mark.made_at == datetime(2026, 4, 30, 20, 15, tzinfo=UTC)
    assert mark.changed_at == datetime(2026, 4, 30, 20, 16, tzinfo=UTC)


def test_a_bookmark_of_thorium_stands_before_its_character() -> None:
    selectors: list[dict[str, object]] = [
        {"type": "EPUBCFISelector", "value": "/4/4,/1:0,/1:1"},
        {"type": "CssSelector", "value": "body > p", "refinedBy": {"type": "Unknown"}},
        {"type": "ProgressionSelector", "value": 0.25},
    ]
    candidate = only(
        thorium(
            thorium_item(
                "F", prefix="One ", suffix="irst", highlight="bookmark", selectors=selectors
            )
        )
    )
    assert candidate.mark.kind is MarkKind.BOOKMARK
    assert candidate.mark.anchor.quote == TextQuote("", "One ", "First")
    assert candidate.partial_cfi == "/4/4,/1:0,/1:1"
    assert candidate.locator == {
        "href": "EPUB/chapter0001.xhtml",
        "locations": {"cssSelector": "body > p", "progression": 0.25},
    }


@pytest.mark.parametrize(
    ("highlight_", "style"),
    [
        ("solid", MarkStyle.FILL),
        ("outline", MarkStyle.FILL),
        ("underline", MarkStyle.UNDERLINE),
        ("strikethrough", MarkStyle.UNDERLINE),
    ],
)
def test_styles_of_thorium(highlight_: str, style: MarkStyle) -> None:
    assert only(thorium(thorium_item("a", highlight=highlight_))).mark.style is style


def web(**parts: object) -> bytes:
    return json.dumps({"type": "Annotation", "id": "http://example.org/1"} | parts).encode()


def test_what_the_web_annotation_model_allows() -> None:
    quote = {"type": "TextQuoteSelector", "exact": "a b"}
    refined = {"type": "FragmentSelector", "value": "p1", "refinedBy": quote}
    target = {"source": "a%20b.xhtml#p1", "selector": refined}
    bodies = [
        {"type": "TextualBody", "value": "tag", "purpose": "tagging"},
        {"type": "TextualBody", "value": "one", "purpose": "commenting"},
        "http://example.org/body",
        {"type": "TextualBody", "value": "two"},
    ]
    mark = only(web(target=[target, "other"], body=bodies, motivation=["commenting"])).mark
    assert mark.note == "one\ntwo"
    assert mark.anchor.quote.exact == "a b"
    assert mark.anchor.href == "a b.xhtml"
    assert mark.made_at == NOW
    assert only(web(target="a.xhtml", bodyValue="said")).mark.note == "said"
    page = {"type": "AnnotationPage", "items": [json.loads(web(bodyValue="x"))]}
    assert only(json.dumps(page).encode()).mark.note == "x"
    first = {"type": "AnnotationCollection", "first": page | {"next": page}}
    assert len(read(json.dumps(first).encode()).candidates) == 2
    assert len(read(json.dumps([json.loads(web(bodyValue="x"))]).encode()).candidates) == 1


@pytest.mark.parametrize(
    "item",
    [
        None,
        5,
        [],
        {},
        {"type": "Annotation"},
        {"target": {"source": "a.xhtml", "selector": {"type": "XPathSelector", "value": "/p"}}},
        {"target": {"selector": [[[]], 5, {"type": ["TextQuoteSelector"]}]}},
        {"target": {"selector": {"type": "TextQuoteSelector", "exact": 5}}, "body": {"value": 1}},
        {"target": {"kios:startItem": 1, "kios:startOrdinal": -1}},
        {"target": {"kios:startItem": 2, "kios:startOrdinal": 0, "kios:endItem": 1,
                    "kios:endOrdinal": 0}},
        {"target": {"kios:startItem": 10**30, "kios:startOrdinal": True}, "created": 10**40},
    ],
)  # fmt: skip
def test_entries_that_say_nothing_are_counted(item: object) -> None:
    good = thorium_item("a")
    book = read(json.dumps({"type": "AnnotationSet", "items": [item, good]}).encode())
    assert (len(book.candidates), book.not_understood) == (1, 1)


def test_surrogates_alone_are_no_text() -> None:
    mark = only(web(bodyValue="a\ud800b\ud83d\ude00")).mark
    assert mark.note == "a\ufffdb\U0001f600"
    mark.note.encode("utf-8")


# -- KOReader


def test_an_entry_of_koreaders_exporter() -> None:
    candidate = only(
        koreader_export(koreader_entry("First words.", note="Well", page=51, drawer="strikeout"))
    )
    mark = candidate.mark
    assert mark.text == "First words."
    assert (mark.note, mark.style) == ("Well", MarkStyle.UNDERLINE)
    assert mark.anchor.chapter == Chapter(-1, "Chapter 1")
    assert mark.made_at == datetime.fromtimestamp(1777580000, UTC)
    assert candidate.locator == {"locations": {"totalProgression": 0.25}}
    assert candidate.xpointers == ()


def test_an_export_of_several_books() -> None:
    data = koreader_books(
        koreader_book(koreader_entry("a"), title="One"),
        koreader_book(koreader_entry("b"), koreader_entry(""), title="Two"),
    )
    first, second = read_marks(data, NOW)
    assert (first.title, second.title) == ("One", "Two")
    assert (len(second.candidates), second.not_understood) == (1, 1)
    assert read_marks(koreader_books(), NOW) == ()
    empty = json.dumps({"title": "One", "entries": {}}).encode()  # Lua's empty table
    assert read(empty).candidates == ()


def test_koreaders_metadata_has_xpointers() -> None:
    book = read(
        koreader_metadata(
            koreader_annotation("First \\ “words”.\nMore", FROM, TO, note='say "a"'),
            koreader_annotation("edited", FROM, TO, text_edited=True, datetime="x"),
            {"chapter": "Chapter 2", "datetime": "2026-07-27 12:57:09", "page": FROM, "pageno": 5,
             "text": "in Chapter 2"},
            {"page": 5, "pos0": {"x": 1}, "pos1": {"x": 2}, "drawer": "lighten"},
            partial_md5="AB" * 16,
        )
    )  # fmt: skip
    first, edited, bookmark = book.candidates
    assert (book.title, book.partial_md5, book.not_understood) == ("A small book", "ab" * 16, 1)
    assert first.xpointers == (FROM, TO)
    assert first.mark.text == "First \\ “words”.\nMore"
    assert (first.mark.note, first.mark.colour) == ('say "a"', MarkColour.GREEN)
    local = datetime(2026, 7, 27, 9, 18, 26).astimezone(UTC)
    assert first.mark.made_at == local
    assert (first.text_is_loose, edited.text_is_loose) == (False, True)
    assert edited.mark.made_at == NOW
    assert bookmark.mark.kind is MarkKind.BOOKMARK
    assert bookmark.xpointers == (FROM,)
    assert (bookmark.mark.note, bookmark.mark.text) == ("", "")


def test_koreaders_exported_annotations_are_a_table_alone() -> None:
    data = koreader_metadata(koreader_annotation("a", FROM, TO))
    assert only(data[data.index(b"{") :]).xpointers == (FROM, TO)


# -- Readest


def test_an_export_of_readest() -> None:
    cfi = "epubcfi(/6/4!/4/4,/1:0,/1:5)"
    book = read(
        readest(
            readest_entry(cfi, "First", note="Well", style="squiggly", color="violet"),
            readest_entry(cfi, "Chapter 1", type="bookmark", id="b"),
            readest_entry(cfi, "gone", deletedAt=5),
            readest_entry("", ""),
        )
    )
    first, bookmark = book.candidates
    assert (book.title, book.not_understood) == ("A small book", 1)
    assert first.mark.anchor.cfi == cfi
    assert first.mark.anchor.quote == TextQuote("First")
    assert (first.mark.style, first.mark.colour) == (MarkStyle.UNDERLINE, MarkColour.PURPLE)
    assert first.mark.made_at == datetime(2026, 8, 2, 10, 11, 40, tzinfo=UTC)
    assert bookmark.mark.kind is MarkKind.BOOKMARK
    assert bookmark.mark.anchor.quote == TextQuote("", "", "Chapter 1")
    assert bookmark.text_is_loose
    assert first.mark.id != bookmark.mark.id


def test_the_notes_that_readest_keeps() -> None:
    entry = readest_entry("epubcfi(/6/4)", "a")
    for document in ({"booknotes": [entry]}, [entry]):
        assert only(json.dumps(document).encode()).mark.text == "a"


# -- all of them


@pytest.mark.parametrize(
    "data",
    [
        thorium(thorium_item("a") | {"id": ""}),
        koreader_export(koreader_entry("a")),
        koreader_metadata(koreader_annotation("a", FROM, TO)),
        readest(readest_entry("epubcfi(/6/4)", "a")),
    ],
)
def test_a_mark_has_the_same_id_every_time(data: bytes) -> None:
    first, second = only(data).mark.id, only(data).mark.id
    assert first == second
    assert len(first) == 32


def test_annotations_without_an_id_are_one_only_when_all_of_them_is_the_same() -> None:
    def bookmark(css: str) -> dict[str, object]:
        selectors = [{"type": "CssSelector", "value": css}]
        return thorium_item("", highlight="bookmark", selectors=selectors) | {"id": None}

    candidates = read(thorium(bookmark("#a"), bookmark("#b"), bookmark("#a"))).candidates
    first, second, third = (candidate.mark.id for candidate in candidates)
    assert first == third != second


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe"])
def test_byte_order_marks_are_read_over(mark: bytes) -> None:
    data = ours(note="“Zoë”")
    text = data.decode()
    coded = data if mark == b"\xef\xbb\xbf" else text.encode("utf-16-le")
    assert only(mark + coded).mark.note == "“Zoë”"


def fault_of(data: bytes) -> MarksFault:
    with pytest.raises(MarksFileError) as raised:
        read_marks(data, NOW)
    return raised.value.fault


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"# Markdown",
        b"--- \ntitle: a\n---\n",
        b"<!DOCTYPE html>",
        b"kind,chapter\r\n",
        b"PK\x03\x04" + b"\x00" * 100,
        bytes(range(256)),
        b"{}",
        b"[]",
        b"[5]",
        b"5",
        b"null",
        b'"text"',
        b'{"a": 1}',
        b"return {}",
        b"return { stats = {} }",
        b'return os.execute("true")',
    ],
)
def test_what_is_no_file_of_marks(data: bytes) -> None:
    assert fault_of(data) is MarksFault.OTHER_TYPE


@pytest.mark.parametrize(
    "data",
    [
        thorium(thorium_item("a"))[:-20],
        readest(readest_entry("", "a"))[:40],
        koreader_metadata(koreader_annotation("a", FROM, TO))[:-9],
        koreader_metadata(koreader_annotation("a", FROM, TO)) + b"}",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"{" * 200_000,
        b'{"a": 1' + b"0" * 10_000 + b"}",
        b"{ annotations = " + b"{" * 1000,
        b"return { annotations = { [1] = os.exit() } }",
        b"--[[ annotations" + b"--[[" * 100_000,
        b"{" + b"--[[\n" * 100_000,
    ],
    ids=lambda data: repr(data[:16]),
)
def test_what_is_damaged(data: bytes) -> None:
    assert fault_of(data) is MarksFault.DAMAGED


def test_every_beginning_of_a_file_is_read_or_refused() -> None:
    for data in (
        thorium(thorium_item("a")),
        koreader_metadata(koreader_annotation("a", FROM, TO)),
        readest(readest_entry("epubcfi(/6/4)", "a")),
    ):
        for length in range(len(data) - 1):
            assert fault_of(data[:length]) in (MarksFault.DAMAGED, MarksFault.OTHER_TYPE)


def test_size_and_number_have_limits() -> None:
    assert fault_of(b" " * (readers.MOST_BYTES + 1)) is MarksFault.TOO_LARGE
    many = json.dumps({"entries": [0] * (readers.MOST_MARKS + 1)}).encode()
    assert fault_of(many) is MarksFault.TOO_MANY


def test_long_texts_are_cut() -> None:
    mark = only(web(bodyValue="a" * 10**6, target={
        "selector": {"type": "TextQuoteSelector", "exact": "b" * 10**6}
    })).mark  # fmt: skip
    assert len(mark.note) == 256 * 1024
    assert len(mark.text) == 64 * 1024


# -- which book


def test_a_file_of_ours_tells_its_book() -> None:
    book = read(ours())
    assert (book.title, book.authors, book.identifiers, book.sha256) == (
        "Emma",
        ("Jane Austen",),
        ("urn:isbn:1",),
        "ab" * 32,
    )


@pytest.mark.parametrize(
    "data",
    [
        thorium(thorium_item("words")),
        koreader_export(koreader_entry("words")),
        koreader_metadata(koreader_annotation("words", FROM, TO)),
        readest(readest_entry("epubcfi(/6/2!/4/2)")),
    ],
)
def test_files_of_others_tell_their_book(data: bytes) -> None:
    book = read(data)
    assert (book.title, book.authors) == ("A small book", ("Ann Author",))


def test_thorium_may_know_several_identifiers() -> None:
    assert read(thorium(thorium_item("words"))).identifiers == ("urn:thorium:1", "urn:isbn:1")


def test_a_file_about_several_books_is_read_as_it_was_written() -> None:
    emma = MarkedBook("Emma", ("Jane Austen",), "urn:isbn:1", "ab" * 32, (highlight(1, 5),))
    walden = MarkedBook("Walden", (), "", "cd" * 32, (highlight(2, 6), highlight(8, 9, note="n")))
    data = written_together([emma, walden], ExportFormat.JSON).encode()
    first, second = read_marks(data, NOW)
    assert (first.title, first.authors, first.identifiers, first.sha256) == (
        "Emma",
        ("Jane Austen",),
        ("urn:isbn:1",),
        "ab" * 32,
    )
    assert (second.title, second.identifiers, second.sha256) == ("Walden", (), "cd" * 32)
    assert [one.mark for one in first.candidates] == list(emma.marks)
    assert [one.mark for one in second.candidates] == list(walden.marks)


def test_what_is_damaged_in_a_file_about_several_books_is_counted_once() -> None:
    emma = MarkedBook("Emma", (), "", "ab" * 32, (highlight(1, 5),))
    document = json.loads(written_together([emma], ExportFormat.JSON))
    document["first"]["items"][:0] = [None, {"type": "Annotation", "target": {"source": [[]]}}]
    document["first"]["items"].append(
        {"target": {"source": {"id": 7, "dcterms:isPartOf": 7}, "selector": {}}, "bodyValue": "n"}
    )
    first, second = read_marks(json.dumps(document).encode(), NOW)
    assert (first.title, len(first.candidates), first.not_understood) == ("Emma", 1, 2)
    assert (second.title, len(second.candidates), second.not_understood) == ("", 1, 0)
