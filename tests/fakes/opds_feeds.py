"""Catalog documents as the servers send them that can't be run in the tests.

Hand-written after what the servers send. Each builder takes the address the server believes it
has (`base`, without a slash at the end) where its links are absolute; the rest are as they come.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
EPUB = "application/epub+zip"
PROGRESSION_REL = "http://www.cantook.com/api/progression"
PROGRESSION_TYPE = "application/vnd.readium.progression+json"
DRAFT_REL = "http://opds-spec.org/progression"
DRAFT_TYPE = "application/opds-progression+json"


def feed(*parts: str, attributes: str = ATOM) -> bytes:
    """An Atom feed of these pieces."""
    inside = "\n".join(parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed {attributes}>\n{inside}\n</feed>'.encode()
    )


def entry(*parts: str) -> str:
    return "<entry>" + "".join(parts) + "</entry>"


def book(number: int, *parts: str, href: str = "") -> str:
    """The least an acquisition entry has."""
    link = f'<link rel="http://opds-spec.org/acquisition" href="{href or f"/get/{number}.epub"}" '
    return entry(
        f"<title>Book {number}</title><id>urn:book:{number}</id>",
        f'{link}type="{EPUB}"/>',
        *parts,
    )


def calibre_entry(number: int, description: str = "<p>About <b>it</b></p>") -> str:
    """calibre 6.13: the lines in the text, four links to two pictures."""
    return f"""  <entry>
    <title>Book {number:03}</title>
    <author>
      <name>Author {number % 7} &amp; Zoë O'Brien</name>
    </author>
    <id>urn:uuid:3e54c582-1f42-4b43-a289-{number:012}</id>
    <updated>2026-11-21T21:44:26+00:00</updated>
    <published>2026-11-21T21:44:26+00:00</published>
    <content type="xhtml">
      <div xmlns="http://www.w3.org/1999/xhtml">RATING: ★★★★<br/>
TAGS: Tag{number % 5}, Other<br/>
SERIES: Series {number % 6} [{number % 15}]<br/>
{description}</div>
    </content>
    <link type="application/epub+zip" href="/get/epub/{number}/lib" rel="http://opds-spec.org/acquisition" length="2867" mtime="2026-11-21T21:44:26.030046+00:00"/>
    <link type="image/jpeg" href="/get/cover/{number}/lib" rel="http://opds-spec.org/cover"/>
    <link type="image/jpeg" href="/get/thumb/{number}/lib" rel="http://opds-spec.org/thumbnail"/>
    <link type="image/jpeg" href="/get/cover/{number}/lib" rel="http://opds-spec.org/image"/>
    <link type="image/jpeg" href="/get/thumb/{number}/lib" rel="http://opds-spec.org/image/thumbnail"/>
  </entry>
"""  # noqa: E501


def calibre(entries: Sequence[str], following: str = "") -> bytes:
    link = f'<link rel="next" href="{following}"/>' if following else ""
    return feed(
        "<title>calibre Library</title>",
        "<author><name>calibre</name><uri>https://calibre-ebook.com</uri></author>",
        "<id>calibre-all:timestamp</id>",
        '<link type="application/atom+xml" rel="search" title="Search" '
        'href="/opds/search/{searchTerms}?library_id=lib"/>',
        link,
        *entries,
    )


def calibre_web_entry(number: int, description: str = "About &lt;b&gt;it&lt;/b&gt;") -> str:
    """Calibre-Web 0.6.27, white space included: the book's markup comes escaped."""
    return f"""
  <entry>
    <title>Book {number:03}</title>
    <id>urn:uuid:b940c7f3-d803-4e5f-9dd7-{number:012}</id>
    <updated>2026-11-21T21:44:26+00:00</updated>

      <author>
        <name>Müller| Jürgen</name>
      </author>


      <publisher>
        <name>Publisher {number % 3}</name>
      </publisher>

    <published>101-01-01T00:00:00+00:00</published>

      <dcterms:language>eng</dcterms:language>


    <category scheme="http://www.bisg.org/standards/bisac_subject/index.html"
              term="Tag2"
              label="Tag2"/>

    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">


    TAGS: Tag2<br/>


    SERIES: Series 4 [{number % 15}]<br/>




        <p>&lt;p&gt;{description}&lt;/p&gt;</p>

    </div></content>

    <link type="image/jpeg" href="/opds/cover/{number}" rel="http://opds-spec.org/image"/>
    <link type="image/jpeg" href="/opds/cover/{number}" rel="http://opds-spec.org/image/thumbnail"/>


    <link rel="http://opds-spec.org/acquisition" href="/opds/download/{number}/epub/"
          length="2869" title="EPUB" mtime="2026-11-21T21:44:26+00:00" type="application/epub+zip"/>

  </entry>
"""


