"""OPDS 2.0: what Komga and Stump send, and the many shapes the standard allows."""

import json
from typing import Any

import pytest

from kios_desktop.domain.catalog import (
    AcquisitionKind,
    Entry,
    Feed,
    Format,
    ProgressionDialect,
    Search,
)
from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import parse, parse_entry
from tests.fakes import opds_feeds as made
from tests.transcripts import recorded

BASE = "https://host:25600"
URL = ServerUrl(f"{BASE}/opds/v2/catalog")


def read(document: object, url: ServerUrl = URL) -> Feed:
    return parse(json.dumps(document).encode(), url)


def publication(metadata: dict[str, Any] | None = None, **parts: Any) -> Entry:
    given = {"metadata": {"title": "A", **(metadata or {})}, "links": [], **parts}
    return read({"publications": [given]}).entries[0]


def link(rel: object = "http://opds-spec.org/acquisition", **parts: Any) -> dict[str, Any]:
    return {"rel": rel, "href": "/1", "type": made.EPUB, **parts}


def test_komgas_root_has_navigation_groups_and_a_search() -> None:
    found = parse(made.komga_root(BASE), URL)
    assert found.title == "Komga OPDS catalog"
    assert [one.title for one in found.navigation] == ["Recommended", "Browse"]
    assert [(group.title, group.href is not None) for group in found.groups] == [
        ("Libraries", False),
        ("Latest Books", True),
    ]
    assert found.groups[1].entries[0].title == "The Book"
    template = ServerUrl(f"{BASE}/opds/v2/search{{?query}}")
    assert found.search == Search(template=template, rfc6570=True)
    assert found.keeps_places


def test_komgas_book_has_a_file_a_cover_and_a_place() -> None:
    one = parse(made.komga_series(BASE), URL).entries[0]
    assert one.acquisitions[0].href == ServerUrl(f"{BASE}/opds/v2/books/B1/file")
    assert (one.series, one.series_index) == ("The Saga", 2.0)
    assert one.authors == ("First Author",)
    assert one.cover == one.thumbnail == ServerUrl(f"{BASE}/opds/v2/books/B1/thumbnail")
    assert one.progression is not None
    assert one.progression.dialect is ProgressionDialect.READIUM
    assert one.progression.media_type == made.PROGRESSION_TYPE
    assert not one.partial
    assert [related.title for related in one.related] == ["The Saga"]


def test_komgas_books_without_an_isbn_are_known_by_their_address() -> None:
    first, second = parse(made.komga_series(BASE), URL).entries
    assert first.key != second.key
    moved = parse(made.komga_series("https://moved"), ServerUrl("https://moved/x")).entries[0]
    assert moved.key == first.key


def test_komgas_series_has_pages_and_facets() -> None:
    found = parse(made.komga_series(BASE), URL)
    assert (found.total, found.per_page, found.first) == (45, 20, 21)
    assert found.next == ServerUrl(f"{BASE}/opds/v2/series/S1?page=2")
    assert found.previous == ServerUrl(f"{BASE}/opds/v2/series/S1?page=0")
    assert [(f.group, f.title, f.active) for f in found.facets] == [
        ("Tag", "fantasy", True),
        ("Tag", "space", False),
    ]


def test_komgas_search_is_groups() -> None:
    found = parse(made.komga_search(BASE), URL)
    assert [group.title for group in found.groups] == ["Series", "Books"]
    assert found.entries == ()


def test_komgas_search_that_finds_nothing_is_an_empty_feed() -> None:
    links = [
        {"rel": "self", "href": f"{BASE}/opds/v2/search?query=x", "type": "application/opds+json"}
    ]
    found = read({"metadata": {"title": "Search results"}, "links": links})
    assert (found.title, found.entries, found.groups) == ("Search results", (), ())


def test_a_server_that_is_wrong_about_its_address_is_asked_at_ours() -> None:
    url = ServerUrl("https://books.example.org/opds/v2/catalog")
    found = parse(made.komga_root("http://10.0.0.5:25600"), url)
    book = found.groups[1].entries[0]
    origin = "https://books.example.org"
    assert book.acquisitions[0].href.reveal().startswith(origin)
    assert book.progression is not None and book.progression.href.reveal().startswith(origin)
    assert found.search is not None and found.search.template is not None
    assert found.search.template.reveal().startswith(origin)


