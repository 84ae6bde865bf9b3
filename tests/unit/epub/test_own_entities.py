"""Entities that a document declares itself are its text; none reads a file or grows without end."""

import re
import time
import tracemalloc

import pytest
from lxml import etree

from kios_desktop.epub import own_entities, repair
from kios_desktop.epub.source_tree import SourceTree


def document(declared: str, body: str) -> str:
    return f"<!DOCTYPE html [{declared}]><html><body><p>{body}</p></body></html>"


def text(declared: str, body: str) -> str:
    tree = SourceTree(document(declared, body))
    return "".join(map(tree.characters, tree.texts))


@pytest.mark.parametrize(
    ("declared", "body", "meant"),
    [
        ('<!ENTITY a "words">', "&a; &b;", "words &b;"),
        ("<!ENTITY a 'words'>", "&a;", "words"),
        ('<!ENTITY a "one"><!ENTITY a "two">', "&a;", "one"),
        ('<!ENTITY nbsp "x">', "&nbsp;&eacute;", "xé"),
        ('<!ENTITY a "&#233;&#xe9;&eacute;&amp;&lt;">', "&a;", "ééé&<"),
        ('<!ENTITY a "&#38;#38;">', "&a;", "&"),
        ('<!ENTITY b "&a;&a;"><!ENTITY a "x">', "&b;", "xx"),
        ('<!ENTITY a "<b>x</b>">', "&a;", "x"),
        ('<!ENTITY a-b.c_d "x">', "&a-b.c_d;", "x"),
        ('<!-- <!ENTITY a "no"> ] --><!ENTITY a "x]y">', "&a;", "x]y"),
        ('<!ENTITY a "x">', "<![CDATA[&a;]]><!-- &a; -->&a;", "&a;x"),
        ('<!ENTITY lt "no"><!ENTITY amp "no">', "&lt;&amp;", "<&"),
        ('<!ENTITY a "&a;"><!ENTITY b "&c;"><!ENTITY c "&b;">', "&a;&b;", "&a;&b;"),
        ('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;", "&a;"),
        ('<!ENTITY a PUBLIC "x" "http://there.example/">', "&a;", "&a;"),
        ('<!ENTITY % a "x"><!ENTITY b "%a;">', "&a;&b;", "&a;%a;"),
        ('<!ENTITY a "x"', "&a;", "&a;"),
        ('<!ENTITY a "<svg>x</svg>">', "&a;", "x"),
    ],
)
def test_a_reference_is_what_it_stands_for(declared: str, body: str, meant: str) -> None:
    assert text(declared, body) == meant


def test_a_value_with_quotes_stays_within_an_attribute() -> None:
    declared = "<!ENTITY q 'a \"b\" &#39;c&#39;'>"
    source = document(declared, "x").replace("<p>", "<p title='&q;' class=\"&q;\">")
    tree = SourceTree(source)
    values = tree.attributes(tree.elements[0])
    assert values == {"title": "a \"b\" 'c'", "class": "a \"b\" 'c'"}


def test_what_stands_before_the_references_stays_where_it_is() -> None:
    source = document('<!ENTITY a "words">', "&a;")
    assert own_entities.replaced(source).index("<html>") == source.index("<html>")


def multiplied(value: str, levels: int) -> str:
    return f"<!ENTITY e0 '{value}'>" + "".join(
        f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, levels)
    )


LONG = f"<!ENTITY a '{'x' * 60_000}'>"
EACH = "".join(f"&b{n};" for n in range(5_000))
MOST_BYTES = 80 * 1024 * 1024


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        (multiplied("lol", 30), "&e29;"),
        (multiplied("", 30), "&e29;"),
        (f"<!ENTITY a '{'x' * 60_000}'>", "&a;" * 100_000),
        ("".join(f"<!ENTITY e{n} '&e{n + 1};'>" for n in range(20_000)), "&e0;"),
        ("<!ENTITY a 'x'>" + "<!--" * 50_000, "&a;"),
        ("<!ENTITY a 'x'>", "<![CDATA[&a;" * 100_000),
        ("<!ENTITY a '" * 50_000, "&a;"),
        ("<!ENTITY a 'x'>" + "<!DOCTYPE [" * 20_000, "&a;"),
        (LONG + "".join(f"<!ENTITY b{n} '&a;y'>" for n in range(45_000)), "&b7;"),
        (LONG + "".join(f"<!ENTITY b{n} '&a;y'>" for n in range(5_000)), EACH),
    ],
    ids=["laughs", "empty laughs", "one large", "deep", "comments", "sections", "unclosed",
         "declarations", "large ones", "large ones in use"],
)  # fmt: skip
def test_no_document_grows_or_takes_time_without_end(declared: str, body: str) -> None:
    source = document(declared, body)
    since = time.perf_counter()
    tracemalloc.start()
    found = own_entities.replaced(source)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) <= len(source) + own_entities.MAX_GROWTH
    assert time.perf_counter() - since < 30
    assert most < MOST_BYTES


def test_only_the_first_doctype_counts() -> None:
    comment = "<?xml version='1.0'?><!-- <!DOCTYPE html [<!ENTITY a 'no'>]> -->"
    source = comment + document("<!ENTITY a 'yes'>", "&a;")
    assert "<p>yes</p>" in own_entities.replaced(source)
    other = "<!DOCTYPE html>" + source
    assert own_entities.replaced(other) == other


def test_in_a_picture_they_are_replaced_too() -> None:
    picture = (
        '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/1999/xlink"><!ENTITY blue "fill:#00f">'
        '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="&ns;">'
        '<g style="&blue;"><image xlink:href="a.png"/></g>&file;</svg>'
    )
    served = repair.picture(picture.encode())
    root = etree.fromstring(served)
    (image,) = root.iter("{*}image")
    assert image.get("{http://www.w3.org/1999/xlink}href") == "a.png"
    assert re.search(rb'style="fill:\s*#00f"', served)
    assert b"ENTITY" not in served
