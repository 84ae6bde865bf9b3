"""Searching: which template is taken, and how words go into it."""

import pytest

from kios_desktop.domain.catalog import Search
from kios_desktop.domain.errors import Instead, NotACatalog, Unsupported
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import address, parse, read_description
from kios_desktop.protocols.opds.search import clean
from tests.fakes.opds_feeds import feed

URL = ServerUrl("http://host/opds/osd")
NAMESPACE = 'xmlns="http://a9.com/-/spec/opensearch/1.1/"'


def described(*urls: tuple[str, str], at: ServerUrl = URL) -> str:
    body = "".join(f'<Url type="{kind}" template="{template}"/>' for kind, template in urls)
    found = read_description(
        f"<OpenSearchDescription {NAMESPACE}>{body}</OpenSearchDescription>".encode(), at
    )
    assert found.template is not None
    return found.template.reveal()


def asked(template: str, words: str, rfc6570: bool = False) -> str:
    return address(Search(template=ServerUrl(template), rfc6570=rfc6570), words).reveal()


def test_a_web_page_is_never_searched_even_if_it_comes_first() -> None:
    found = described(
        ("text/html", "/opds/search/{searchTerms}"),
        ("application/atom+xml", "/opds/search?query={searchTerms}"),
    )
    assert found == "http://host/opds/search?query={searchTerms}"


def test_a_catalog_is_preferred_to_any_feed_and_to_the_newer_kind() -> None:
    found = described(
        ("application/opds+json", "/2?q={searchTerms}"),
        ("application/atom+xml", "/any?q={searchTerms}"),
        ("application/atom+xml; profile=opds-catalog", "/catalog?q={searchTerms}"),
    )
    assert found.startswith("http://host/catalog")


def test_a_template_is_relative_to_its_description() -> None:
    found = described(
        ("application/atom+xml", "feed.php?query={searchTerms}"),
        at=ServerUrl("http://host/cops/feed.php?page=8"),
    )
    assert found == "http://host/cops/feed.php?query={searchTerms}"


def test_a_template_that_wants_what_we_do_not_have_is_passed_over() -> None:
    found = described(
        ("application/atom+xml", "/x?q={searchTerms}&amp;token={geo:box}"),
        ("application/atom+xml", "javascript:{searchTerms}"),
        ("application/atom+xml", "/all"),
        ("application/opds+json", "/y?q={searchTerms}&amp;z={geo:box?}"),
    )
    assert found.startswith("http://host/y")


def test_without_a_template_there_is_no_search() -> None:
    with pytest.raises(Unsupported):
        described(("text/html", "/{searchTerms}"))
    with pytest.raises(NotACatalog) as error:
        read_description(feed(), URL)
    assert error.value.instead is Instead.OTHER


@pytest.mark.parametrize(
    ("words", "encoded"),
    [
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("50%", "50%25"),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        ("C++", "C%2B%2B"),
        ('"x" & y', "%22x%22%20%26%20y"),
        ("  a \n b ", "a%20b"),
        ("e\u0301", "%C3%A9"),  # composed
        ("{searchTerms}", "%7BsearchTerms%7D"),
        ("?#", "%3F%23"),
    ],
)
def test_words_are_encoded_alike_in_path_and_query(words: str, encoded: str) -> None:
    expected = f"http://h/s/{encoded}?q={encoded}"
    assert asked("http://h/s/{searchTerms}?q={searchTerms}", words) == expected
    assert asked("http://h/s/{query}{?query}", words, rfc6570=True) == (
        f"http://h/s/{encoded}?query={encoded}"
    )


def test_opensearch_parameters_have_their_values() -> None:
    template = (
        "http://h/?q={searchTerms}&p={startPage?}&i={startIndex?}&n={count?}&l={language?}"
        "&e={inputEncoding?}&t={atom:title?}&x={unknown?}"
    )
    assert asked(template, "a") == "http://h/?q=a&p=1&i=&n=&l=*&e=UTF-8&t=&x="


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("http://h/s{?query}", "http://h/s?query=a%2Fb"),
        ("http://h/s{?title,query,author}", "http://h/s?query=a%2Fb"),
        ("http://h/s?x=1{&q}", "http://h/s?x=1&q=a%2Fb"),
        ("http://h/s{?title,author}", "http://h/s?title=a%2Fb"),
        ("http://h/s{/searchTerms}", "http://h/s/a%2Fb"),
        ("http://h/s/{+query}", "http://h/s/a/b"),
        ("http://h/s{?query*,page:3}", "http://h/s?query=a%2Fb"),
        ("http://h/s{;query}{#page}", "http://h/s;query=a%2Fb"),
    ],
)
def test_rfc_6570_is_expanded_with_the_words_and_nothing_else(template: str, expected: str) -> None:
    assert asked(template, "a/b", rfc6570=True) == expected


def test_a_template_that_can_not_be_filled_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        asked("http://h/?q={searchTerms}&k={apikey}", "a")
    with pytest.raises(Unsupported):
        asked("http://h/", "a", rfc6570=True)


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_nothing_is_never_asked(words: str) -> None:
    assert clean(words) == ""
    with pytest.raises(ValueError, match="nothing"):
        asked("http://h/{searchTerms}", words)


@pytest.mark.parametrize(
    ("link", "template", "rfc6570"),
    [
        ('type="application/atom+xml" href="/s/{searchTerms}?l=x"', "/s/{searchTerms}?l=x", False),
        ('type="application/atom+xml" href="/s?q=%7BsearchTerms%7D"', "/s?q={searchTerms}", False),
        ('type="application/atom+xml" href="/s{?query}"', "/s{?query}", True),
    ],
)
def test_a_link_may_be_the_template_itself(link: str, template: str, rfc6570: bool) -> None:
    found = parse(feed(f'<link rel="search" {link}/>'), URL).search
    assert found == Search(template=ServerUrl("http://host" + template), rfc6570=rfc6570)


def test_a_description_is_preferred_and_a_link_without_variables_is_no_search() -> None:
    direct = '<link rel="search" type="application/atom+xml" href="/s/{searchTerms}"/>'
    osd = '<link rel="search" type="application/opensearchdescription+xml" href="/osd"/>'
    assert parse(feed(direct, osd), URL).search == Search(description=ServerUrl("http://host/osd"))
    assert parse(feed('<link rel="search" href="/s"/>'), URL).search is None
