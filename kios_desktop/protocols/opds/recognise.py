"""Recognises the kind of a document by its content, never by its media type.

Servers label OpenSearch descriptions as Atom, OPDS 2.0 as `application/json`, feeds as
`application/xml`, and send login pages with status 200.
"""

import contextlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from kios_desktop.domain.errors import Instead, NotACatalog
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.http import loose_json
from kios_desktop.protocols.opds import formats, relations, xml
from kios_desktop.protocols.opds.html_page import read_page
from kios_desktop.protocols.opds.links import Links

_SAID_LENGTH: Final = 200
_OF_PUBLICATIONS: Final = ("readingOrder", "resources", "images")
_PUBLICATION_FIELDS: Final = ("identifier", "author", "language", "belongsTo", "conformsTo")
_SPACE: Final = b" \t\r\n\x0b\x0c\x00"
_MARKS: Final = (
    (b"\xef\xbb\xbf", ""),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>\s*")
_SKIPPED = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_RSS = re.compile(rb"\s*<(?:rss|rdf:RDF|channel)\b", re.IGNORECASE)
_FEED = re.compile(rb"<(?:[\w.\-]+:)?(?:feed|entry|OpenSearchDescription)[\s/>]")
_NO_TITLE = re.compile(rb'"title"\s*:\s*null')
_DEEPEST: Final = 200
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)


class DocumentKind(Enum):
    """The documents this protocol has."""

    ATOM_FEED = auto()
    ATOM_ENTRY = auto()
    OPENSEARCH = auto()
    FEED = auto()  # OPDS 2.0, as the rest
    PUBLICATION = auto()
    CATALOGS = auto()
    AUTHENTICATION = auto()


@dataclass(frozen=True, slots=True)
class Document:
    """`content` is an lxml element, or the decoded JSON object.

    `damaged`: a part is missing. `based`: it contains an `xml:base`. `keeps_places`: it may contain
    progression links. False for either saves looking for them.
    """

    kind: DocumentKind
    content: Any
    damaged: bool
    based: bool = False
    keeps_places: bool = False


def recognise(body: bytes, links: Links, content_type: str = "") -> Document:
    """Raises `NotACatalog` for other documents, `Malformed` if it can't be read."""
    body = _clean(body)
    if not body:
        raise NotACatalog(Instead.NOTHING)
    if body[:1] in (b"{", b"["):
        return _json(body)
    start = _start(body)
    if _RSS.match(body, start):
        raise NotACatalog(Instead.RSS)
    if _HTML.match(body, start):
        raise _web_page(body, links)
    if _FEED.search(body):  # PHP may print notices before it
        return _xml(body, content_type)
    if body[:1] == b"<":
        if "html" in content_type.lower() or b"<html" in body[:4096].lower():
            raise _web_page(body, links)
        raise NotACatalog(Instead.OTHER)
    raise NotACatalog(Instead.TEXT, said=_said(body))


def _clean(body: bytes) -> bytes:
    """The body without byte order mark and leading space, UTF-16 and UTF-32 as UTF-8."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            if not encoding:
                body = body[len(mark) :]
                break
            text = body.decode(encoding, "replace").lstrip("\ufeff")
            return _DECLARATION.sub(b"", text.encode("utf-8", "replace").lstrip(_SPACE))
    return body.lstrip(_SPACE)


def _start(body: bytes) -> int:
    """The index of the first element, after declaration, instructions and comments."""
    at = 0
    while (skipped := _SKIPPED.match(body, at)) is not None:
        at = skipped.end()
    return at


def _json(body: bytes) -> Document:
    value, damaged = loose_json.decode(body)
    if not damaged and _NO_TITLE.search(body):
        value = _without_later_nulls(body, value)
    if isinstance(value, list):  # a bare list of publications
        value = {"publications": value}
    if not isinstance(value, Mapping):
        raise NotACatalog(Instead.OTHER)
    if isinstance(value.get("authentication"), list):
        return Document(DocumentKind.AUTHENTICATION, value, damaged)
    if any(value.get(key) for key in ("navigation", "publications", "groups", "facets")):
        return Document(DocumentKind.FEED, value, damaged)
    if value.get("catalogs"):
        return Document(DocumentKind.CATALOGS, value, damaged)
    if "metadata" in value and ("links" in value or "readingOrder" in value):
        kind = DocumentKind.PUBLICATION if _is_publication(value) else DocumentKind.FEED
        return Document(kind, value, damaged)
    raise NotACatalog(Instead.OTHER)


def _without_later_nulls(body: bytes, value: object) -> object:
    """Decodes with the last value that is not null for a repeated key, as in titles of Stump."""

    def said(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, given in pairs:
            if given is not None or key not in kept:
                kept[key] = given
        return kept

    with contextlib.suppress(ValueError, RecursionError):
        return loose_json.plain(json.loads(body, object_pairs_hook=said), _DEEPEST, math.nan)
    return value


def _is_publication(value: Mapping[str, Any]) -> bool:
    """Whether it is a publication, not a feed without lists, as Komga sends for an empty search."""
    if any(key in value for key in ("navigation", "publications", "groups", "facets")):
        return False
    metadata = value["metadata"]
    if any(key in value for key in _OF_PUBLICATIONS):
        return True
    if isinstance(metadata, Mapping) and any(key in metadata for key in _PUBLICATION_FIELDS):
        return True
    links = value.get("links")
    given = [one for one in links if isinstance(one, Mapping)] if isinstance(links, list) else []
    types = {formats.bare(kind) for one in given if isinstance(kind := one.get("type"), str)}
    return bool(types & relations.PUBLICATION_TYPES) or any(map(formats.is_book, types))


def _xml(body: bytes, content_type: str) -> Document:
    charset = _CHARSET.search(content_type)
    root, damaged = xml.parse(body, charset[1] if charset is not None else "")
    kinds = {
        "feed": DocumentKind.ATOM_FEED,
        "entry": DocumentKind.ATOM_ENTRY,
        "OpenSearchDescription": DocumentKind.OPENSEARCH,
    }
    kind = kinds.get(xml.local(root))
    if kind is None:
        raise NotACatalog(Instead.OTHER)
    return Document(kind, root, damaged, b"xml:base" in body, b"progression" in body)


def _web_page(body: bytes, links: Links) -> NotACatalog:
    page = read_page(body, links)
    if page.catalogs:
        return NotACatalog(Instead.WEB_PAGE, page.title, catalog=page.catalogs[0])
    return NotACatalog(Instead.LOGIN if page.login else Instead.WEB_PAGE, page.title)


def _said(body: bytes) -> str:
    head = body[: 4 * _SAID_LENGTH]
    return "" if b"\x00" in head else clean_line(head.decode("utf-8", "replace"), _SAID_LENGTH)
