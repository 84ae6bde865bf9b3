"""Reads OPDS 1.2: Atom documents become feeds and entries."""

from collections.abc import Mapping
from typing import Final

from kios_desktop.domain.catalog import Entry, Facet, Feed, Navigation, Search
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.opds import calibre, fields, relations, xml
from kios_desktop.protocols.opds.atom_entry import COUNT, EntryReader, fields_of, title_of
from kios_desktop.protocols.opds.calibre import Flavour
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.paging_quirks import unlisted_next
from kios_desktop.protocols.opds.recognise import Document
from kios_desktop.protocols.opds.relations import Role, meaning
from kios_desktop.protocols.opds.text import LIST_LENGTH
from kios_desktop.protocols.opds.xml import Element

_FACET_GROUP: Final = f"{{{xml.OPDS}}}facetGroup"
_ACTIVE: Final = f"{{{xml.OPDS}}}activeFacet"


def read_feed(document: Document, links: Links) -> Feed:
    """A feed document."""
    return _FeedReader(document, links).read(document.content, document.damaged)


def read_entry(document: Document, links: Links) -> Entry | None:
    """An entry document; None if it describes another feed, not a publication."""
    root = document.content
    reader = EntryReader(links, xml.namespace(root), document.based, Flavour.PLAIN)
    found = reader.read(root)
    return found if isinstance(found, Entry) else None


class _FeedReader:
    def __init__(self, document: Document, links: Links) -> None:
        self._links, self._namespace = links, xml.namespace(document.content)
        self._based, self._keeps_places = document.based, document.keeps_places
        self._fields = fields_of(self._namespace)
        self._title = self._subtitle = self._id = self._author_uri = ""
        self._counts: dict[str, int | None] = {}
        self._single: dict[Role, ServerUrl] = {}
        self._facets: list[Facet] = []
        self._shortcuts: list[Navigation] = []
        self._description: ServerUrl | None = None
        self._template: ServerUrl | None = None

    def read(self, root: Element, damaged: bool) -> Feed:
        given: list[Mapping[str, str]] = []
        for child in root:
            field = self._fields.get(child.tag)
            if field == "link":
                given.append(dict(child.items()))
            elif field is not None and field != "entry":
                self._about(field, child)
        if self._based and (base := root.base):
            self._links = self._links.within(base)
        for link in given:
            if "self" in (rels := link.get("rel", "").split()) or "start" in rels:
                self._links.learn(link.get("href"))
        for link in given:
            self._link(link)
        return self._made(root, damaged)

    def _made(self, root: Element, damaged: bool) -> Feed:
        flavour = calibre.flavour(self._id, self._author_uri)
        reader = EntryReader(self._links, self._namespace, self._based, flavour)
        navigation: list[Navigation] = []
        entries: list[Entry] = []
        unread = 0
        for found in reader.read_all(root, self._keeps_places):
            if found is None:
                unread += 1
            elif isinstance(found, Navigation):
                navigation.append(found)
            else:
                entries.append(found)
        known = {one.href for one in navigation}
        navigation += [one for one in self._shortcuts if one.href not in known]
        single = self._single
        return Feed(
            url=self._links.url,
            title=self._title,
            subtitle=self._subtitle,
            navigation=tuple(navigation),
            entries=tuple(entries),
            facets=tuple(self._facets),
            search=self._search(),
            next=single.get(Role.NEXT),
            previous=single.get(Role.PREVIOUS),
            up=single.get(Role.UP),
            start=single.get(Role.START),
            total=self._counts.get("total"),
            per_page=self._counts.get("per_page"),
            first=self._counts.get("first"),
            newer=single.get(Role.NEWER),
            untold=unlisted_next(self._links.url, entries) if Role.NEXT not in single else None,
            unread=unread,
            damaged=damaged,
        )

    def _about(self, field: str, child: Element) -> None:
        if field == "title":
            self._title = self._title or title_of(child)
        elif field == "subtitle":
            self._subtitle = self._subtitle or title_of(child)
        elif field == "id":
            self._id = clean_line(child.text)
        elif field == "author":
            self._author_uri = next(
                (clean_line(c.text) for c in child if xml.local(c) == "uri"), ""
            )
        elif field in ("total", "per_page", "first"):
            self._counts[field] = fields.count(child.text or "")

    def _link(self, given: Mapping[str, str]) -> None:
        rel, href = given.get("rel", ""), given.get("href")
        found = meaning(rel, given.get("type", ""))
        if found.role is Role.SEARCH:
            self._add_search(href or "", given.get("type", ""))
            return
        url = self._links.resolve(href)
        if url is None:
            return
        title = clean_line(given.get("title"))
        if found.role is Role.FACET:
            self._facets.append(
                Facet(
                    clean_line(given.get(_FACET_GROUP)),
                    title,
                    url,
                    given.get(_ACTIVE, "").lower() == "true",
                    fields.count(given.get(COUNT)),
                )
            )
        elif found.role is Role.CATALOG and title and len(self._shortcuts) < LIST_LENGTH:
            kind = relations.navigation_kind(rel, title)
            self._shortcuts.append(
                Navigation(title, url, kind=kind, count=fields.count(given.get(COUNT)))
            )
        else:
            self._single.setdefault(found.role, url)

    def _add_search(self, href: str, media_type: str) -> None:
        if media_type.lower().startswith(relations.OPENSEARCH):
            self._description = self._description or self._links.resolve(href)
        elif "{" in href or "%7b" in href.lower():
            self._template = self._template or self._links.template(href)

    def _search(self) -> Search | None:
        if self._description is not None:
            return Search(description=self._description)
        if self._template is None:
            return None
        rfc6570 = "{?" in self._template.reveal() or "{&" in self._template.reveal()
        return Search(template=self._template, rfc6570=rfc6570)
