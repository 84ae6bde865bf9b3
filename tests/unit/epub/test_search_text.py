"""What of a chapter can be searched, and where its characters are."""

import pytest

from kios_desktop.epub.search_text import SearchText
from kios_desktop.epub.source_tree import SourceTree
from tests.books import page
from tests.unit.epub.searching import seen, stream


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>o<b>n</b><i>e</i></p>", "one"),
        ("<p>one<br/>two</p>", "one two"),
        ("<p>  one\n\t two  </p>", "one two"),
        ("<p>one <b> two</b></p>", "one two"),
        ("<p>one</p>  \n <p>two</p>", "one\ntwo"),
        ("<div>one<p>two</p>three</div>", "one\ntwo\nthree"),
        ("<div>one<p></p>two</div>", "one\ntwo"),
        ("<div>one<hr/>two</div>", "one\ntwo"),
        ("<table><tr><td>one</td><td>two</td></tr></table>", "one\ntwo"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<p>so\u00adft wo\u200brd</p>", "soft word"),
        ("<p>one\u00a0two \u2003 three</p>", "one two three"),
        ("<p>one<!-- c -->two<![CDATA[ & ]]>three</p>", "onetwo & three"),
        ("<p>&lt;a&gt; &amp;</p>", "<a> &"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>", "漢字"),
        ("<p>one</p><script>var two;</script><style>p {}</style><p>three</p>", "one\nthree"),
        ("<p hidden=''>one</p><p>two</p>", "two"),
        ("<div hidden='hidden'><p>one <b>two</b></p></div><p>three</p>", "three"),
        ("<p class='hidden'>one</p>", "one"),
        ("<p style='color: red; display : none'>one</p><p style='display:block'>two</p>", "two"),
        ("<template><p>one</p></template><p>two</p>", "two"),
        ("<svg><title>one</title><text>two</text><text>th<tspan>ree</tspan></text></svg>",
         "two\nthree"),
        ("<p>a <math><mi>x</mi><annotation>\\x</annotation></math> b</p>", "a x b"),
        ("<p>one<span hidden=''><br/></span>two</p>", "one two"),
        ("", ""),
        ("  \n ", ""),
    ],
)  # fmt: skip
def test_what_a_reader_sees_can_be_searched(body: str, text: str) -> None:
    assert seen(body) == text


def test_text_outside_the_body_is_not_seen() -> None:
    assert "A small" not in seen("<p>one</p>")


def test_a_chapter_without_a_body_has_its_text() -> None:
    tree = SourceTree("<html><head><title>no</title></head><p>one</p><p>two</p></html>")
    assert SearchText(tree).text == "one\ntwo"


@pytest.mark.parametrize(
    "body",
    [
        "<p>o<b>n</b>e\u00ad  two</p><p>three\u00a0four</p>",
        "<p>漢<ruby>字<rt>ji</rt></ruby>だ</p><script>no</script><p>ね</p>",
        "<p>one</p>" + f"<p>{'long words ' * 1500}</p>" + "<p>end</p>",
        "<p>😀 a\u0301 ﬁ ß</p>",
    ],
)
def test_every_character_leads_back_to_its_ordinal(body: str) -> None:
    found, counted = SearchText(SourceTree(page(body))), stream(body)
    for index, character in enumerate(found.text):
        if character not in " \n":
            assert counted[found.ordinal(index)] == character, index
