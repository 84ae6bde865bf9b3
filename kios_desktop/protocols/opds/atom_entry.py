"""Reads entries of OPDS 1.2: publications, and links to other feeds, which have the same form.

Feeds may have thousands of entries, so children are looked up by their whole tag, once, and only
fields that are kept are parsed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from functools import lru_cache, partial
from typing import Any, Final

from lxml import etree

from kios_desktop.domain.catalog import Acquisition, Entry, Navigation, ProgressionLink
from kios_desktop.domain.loose import finite_number
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.protocols.opds import calibre, fields, relations, text, xml
from kios_desktop.protocols.opds.calibre import Flavour
from kios_desktop.protocols.opds.lazy_entry import LazyEntry
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.page_streams import is_page, is_page_picture
from kios_desktop.protocols.opds.relations import Role, meaning
from kios_desktop.protocols.opds.text import LIST_LENGTH
from kios_desktop.protocols.opds.xml import Element

COUNT: Final = f"{{{xml.THREADING}}}count"
_SCHEMA = "http://schema.org/"
_CALIBRE = "http://calibre.kovidgoyal.net/2009/metadata"
_MODIFIED = f"{{{xml.TERMS}}}modified"
_NO_CONTENT: Final = calibre.Content("")
_COPS_SERIES = re.compile(r"^Book ([\d.]+) in the (.+) series$")

_ATOM_FIELDS: Final = (
    *("link", "title", "id", "updated", "published", "author", "category", "content", "summary"),
    *("publisher", "meta", "subtitle", "entry"),
)
_TERMS: Final = {
    "creator": "creator",
    "issued": "issued",
    "date": "issued",
    "language": "language",
    "publisher": "publisher",
    "identifier": "identifier",
    "subject": "subject",
    "description": "summary",
}
_OTHER_FIELDS: Final = {
    f"{{{xml.OPENSEARCH}}}totalResults": "total",
    f"{{{xml.OPENSEARCH}}}itemsPerPage": "per_page",
    f"{{{xml.OPENSEARCH}}}startIndex": "first",
    f"{{{_SCHEMA}}}Series": "series",
    f"{{{_CALIBRE}}}series": "series",
    f"{{{_CALIBRE}}}series_index": "series_index",
    **{
        f"{{{namespace}}}{name}": field
        for namespace in (xml.TERMS, xml.ELEMENTS)
        for name, field in _TERMS.items()
    },
}


@lru_cache(maxsize=16)
def fields_of(namespace: str) -> Mapping[str, str]:
    """Tag → field, for a document whose Atom elements have this namespace ("" for none)."""
    prefix = f"{{{namespace}}}" if namespace else ""
    return {**_OTHER_FIELDS, **{prefix + name: name for name in _ATOM_FIELDS}}


_OF_PUBLICATIONS: Final = frozenset(
    {
        *(Role.ACQUISITION, Role.IMAGE, Role.THUMBNAIL, Role.PICTURE, Role.CATALOG, Role.DOCUMENT),
        *(Role.PROGRESSION, Role.STREAM),
    }
)


@lru_cache(maxsize=16)
def _ids_of_publications(namespace: str) -> Callable[[Element], Iterable[Element]]:
    """The ids of entries that have an acquisition link, found without leaving libxml2."""
    prefix = "a:" if namespace else ""
    rel = f"{prefix}link/@rel"  # looked for once in each entry, not once for each of its ids
    found: Callable[..., Any] = etree.XPath(
        f"{prefix}entry[{rel} = $generic or {rel} = $open]/{prefix}id",
        namespaces={"a": namespace} if namespace else None,
    )
    generic = relations.ACQUISITION
    return partial(found, generic=generic, open=generic + "/open-access")


_Parts = dict[str, list[Element]]


@lru_cache(maxsize=512)
def _slot(rel: str, media_type: str) -> str:
    """The role of a link of an entry.

    `weak`: a feed, but perhaps not the one the entry stands for.
    """
    found = meaning(rel, media_type)
    if found.role in _OF_PUBLICATIONS:
        return found.role.value
    if not found.feed or found.role is Role.SELF:
        return "other"
    return "related" if found.role is Role.RELATED else "weak"


class EntryReader:
    """Reads the entries of one document. `based`: it has an `xml:base` somewhere."""

    def __init__(self, links: Links, namespace: str, based: bool, flavour: Flavour) -> None:
        self._links, self._based, self._flavour = links, based, flavour
        self._namespace, self._fields = namespace, fields_of(namespace)
        self._name = f"{{{namespace}}}name" if namespace else "name"

    def read(self, element: Element) -> Entry | Navigation | None:
        """None if the entry has nothing to show."""
        parts = self._parts(element)
        title = title_of(parts["title"][0]) if "title" in parts else ""
        if _is_publication(parts.keys()):
            return self._entry(title, parts)
        return self._navigation(title, parts)

    def read_all(self, root: Element, keeps_places: bool) -> list[Entry | Navigation | None]:
        """The entries of a feed, in order; None for each one with nothing to show.

        Of entries that are certainly publications, only the key is read at once (`LazyEntry`).
        """
        ids = _ids_of_publications(self._namespace)(root)
        keys = {one.getparent(): one.text for one in ids}
        found: list[Entry | Navigation | None] = []
        for element in root:
            if self._fields.get(element.tag) != "entry":
                continue
            given_id = keys.get(element)
            if given_id and not given_id.isspace():
                key = fields.key_of(given_id, None, "")
                found.append(LazyEntry.of(element, self._publication, key, keeps_places))
            else:
                found.append(self.read(element))
        return found

    def _publication(self, element: Element) -> Entry:
        entry = self.read(element)
        return entry if isinstance(entry, Entry) else Entry(key="", title="")

    def _parts(self, element: Element) -> _Parts:
        known, parts = self._fields, _Parts()
        for child in element:
            name = known.get(child.tag)
            if name == "link":
                name = _slot(child.get("rel", ""), child.get("type", ""))
            if name in parts:
                parts[name].append(child)
            elif name is not None:
                parts[name] = [child]
        return parts

    def _resolved(self, link: Element) -> ServerUrl | None:
        links = self._links
        if self._based and (base := link.base):
            links = links.within(base)
        return links.resolve(link.get("href"))

    def _first(self, parts: _Parts, name: str) -> ServerUrl | None:
        for link in parts.get(name, ()):
            url = self._resolved(link)
            if url is not None:
                return url
        return None

    def _picture(self, parts: _Parts, name: str) -> ServerUrl | None:
        """The first picture that is not a page of the book (see `page_streams`)."""
        if name not in parts:
            return None
        templates = (self._links.template(one.get("href", "")) for one in parts.get("stream", ()))
        streams = [one.reveal() for one in templates if one is not None]
        for link in parts[name]:
            url = self._resolved(link)
            if url is not None and not is_page_picture(url, streams):
                return url
        return None

    def _navigation(self, title: str, parts: _Parts) -> Navigation | None:
        for name in ("catalog", "weak", "related"):
            for link in parts.get(name, ()):
                url = self._resolved(link)
                if url is not None:
                    return Navigation(
                        title or clean_line(link.get("title")),
                        url,
                        _words(_content_of(parts)),
                        relations.navigation_kind(link.get("rel", ""), title),
                        fields.count(link.get(COUNT)),
                    )
        return None

    def _entry(self, title: str, parts: _Parts) -> Entry | None:
        acquisitions = self._acquisitions(parts["acquisition"]) if "acquisition" in parts else ()
        document = self._first(parts, "document") if "document" in parts else None
        if document is not None and is_page(document):
            document = None
        cover, thumbnail = self._picture(parts, "image"), self._picture(parts, "thumbnail")
        if cover is None and thumbnail is None and "picture" in parts:
            thumbnail = self._picture(parts, "picture")
        given_id = _text(parts, "id")
        if not (title or given_id or acquisitions or document):
            return None
        content = self._content(parts)
        series, series_index = self._series(parts, content)
        added = "" if self._flavour is Flavour.CALIBRE else _text(parts, "published")
        issued, updated = _text(parts, "issued"), _text(parts, "updated")
        return Entry(
            key=fields.key_of(given_id, acquisitions[0].href if acquisitions else document, title),
            title=title or fields.title_of(acquisitions),
            authors=self._authors(parts),
            series=series,
            series_index=series_index,
            updated=text.when(updated) if updated else None,
            published=text.day(issued) or text.day(added),
            language=fields.language(clean_line(_text(parts, "language")))
            if "language" in parts
            else "",
            publisher=self._named(parts["publisher"][0]) if "publisher" in parts else "",
            identifiers=_lines(parts["identifier"]) if "identifier" in parts else (),
            tags=_tags(parts) or content.tags,
            description=content.html,
            rating=content.rating,
            cover=cover,
            thumbnail=thumbnail,
            acquisitions=acquisitions,
            progression=self._progression(parts) if "progression" in parts else None,
            document=document,
            partial=document is not None,
            related=self._related(parts),
        )

    def _acquisitions(self, links: list[Element]) -> tuple[Acquisition, ...]:
        found = []
        for link in links[:LIST_LENGTH]:
            url = self._resolved(link)
            if url is None:
                continue
            given = dict(link.items())
            media_type = given.get("type", "")
            acquisition = fields.acquisition(
                url,
                meaning(given.get("rel", ""), media_type).acquisition,
                media_type,
                given.get("title", ""),
                given.get("length"),
                given.get("mtime") or given.get(_MODIFIED) or "",
                _chain(link) if len(link) else (),
            )
            found.append(acquisition)
        return tuple(found)

    def _authors(self, parts: _Parts) -> tuple[str, ...]:
        names = []
        for author in parts.get("author", ()):
            inside = [clean_line(child.text) for child in author if child.tag == self._name]
            names += inside or [clean_line(author.text)]
        if "creator" in parts:
            names += _lines(parts["creator"])
        if self._flavour is not Flavour.PLAIN:
            names = [name for given in names for name in calibre.names(given, self._flavour)]
        return _distinct(names)

    def _content(self, parts: _Parts) -> calibre.Content:
        content = _content_of(parts)
        if content is None:
            return _NO_CONTENT
        if len(content) == 0:
            return calibre.Content(_html(content))
        markup = xml.inner(content)
        if self._flavour is not Flavour.PLAIN:
            return calibre.take_apart(markup)
        return calibre.Content(clean_text(markup))

    def _series(self, parts: _Parts, content: calibre.Content) -> tuple[str, float | None]:
        if content.series:
            return content.series, content.series_index
        if "meta" in parts:
            meta = {one.get("property"): clean_line(one.text) for one in parts["meta"]}
            if named := meta.get("belongs-to-collection"):
                return named, finite_number(meta.get("group-position"))
        if "series" in parts:
            return _series_element(parts["series"][0], _text(parts, "series_index"))
        for link in parts.get("related", ()):
            cops = _COPS_SERIES.match(link.get("title", ""))
            if cops is not None:
                return clean_line(cops[2]), finite_number(cops[1])
        return "", None

    def _named(self, element: Element) -> str:
        """The publisher: a text, or a `name` element as in Calibre-Web."""
        for child in element:
            if child.tag == self._name:
                return clean_line(child.text)
        return clean_line(element.text)

    def _progression(self, parts: _Parts) -> ProgressionLink | None:
        best: ProgressionLink | None = None
        for link in parts["progression"]:
            url, media_type = self._resolved(link), link.get("type", "")
            means = meaning(link.get("rel", ""), media_type)
            if url is None or "{" in link.get("href", ""):
                continue
            found = fields.progression_link(self._links, url, media_type, means)
            if best is None or means.dialect is relations.PREFERRED:
                best = found or best
        return best

    def _related(self, parts: _Parts) -> tuple[Navigation, ...]:
        related = []
        for link in (*parts.get("related", ()), *parts.get("catalog", ())):
            url, title = self._resolved(link), clean_line(link.get("title"))
            if url is not None and title:
                kind = relations.navigation_kind(link.get("rel", ""), title)
                related.append(Navigation(title, url, kind=kind))
        return tuple(related[:LIST_LENGTH])


def title_of(element: Element | None) -> str:
    if element is None:
        return ""
    if len(element):
        return clean_line("".join(element.itertext()))
    if element.get("type", "text") in ("html", "text/html"):
        return text.plain(element.text or "")
    return clean_line(element.text)


def _is_publication(names: Set[str]) -> bool:
    """Whether an entry is a publication, by its fields: its declared kind is often wrong."""
    if "acquisition" in names or "document" in names:
        return True
    if "catalog" in names:
        return False
    return "author" in names or not ("weak" in names or "related" in names)


def _text(parts: _Parts, name: str) -> str:
    return (parts[name][0].text or "") if name in parts else ""


def _content_of(parts: _Parts) -> Element | None:
    """`content` if it is not empty, else `summary`."""
    for name in ("content", "summary"):
        if name in parts:
            element = parts[name][0]
            if len(element) or (element.text or "").strip():
                return element
    return None


def _tags(parts: _Parts) -> tuple[str, ...]:
    if "category" not in parts and "subject" not in parts:
        return ()
    named = [clean_line(one.get("label") or one.get("term")) for one in parts.get("category", ())]
    return _distinct([*named, *_lines(parts.get("subject", []))])


def _words(element: Element | None) -> str:
    """The text without markup, as one line."""
    if element is None:
        return ""
    if len(element):
        return clean_line(" ".join(element.itertext()))
    return text.plain(text.as_html(element.text or ""))


def _html(element: Element) -> str:
    value = element.text or ""
    if element.get("type", "text") in ("html", "text/html", "application/xhtml+xml"):
        return clean_text(value)
    return text.as_html(value)


def _series_element(element: Element, index: str) -> tuple[str, float | None]:
    """(series, index) from the elements of Feedbooks and calibre."""
    given = {key.rpartition("}")[2]: value for key, value in element.items()}
    name = clean_line(given.get("name") or element.text)
    return name, finite_number(given.get("position") or index)


def _chain(link: Element) -> list[str]:
    """The media types of an indirect acquisition, that of the file last; at most three."""
    types: list[str] = []
    element = next((c for c in link if xml.local(c) == "indirectAcquisition"), None)
    while element is not None and len(types) < 3:
        types.append(element.get("type", ""))
        element = next((c for c in element if xml.local(c) == "indirectAcquisition"), None)
    return types


def _lines(elements: list[Element]) -> tuple[str, ...]:
    return _distinct([clean_line(element.text) for element in elements])


def _distinct(values: list[str]) -> tuple[str, ...]:
    if len(values) == 1:
        return (values[0],) if values[0] else ()
    return tuple(dict.fromkeys(filter(None, values)))[:LIST_LENGTH]