def test_stumps_stub_is_partial_and_completed_from_its_own_document() -> None:
    stub = parse(made.stump_feed(BASE), URL).entries[0]
    assert stub.partial
    assert stub.document == ServerUrl(f"{BASE}/opds/v2.0/books/b1")
    assert stub.progression is not None
    assert stub.progression.dialect is ProgressionDialect.DRAFT
    full = parse_entry(made.stump_publication(BASE), stub.document, "application/json", stub)
    assert full.key == stub.key
    assert full.acquisitions[0].href == ServerUrl(f"{BASE}/opds/v2.0/books/b1/file")
    assert full.authors == ("Somebody",)
    assert full.progression == stub.progression
    assert not full.partial


def test_an_empty_group_is_none() -> None:
    assert [group.title for group in parse(made.stump_search(BASE), URL).groups] == ["Series"]


def test_a_document_without_a_publication_completes_nothing() -> None:
    stub = parse(made.stump_feed(BASE), URL).entries[0]
    with pytest.raises(Malformed):
        parse_entry(b'{"metadata": {"title": "x"}, "navigation": [{"a": 1}]}', URL, "", stub)


@pytest.mark.parametrize(
    ("rel", "kind"),
    [
        ("acquisition", AcquisitionKind.DOWNLOAD),
        ("download", AcquisitionKind.DOWNLOAD),
        ("http://opds-spec.org/acquisition/open-access", AcquisitionKind.DOWNLOAD),
        (["x", "http://opds-spec.org/acquisition"], AcquisitionKind.DOWNLOAD),
        ("preview", AcquisitionKind.SAMPLE),
        ("http://opds-spec.org/acquisition/sample", AcquisitionKind.SAMPLE),
        ("borrow", AcquisitionKind.UNSUPPORTED),
        ("buy", AcquisitionKind.UNSUPPORTED),
        (None, AcquisitionKind.DOWNLOAD),
    ],
)
def test_relations_are_short_long_one_or_many(rel: object, kind: AcquisitionKind) -> None:
    assert publication(links=[link(rel)]).acquisitions[0].kind is kind


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A", "A"),
        ({"en": "A", "fr": "B"}, "A"),
        ({"fr": "B"}, "B"),
        ({"en": "", "fr": "B"}, "B"),
        ([{"name": "A"}], "A"),
        ({"name": {"de": "A"}}, "A"),
        (None, ""),
        ([], ""),
        ({}, ""),
        (7, ""),
    ],
)
def test_a_title_is_a_text_a_map_or_an_object(title: object, expected: str) -> None:
    assert publication({"title": title}, links=[link()]).title == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("A", ("A",)),
        (["A", {"name": "B"}, {"name": {"en": "C"}}], ("A", "B", "C")),
        ({"name": "A", "sortAs": "a"}, ("A",)),
        ("", ()),
        (None, ()),
    ],
)
def test_contributors_are_one_or_many(author: object, expected: tuple[str, ...]) -> None:
    assert publication({"author": author}).authors == expected


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("S", ("S", None)),
        ({"name": "S", "position": 3}, ("S", 3.0)),
        ([{"name": "S", "position": "1.5"}], ("S", 1.5)),
        (["S"], ("S", None)),
        ([], ("", None)),
    ],
)
def test_a_series_has_many_forms(series: object, expected: tuple[str, float | None]) -> None:
    one = publication({"belongsTo": {"series": series}})
    assert (one.series, one.series_index) == expected


def test_images_are_chosen_by_their_width_where_it_is_known() -> None:
    images = [{"href": f"/{width}", "width": width} for width in (2000, 700, 320, 60)]
    one = publication(images=images)
    assert one.cover == ServerUrl(f"{BASE}/700")
    assert one.thumbnail == ServerUrl(f"{BASE}/320")
    bare = publication(images=[{"href": "/a"}, {"href": "/b"}, {"href": "/c", "type": "text/x"}])
    assert (bare.cover, bare.thumbnail) == (ServerUrl(f"{BASE}/a"), ServerUrl(f"{BASE}/b"))


def test_a_manifest_is_nothing_to_download() -> None:
    one = publication(links=[link("self", type="application/divina+json")])
    assert one.downloads == ()
    assert one.partial


