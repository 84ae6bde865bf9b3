"""Reads a publication of OPDS 2.0, in a feed or as a document of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kios_desktop.domain.catalog import (
    Acquisition,
    Entry,
    Navigation,
    NavigationKind,
    ProgressionLink,
)
from kios_desktop.domain.loose import finite_number
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.opds import fields, relations, text
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.page_streams import is_page, is_page_picture
from kios_desktop.protocols.opds.relations import Meaning, Role, meaning
from kios_desktop.protocols.opds.text import LIST_LENGTH

_COVER_WIDTH: Final = 800  # px, on the page of an entry
_THUMBNAIL_WIDTH: Final = 300
_CONTRIBUTORS: Final = (
    *("author", "creator", "artist", "penciler", "inker", "narrator"),
    "contributor",  # Komga has no others
)

_Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JsonLink:
    """A link object: relations separated by spaces, absent fields empty."""

    href: str
    rel: str
    media_type: str
    title: str
    templated: bool
    count: int | None
    properties: _Object


def link_of(given: _Object) -> JsonLink:
    """Reads a link object."""
    rel = given.get("rel")
    rels = rel if isinstance(rel, list) else [rel]
    properties = mapping(given.get("properties"))
    return JsonLink(
        href=_string(given.get("href")),
        rel=" ".join(one for one in rels if isinstance(one, str)),
        media_type=clean_line(_string(given.get("type")), 200),
        title=named(given.get("title")),
        templated=given.get("templated") is True,
        count=fields.count(properties.get("numberOfItems")),
        properties=properties,
    )


def read_publication(given: _Object, links: Links) -> Entry | None:
    """None if the publication has nothing to show."""
    metadata = mapping(given.get("metadata"))
    title = named(metadata.get("title"))
    acquisitions: list[Acquisition] = []
    related: list[Navigation] = []
    progression: ProgressionLink | None = None
    document = own = None
    for link in map(link_of, mappings(given.get("links"))):
        if link.templated:
            continue
        means = meaning(link.rel, link.media_type)
        url = links.resolve(link.href)
        if url is None:
            continue
        if means.role is Role.PROGRESSION:
            found = fields.progression_link(links, url, link.media_type, means)
            if progression is None or means.dialect is relations.PREFERRED:
                progression = found or progression
        elif means.role is Role.ACQUISITION:
            acquisitions.append(_acquisition(url, link, means))
        elif means.role is Role.DOCUMENT:
            document = document or (None if is_page(url) else url)
        elif means.feed and link.title and means.role is not Role.SELF:
            related.append(Navigation(link.title, url, kind=_kind(link)))
        if "self" in link.rel.split():
            own = own or url
    series, series_index, of_series = _series(metadata, links)
    if not (title or acquisitions or document or own):
        return None
    cover, thumbnail = _images(given.get("images"), links)
    reference = own or document or (acquisitions[0].href if acquisitions else None)
    identifiers = _names(metadata.get("identifier")) + _names(metadata.get("altIdentifier"))
    return Entry(
        key=fields.key_of(_string(metadata.get("identifier")) or None, reference, title),
        title=title or fields.title_of(acquisitions),
        authors=_authors(metadata),
        series=series,
        series_index=series_index,
        updated=text.when(_string(metadata.get("modified"))),
        published=text.day(_string(metadata.get("published"))) or _day_of(metadata),
        language=fields.language(next(iter(_names(metadata.get("language"))), "")),
        publisher=", ".join(_names(metadata.get("publisher"))),
        identifiers=tuple(dict.fromkeys(identifiers)),
        tags=_names(metadata.get("subject")),
        description=_description(metadata.get("description")),
        cover=cover,
        thumbnail=thumbnail,
        acquisitions=tuple(acquisitions[:LIST_LENGTH]),
        progression=progression,
        document=document,
        partial=document is not None and not acquisitions,
        related=tuple((of_series + related)[:LIST_LENGTH]),
    )


def mapping(value: object) -> _Object:
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> Iterator[_Object]:
    """The objects of a list, or the only one."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


def named(value: object) -> str:
    """A text, a language map, or an object with a name: one line."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping) and "name" in value:
        value = value["name"]
    if isinstance(value, Mapping):
        texts = [one for one in value.values() if isinstance(one, str) and one.strip()]
        value = value.get("en") or next(iter(texts), "")
    return clean_line(value) if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    found = (named(one) for one in values[:LIST_LENGTH])
    return tuple(dict.fromkeys(name for name in found if name))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _authors(metadata: _Object) -> tuple[str, ...]:
    for role in _CONTRIBUTORS:
        if names := _names(metadata.get(role)):
            return names
    writers = metadata.get("writers")  # Stump: one text
    return _names(writers.split(", ") if isinstance(writers, str) else writers)


def _day_of(metadata: _Object) -> str:
    """A date from its parts, as in Stump; the later parts may be missing."""
    parts = [fields.count(metadata.get(name)) for name in ("year", "month", "day")]
    known = parts[: parts.index(None)] if None in parts else parts
    if not known or not 0 < (known[0] or 0) < 10_000:
        return ""
    return text.day("-".join(f"{part or 0:0{2 if at else 4}d}" for at, part in enumerate(known)))


def _acquisition(url: ServerUrl, link: JsonLink, means: Meaning) -> Acquisition:
    return fields.acquisition(
        url,
        means.acquisition,
        link.media_type,
        link.title,
        link.properties.get("size", link.properties.get("contentLength")),
        chain=_chain(link.properties.get("indirectAcquisition")),
    )


def _chain(value: object) -> list[str]:
    """The media types of an indirect acquisition, that of the file last; at most three."""
    types: list[str] = []
    step = next(mappings(value), None)
    while step is not None and len(types) < 3:
        types.append(_string(step.get("type")))
        step = next(mappings(step.get("child")), None)
    return types


def _series(metadata: _Object, links: Links) -> tuple[str, float | None, list[Navigation]]:
    belongs = mapping(metadata.get("belongsTo"))
    value = belongs.get("series") or belongs.get("collection")
    if isinstance(value, str):
        return clean_line(value), None, []
    first = next(mappings(value), None)
    if first is None:
        return named(value), None, []
    name = named(first)
    related = []
    for link in map(link_of, mappings(first.get("links"))):
        url = links.resolve(link.href)
        if url is not None and name:
            related.append(Navigation(name, url, kind=NavigationKind.SERIES))
    return name, finite_number(first.get("position")), related


def _images(value: object, links: Links) -> tuple[ServerUrl | None, ServerUrl | None]:
    """(cover, thumbnail), by width if it is given, else the first and the last image."""
    images = []
    for given in mappings(value):
        link = link_of(given)
        url = None if link.templated else links.resolve(link.href)
        kind = link.media_type.lower()
        if url is None or is_page_picture(url):
            continue
        if not kind or kind.startswith("image/") or "/" not in kind:  # Stump: “unknown”
            images.append((url, fields.count(given.get("width"))))
    if not images:
        return None, None
    sized = [(url, width) for url, width in images if width]
    if not sized:
        return images[0][0], images[-1][0]
    cover = min(sized, key=lambda one: abs(one[1] - _COVER_WIDTH))
    return cover[0], min(sized, key=lambda one: abs(one[1] - _THUMBNAIL_WIDTH))[0]


def _description(value: object) -> str:
    if isinstance(value, Mapping):
        value = next((one for one in value.values() if isinstance(one, str)), "")
    return text.as_html(value) if isinstance(value, str) else ""


def _kind(link: JsonLink) -> NavigationKind:
    return relations.navigation_kind(link.rel, link.title)