def calibre_web(entries: Sequence[str]) -> bytes:
    return feed(
        "<id>urn:uuid:2853dacf-ed79-42f5-8e8a-a7bb3d1ae6a2</id>",
        '<link rel="self" href="/opds/new?"/>',
        '<link rel="search" href="/opds/osd" type="application/opensearchdescription+xml"/>',
        '<link type="application/atom+xml" rel="search" href="/opds/search/{searchTerms}"/>',
        "<title>Calibre-Web</title>",
        "<author><name>Calibre-Web</name>"
        "<uri>https://github.com/janeczku/calibre-web</uri></author>",
        *entries,
        attributes=f'{ATOM} xmlns:dcterms="http://purl.org/dc/terms/"',
    )


def calibre_web_automated() -> bytes:
    """A summary with its tags stripped, no title on the link, custom columns as categories."""
    return calibre_web(
        [
            entry(
                "<title>The Book</title><id>urn:uuid:1</id>",
                "<author><name>Somebody</name></author>",
                '<category scheme="custom_column:shelf" term="Loved" label="Loved"/>',
                "<summary>About it &amp; more</summary>",
                '<link rel="http://opds-spec.org/acquisition" href="/opds/download/1/epub/"',
                f' length="2869" type="{EPUB}"/>',
            ),
            entry("<title>No file</title><id>urn:uuid:2</id><author><name>X</name></author>"),
        ]
    )


def kavita_series(key: str) -> bytes:
    """`next` is escaped twice; the series leads on by `subsection` and has pictures only."""
    root = f"/api/opds/{key}"
    return feed(
        "<id>5</id><title>Library</title><author><name>Kavita</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{root}/series?genreId=5"/>',
        '<link rel="next" type="application/atom+xml;profile=opds-catalog;kind=navigation" '
        f'href="{root}/series?genreId=5&amp;amp;pageNumber=2"/>',
        '<link rel="prev" type="application/atom+xml;profile=opds-catalog;kind=navigation" '
        f'href="{root}/series?genreId=5&amp;amp;pageNumber=0"/>',
        entry(
            "<updated>2026-11-21T21:44:26</updated><id>5</id><title>The Series</title>",
            "<summary>Format: Epub</summary>",
            '<link rel="http://opds-spec.org/image" type="image/jpeg" ',
            f'href="/api/image/series-cover?seriesId=5&amp;apiKey={key}"/>',
            '<link rel="subsection" ',
            'type="application/atom+xml;profile=opds-catalog;kind=navigation" ',
            f'href="{root}/series/5"/>',
        ),
        entry("<id></id><title>Nothing here</title>"),
    )


def kavita_files(key: str) -> bytes:
    root = f"/api/opds/{key}"
    return feed(
        "<id>5</id><title>The Series</title><author><name>Kavita</name></author>",
        entry(
            "<id>5</id><title>The Series - Volume 1</title>",
            '<category term=""/><dcterms:extent>2.1 MB</dcterms:extent>',
            '<link rel="http://opds-spec.org/acquisition/open-access" ',
            f'type="{EPUB}" title="The%20Series%20-%20Volume%201.epub" ',
            f'href="{root}/series/5/volume/6/chapter/7/download/a.epub"/>',
            '<link rel="http://opds-spec.org/image" type="image/jpeg" ',
            f'href="/api/image/chapter-cover?chapterId=7&amp;apiKey={key}"/>',
            '<link rel="http://vaemendis.net/opds-pse/stream" type="image/jpeg" p5:count="99" ',
            'xmlns:p5="http://vaemendis.net/opds-pse/ns" ',
            f'href="{root}/image?pageNumber={{pageNumber}}"/>',
        ),
        attributes=f'{ATOM} xmlns:dcterms="http://purl.org/dc/terms/"',
    )


