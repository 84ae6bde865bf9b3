"""What a document is, by its content: labels lie."""

import json

import pytest

from kios_desktop.domain.errors import Instead, Malformed, NotACatalog, Refusal, Rejected
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import parse
from tests.fakes import opds_feeds as made
from tests.fakes.opds_feeds import ATOM, book, feed

URL = ServerUrl("https://host/opds")
ONE = feed("<title>T</title>", book(1))


def refused(body: bytes, url: ServerUrl = URL, content_type: str = "") -> NotACatalog:
    with pytest.raises(NotACatalog) as error:
        parse(body, url, content_type)
    return error.value


@pytest.mark.parametrize("label", ["", "text/html", "application/json", "application/opds+json"])
def test_a_feed_is_a_feed_whatever_it_is_called(label: str) -> None:
    assert len(parse(ONE, URL, label).entries) == 1
    assert len(parse(made.komga_root("https://host"), URL, label).groups) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + ONE,
        b"\n\n  \t" + ONE,
        b"\xef\xbb\xbf\n" + ONE.partition(b"\n")[2],
        ONE.partition(b"?>")[2],
        ONE.decode().encode("utf-16"),
        ONE.decode().encode("utf-16-le").join([b"\xff\xfe", b""]),
        b"<!-- made by hand --><?pi x?>" + ONE.partition(b"?>")[2],
    ],
    ids=["mark", "newlines", "both", "no declaration", "utf-16", "utf-16-le", "comment"],
)
def test_what_stands_before_the_document_is_no_hindrance(body: bytes) -> None:
    found = parse(body, URL)
    assert [one.title for one in found.entries] == ["Book 1"]
    assert not found.damaged


def test_a_login_page_is_called_one() -> None:
    page = (
        b"<!DOCTYPE html><html><head><title>Sign in - Authelia</title></head>"
        b'<body><form><input type="password"></form></body></html>'
    )
    error = refused(page)
    assert (error.instead, error.title) == (Instead.LOGIN, "Sign in - Authelia")
    assert error.html and error.login


@pytest.mark.parametrize("path", ["/login?next=/opds", "/cdn-cgi/access/login", "/sso/x", "/auth"])
def test_a_page_at_the_address_of_a_login_is_one(path: str) -> None:
    error = refused(b"<html><title>Hello</title></html>", ServerUrl(f"https://host{path}"))
    assert error.instead is Instead.LOGIN


def test_a_web_page_may_say_where_the_catalog_is() -> None:
    page = (
        b'<html><head><title>My books</title><link rel="alternate" href="/rss.xml" '
        b'type="application/atom+xml"><link rel="alternate" href="/opds/v1" '
        b'type="application/atom+xml;profile=opds-catalog"><link rel=alternate '
        b"type=application/opds+json href=/opds/v2></head></html>"
    )
    error = refused(page)
    assert (error.instead, error.title) == (Instead.WEB_PAGE, "My books")
    assert error.catalog == ServerUrl("https://host/opds/v2")


@pytest.mark.parametrize(
    "odd", ["<![doctype html>", "<![x[", "<![", "<!x>", "<!DOCTYPE [<!x", "</>", "<!-", "&#xD800;"]
)
def test_a_web_page_of_odd_markup_is_one(odd: str) -> None:
    body = f"<html>{odd}<title>Welcome</title></html>".encode()
    assert refused(body, content_type="text/html").instead is Instead.WEB_PAGE
    assert refused(odd.encode() + b"<html>", content_type="text/html")


def test_a_web_page_without_one_says_nothing() -> None:
    error = refused(b"  <HTML><body>x</body></HTML>")
    assert (error.instead, error.catalog) == (Instead.WEB_PAGE, None)
    page = b'<html><link rel="alternate" type="application/opds+json" href="file:///x"></html>'
    assert refused(page).catalog is None


@pytest.mark.parametrize(
    "body", [b"<rss><channel/></rss>", b"<?xml version='1.0'?><!-- x --><rss version='2.0'/>"]
)
def test_rss_is_called_rss(body: bytes) -> None:
    assert refused(body).instead is Instead.RSS


def test_a_text_is_quoted_and_binary_is_not() -> None:
    error = refused(b"No books found\nanywhere " + b"x" * 1000)
    assert error.instead is Instead.TEXT
    assert error.said.startswith("No books found anywhere x")
    assert len(error.said) == 200
    assert refused(b"PK\x03\x04\x00\x00").said == ""


@pytest.mark.parametrize("body", [b"", b"   \n", b"\xef\xbb\xbf"])
def test_nothing_is_nothing(body: bytes) -> None:
    assert refused(body).instead is Instead.NOTHING


@pytest.mark.parametrize("body", [b"<xml/>", b"<svg xmlns='x'/>", b'{"a": 1}', b"[1, 2]", b"{}"])
def test_anything_else_is_something_else(body: bytes) -> None:
    if body.startswith(b"["):
        assert parse(body, URL).unread == 2
    else:
        assert refused(body).instead is Instead.OTHER


def test_an_opensearch_description_is_no_feed() -> None:
    assert (
        refused(b"<OpenSearchDescription><Url/></OpenSearchDescription>").instead is Instead.OTHER
    )


def test_a_document_that_asks_to_sign_in_is_a_rejection() -> None:
    with pytest.raises(Rejected) as error:
        parse(made.komga_authentication("https://host"), URL)
    assert (error.value.refusal, error.value.said) == (Refusal.CREDENTIALS, "Komga")


def test_a_list_of_catalogs_is_navigation() -> None:
    body = json.dumps(
        {
            "metadata": {"title": "All"},
            "catalogs": [
                {"metadata": {"title": "One"}, "links": [{"href": "/one"}]},
                {"metadata": {"title": "None"}, "links": []},
            ],
        }
    ).encode()
    found = parse(body, URL)
    assert [(one.title, one.href.reveal()) for one in found.navigation] == [
        ("One", "https://host/one")
    ]


def test_a_single_entry_is_a_feed_of_one() -> None:
    body = f"<entry {ATOM}><id>1</id><title>A</title><link rel='x' href='y'/></entry>".encode()
    assert [one.title for one in parse(body, URL).entries] == ["A"]
    publication = json.dumps(made.komga_publication("https://host")).encode()
    assert [one.title for one in parse(publication, URL).entries] == ["The Book"]


def test_what_can_not_be_read_is_malformed() -> None:
    for body in (b"{not json", b'{"metadata": '):
        with pytest.raises(Malformed):
            parse(body, URL)
