"""Entries of OPDS 1.2: publications, and the links to other feeds that look just like them.

A feed of thousands is read in one go, so children are told apart by their whole tag, once, and
only what is kept of an entry is looked at closely. Source: opds.md 5.1, 5.2, 5.4.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from kios_desktop.domain.catalog import Acquisition, Entry, Navigation, ProgressionLink
from kios_desktop.protocols.opds import calibre, fields, relations, text, xml
from kios_desktop.protocols.opds.calibre import Flavour
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.relations import Meaning, Role, meaning
from kios_desktop.protocols.opds.text import LIST_LENGTH, line
from kios_desktop.protocols.opds.xml import Element

COUNT: Final = f"{{{xml.THREADING}}}count"
_SCHEMA = "http://schema.org/"
_CALIBRE = "http://calibre.kovidgoyal.net/2009/metadata"
_MODIFIED = f"{{{xml.TERMS}}}modified"
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
    """Tag → what it is, in a document whose Atom has this namespace: the right one, or none."""
    prefix = f"{{{namespace}}}" if namespace else ""
    return {**_OTHER_FIELDS, **{prefix + name: name for name in _ATOM_FIELDS}}


class _LinksOf:
    """The links of one entry, by what they are for; addresses not yet resolved."""

    __slots__ = (
        "acquisitions",
        "catalog",
        "document",
        "image",
        "picture",
        "progression",
        "related",
        "thumbnail",
        "weak",
    )

    def __init__(self) -> None:
        self.acquisitions: list[tuple[Mapping[str, str], Meaning, Element]] = []
        self.related: list[Mapping[str, str]] = []
        self.catalog: Mapping[str, str] | None = None
        self.weak: Mapping[str, str] | None = None
        self.document = self.image = self.thumbnail = self.picture = ""
        self.progression: tuple[str, str, Meaning] | None = None

    def add(self, given: Mapping[str, str], child: Element) -> None:
        href = given.get("href")
        if not href:
            return
        media_type = given.get("type", "")
        found = meaning(given.get("rel", ""), media_type)
        role = found.role
        if role is Role.ACQUISITION:
            self.acquisitions.append((given, found, child))
        elif role is Role.IMAGE:
            self.image = self.image or href
        elif role is Role.THUMBNAIL:
            self.thumbnail = self.thumbnail or href
        elif role is Role.PICTURE:
            self.picture = self.picture or href
        elif role is Role.CATALOG:
            self.catalog = self.catalog or given
            self.related.append(given)
        elif role is Role.DOCUMENT:
            self.document = self.document or href
        elif role is Role.PROGRESSION:
            if self.progression is None or found.dialect is relations.PREFERRED:
                self.progression = href, media_type, found
        elif found.feed and role is not Role.SELF:
            if role is Role.RELATED:
                self.related.append(given)
            self.weak = self.weak or given


class EntryReader:
    def __init__(self, links: Links, namespace: str, based: bool, flavour: Flavour) -> None:
        self._links, self._based, self._flavour = links, based, flavour
        self._fields = fields_of(namespace)
        self._name = f"{{{namespace}}}name" if namespace else "name"

    def read(self, element: Element) -> Entry | Navigation | None:
        """None when there is nothing in it that could be shown."""
        known = self._fields
        found = _LinksOf()
        values: dict[str, Any] = {}
        authors: list[str] = []
        tags: list[str] = []
        for child in element:
            field = known.get(child.tag)
            if field == "link":
                found.add(self._attributes(child), child)
            elif field in ("id", "updated", "published"):
                values[field] = child.text
            elif field == "author":
                authors += [
                    line(one.text) for one in child if one.tag == self._name and one.text
                ] or [line(child.text)]
            elif field == "category":
                label = child.get("label") or child.get("term")
                if label:
                    tags.append(line(label))
            elif field == "creator":
                authors.append(line(child.text))
            elif field == "subject":
                tags.append(line(child.text))
            elif field == "identifier":
                values.setdefault("identifiers", []).append(line(child.text))
            elif field == "meta":
                values[child.get("property", "")] = line(child.text)
            elif field is not None:
                values.setdefault(field, child)
        title = title_of(values.get("title"))
        if found.acquisitions or (found.catalog is None and found.weak is None):
            return self._entry(title, values, authors, tags, found)
        if found.document or (found.catalog is None and any(authors)):
            return self._entry(title, values, authors, tags, found)
        return self._navigation(title, values, found)

    def _attributes(self, child: Element) -> Mapping[str, str]:
        given = dict(child.items())
        if self._based and "href" in given and (base := child.base):
            resolved = self._links.within(base).resolve(given["href"])
            given["href"] = resolved.reveal() if resolved is not None else ""
        return given

    def _navigation(
        self, title: str, values: Mapping[str, Any], found: _LinksOf
    ) -> Navigation | None:
        given = found.catalog or found.weak or {}
        url = self._links.resolve(given.get("href"))
        if url is None:
            return None
        content = values.get("content")
        return Navigation(
            title or line(given.get("title")),
            url,
            _words(content if content is not None else values.get("summary")),
            relations.navigation_kind(given.get("rel", ""), title),
            fields.count(given.get(COUNT)),
        )

    def _entry(
        self,
        title: str,
        values: dict[str, Any],
        authors: list[str],
        tags: list[str],
        found: _LinksOf,
    ) -> Entry | None:
        resolve = self._links.resolve
        acquisitions = tuple(
            one
            for given, means, child in found.acquisitions[:LIST_LENGTH]
            if (one := self._acquisition(given, means, child)) is not None
        )
        document = resolve(found.document)
        cover, thumbnail = resolve(found.image), resolve(found.thumbnail)
        if cover is None and thumbnail is None and "{" not in found.picture:
            thumbnail = resolve(found.picture)
        given_id = values.get("id")
        if not (title or given_id or acquisitions or document):
            return None
        content = self._content(values)
        series, series_index = self._series(values, content, found)
        if self._flavour is not Flavour.PLAIN:
            authors = [name for a in authors for name in calibre.names(a, self._flavour)]
        published = "" if self._flavour is Flavour.CALIBRE else values.get("published")
        issued, publisher = values.get("issued"), values.get("publisher")
        language = values.get("language")
        return Entry(
            key=fields.key_of(given_id, acquisitions[0].href if acquisitions else document, title),
            title=title,
            authors=_distinct(authors),
            series=series,
            series_index=series_index,
            updated=text.when(values.get("updated")),
            published=(text.day(issued.text) if issued is not None else "") or text.day(published),
            language=fields.language(line(language.text)) if language is not None else "",
            publisher=self._named(publisher) if publisher is not None else "",
            identifiers=_distinct(values.get("identifiers", ())),
            tags=_distinct(tags or content.tags),
            description=content.html,
            rating=content.rating,
            cover=cover,
            thumbnail=thumbnail,
            acquisitions=acquisitions,
            progression=self._progression(found),
            document=document,
            partial=document is not None,
            related=self._related(found) if found.related else (),
        )

    def _acquisition(
        self, given: Mapping[str, str], means: Meaning, child: Element
    ) -> Acquisition | None:
        url = self._links.resolve(given.get("href"))
        if url is None:
            return None
        return fields.acquisition(
            url,
            means.acquisition,
            given.get("type", ""),
            given.get("title", ""),
            given.get("length"),
            given.get("mtime") or given.get(_MODIFIED) or "",
            _chain(child) if len(child) else (),
        )

    def _content(self, values: Mapping[str, Any]) -> calibre.Content:
        content = values.get("content")
        if content is None or (len(content) == 0 and not (content.text or "").strip()):
            content = values.get("summary")
        if content is None:
            return calibre.Content("")
        if len(content) == 0:
            return calibre.Content(_html(content))
        if self._flavour is not Flavour.PLAIN:
            return calibre.take_apart(content)
        one = content[0] if len(content) == 1 and not (content.text or "").strip() else None
        div = one is not None and xml.local(one) == "div"
        return calibre.Content(text.inner_html(one if div else content))

    def _series(
        self, values: Mapping[str, Any], content: calibre.Content, found: _LinksOf
    ) -> tuple[str, float | None]:
        named = values.get("belongs-to-collection")
        if named:
            return named, fields.number(values.get("group-position"))
        element = values.get("series")
        if element is not None:
            return _series_element(element, values.get("series_index"))
        if content.series:
            return content.series, content.series_index
        for given in found.related:
            cops = _COPS_SERIES.match(given.get("title", ""))
            if cops is not None:
                return line(cops[2]), fields.number(cops[1])
        return "", None

    def _named(self, element: Element) -> str:
        """Calibre-Web has its publishers as it has its authors."""
        for child in element:
            if child.tag == self._name:
                return line(child.text)
        return line(element.text)

    def _progression(self, found: _LinksOf) -> ProgressionLink | None:
        if found.progression is None:
            return None
        href, media_type, means = found.progression
        return fields.progression_link(self._links, href, media_type, means)

    def _related(self, found: _LinksOf) -> tuple[Navigation, ...]:
        """Only of publications: for an entry that leads to a feed it is that feed."""
        related = []
        for given in found.related[:LIST_LENGTH]:
            url, title = self._links.resolve(given.get("href")), line(given.get("title"))
            if url is not None and title:
                kind = relations.navigation_kind(given.get("rel", ""), title)
                related.append(Navigation(title, url, kind=kind))
        return tuple(related)


def title_of(element: Element | None) -> str:
    if element is None:
        return ""
    if len(element):
        return line("".join(element.itertext()))
    if element.get("type", "text") in ("html", "text/html"):
        return text.plain(element.text or "")
    return line(element.text)


def _words(element: Element | None) -> str:
    """A text without its markup, as one line."""
    if element is None:
        return ""
    if len(element):
        return line(" ".join(element.itertext()))
    return text.plain(text.as_html(element.text or ""))


def _html(element: Element) -> str:
    value = (element.text or "")[: 2 * text.HTML_LENGTH]
    if element.get("type", "text") in ("html", "text/html", "application/xhtml+xml"):
        return value.strip()[: text.HTML_LENGTH]
    return text.as_html(value)


def _series_element(element: Element, index: Element | None) -> tuple[str, float | None]:
    """Feedbooks' and calibre's ways to say it."""
    given = {key.rpartition("}")[2]: value for key, value in element.items()}
    name = line(given.get("name") or element.text)
    position = given.get("position") or (index.text if index is not None else None)
    return name, fields.number(position)


def _chain(link: Element) -> list[str]:
    """The types of an indirect acquisition, the file's last. At most three steps are followed."""
    types: list[str] = []
    element = next((c for c in link if xml.local(c) == "indirectAcquisition"), None)
    while element is not None and len(types) < 3:
        types.append(element.get("type", ""))
        element = next((c for c in element if xml.local(c) == "indirectAcquisition"), None)
    return types


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:LIST_LENGTH]
