"""OPDS 1.2: entries and feeds of every server, and what is wrong with them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kios_desktop.domain.catalog import AcquisitionKind, Entry, Feed, Format, NavigationKind
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import parse, parse_entry
from tests.fakes import opds_feeds as made
from tests.fakes.opds_feeds import ATOM, EPUB, book, entry, feed

URL = ServerUrl("https://host:8443/opds/new?page=1")
ACQUISITION = "http://opds-spec.org/acquisition"


def only(body: bytes, url: ServerUrl = URL) -> Entry:
    found = parse(body, url)
    assert len(found.entries) == 1
    return found.entries[0]


def titles(found: Feed) -> list[str]:
    return [one.title for one in found.entries]


def hrefs(one: Entry) -> list[str]:
    return [acquisition.href.reveal() for acquisition in one.acquisitions]


def test_calibres_lines_are_series_tags_and_rating_and_leave_the_description() -> None:
    one = only(made.calibre([made.calibre_entry(31)]))
    assert (one.series, one.series_index) == ("Series 1", 1.0)
    assert one.tags == ("Tag1", "Other")
    assert one.rating == "★★★★"
    assert one.description == "<p>About <b>it</b></p>"
    assert one.authors == ("Author 3", "Zoë O'Brien")
    assert one.published == ""  # the day it was added
    assert one.updated == datetime(2026, 11, 21, 21, 44, 26, tzinfo=UTC)


def test_calibres_links_are_a_cover_a_thumbnail_and_a_file() -> None:
    one = only(made.calibre([made.calibre_entry(31)]))
    assert one.cover == ServerUrl("https://host:8443/get/cover/31/lib")
    assert one.thumbnail == ServerUrl("https://host:8443/get/thumb/31/lib")
    acquisition = one.acquisitions[0]
    assert acquisition.href == ServerUrl("https://host:8443/get/epub/31/lib")
    assert (acquisition.kind, acquisition.format) == (AcquisitionKind.DOWNLOAD, Format.EPUB)
    assert (acquisition.title, acquisition.media_type) == ("EPUB", EPUB)
    assert acquisition.length_bytes == 2867
    assert acquisition.modified == "2026-11-21T21:44:26.030046+00:00"


def test_calibre_web_escapes_markup_dates_the_unknown_to_101_and_has_bars_for_commas() -> None:
    one = only(made.calibre_web([made.calibre_web_entry(7)]))
    assert one.description == "<p>About <b>it</b></p>"
    assert one.published == ""
    assert one.authors == ("Müller, Jürgen",)
    assert one.publisher == "Publisher 1"
    assert one.language == "en"
    assert one.tags == ("Tag2",)
    assert (one.series, one.series_index) == ("Series 4", 7.0)


def test_a_line_that_looks_like_a_series_is_one_on_calibre_only() -> None:
    content = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A: b [2]</div>'
    assert only(feed(book(1, content + "</content>"))).series == ""


def test_a_bar_in_a_name_stays_on_other_servers() -> None:
    assert only(feed(book(1, "<author><name>A| B</name></author>"))).authors == ("A| B",)


def test_calibre_web_automated_has_a_summary_and_a_book_without_files() -> None:
    found = parse(made.calibre_web_automated(), URL)
    first, second = found.entries
    assert first.description == "About it &amp; more"
    assert first.acquisitions[0].title == "EPUB"
    assert second.acquisitions == ()
    assert second.title == "No file"


def test_kavitas_twice_escaped_next_is_an_address() -> None:
    found = parse(made.kavita_series("k" * 20), URL)
    assert found.next == ServerUrl(
        f"https://host:8443/api/opds/{'k' * 20}/series?genreId=5&pageNumber=2"
    )
    assert found.previous is not None
    assert found.previous.reveal().endswith("pageNumber=0")


def test_kavitas_series_is_navigation_and_nothing_here_is_a_book_without_formats() -> None:
    found = parse(made.kavita_series("k" * 20), URL)
    assert [one.title for one in found.navigation] == ["The Series"]
    assert [one.title for one in found.entries] == ["Nothing here"]
    assert found.entries[0].downloads == ()
    assert found.unread == 0


def test_kavitas_files_are_named_and_their_pages_are_never_asked_for() -> None:
    one = only(made.kavita_files("k" * 20))
    assert one.acquisitions[0].title == "The Series - Volume 1.epub"
    assert one.acquisitions[0].format is Format.EPUB
    assert len(one.acquisitions) == 1
    assert one.thumbnail is None
    assert one.cover is not None and "apiKey" in one.cover.reveal()
    assert one.tags == ()


def test_grimmorys_series_is_in_atoms_own_namespace() -> None:
    found = parse(made.grimmory(), ServerUrl("https://host/api/v1/opds/catalog?page=1&size=50"))
    one = found.entries[0]
    assert (one.key, one.series, one.series_index) == ("urn:booklore:book:42", "The Saga", 2.5)
    assert one.authors == ("First Author", "Second Author")
    assert one.identifiers == ("urn:isbn:0123456789",)
    assert one.description == "<p>About it</p>"
    assert [(a.title, a.format) for a in one.acquisitions] == [
        ("EPUB", Format.EPUB),
        ("PDF", Format.OTHER),
    ]
    assert [a.title for a in one.downloads] == ["EPUB"]
    assert (found.total, found.per_page) == (120, 50)


def test_cops_is_relative_to_the_document() -> None:
    found = parse(made.cops(), ServerUrl("http://host/cops/feed.php?page=5&id=B"))
    one = found.entries[0]
    assert hrefs(one) == ["http://host/cops/fetch.php?data=4&type=epub&id=4"]
    assert found.next == ServerUrl("http://host/cops/feed.php?page=5&id=B&n=2")
    assert (one.series, one.series_index) == ("Series 4", 1.5)
    assert one.language == "en"
    assert "<p>About <b>Book 004</b></p>" in one.description
    assert [link.title for link in one.related] == [
        "Other books by Author 4",
        "Book 1.5 in the Series 4 series",
    ]
    assert found.search is not None
    assert found.search.description == ServerUrl("http://host/cops/feed.php?page=8")
    facet = found.facets[0]
    assert (facet.group, facet.title, facet.active) == ("Sort", "Author", True)


def test_of_storytellers_two_editions_the_one_to_read_comes_first() -> None:
    one = only(made.storyteller())
    assert [a.title for a in one.acquisitions] == ["EPUB (readaloud)", "EPUB (ebook)"]
    assert one.downloads[0].href.reveal().endswith("format=ebook")
    assert one.cover is None
    assert one.thumbnail is not None


def test_ubooquitys_folder_leads_on_and_its_file_is_known_by_its_name() -> None:
    found = parse(made.ubooquity(), ServerUrl("http://host:2202/opds-books/"))
    assert [one.title for one in found.navigation] == ["Folder"]
    assert found.entries[0].acquisitions[0].format is Format.EPUB


def test_an_older_catalog_points_to_the_newer_one() -> None:
    found = parse(made.komga_atom_root(), ServerUrl("https://host/opds/v1.2/catalog"))
    assert found.newer == ServerUrl("https://host/opds/v2/catalog")
    assert found.navigation[0].kind is NavigationKind.SERIES
    assert found.navigation[0].summary == "Browse by series"


def test_a_feed_without_a_namespace_is_read_by_its_names() -> None:
    body = feed(book(1, "<author><name>Somebody</name></author>"), attributes="")
    assert only(body).authors == ("Somebody",)


def test_an_entry_without_an_id_is_known_by_its_address_without_the_server() -> None:
    link = f'<link rel="{ACQUISITION}" href="/get/1?key=secret-secret" type="{EPUB}"/>'
    body = feed(entry("<title>A</title>", link))
    here, there = only(body), only(body, ServerUrl("https://moved/opds"))
    assert here.key == there.key
    assert "secret" not in here.key


def test_entries_with_an_empty_id_differ() -> None:
    links = [f'<link rel="{ACQUISITION}" href="/{n}" type="{EPUB}"/>' for n in (1, 2)]
    found = parse(feed(*(entry("<id>  </id>", link) for link in links)), URL)
    assert len({one.key for one in found.entries}) == 2


def test_what_is_in_no_way_an_entry_is_counted() -> None:
    found = parse(feed("<entry/>", book(1), "<entry><link/></entry>"), URL)
    assert [one.title for one in found.entries] == ["Book 1"]
    assert found.unread == 2


def test_an_entry_is_read_when_it_is_looked_at_and_is_equal_to_one_that_was() -> None:
    late = only(made.calibre([made.calibre_entry(1)]))
    fields = {name: getattr(late, name) for name in Entry.__dataclass_fields__}
    whole = Entry(**fields)
    assert late == whole
    assert whole == late
    assert hash(late) == hash(whole)
    assert replace(late, title="Other").title == "Other"
    assert replace(late, title="Other").authors == late.authors


def test_entries_may_be_looked_at_from_several_threads_at_once() -> None:
    expected = [f"Book {n:03}" for n in range(200)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            found = parse(made.calibre([made.calibre_entry(n) for n in range(200)]), URL)
            looks = list(pool.map(titles, [found] * 4))
            assert looks == [expected] * 4


def test_a_feed_is_known_to_keep_places_before_its_entries_are_read() -> None:
    progression = f'<link rel="{made.DRAFT_REL}" href="/p/1" type="{made.DRAFT_TYPE}"/>'
    assert parse(feed(book(1, progression), book(2)), URL).keeps_places
    assert not parse(feed(book(1), book(2)), URL).keeps_places


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-21T21:44:26Z", datetime(2026, 11, 21, 21, 44, 26, tzinfo=UTC)),
        ("2026-11-21T21:44:26", datetime(2026, 11, 21, 21, 44, 26, tzinfo=UTC)),
        ("2026-11-21T22:44:26.123456789+01:00", None),
        ("2026-1-2T3:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("0101-01-01T00:00:00+00:00", "never"),
        ("101-01-01T00:00:00+00:00", "never"),
        ("2026-13-45T99:99:99Z", "never"),
        ("yesterday", "never"),
        ("", "never"),
    ],
)
def test_a_date_is_read_leniently_or_not_at_all(given: str, expected: object) -> None:
    found = only(feed(book(1, f"<updated>{given}</updated>"))).updated
    if expected == "never":
        assert found is None
    elif expected is not None:
        assert found == expected
    else:
        assert found is not None
        assert found.tzinfo is not None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<content type="text">a &lt; b</content>', "a &lt; b"),
        ('<content type="text">&lt;p&gt;A&lt;/p&gt;</content>', "<p>A</p>"),
        ('<content type="text">&amp;lt;p&amp;gt;A&amp;lt;/p&amp;gt;</content>', "<p>A</p>"),
        ('<content type="html">&lt;i&gt;A&lt;/i&gt; &amp;amp; B</content>', "<i>A</i> &amp; B"),
        ("<content>plain</content>", "plain"),
        ('<content type="text"></content><summary>short</summary>', "short"),
        (
            '<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml">'
            "<x:p>A</x:p></x:div></content>",
            "<p>A</p>",
        ),
    ],
)
def test_a_description_is_html_however_it_is_written(content: str, expected: str) -> None:
    assert expected in only(feed(book(1, content))).description


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<title>  A\n\t B </title>", "A B"),
        ('<title type="html">A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title>', "A & B"),
        ('<title type="xhtml"><d xmlns="x">A <b>B</b></d></title>', "A B"),
        ("<title/>", ""),
    ],
)
def test_a_title_is_one_line_of_words(title: str, expected: str) -> None:
    body = feed(entry(title, f'<id>1</id><link rel="{ACQUISITION}" href="/1"/>'))
    assert only(body).title == expected


def test_a_partial_entry_gets_the_rest_from_its_document() -> None:
    document = (
        '<link rel="alternate" href="/entry/1" '
        'type="application/atom+xml;type=entry;profile=opds-catalog"/>'
    )
    stub = only(feed(entry("<title>A</title><id>urn:1</id>", document, "<summary>S</summary>")))
    assert (stub.partial, stub.acquisitions) == (True, ())
    whole = (
        f"<entry {ATOM}><title>A, in full</title><id>other</id>"
        f'<link rel="{ACQUISITION}" href="file.epub" type="{EPUB}"/></entry>'
    )
    full = parse_entry(whole.encode(), ServerUrl("https://host:8443/entry/1"), "", stub)
    assert (full.key, full.title, full.description) == ("urn:1", "A, in full", "S")
    assert hrefs(full) == ["https://host:8443/entry/file.epub"]
    assert not full.partial


def test_the_nearest_base_counts() -> None:
    link = f'<link rel="{ACQUISITION}" href="1.epub" type="{EPUB}"'
    body = feed(
        entry("<id>1</id>", link + "/>"),
        f'<entry xml:base="inner/"><id>2</id>{link}/></entry>',
        entry("<id>3</id>", link + ' xml:base="/other/"/>'),
        attributes=f'{ATOM} xml:base="https://host:8443/files/"',
    )
    assert [hrefs(one)[0] for one in parse(body, URL).entries] == [
        "https://host:8443/files/1.epub",
        "https://host:8443/files/inner/1.epub",
        "https://host:8443/other/1.epub",
    ]


def test_links_that_lead_out_of_the_web_are_no_links() -> None:
    links = "".join(
        f'<link rel="{rel}" href="{href}" type="{kind}"/>'
        for rel, kind in ((ACQUISITION, EPUB), ("http://opds-spec.org/image", "image/png"))
        for href in ("javascript:alert(1)", "file:///etc/passwd", "java&#10;script:x", "data:,x")
    )
    following = '<link rel="next" href="javascript:void(0)"/>'
    found = parse(feed(following, entry("<id>1</id><title>A</title>", links)), URL)
    assert found.next is None
    assert (found.entries[0].acquisitions, found.entries[0].cover) == ((), None)


def test_the_draft_and_komgas_progression_are_told_apart_and_komgas_is_preferred() -> None:
    both = (
        f'<link rel="{made.DRAFT_REL}" href="/d/1" type="{made.DRAFT_TYPE}"/>'
        f'<link rel="{made.PROGRESSION_REL}" href="/k/1" type="{made.PROGRESSION_TYPE}"/>'
    )
    found = only(feed(book(1, both))).progression
    assert found is not None
    assert found.href == ServerUrl("https://host:8443/k/1")


@pytest.mark.parametrize(
    ("rel", "kind", "dialect"),
    [
        (made.PROGRESSION_REL, made.DRAFT_TYPE, "draft"),  # the type decides
        (made.DRAFT_REL, "", "draft"),
        (made.PROGRESSION_REL, "application/json", "readium"),
        ("", made.PROGRESSION_TYPE, "readium"),
    ],
)
def test_relation_or_type_is_enough(rel: str, kind: str, dialect: str) -> None:
    found = only(feed(book(1, f'<link rel="{rel}" href="/p" type="{kind}"/>'))).progression
    assert found is not None
    assert found.dialect.value == dialect
    assert found.media_type


def test_places_are_kept_on_the_catalogs_own_server_only() -> None:
    link = f'<link rel="{made.DRAFT_REL}" href="https://elsewhere/p" type="{made.DRAFT_TYPE}"/>'
    assert only(feed(book(1, link))).progression is None


def test_an_indirect_acquisition_is_followed_where_a_book_is_at_its_end() -> None:
    def link(first: str, last: str) -> str:
        return (
            f'<link rel="{ACQUISITION}" href="/1" type="{first}">'
            f'<opds:indirectAcquisition type="{last}"/></link>'
        )

    body = feed(
        entry("<id>1</id>", link("application/atom+xml;type=entry", EPUB)),
        entry("<id>2</id>", link("application/vnd.adobe.adept+xml", EPUB)),
        entry("<id>3</id>", link("application/vnd.readium.lcp.license.v1.0+json", EPUB)),
        entry("<id>4</id>", link("text/html", EPUB)),
        attributes=f'{ATOM} xmlns:opds="http://opds-spec.org/2010/catalog"',
    )
    found = [one.acquisitions[0] for one in parse(body, URL).entries]
    assert [(one.kind, one.title) for one in found] == [
        (AcquisitionKind.INDIRECT, "EPUB"),
        (AcquisitionKind.UNSUPPORTED, "Adobe ADEPT"),
        (AcquisitionKind.UNSUPPORTED, "Readium LCP"),
        (AcquisitionKind.WEB_PAGE, "EPUB"),
    ]


def test_what_is_bought_or_borrowed_is_for_the_browser_if_it_is_a_page() -> None:
    links = (
        f'<link rel="{ACQUISITION}/buy" href="/shop" type="text/html" title="Buy"/>'
        f'<link rel="{ACQUISITION}/borrow" href="/loan" type="{EPUB}"/>'
        f'<link rel="{ACQUISITION}/sample" href="/sample" type="{EPUB}"/>'
    )
    found = only(feed(entry("<id>1</id>", links)))
    assert [one.kind for one in found.acquisitions] == [
        AcquisitionKind.WEB_PAGE,
        AcquisitionKind.UNSUPPORTED,
        AcquisitionKind.SAMPLE,
    ]
    assert found.downloads == ()


def test_a_feed_says_where_it_leads() -> None:
    types = 'type="application/atom+xml;profile=opds-catalog"'
    found = parse(
        feed(
            "<title>T</title><subtitle>S</subtitle>",
            f'<link rel="up" href="/up" {types}/><link rel="start" href="/start" {types}/>',
            f'<link rel="prev" href="/1" {types}/><link rel="next" href="/3" {types}/>',
            f'<link rel="http://opds-spec.org/sort/new" href="/n" title="Newest" {types}/>',
        ),
        URL,
    )
    origin = "https://host:8443"
    assert found == Feed(
        url=URL,
        title="T",
        subtitle="S",
        navigation=found.navigation,
        next=ServerUrl(f"{origin}/3"),
        previous=ServerUrl(f"{origin}/1"),
        up=ServerUrl(f"{origin}/up"),
        start=ServerUrl(f"{origin}/start"),
    )
    assert [(one.title, one.kind) for one in found.navigation] == [("Newest", NavigationKind.NEW)]
