"""Whatever a chapter holds, the page gets XML with exactly the characters our tree counts."""

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kios_desktop.epub import encoding, entities, repair, xhtml_writer
from kios_desktop.epub.nonspace import nonspace, nth_nonspace
from kios_desktop.epub.source_tree import SourceTree

PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<b>", "</b>", "<br>", "<br/>", "<!-- c -->", "<?pi?>", "\r\n", "<", ">"),
        *("&nbsp;", "&amp;", "&lt;", "&bogus;", "&", "&#65;", "&#0;", "\x0b", "\ud800", "\ufffe"),
        *("<svg>", "</svg>", "<math><mfenced>", "</mfenced></math>", "<pre>", "</pre>"),
        *("<style>a{page-break-before:always}", "</style>", "<script>a<b</script>"),
        *("<td style='-epub-hyphens:auto'>", "<x:y z='1' z='2'>", "<![CDATA[ &x; <i> ]]>"),
        *("</body>", "<body>", "<html>", "<head>", "</head>", "<a b='c>"),
        *("</html>", "\ufeff", "<?xml version='1.0'?>", "<!DOCTYPE html>", "&own;", "&deep;"),
        *(
            "<m:x m:a='1' mml:a='2'>",
            "<p xmlns='urn:x'>",
            "<p xmlns=''>",
            "<b xmlns:q='r' q:s='t'>",
        ),
        *("<p xmlns:xml='u'>", "<foreignObject>", "</foreignObject>", "<svg:svg xlink:href='x'>"),
    ]
)
START = "<html><head><title>t</title></head><body>"
OWN = "<!DOCTYPE html [<!ENTITY own 'a \"b\" <i>c</i>'><!ENTITY deep '&own;&own;&deep;'>]>"
BODIES = st.lists(PIECES | st.text(max_size=12), max_size=25).map("".join)


def characters(document: bytes) -> str:
    body = etree.fromstring(document).find("{http://www.w3.org/1999/xhtml}body")
    assert body is not None
    for inserted in body.findall(f".//*[@{xhtml_writer.INSERTED}]"):
        inserted.text = ""
    return re.sub("[ \t\r\n]+", "", "".join(map(str, body.itertext("*"))))


@given(BODIES, st.sampled_from(["{}", START + "{}</body></html>", OWN + START + "{}"]))
def test_served_chapter_has_the_characters_of_the_tree(body: str, form: str) -> None:
    document = form.replace("{}", body)
    data = document.encode("utf-8", "surrogatepass")
    tree = SourceTree(encoding.decode(data))
    counted = "".join(tree.characters(text) for text in tree.texts)
    assert characters(repair.content_document(data)) == re.sub("[ \t\r\n]+", "", counted)
    assert nonspace(counted) == tree.total


@given(BODIES)
def test_whatever_is_written_is_well_formed(body: str) -> None:
    tree = SourceTree(body)
    assert etree.fromstring(xhtml_writer.document(tree).encode()) is not None


@given(BODIES)
def test_ordinals_only_grow(body: str) -> None:
    tree = SourceTree(f"<body>{body}")
    ordinals = [text.ordinal for text in tree.texts]
    assert ordinals == sorted(ordinals)
    assert all(0 <= element.ordinal <= tree.total for element in tree.elements)


@given(st.text(), st.integers(0, 40))
def test_nth_nonspace_finds_what_counting_finds(text: str, number: int) -> None:
    at = nth_nonspace(text, number)
    if number < nonspace(text):
        assert text[at] not in " \t\r\n"
        assert nonspace(text[:at]) == number
    else:
        assert at == len(text)


@given(st.binary(max_size=400))
def test_any_bytes_decode(data: bytes) -> None:
    assert isinstance(encoding.decode(data), str)


@given(st.text())
def test_legal_keeps_the_count(text: str) -> None:
    assert len(entities.legal(text)) == len(text)
