"""xpointers in and out, rule by rule. The whole corpus is in test_corpus.py."""

import pytest

from kios_desktop.epub import xpointer
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.engine_tree import SPLIT_CHARACTERS, split
from kios_desktop.epub.xpointer import XPointer, XPointerMatch
from kios_desktop.epub.xpointer import XPointerStep as Step
from kios_desktop.epub.xpointer_places import written
from tests.books import page


def model(body: str, head: str = "") -> ContentModel:
    return ContentModel(page(body, head=head).encode(), lambda _: "")


def texts(body: str, path: str, head: str = "") -> list[str]:
    """What the engine stores as text nodes of the element at a path below body."""
    one = model(body, head)
    pointer = xpointer.parse("/body/DocFragment/body" + path)
    assert pointer is not None
    node: object = one.engine_source.body
    for step in pointer.steps:
        node = xpointer.child(one.engine, node, step)  # type: ignore[arg-type]
    return [text.content for text in one.engine.texts(node)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/body/DocFragment[12]/body/div/p[3]/text()[2].117",
         XPointer(12, (Step("div"), Step("p", 3), Step("text()", 2)), 117)),
        ("/body/DocFragment/body/p/text().0", XPointer(1, (Step("p"), Step("text()")), 0)),
        ("/body/DocFragment[5]", XPointer(5)),
        ("/body/DocFragment[5].0", XPointer(5)),
        ("/body/DocFragment[5]/body.0", XPointer(5, (), 0)),
        ("#_doc_fragment_2_ introduction", XPointer(3, target="introduction")),
        ("#_doc_fragment_2", XPointer(3)),
        ("/body/DocFragment[3]/body/p[20]/", XPointer(3, (Step("p", 20),), complete=False)),
        ("/body/DocFragment[3]/body/autoBoxing[2]/p", XPointer(3, (Step("p"),), boxed=True)),
        ("/body/DocFragment[3]/body/2/1", XPointer(3, (Step("2"), Step("1")))),
        ("/BODY/DocFragment[3]", None),
        ("#_doc_fragment_2_", None),
        ("epubcfi(/6/4!/4)", None),
        ("42", None),
        ("", None),
    ],
)  # fmt: skip
def test_grammar(text: str, expected: XPointer | None) -> None:
    assert xpointer.parse(text) == expected


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ("<p> <b>x</b> tail</p>", "/p", [" tail"]),
        ("<p>a<b>b</b> </p>", "/p", ["a", " "]),
        ("<p><span> <b>x</b></span></p>", "/p/span", [" "]),
        ("<p>a<!-- c -->b</p>", "/p", ["a", "b"]),
        ("<p>a<![CDATA[&amp;]]>b</p>", "/p", ["a", "&amp;", "b"]),
        ("<p>a<?pi?>b</p>", "/p", ["a", "b"]),
        ("<p>a \n\t b&#32;&#32;c</p>", "/p", ["a b  c"]),
        ("<div>x <p>y</p> <!-- --> <p>z</p> tail </div>", "/div", ["x ", " tail "]),
        ("<div><span>a</span> <p>b</p> <i>c</i> <i>d</i></div>", "/div", [" "]),
        ("<ul> <li>x</li> text </ul>", "/ul", [" text "]),
        ("<table>t<tr>r<td> d </td></tr></table>", "/table", []),
        ("<table><tr><td> d </td></tr></table>", "/table/tr/td", [" d "]),
        ("<pre>\n a\tb\n\tc</pre>", "/pre", [" a     b\n       c"]),
        ("<div style='white-space:pre'> <p> x</p></div>", "/div", [" "]),
        ("<div><p style='display:none'>x</p> a</div>", "/div", [" a"]),
        ("<p><span style='float:left'>f</span> </p>", "/p", []),
        ("<svg><g>no</g><text>yes</text></svg>", "/svg/g", []),
        ("<svg><g>no</g><text>yes</text></svg>", "/svg/text", ["yes"]),
    ],
)
def test_engine_keeps_these_texts(body: str, path: str, expected: list[str]) -> None:
    assert texts(body, path) == expected


def test_generated_content_keeps_a_leading_blank() -> None:
    style = "<style>p::before{content:'x'}</style>"
    assert texts("<p> <b>x</b></p>", "/p", style) == [" "]
    assert texts("<p> <b>x</b></p>", "/p") == []


def test_style_sheets_change_how_elements_are_boxed() -> None:
    style = "<style>.b span{display:block}</style>"
    assert texts("<div class='b'><span>a</span> <span>b</span></div>", "/div", style) == []
    assert texts("<div class='b'><span>a</span> <span>b</span></div>", "/div") == [" "]


