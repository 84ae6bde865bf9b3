"""From what a catalog calls a link to an address: RFC 3986, and what servers make of it."""

from urllib.parse import urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds.links import LONGEST, Aliases, Links


def resolved(base: str, href: str, aliases: Aliases | None = None) -> str | None:
    found = Links(ServerUrl(base), aliases).resolve(href)
    return found.reveal() if found is not None else None


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("http://h:8080/cops/feed.php?page=1", "feed.php?page=10", "http://h:8080/cops/feed.php?page=10"),
        ("http://h/opds", "/get/epub/1/lib", "http://h/get/epub/1/lib"),
        ("http://h/opds", "https://other/x", "https://other/x"),
        ("http://h/opds", "//other/x", "http://other/x"),
        ("http://h/a/b/c", "../d", "http://h/a/d"),
        ("http://h/a/b/c", "./d/./e/../f", "http://h/a/b/d/f"),
        ("http://h/a/b?x=1", "?page=2", "http://h/a/b?page=2"),
        ("http://h", "a", "http://h/a"),
        ("http://h/a", "  /b\n", "http://h/b"),
        ("http://u:p@h/a", "/b", "http://h/b"),
        ("http://h/a", "http://u:p@h/b", "http://h/b"),
        ("http://[::1]:8080/a", "/b", "http://[::1]:8080/b"),
        ("http://h/a", "/b#part", "http://h/b"),
        ("http://h/a", "http://h", "http://h/"),
    ],
)  # fmt: skip
def test_a_reference_is_resolved(base: str, href: str, expected: str) -> None:
    assert resolved(base, href) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("feed.php?page=9&query=Book 003&db=", "http://h/feed.php?page=9&query=Book%20003&db="),
        ("/a/%C3%9C/b c", "http://h/a/%C3%9C/b%20c"),
        ("/a/Ü", "http://h/a/%C3%9C"),
        ('/a?q="x"|<y>', "http://h/a?q=%22x%22%7C%3Cy%3E"),
        ("/a/100%", "http://h/a/100%25"),
        ("/a\\b", "http://h/a%5Cb"),
        ("/x?a=5&amp;b=2", "http://h/x?a=5&b=2"),
        ("/x?a=5&amp;amp;b=2", "http://h/x?a=5&b=2"),
    ],
)
def test_what_an_address_may_not_have_is_escaped_and_escapes_stay(href: str, expected: str) -> None:
    assert resolved("http://h/opds", href) == expected


@pytest.mark.parametrize(
    "href",
    [
        *("", "   ", "javascript:alert(1)", "JavaScript:x", "java\tscript:x", "\x01javascript:x"),
        *("file:///etc/passwd", "mailto:a@b", "opds://x", "data:text/html,x", "ftp://h/x"),
        *("http://", "http:///x", "http://h:99999/x", "http://h:x/", "http://[::1/x"),
        *("http://a b/x", "https://h%2f.evil/x", "/" + "x" * LONGEST, "x" * (LONGEST + 1)),
    ],
)
def test_what_leads_out_of_the_web_is_nothing(href: str) -> None:
    assert resolved("http://h/opds", href) is None


def test_http_on_the_same_host_and_port_is_upgraded_where_the_catalog_is_https() -> None:
    assert resolved("https://h:8443/opds", "http://h:8443/x") == "https://h:8443/x"
    assert resolved("https://h/opds", "http://H/x") == "https://h/x"
    assert resolved("https://h/opds", "http://h:8080/x") == "http://h:8080/x"
    assert resolved("https://h/opds", "http://other/x") == "http://other/x"
    assert resolved("http://h/opds", "https://h/x") == "https://h/x"


def test_a_server_that_calls_itself_something_else_is_asked_at_the_typed_address() -> None:
    links = Links(ServerUrl("https://books.example.org/opds/v2/catalog?a=b%20c"))
    links.learn("http://10.0.0.5:25600/opds/v2/catalog?a=b c")
    assert links.aliases == Aliases(frozenset({"http://10.0.0.5:25600"}))
    found = links.resolve("http://10.0.0.5:25600/opds/v2/books/1/file")
    assert found == ServerUrl("https://books.example.org/opds/v2/books/1/file")
    assert resolved("https://books.example.org/x", "http://10.0.0.5:25600/y", links.aliases) == (
        "https://books.example.org/y"
    )
    assert links.is_own(found)


