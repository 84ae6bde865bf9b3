"""Reads OPDS 2.0: JSON documents become feeds and entries.

Values of the wrong type are left out; `null`, "", [] and {} count as absent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kios_desktop.domain.catalog import Entry, Facet, Feed, Group, Navigation, Search
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.opds import fields, relations
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.publication import (
    link_of,
    mapping,
    mappings,
    named,
    read_publication,
)
from kios_desktop.protocols.opds.relations import Role, meaning

_Object = Mapping[str, Any]


def read_feed(document: _Object, links: Links, *, damaged: bool = False) -> Feed:
    """A feed document."""
    own = [link_of(link) for link in mappings(document.get("links"))]
    for link in own:
        if "self" in link.rel.split() or "start" in link.rel.split():
            links.learn(link.href)
    metadata = mapping(document.get("metadata"))
    single: dict[Role, ServerUrl] = {}
    search = None
    for link in own:
        role = meaning(link.rel, link.media_type).role
        if role is Role.SEARCH:
            search = search or _search(links, link.href, link.templated, link.media_type)
        elif not link.templated and (url := links.resolve(link.href)) is not None:
            single.setdefault(role, url)
    publications = list(_publications(document.get("publications"), links))
    groups = [_group(group, links) for group in mappings(document.get("groups"))]
    per_page = fields.count(metadata.get("itemsPerPage"))
    page = fields.count(metadata.get("currentPage"))
    return Feed(
        url=links.url,
        title=named(metadata.get("title")),
        subtitle=named(metadata.get("subtitle")),
        navigation=_navigation(document.get("navigation"), links),
        entries=tuple(entry for entry in publications if entry is not None),
        groups=tuple(group for group in groups if group is not None),
        facets=tuple(_facets(document.get("facets"), links)),
        search=search,
        next=single.get(Role.NEXT),
        previous=single.get(Role.PREVIOUS),
        up=single.get(Role.UP),
        start=single.get(Role.START),
        total=fields.count(metadata.get("numberOfItems")),
        per_page=per_page,
        first=(page - 1) * per_page + 1 if page and per_page else None,
        unread=publications.count(None),
        damaged=damaged,
    )


def read_catalogs(document: _Object, links: Links, *, damaged: bool = False) -> Feed:
    """A list of catalogs, as navigation."""
    navigation = []
    for catalog in mappings(document.get("catalogs")):
        metadata = mapping(catalog.get("metadata"))
        for link in mappings(catalog.get("links")):
            url = links.resolve(link_of(link).href)
            if url is not None:
                title = named(metadata.get("title")) or named(link.get("title"))
                navigation.append(Navigation(title, url, named(metadata.get("description"))))
                break
    title = named(mapping(document.get("metadata")).get("title"))
    return Feed(links.url, title, navigation=tuple(navigation), damaged=damaged)


def _publications(value: object, links: Links) -> Iterator[Entry | None]:
    """The publications; None for each one that can't be read."""
    if not isinstance(value, list):
        return
    for publication in value:
        found = read_publication(publication, links) if isinstance(publication, Mapping) else None
        yield found


def _navigation(value: object, links: Links) -> tuple[Navigation, ...]:
    found = []
    for given in mappings(value):
        link = link_of(given)
        url = None if link.templated else links.resolve(link.href)
        if url is not None:
            kind = relations.navigation_kind(link.rel, link.title)
            found.append(Navigation(link.title, url, kind=kind, count=link.count))
    return tuple(found)


def _group(given: _Object, links: Links) -> Group | None:
    metadata = mapping(given.get("metadata"))
    whole = None
    for link in map(link_of, mappings(given.get("links"))):
        if "self" in link.rel.split() or not link.rel:
            whole = whole or links.resolve(link.href)
    entries = tuple(e for e in _publications(given.get("publications"), links) if e is not None)
    navigation = _navigation(given.get("navigation"), links)
    if not entries and not navigation:
        return None
    return Group(named(metadata.get("title")), whole, navigation, entries)


def _facets(value: object, links: Links) -> Iterator[Facet]:
    for group in mappings(value):
        title = named(mapping(group.get("metadata")).get("title"))
        for link in map(link_of, mappings(group.get("links"))):
            url = links.resolve(link.href)
            if url is not None:
                yield Facet(title, link.title, url, "self" in link.rel.split(), link.count)


def _search(links: Links, href: str, templated: bool, media_type: str) -> Search | None:
    if media_type.lower().startswith(relations.OPENSEARCH):
        url = links.resolve(href)
        return Search(description=url) if url is not None else None
    if not (templated or "{" in href):
        return None
    template = links.template(clean_line(href, 4000))
    return Search(template=template, rfc6570=True) if template is not None else None