def test_long_runs_are_split_behind_a_space() -> None:
    raw = "word " * 4000
    pieces = split(raw)
    assert "".join(pieces) == raw
    assert [len(piece) for piece in pieces[:-1]] == [8190, 8190]
    assert [len(p) for p in split("x" * 20_000)] == [SPLIT_CHARACTERS, SPLIT_CHARACTERS, 3616]
    assert split("short") == ("short",)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/p[1]/text().2", XPointerMatch(2, True, 2)),
        ("/p[2]", XPointerMatch(5, True, 1)),
        ("/p[2].0", XPointerMatch(5, True, 1)),
        ("/p[2].1", XPointerMatch(6, True, 1)),
        ("/p[2].99", XPointerMatch(5, False, 1)),
        ("/p[2]/text()[9].0", XPointerMatch(5, False, 1)),
        ("/p[2]/text()[1].99", XPointerMatch(6, False, 2)),
        ("/p[9]/text().0", XPointerMatch(0, False, 0)),
        ("/P[1]", XPointerMatch(0, False, 0)),
        ("/2", XPointerMatch(5, True, 1)),
    ],
)
def test_path_leads_to_its_place_or_its_deepest_ancestor(
    path: str, expected: XPointerMatch
) -> None:
    one = model("<p>alpha</p><p>b<i>c</i> d</p>")
    pointer = xpointer.parse("/body/DocFragment[1]/body" + path)
    assert pointer is not None
    assert xpointer.resolve(one.engine, one.engine_source.body, pointer) == expected


@pytest.mark.parametrize(
    ("body", "ordinal", "expected"),
    [
        ("<p>alpha beta</p>", 5, "/body/p/text().6"),
        ("<p>a</p><p>b<i>c</i> d</p>", 3, "/body/p[2]/text()[2].1"),
        ("<p>a</p>", 1, "/body/p/text().1"),
        ("<p>a b </p>", 9, "/body/p/text().3"),
        ("<div><img src='x'/></div>", 0, "/body/div/img.0"),
        ("", 0, ".0"),
        ("<p>so <math><mi>x</mi></math> y</p>", 2, "/body/p/text()[1].2"),
        ("<p><math><mi>x</mi></math></p>", 0, "/body/p"),
        ("<p>a &bogus; b</p><p>c</p>", 3, "/body/p[1]/text().4"),
        ("<p>a & bogus b</p><p>c</p>", 3, "/body/p[1]"),
        ("<table><tr><td>a</td></tr>dropped</table>", 2, "/body/table"),
    ],
)
def test_place_is_written_as_the_engine_writes_it(body: str, ordinal: int, expected: str) -> None:
    assert written(model(body), ordinal, "/body/DocFragment[7]") == (
        "/body/DocFragment[7]" + expected
    )


def test_pointer_too_long_for_servers_names_a_block_further_up() -> None:
    deep = "<section>" * 60 + "<p>x</p>" + "</section>" * 60
    result = written(model("<div><h1>t</h1>" + deep + "</div>"), 1, "/body/DocFragment[7]")
    assert len(result) <= xpointer.MAX_CHARACTERS
    assert result.startswith("/body/DocFragment[7]/body/div/section")


@pytest.mark.parametrize(
    ("body", "ordinal", "expected"),
    [
        # the engine ends a tag at its first ">", so what is behind it becomes text
        ("<p>x <a title='a > b'>link</a> y</p>", 1, "/body/p/a/text().4"),
        ("<p>x <a title='a > b'>link</a> y</p>", 5, "/body/p/text()[2].1"),
        # an img that is not closed any more swallows the rest of its paragraph
        ("<p>x <img alt='a > b'/> y <i>z</i></p>", 1, "/body/p"),
        ("<p>x <img alt='a > b'/> y <i>z</i></p>", 2, "/body/p/img/i/text().0"),
        ("<p>x <img alt='a > b'/></p><p>z</p>", 1, "/body/p[2]/text().0"),
    ],
)
def test_greater_than_in_an_attribute_is_read_as_the_engine_reads_it(
    body: str, ordinal: int, expected: str
) -> None:
    one = model(body)
    text = written(one, ordinal, "/body/DocFragment[1]")
    assert text == "/body/DocFragment[1]" + expected
    assert one.tree.total == one.engine_source.total


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ("<p><b>x</b>: y <me@a.org>\n</p><p>z</p>", "/p[1]", [": y ", " "]),
        ("<p>a<me@a.org>b</me@a.org>c</p>", "/p", ["a", "b", "c"]),
        ("<p>a<x+y title='b>c'>d</p>", "/p", ["a", "c'>d"]),
        ("<p>a<été>b</été></p>", "/p/été", ["b"]),
    ],
)
def test_a_tag_that_is_none_to_the_engine_only_splits_the_text(
    body: str, path: str, expected: list[str]
) -> None:
    assert texts(body, path) == expected


def test_a_place_behind_a_tag_that_is_none_to_the_engine_is_found() -> None:
    one = model("<p><b>From</b>: me <me@a.org>\n</p><p>z</p>")
    pointer = xpointer.parse("/body/DocFragment/body/p[1]/text()[2].0")
    assert pointer is not None
    found = xpointer.resolve(one.engine, one.engine_source.body, pointer)
    assert found == XPointerMatch(7, exact=True, depth=2)


def test_chapter_nested_without_end_is_read_and_written() -> None:
    one = model("<div>" * 20_000 + "x" + "</div>" * 20_000)
    assert written(one, 0, "/body/DocFragment[1]").startswith("/body/DocFragment[1]/body/div")