def grimmory() -> bytes:
    """Series in Atom's own namespace, one link for each format, hard-coded paths.

    As it answers `size=100`: its page links repeat the query.
    """
    return feed(
        "<id>urn:booklore:catalog</id><title>All Books</title>",
        '<link rel="self" href="/api/v1/opds/catalog?page=1&amp;size=100" '
        'type="application/atom+xml;profile=opds-catalog;kind=acquisition"/>',
        '<link rel="search" href="/api/v1/opds/search.opds" '
        'type="application/opensearchdescription+xml"/>',
        '<link rel="next" href="/api/v1/opds/catalog?page=2&amp;size=100" '
        'type="application/atom+xml;profile=opds-catalog;kind=acquisition"/>',
        "<opensearch:totalResults>120</opensearch:totalResults>",
        "<opensearch:itemsPerPage>50</opensearch:itemsPerPage>",
        entry(
            "<title>The Book</title><id>urn:booklore:book:42</id>",
            "<updated>2026-11-21T21:44:26.123456789Z</updated>",
            "<author><name>First Author</name></author>",
            "<author><name>Second Author</name></author>",
            '<meta property="belongs-to-collection" id="series">The Saga</meta>',
            '<meta property="group-position" refines="#series">2.5</meta>',
            "<dc:publisher>House</dc:publisher><dc:language>en</dc:language>",
            "<dc:identifier>urn:isbn:0123456789</dc:identifier>",
            '<category term="Fantasy" label="Fantasy"/>',
            '<summary type="text">&lt;p&gt;About it&lt;/p&gt;</summary>',
            '<link rel="http://opds-spec.org/acquisition" ',
            'href="/api/v1/opds/42/download?fileId=7" type="application/epub+zip" title="EPUB"/>',
            '<link rel="http://opds-spec.org/acquisition" ',
            'href="/api/v1/opds/42/download?fileId=8" type="application/pdf" title="PDF"/>',
        ),
        attributes=f'{ATOM} xmlns:dc="http://purl.org/dc/terms/" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"',
    )


def cops() -> bytes:
    """Document-relative addresses, markup with real elements under `text/html`."""
    return feed(
        "<title>72 books starting with B</title><id>cops:books:letter:B</id>",
        '<link href="feed.php" rel="start" title="Home" '
        'type="application/atom+xml;profile=opds-catalog;kind=navigation"/>',
        '<link href="feed.php?page=8" type="application/opensearchdescription+xml" rel="search"/>',
        "<opensearch:totalResults>72</opensearch:totalResults>",
        "<opensearch:startIndex>1</opensearch:startIndex>",
        '<link href="feed.php?page=5&amp;id=B&amp;n=2" rel="next" '
        'type="application/atom+xml;profile=opds-catalog;kind=navigation"/>',
        '<link href="feed.php?page=5&amp;sort=author" rel="http://opds-spec.org/facet" '
        'title="Author" opds:facetGroup="Sort" opds:activeFacet="true" '
        'type="application/atom+xml;profile=opds-catalog"/>',
        entry(
            "<title>Book 004</title><id>urn:uuid:4</id>",
            '<content type="text/html"><strong>Series:</strong>Book 1 in the Series 4 series<br />',
            "<p>About <b>Book 004</b></p></content>",
            '<link href="fetch.php?id=4" type="image/jpeg" rel="http://opds-spec.org/image"/>',
            '<link href="fetch.php?data=4&amp;type=epub&amp;id=4" type="application/epub+zip" ',
            'rel="http://opds-spec.org/acquisition" title="EPUB"/>',
            '<link href="feed.php?page=3&amp;id=5" rel="related" title="Other books by Author 4" ',
            'type="application/atom+xml;profile=opds-catalog;kind=navigation"/>',
            '<link href="feed.php?page=7&amp;id=4" rel="related" ',
            'title="Book 1.5 in the Series 4 series" ',
            'type="application/atom+xml;profile=opds-catalog;kind=navigation"/>',
            "<author><name>Author 4</name></author><dcterms:language>English</dcterms:language>",
        ),
        attributes=f'{ATOM} xmlns:opds="http://opds-spec.org/2010/catalog" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/"',
    )


def storyteller() -> bytes:
    """The edition with sound comes first; two links of one type without a title."""
    acquisition = '<link rel="http://opds-spec.org/acquisition" type="application/epub+zip" '
    return feed(
        "<id>storyteller:all</id><title>Storyteller Catalog</title>",
        '<link rel="self" href="/opds/all" '
        'type="application/atom+xml;profile=opds-catalog;kind=acquisition"/>',
        entry(
            "<title>The Book</title><id>book:0b7d3c5e</id>",
            "<author><name>One, Two</name></author><updated>2026-11-21T21:44:26Z</updated>",
            f'{acquisition}href="/api/v2/books/0b7d3c5e/files?format=readaloud"/>',
            f'{acquisition}href="/api/v2/books/0b7d3c5e/files?format=ebook"/>',
            '<link rel="http://opds-spec.org/image/thumbnail" type="image/jpeg" ',
            'href="/api/v2/books/0b7d3c5e/cover?w=147&amp;h=225"/>',
        ),
    )


