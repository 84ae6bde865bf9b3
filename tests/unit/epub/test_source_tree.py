"""The tokenizer: what becomes text, what becomes an element, and what it says of broken input."""

import pytest

from kios_desktop.epub.nonspace import nonspace, nth_nonspace
from kios_desktop.epub.source_tree import Element, Flaw, SourceTree
from tests.effort import size


def tree(body: str) -> SourceTree:
    return SourceTree(f"<html><head><title>t</title></head><body>{body}</body></html>")


def outline(element: Element, source: SourceTree) -> list[object]:
    return [
        (child.name, outline(child, source))
        if isinstance(child, Element)
        else source.characters(child)
        for child in element.children
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>a<br/>b</p>", [("p", ["a", ("br", []), "b"])]),
        ("a<!-- <p> -->b", ["a", "b"]),
        ("a<![CDATA[<b>&amp;]]>c", ["a", "<b>&amp;", "c"]),
        ("<p>x<?pi y?>z</p>", [("p", ["x", ("?pi", []), "z"])]),
        ("&lt;&#169;&#x1F600;&nbsp;&bogus;&", ["<©😀\u00a0&bogus;&"]),
        ("&#146;&#0;", ["’\ufffd"]),
        ("<P Class='A'>x</P>", [("p", ["x"])]),
        ("<svg:linearGradient/>", [("lineargradient", [])]),
        ("<svg><linearGradient/></svg>", [("svg", [("linearGradient", [])])]),
        ("<a title='x > y'>z</a>", [("a", ["z"])]),
        ("a\r\nb\rc", ["a\nb\nc"]),
    ],
)
def test_markup_becomes_nodes(body: str, expected: list[object]) -> None:
    source = tree(body)
    assert outline(source.body, source) == expected


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        ("<p>fine &amp; well</p>", Flaw.NONE),
        ("a & b", Flaw.TEXT),
        ("a < b", Flaw.TEXT),
        ("&unknown;", Flaw.REFERENCES),
        ("<p a=b c='d\">x</p>", Flaw.TAGS),
        ("<p><b>x</p></b>", Flaw.NESTING),
        ("<p>x<br>y</p>", Flaw.NESTING),
        ("<p>x", Flaw.NESTING),
    ],
)
def test_flaws_are_named(body: str, flaw: Flaw) -> None:
    assert tree(body).flaws & flaw == flaw
    assert bool(tree(body).flaws) == bool(flaw)


def test_ordinals_count_only_what_is_no_space_and_only_in_the_body() -> None:
    source = SourceTree(
        "<html><head><title>abc</title></head><body> a <p>b\u00a0c</p> d</body> </html>"
    )
    assert source.total == 5
    assert [text.ordinal for text in source.texts] == [0, 1, 4]


def test_unclosed_void_elements_do_not_swallow_what_follows() -> None:
    source = tree("<p>a<br>b<img src='x'>c</p>")
    assert outline(source.body, source) == [("p", ["a", ("br", []), "b", ("img", []), "c"])]


def test_as_written_nests_like_the_engine_does() -> None:
    source = SourceTree("<body><p>a<br>b</p></body>", as_written=True)
    assert outline(source.body, source) == [("p", ["a", ("br", ["b"])])]


def test_script_with_bare_markup_is_one_text() -> None:
    source = tree("<script>if (a<b && '</p>') x()</script><p>y</p>")
    assert outline(source.body, source)[1] == ("p", ["y"])


def test_svg_alone_takes_the_place_of_the_body() -> None:
    source = SourceTree("<?xml version='1.0'?><svg><title>ab</title><text>c</text></svg>")
    assert source.body.name == "svg"
    assert source.total == 3


def test_document_without_body_still_has_its_text() -> None:
    source = SourceTree("<html><head><title>no</title></head><p>yes</p></html>")
    assert not source.has_body
    assert source.total == 3


@pytest.mark.parametrize(
    "source",
    [
        "<a>" * size(100_000),
        "<a>" * size(50_000) + "</b>" * size(50_000),
        "<!--" * size(50_000),
        "<![CDATA[" * size(50_000),
        "<!DOCTYPE [" * size(50_000),
        "<!a[" * size(100_000),
        "<a " * size(50_000),
        '<a b="' * size(50_000),
        "<" + "a" * size(200_000),
        "<script>" * size(20_000),
        "&" * size(100_000),
        "<?" * size(50_000),
        "</" * size(50_000),
        "<style" * size(20_000) + ">",
        "<style><!---->" * size(20_000) + "</style>",
    ],
    ids=lambda s: str(s[:12]),
)
def test_hostile_input_costs_no_more_than_its_length(source: str) -> None:
    """A quadratic step would take minutes in the long run; faulthandler ends it then."""
    SourceTree(f"<html><body>{source}</body></html>")
    SourceTree(source)


@pytest.mark.parametrize("text", ["", " ", "abc", " a  b c ", "\n\n\nx", "a" * 50 + " " * 50 + "b"])
def test_nth_nonspace_agrees_with_counting(text: str) -> None:
    positions = [i for i, c in enumerate(text) if c not in " \t\r\n"]
    assert [nth_nonspace(text, n) for n in range(nonspace(text))] == positions
    assert nth_nonspace(text, nonspace(text)) == len(text)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<html><body><p>a</p></body> b </html>", "ab"),
        ("<html><body>a</body></html>\n<p>b</p> c", "abc"),
        ("<html><body>a</body></html><html><head><title>t</title></head><body>b</body>", "ab"),
        ("<html><body>a</body><head><title>t</title><p>b</p></head>c</html>", "abc"),
        ("<html><body>a</body><body>b</body></html>c", "abc"),
        ("<html><body>a</body><!-- b --><?c d?> \n</html>", "a"),
    ],
)
def test_what_stands_behind_the_body_belongs_to_it(source: str, words: str) -> None:
    tree = SourceTree(source)
    assert "".join("".join(map(tree.characters, tree.texts)).split()) == words
    assert SourceTree(source, as_written=True).total == 1  # as KOReader's engine reads it