def test_an_indirect_acquisition_is_followed_to_its_last_type() -> None:
    given = link(
        type="application/opds-publication+json",
        properties={"indirectAcquisition": [{"type": "text/html", "child": [{"type": made.EPUB}]}]},
    )
    found = publication(links=[given]).acquisitions[0]
    assert (found.kind, found.format) == (AcquisitionKind.INDIRECT, Format.EPUB)


def test_templates_are_no_addresses() -> None:
    one = publication(
        links=[
            link(templated=True, href="/x{?y}"),
            link(made.DRAFT_REL, type=made.DRAFT_TYPE, templated=True, href="/p{?x}"),
        ]
    )
    assert (one.acquisitions, one.progression) == ((), None)


def test_what_is_no_publication_is_counted() -> None:
    found = read(
        {"publications": [{"metadata": {}, "links": []}, None, 3, {"metadata": {"title": "A"}}]}
    )
    assert [one.title for one in found.entries] == ["A"]
    assert found.unread == 3


def test_the_next_page_of_a_group_is_not_the_feeds() -> None:
    group = {
        "metadata": {"title": "G"},
        "links": [{"rel": "next", "href": "/g?page=2", "type": "application/opds+json"}],
        "navigation": [{"title": "N", "href": "/n"}],
    }
    assert read({"groups": [group]}).next is None


def test_absent_is_absent_in_every_form() -> None:
    nothings: list[object] = [None, "", [], {}]
    for nothing in nothings:
        found = read(
            {
                "metadata": nothing,
                "links": nothing,
                "navigation": [{"href": "/x", "title": "N", "properties": nothing}],
                "publications": nothing,
                "groups": nothing,
                "facets": nothing,
            }
        )
        assert [one.title for one in found.navigation] == ["N"]
        assert (found.title, found.unread) == ("", 0)


def stump_publication() -> bytes:
    """As Stump writes it: the details of the book mixed in, its title a second time as nothing."""
    metadata = (
        '"title":"Children\'s Literature\\nA Textbook",'
        '"belongsTo":{"series":{"name":"IDPF samples","position":1}},"age_rating":null,"month":5,'
        '"day":null,"publisher":null,"series":null,'
        '"title":null,"writers":"Charles Madison Curry, Erle Elsworth Clippinger","year":2008'
    )
    images = '[{"href":"/opds/v2.0/books/e5/thumbnail","type":"unknown"}]'
    return (
        f'{{"publications":[{{"metadata":{{{metadata}}},"images":{images},"links":['
        '{"rel":"self","href":"/opds/v2.0/books/e5","type":"application/divina+json"},'
        '{"rel":"http://opds-spec.org/acquisition","href":"/opds/v2.0/books/e5/file",'
        '"type":"application/epub+zip"}]}]}'
    ).encode()


def test_stumps_second_title_is_nothing_and_its_details_are_read() -> None:
    [entry] = parse(stump_publication(), ServerUrl("http://h/opds/v2.0/books/browse")).entries
    assert entry.title == "Children's Literature A Textbook"
    assert entry.authors == ("Charles Madison Curry", "Erle Elsworth Clippinger")
    assert (entry.series, entry.series_index) == ("IDPF samples", 1)
    assert entry.published == "2008-05"
    assert entry.thumbnail == ServerUrl("http://h/opds/v2.0/books/e5/thumbnail")


def test_a_title_that_is_only_nothing_stays_so() -> None:
    body = (
        b'{"publications":[{"metadata":{"title":null,"identifier":"x"},"links":[{"href":"/a"}]}]}'
    )
    assert parse(body, ServerUrl("http://h/")).entries == ()


def test_an_entry_without_a_title_is_called_what_its_file_is_called() -> None:
    def named(path: str) -> str:
        body = (
            '{"publications":[{"metadata":{},"links":[{"rel":"http://opds-spec.org/acquisition",'
            f'"href":"{path}","type":"application/epub+zip"}}]}}]}}'
        ).encode()
        [entry] = parse(body, ServerUrl("http://h/")).entries
        return entry.title

    assert named("/books/7/file/se-alice%20in%20wonderland.epub") == "se-alice in wonderland"
    assert named("/books/7/file") == ""


def test_komga_calls_its_authors_contributors() -> None:
    answer = recorded("komga", "Root of version 2")
    feed = parse(answer.body, ServerUrl("http://127.0.0.1:25600/opds/v2/catalog"))
    reading = next(group for group in feed.groups if group.title == "Keep Reading")
    assert reading.entries[0].authors == ("Lewis Carroll",)