@pytest.mark.parametrize(
    "own",
    ["http://evil/other", "http://evil/opds?page=2", "relative", "", "http://u@evil/opds", "ftp://x"],
)  # fmt: skip
def test_another_page_teaches_nothing(own: str) -> None:
    links = Links(ServerUrl("https://h/opds"))
    links.learn(own)
    assert links.aliases == Aliases()


def test_a_server_that_was_not_typed_teaches_nothing() -> None:
    links = Links(ServerUrl("https://elsewhere/opds"), learns=False)
    links.learn("https://h/opds")
    assert links.aliases == Aliases()


def test_a_path_that_the_server_does_not_know_of_is_put_before_its_own() -> None:
    links = Links(ServerUrl("https://h/books/api/v1/opds"))
    links.learn("/api/v1/opds")
    assert links.aliases.prefix == "/books"
    expected = ServerUrl("https://h/books/api/v1/opds/42/download")
    assert links.resolve("/api/v1/opds/42/download") == expected
    assert links.resolve("/books/api/v1/opds/42/download") == expected
    assert links.resolve("opds/42/download") == expected
    assert links.resolve("https://h/api/v1/opds/42/download") == expected
    assert links.resolve("https://other/x") == ServerUrl("https://other/x")


def test_a_relative_self_or_a_prefix_that_is_kept_changes_nothing() -> None:
    links = Links(ServerUrl("http://h/calibre/opds"))
    links.learn("/calibre/opds")
    links.learn("opds")
    assert links.aliases == Aliases()


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/opds/search/{searchTerms}?library_id=lib", "http://h/opds/search/{searchTerms}?library_id=lib"),
        ("feed.php?query={searchTerms}", "http://h/opds/feed.php?query={searchTerms}"),
        ("search{?query,page}", "http://h/opds/search{?query,page}"),
        ("{?query}", "http://h/opds/root{?query}"),
        ("?a=b{&query}", "http://h/opds/root?a=b{&query}"),
        ("/s?q=%7BsearchTerms%7D", "http://h/s?q={searchTerms}"),
        ("/s/{searchTerms}/{startPage?}", "http://h/s/{searchTerms}/{startPage?}"),
        ("https://h/s/{a:b?}", "https://h/s/{a:b?}"),
    ],
)  # fmt: skip
def test_a_template_is_resolved_around_its_expressions(href: str, expected: str) -> None:
    found = Links(ServerUrl("http://h/opds/root")).template(href)
    assert found is not None
    assert found.reveal() == expected


@pytest.mark.parametrize("href", ["javascript:{x}", "http://{host}/x", "{scheme}://h/x"])
def test_a_template_that_leaves_the_host_open_is_none(href: str) -> None:
    assert Links(ServerUrl("http://h/opds/root")).template(href) is None


# urljoin drops an empty “;” at the end, which RFC 3986 keeps
SEGMENT = st.text("abcXYZ019-_~!$'()*+,;=@&.", min_size=1, max_size=6).filter(
    lambda segment: not segment.endswith(";")
)
PATH = st.lists(SEGMENT, min_size=1, max_size=4).map("/".join)
QUERY = st.none() | st.text("abc019=&%-_/?:@", min_size=1, max_size=8).filter(
    lambda q: "%" not in q
)
REFERENCE = st.tuples(st.sampled_from(["", "/", "./", "../", "http://other:81/"]), PATH, QUERY)


@given(REFERENCE, st.sampled_from(["http://h/a/b/c", "https://h:8443/x?y=1", "http://h"]))
def test_a_plain_reference_is_resolved_as_urljoin_does(
    reference: tuple[str, str, str | None], base: str
) -> None:
    start, path, query = reference
    href = start + path + (f"?{query}" if query is not None else "")
    expected = urljoin(base, href)
    assert resolved(base, href) == expected.replace("&amp;", "&")


@given(st.text(max_size=60))
@example("0;")
def test_whatever_is_written_is_an_address_or_nothing(href: str) -> None:
    found = resolved("https://h:8443/opds/feed?x=1", href)
    if found is not None:
        assert found.startswith(("http://", "https://"))
        assert found.isascii() or "//" in found
        assert not set(found) & set(' "<>\\\n\t\x00')
        assert Links(ServerUrl("https://h:8443/y")).resolve(found) == ServerUrl(found)