def ubooquity() -> bytes:
    return feed(
        "<id>1</id><title>Ubooquity</title>",
        '<link rel="start" href="/opds-books/" '
        'type="application/atom+xml;profile=opds-catalog;kind=navigation"/>',
        entry(
            "<title>Folder</title><id>12</id>",
            '<link rel="subsection" href="/opds-books/12/" type="application/atom+xml"/>',
        ),
        entry(
            "<title>The Book</title><id>34</id>",
            '<link rel="http://opds-spec.org/acquisition" href="/opds-books/34/The%20Book.epub" ',
            'type="application/octet-stream"/>',
        ),
    )


def komga_publication(base: str, number: str = "B1", identifier: str = "") -> dict[str, Any]:
    """Absolute links, each with a word about signing in; no identifier without an ISBN."""
    signs_in = {"authenticate": {"href": f"{base}/opds/v2/auth", "type": "application/json"}}
    book = f"{base}/opds/v2/books/{number}"
    metadata: dict[str, Any] = {
        "title": "The Book",
        "modified": "2026-08-17T07:33:32Z",
        "author": [{"name": "First Author"}],
        "language": "en",
        "description": "About it",
        "belongsTo": {
            "series": [
                {
                    "name": "The Saga",
                    "position": 2.0,
                    "links": [
                        {
                            "href": f"{base}/opds/v2/series/S1",
                            "type": "application/opds+json",
                        }
                    ],
                }
            ]
        },
    }
    if identifier:
        metadata["identifier"] = identifier
    return {
        "metadata": metadata,
        "links": [
            {
                "rel": "self",
                "href": f"{book}/manifest",
                "type": "application/webpub+json",
                "properties": signs_in,
            },
            {
                "rel": "http://opds-spec.org/acquisition",
                "href": f"{book}/file",
                "type": EPUB,
                "properties": signs_in,
            },
            {
                "rel": PROGRESSION_REL,
                "href": f"{book}/progression",
                "type": PROGRESSION_TYPE,
                "properties": signs_in,
            },
        ],
        "images": [{"href": f"{book}/thumbnail", "type": "image/jpeg", "properties": signs_in}],
    }


def komga_root(base: str) -> bytes:
    """Navigation, and groups of five with the whole list behind `self`."""
    return _json(
        {
            "metadata": {"title": "Komga OPDS catalog", "modified": "2026-08-17T07:33:32Z"},
            "links": [
                _link("self", f"{base}/opds/v2/catalog"),
                _link("start", f"{base}/opds/v2/catalog"),
                {
                    "rel": "search",
                    "href": f"{base}/opds/v2/search{{?query}}",
                    "type": "application/opds+json",
                    "templated": True,
                },
            ],
            "navigation": [
                {
                    "title": "Recommended",
                    "href": f"{base}/opds/v2/catalog",
                    "type": "application/opds+json",
                },
                {
                    "title": "Browse",
                    "href": f"{base}/opds/v2/libraries/L1/browse",
                    "type": "application/opds+json",
                },
            ],
            "groups": [
                {
                    "metadata": {"title": "Libraries"},
                    "navigation": [
                        {
                            "title": "Books",
                            "href": f"{base}/opds/v2/libraries/L1",
                            "type": "application/opds+json",
                        }
                    ],
                },
                {
                    "metadata": {"title": "Latest Books", "numberOfItems": 12},
                    "links": [_link("self", f"{base}/opds/v2/libraries/books/latest")],
                    "publications": [komga_publication(base)],
                },
            ],
        }
    )


def komga_series(base: str) -> bytes:
    """Facets without relations but for the active one; `page` from 0, `currentPage` from 1."""
    series = f"{base}/opds/v2/series/S1"
    return _json(
        {
            "metadata": {
                "title": "The Saga",
                "numberOfItems": 45,
                "itemsPerPage": 20,
                "currentPage": 2,
            },
            "links": [
                _link("self", f"{series}?page=1"),
                _link("next", f"{series}?page=2"),
                _link("previous", f"{series}?page=0"),
            ],
            "publications": [komga_publication(base, "B1"), komga_publication(base, "B2")],
            "facets": [
                {
                    "metadata": {"title": "Tag"},
                    "links": [
                        {
                            "title": "fantasy",
                            "href": f"{series}?tag=fantasy",
                            "type": "application/opds+json",
                            "rel": "self",
                        },
                        {
                            "title": "space",
                            "href": f"{series}?tag=space",
                            "type": "application/opds+json",
                        },
                    ],
                }
            ],
        }
    )


