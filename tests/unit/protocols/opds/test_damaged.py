"""Documents with something wrong: what is good in them is kept, and nothing hostile happens."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kios_desktop.domain.catalog import Feed
from kios_desktop.domain.errors import KiosError, Malformed
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import LINE
from kios_desktop.protocols.opds import parse
from kios_desktop.protocols.opds.text import LIST_LENGTH
from tests.effort import examples
from tests.fakes import opds_feeds as made
from tests.fakes.opds_feeds import ATOM, book, entry, feed

URL = ServerUrl("https://host/opds")
THREE = feed("<title>T</title>", book(1), book(2), book(3))


def titles(found: Feed) -> list[str]:
    return [one.title for one in found.entries]


def touched(found: Feed) -> int:
    """Looks at everything in it."""
    return len(repr(found)) + len([one.downloads for one in found.entries])


def test_junk_around_the_feed_is_cut_off() -> None:
    noise = b"<br />\n<b>Warning</b>: Undefined variable $x in <b>/www/feed.php</b><br />\n"
    found = parse(noise + THREE + b"<!-- 0.3 s --><script>x()</script>", URL)
    assert titles(found) == ["Book 1", "Book 2", "Book 3"]
    assert not found.damaged


def test_a_prefix_nobody_declared_means_what_it_usually_does() -> None:
    found = parse(feed(book(1, "<dcterms:language>deu</dcterms:language>")), URL)
    assert found.entries[0].language == "de"
    assert not found.damaged


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Caf&eacute;&nbsp;Müller", "Café Müller"),
        ("Tom & Jerry", "Tom & Jerry"),
        ("AT&T; more", "AT&T; more"),
        ("a\x0bb\x00c", "abc"),
        ("a&#0;b&#x1F;c&#65;", "abcA"),
        ("&unknown;", "&unknown;"),
    ],
)
def test_characters_and_entities_are_mended(title: str, expected: str) -> None:
    found = parse(feed(entry(f"<title>{title}</title><id>1</id>")), URL)
    assert titles(found) == [expected]
    assert not found.damaged


def test_a_broken_entry_does_not_take_the_others_with_it() -> None:
    body = feed(book(1), "<entry><title>Broken <b></title><id>2</entry>", book(3))
    found = parse(body, URL)
    assert {"Book 1", "Book 3"} <= set(titles(found))
    assert found.damaged


def test_an_entry_without_an_end_does_not_either() -> None:
    found = parse(feed(book(1), "<entry><title>B</title><id>2</id>", book(3)), URL)
    assert titles(found) == ["Book 1", "B", "Book 3"]


def test_links_behind_a_broken_entry_still_lead_on() -> None:
    body = feed(book(1), "<entry><title>B</entry>", book(3), '<link rel="next" href="/2"/>')
    found = parse(body, URL)
    assert found.next == ServerUrl("https://host/2")
    assert "Book 3" in titles(found)


def test_a_feed_that_was_cut_off_keeps_what_is_complete() -> None:
    cut = THREE[: THREE.index(b"Book 3") + 3]
    found = parse(cut, URL)
    assert titles(found) == ["Book 1", "Book 2"]
    assert found.damaged


@pytest.mark.parametrize("keep", [0.3, 0.5, 0.8, 0.95])
def test_a_cut_off_opds_2_feed_keeps_what_is_complete(keep: float) -> None:
    whole = made.komga_series("https://host")
    found = parse(whole[: int(len(whole) * keep)], URL)
    assert found.title == "The Saga"
    assert [one.title for one in found.entries] in ([], ["The Book"], ["The Book"] * 2)
    assert found.damaged


@pytest.mark.parametrize(
    ("declared", "said", "actual"),
    [
        ("windows-1252", "", "windows-1252"),
        ("", "iso-8859-15", "iso-8859-15"),
        ("utf-8", "", "windows-1252"),  # trust the bytes
        ("iso-8859-1", "", "utf-8"),
        ("utf-8", "windows-1251", "utf-8"),
        ("utf-16", "", "utf-8"),  # Kavita's declaration is replaced as a text
        ("no-such-thing", "neither-this", "utf-8"),
        ("koi8-r", "utf-8", "utf-8"),
        ("", "base64", "windows-1252"),
        ("", "zip", "windows-1252"),
        ("rot13", "hex", "windows-1252"),
        ("", "idna", "windows-1252"),
        ("unicode_escape", "undefined", "windows-1252"),
    ],
)
def test_the_bytes_say_what_encoding_they_have(declared: str, said: str, actual: str) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = f"{declaration}<feed {ATOM}><entry><title>Größe</title><id>1</id></entry></feed>"
    found = parse(body.encode(actual), URL, f"application/atom+xml; charset={said}" if said else "")
    assert titles(found) == ["Größe"]


def test_no_entity_is_expanded_and_no_file_is_read() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE feed [<!ENTITY e0 "boom"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]>'
    body = f"{doctype}<feed {ATOM}><entry><id>1</id><title>&e9;&f;.</title></entry></feed>"
    found = parse(body.encode(), URL)
    assert titles(found) == ["&e9;&f;."]


def test_a_document_type_that_hides_in_its_encoding_is_not_expanded(tmp_path: Path) -> None:
    """It is not seen in the bytes: the parser alone stops its entities."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    roman, ascii_ = b"\x1b(J", b"\x1b(B"
    hidden = b"<!DOC" + roman + b"TYPE" + ascii_ + b" feed ["
    entity = b"<!EN" + roman + b"TITY" + ascii_
    doctype = (
        hidden + entity + f' f SYSTEM "{secret.as_uri()}">'.encode() + entity + b' b "BOOM">]>'
    )
    words = f"<feed {ATOM}><entry><id>1</id><title>x&f;&b;y</title></entry></feed>".encode()
    found = parse(b"<?xml version='1.0' encoding='iso-2022-jp'?>" + doctype + words, URL)
    assert titles(found) == ["x&f;&b;y"]


def test_a_damaged_feed_that_is_nested_too_deep_is_refused() -> None:
    nested = f"<content>{'<a>' * 2000}&x;{'</a>' * 1999}</content>"
    with pytest.raises(Malformed, match="deep"):
        parse(feed(entry("<id>1</id><title>A</title>", nested)), URL)
    nested = nested.replace("<a>" * 2000, "<a>" * 100).replace("</a>" * 1999, "</a>" * 99)
    assert titles(parse(feed(entry("<id>1</id><title>A</title>", nested)), URL)) == ["A"]


def test_a_title_of_a_megabyte_is_cut() -> None:
    huge = "A " * (1 << 19)
    found = parse(feed(f"<title>{huge}</title>", entry(f"<title>{huge}</title><id>1</id>")), URL)
    assert len(found.title) <= LINE
    assert len(found.entries[0].title) <= LINE
    assert len(found.entries[0].title) > 0


def test_everything_else_that_is_huge_is_cut_as_well() -> None:
    huge = "x" * (1 << 20)
    body = feed(
        entry(
            f"<id>{huge}</id><title>A</title><content>{huge}</content>",
            "".join(f"<author><name>{n}</name></author>" for n in range(1000)),
            f'<category term="{huge}"/><author><name>{huge}</name></author>',
            f'<link rel="http://opds-spec.org/acquisition" href="/{huge}" title="{huge}"/>',
        )
    )
    one = parse(body, URL).entries[0]
    assert len(one.key) < 1000
    assert len(one.authors) == LIST_LENGTH
    assert one.acquisitions == ()
    assert len(repr(one)) < 200_000


@pytest.mark.parametrize("depth", [300, 5_000, pytest.param(200_000, marks=pytest.mark.long)])
def test_deep_nesting_is_survived(depth: int) -> None:
    nested = f"<content>{'<a>' * depth}{'</a>' * depth}</content>"
    for body in (
        feed(entry("<id>1</id><title>A</title>", nested)),
        f"<feed {ATOM}>{'<entry>' * depth}".encode(),
        b'{"metadata": ' + b'{"a":' * depth,
        b"[" * depth + b"]" * depth,
        b'{"publications": ' + b"[" * depth + b"]" * depth + b"}",
    ):
        try:
            touched(parse(body, URL))
        except Malformed:
            continue


def test_numbers_that_are_none_are_left_out() -> None:
    body = made.komga_series("https://host").replace(b'"position": 2.0', b'"position": NaN')
    body = body.replace(b'"numberOfItems": 45', b'"numberOfItems": 1e400')
    body = body.replace(b'"itemsPerPage": 20', b'"itemsPerPage": -Infinity')
    found = parse(body, URL)
    assert (found.total, found.per_page, found.first) == (None, None, None)
    assert [(one.series, one.series_index) for one in found.entries] == [("The Saga", None)] * 2
    assert not found.damaged


@pytest.mark.parametrize("text", ["NaN", "1e400", "-1", "9" * 400, "0x10", "²"])
def test_counts_of_opds_1_are_numbers_or_nothing(text: str) -> None:
    body = feed(
        f"<opensearch:totalResults>{text}</opensearch:totalResults>",
        f'<opensearch:startIndex>{text}</opensearch:startIndex><link rel="next" href="/2"/>',
        entry(
            f'<id>1</id><link rel="http://opds-spec.org/acquisition" href="/1" length="{text}"/>'
        ),
        attributes=f'{ATOM} xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"',
    )
    found = parse(body, URL)
    assert (found.total, found.first) == (None, None)
    assert found.entries[0].acquisitions[0].length_bytes is None


@pytest.mark.parametrize("count", [800, pytest.param(8_000, marks=pytest.mark.long)])
def test_a_feed_of_many_megabytes_is_read(count: int) -> None:
    entries = "".join(book(n, f"<summary>{'word ' * 200}</summary>") for n in range(count))
    body = feed(entries)
    begun = time.process_time()
    found = parse(body, URL)
    assert len(found.entries) == count
    assert time.process_time() - begun < 60  # it ends; how soon is the benchmark's business


SEEDS = (
    THREE,
    made.calibre([made.calibre_entry(1)]),
    made.calibre_web([made.calibre_web_entry(1)]),
    made.kavita_series("k" * 16),
    made.kavita_files("k" * 16),
    made.grimmory(),
    made.cops(),
    made.storyteller(),
    made.komga_root("https://host"),
    made.komga_series("https://host"),
    made.stump_feed("https://host"),
    made.stump_search("https://host"),
    made.komga_authentication("https://host"),
)
PIECES = st.sampled_from(
    [
        *(b"<", b">", b"&", b'"', b"'", b"</entry>", b"<entry>", b"<![CDATA[", b"]]>", b"\x00"),
        *(b"<!DOCTYPE x [", b"]>", b"&#xFFFFFFFF;", b"\xff\xfe", b"{", b"}", b"[", b"]", b","),
        *(b"null", b"NaN", b"1e999", b"\\ud800", b"\\", b"<x:y>", b"xml:base='::'", b"href=''"),
        *(b"<!--", b"-->", b"<?", b"xmlns='x'", b"javascript:", b"%", b"//[", b"\xed\xa0\x80"),
    ]
)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A good document with pieces cut out, put in or repeated."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(body)))
        to = min(len(body), at + draw(st.integers(0, 40)))
        body = body[:at] + draw(PIECES | st.binary(max_size=6)) + body[to:]
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


@given(mangled() | st.binary(max_size=200), st.sampled_from(["", "text/html; charset=utf-7"]))
@example(b"<feed><entry/></feed>", "")
@example(b'{"publications": [null, {"metadata": {"title": {"name": {"name": 1}}}}]}', "")
@settings(max_examples=examples(400), deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_comes_is_a_feed_or_one_of_our_errors(body: bytes, content_type: str) -> None:
    try:
        found = parse(body, URL, content_type)
    except KiosError:
        return
    touched(found)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["self", "next", "search", "/x", "application/opds+json", "{?query}"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("metadata", "links", "publications", "navigation", "groups", "facets"),
                    *("title", "href", "rel", "type", "templated", "properties", "numberOfItems"),
                    *("name", "belongsTo", "series", "position", "author", "images", "width"),
                    *("identifier", "description", "indirectAcquisition", "child", "catalogs"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON)
@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
def test_json_of_any_shape_is_a_feed_or_one_of_our_errors(value: object) -> None:
    import json

    try:
        found = parse(json.dumps({"metadata": {}, "navigation": [{}], "x": value}).encode(), URL)
        touched(found)
        body = value if isinstance(value, dict) else {"publications": [value], "links": value}
        touched(parse(json.dumps(body).encode(), URL))
    except KiosError:
        return


@pytest.mark.parametrize("piece", ["<id>x</id>", "<x", "<a:b "])
def test_hostile_feed_costs_no_more_than_its_length(piece: str) -> None:
    """A look at the whole entry for each of its pieces would take minutes; faulthandler ends it."""
    large = f"<entry><title>a</title>{piece * 20_000}</entry>"
    try:
        touched(parse(f'<feed xmlns="http://www.w3.org/2005/Atom">{large}</feed>'.encode(), URL))
    except Malformed:
        return
