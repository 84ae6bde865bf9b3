"""The small XML files of a package: nothing is expanded, nothing grows deeper than it may."""

from pathlib import Path

import pytest
from lxml import etree

from kios_desktop.epub import xml


@pytest.mark.parametrize("name", ["a", "_a", "é"])
def test_the_parser_expands_no_entity_and_reads_no_file(name: str, tmp_path: Path) -> None:
    """Names that begin with no letter of ASCII pass the mending: the parser alone stops them."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    body = (
        f'<!DOCTYPE package [<!ENTITY {name} SYSTEM "{secret.as_uri()}">'
        f'<!ENTITY {name}b "BOOM">]><package><title>x&{name};&{name}b;y</title></package>'
    )
    root, _ = xml.parse(body.encode())
    text = "".join(etree.tostring(root, encoding="unicode").split())
    assert "SECRET" not in text and ("BOOM" in text) is (name == "a")
    assert xml.text(root).startswith("x")


def test_entities_of_its_own_are_its_words() -> None:
    start = '<?xml version="1.0"?>\n<!DOCTYPE package [<!ENTITY book "A &#8220;Book&#8221;">]>'
    root, _ = xml.parse(
        f"{start}<package><title>&book; &amp; more&hellip;</title></package>".encode()
    )
    assert xml.text(root) == "A “Book” & more…"


def test_entities_of_its_own_do_not_make_it_too_large() -> None:
    start = f"<!DOCTYPE a [<!ENTITY i '{'<i/>' * 10_000}'>]>"
    body = f"<a>{'&i;' * 26}{'<b/>' * 300_000}</a>"
    with pytest.raises(xml.Broken, match="large"):
        xml.parse((start + body).encode())


def test_a_damaged_file_that_is_nested_too_deep_is_refused() -> None:
    deep = b"<a>" * 2000 + b"x &" + b"</a>" * 1999
    with pytest.raises(xml.Broken, match="deep"):
        xml.parse(deep)
    root, strict = xml.parse(b"<a>" * 200 + b"x &" + b"</a>" * 199)
    assert not strict and xml.text(root) == "x &"


@pytest.mark.parametrize("depth", [2000, 200_000])
def test_the_parser_alone_stops_at_some_depth_as_well(depth: int) -> None:
    """The second wall: libxml2 cuts what it recovers, and refuses the rest."""
    parser = xml._parser(recover=True)
    root = etree.fromstring(b"<a>" * depth + b"</a>" * depth, parser)
    deepest = 0 if root is None else sum(1 for _ in root.iter())
    assert deepest <= 3000


def test_elements_are_found_as_they_are_written_and_only_without_one_in_other_spellings() -> None:
    root, _ = xml.parse(b'<p xmlns="urn:p"><item id="1"/><ITEM id="2"/><z:Meta/><item id="3"/></p>')
    found = xml.ElementsByName(root.iterdescendants("*"))
    assert [xml.plain(item, "id") for item in found.of("item")] == ["1", "3"]
    assert [xml.plain(item, "id") for item in found.alike("item")] == ["1", "2", "3"]
    assert found.first("meta") is root[2]
    assert found.of("spine") == [] and found.first("spine") is None