def komga_search(base: str) -> bytes:
    """Only titles, in groups."""
    return _json(
        {
            "metadata": {"title": "Search results"},
            "links": [_link("self", f"{base}/opds/v2/search?query=x")],
            "groups": [
                {
                    "metadata": {"title": "Series"},
                    "navigation": [
                        {
                            "title": "The Saga",
                            "href": f"{base}/opds/v2/series/S1",
                            "type": "application/opds+json",
                        }
                    ],
                },
                {"metadata": {"title": "Books"}, "publications": [komga_publication(base)]},
            ],
        }
    )


def komga_atom_root() -> bytes:
    """OPDS 1.2, which points to the newer catalog."""
    return feed(
        "<id>root</id><title>Komga OPDS catalog</title>",
        '<link type="application/atom+xml;profile=opds-catalog;kind=navigation" rel="self" '
        'href="/opds/v1.2/catalog"/>',
        '<link type="application/opds+json" rel="alternate" href="/opds/v2/catalog"/>',
        entry(
            "<title>All series</title><id>allSeries</id>",
            '<content type="text">Browse by series</content>',
            '<link type="application/atom+xml;profile=opds-catalog;kind=navigation" ',
            'rel="subsection" href="/opds/v1.2/series"/>',
        ),
    )


def komga_authentication(base: str) -> bytes:
    return _json(
        {
            "id": f"{base}/opds/v2/auth",
            "title": "Komga",
            "description": "Enter your email and password to authenticate.",
            "links": [
                {"rel": "help", "href": "https://komga.org"},
                {"rel": "logo", "href": f"{base}/android-chrome-512x512.png"},
            ],
            "authentication": [
                {
                    "type": "http://opds-spec.org/auth/basic",
                    "labels": {"login": "Email", "password": "Password"},
                }
            ],
        }
    )


def storyteller_authentication() -> bytes:
    """Everything relative, and nothing but OAuth."""
    return _json(
        {
            "id": "/opds/auth",
            "title": "Storyteller",
            "authentication": [
                {
                    "type": "http://opds-spec.org/auth/oauth/implicit",
                    "links": [{"rel": "authenticate", "href": "/opds/authorize"}],
                }
            ],
        }
    )


def stump_feed(base: str, draft: bool = True) -> bytes:
    """A stub of each publication: `self` and a progression link; `next` on every page."""
    rel, media_type = (DRAFT_REL, DRAFT_TYPE) if draft else (PROGRESSION_REL, PROGRESSION_TYPE)
    book = f"{base}/opds/v2.0/books/b1"
    return _json(
        {
            "metadata": {"title": "Stump OPDS V2.0 Catalog", "modified": "2026-11-21T21:44:26Z"},
            "links": [
                _link("self", f"{base}/opds/v2.0/books/browse?page=1"),
                _link("next", f"{base}/opds/v2.0/books/browse?page=2"),
            ],
            "publications": [
                {
                    "metadata": {"title": "The Book", "modified": "2026-11-21T21:44:26Z"},
                    "links": [
                        {"rel": "self", "href": book, "type": "application/divina+json"},
                        {"rel": rel, "href": f"{book}/progression", "type": media_type},
                    ],
                    "images": [{"href": f"{book}/thumbnail", "type": "image/webp"}],
                }
            ],
        }
    )


def stump_publication(base: str) -> bytes:
    """The whole of a stub; its links are relative to its own address."""
    return _json(
        {
            "context": "https://readium.org/webpub-manifest/context.jsonld",
            "metadata": {"title": "The Book", "identifier": "urn:stump:b1", "author": "Somebody"},
            "links": [
                {"rel": "self", "href": f"{base}/opds/v2.0/books/b1"},
                {
                    "rel": ["http://opds-spec.org/acquisition", "http://opds-spec.org/image"],
                    "href": "b1/file",
                    "type": EPUB,
                },
            ],
            "readingOrder": [],
        }
    )


def stump_search(base: str) -> bytes:
    """Some groups are empty, and none of the addresses behind `self` exists."""
    return _json(
        {
            "metadata": {"title": "Search"},
            "groups": [
                {
                    "metadata": {"title": title},
                    "links": [_link("self", f"{base}/opds/v2.0/search/{title.lower()}")],
                    "navigation": navigation,
                }
                for title, navigation in (
                    ("Libraries", []),
                    ("Series", [_titled("The Saga", f"{base}/opds/v2.0/series/s1")]),
                )
            ],
        }
    )


def _link(rel: str, href: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": "application/opds+json"}


def _titled(title: str, href: str) -> dict[str, str]:
    return {"title": title, "href": href, "type": "application/opds+json"}


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode()
