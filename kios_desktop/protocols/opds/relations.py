"""The purpose of a link, by its relation and type, for OPDS 1.2 and 2.0.

`rel` is a list of tokens that are compared as a whole. The parameter `kind=` of feeds is ignored:
it is wrong too often.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from kios_desktop.domain.catalog import AcquisitionKind, NavigationKind, ProgressionDialect
from kios_desktop.protocols.opds import formats

ATOM: Final = "application/atom+xml"
OPDS_JSON: Final = "application/opds+json"
PUBLICATION_TYPES: Final = frozenset(
    {
        "application/opds-publication+json",
        "application/webpub+json",
        "application/divina+json",
        "application/audiobook+json",
    }
)
OPENSEARCH: Final = "application/opensearchdescription+xml"

PROGRESSION: Final = {
    ProgressionDialect.READIUM: (
        "http://www.cantook.com/api/progression",
        "application/vnd.readium.progression+json",
    ),
    ProgressionDialect.DRAFT: (
        "http://opds-spec.org/progression",
        "application/opds-progression+json",
    ),
}
PREFERRED: Final = ProgressionDialect.READIUM  # where both are offered: a locator says more

_SPEC = "http://opds-spec.org/"
ACQUISITION: Final = _SPEC + "acquisition"  # how the relations of acquisitions begin


class Role(Enum):
    """What a link leads to."""

    ACQUISITION = "acquisition"
    IMAGE = "image"
    THUMBNAIL = "thumbnail"
    PICTURE = "picture"  # an image without a relation we know
    PROGRESSION = "progression"
    STREAM = "stream"  # single pages: a request for one counts as reading
    DOCUMENT = "document"  # the entry's own full document
    CATALOG = "catalog"
    RELATED = "related"
    FACET = "facet"
    SEARCH = "search"
    NEXT = "next"
    PREVIOUS = "previous"
    UP = "up"
    START = "start"
    SELF = "self"
    NEWER = "newer"  # the same catalog as OPDS 2.0
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`acquisition` and `dialect` are for their roles only.

    `feed`: it leads to a catalog document.
    """

    role: Role
    acquisition: AcquisitionKind = AcquisitionKind.DOWNLOAD
    dialect: ProgressionDialect | None = None
    feed: bool = False


_BY_TOKEN: Final = {
    _SPEC + "image": Role.IMAGE,
    _SPEC + "cover": Role.IMAGE,
    "x-stanza-cover-image": Role.IMAGE,
    "cover": Role.IMAGE,
    _SPEC + "image/thumbnail": Role.THUMBNAIL,
    _SPEC + "thumbnail": Role.THUMBNAIL,
    "x-stanza-cover-image-thumbnail": Role.THUMBNAIL,
    _SPEC + "facet": Role.FACET,
    _SPEC + "group": Role.RELATED,
    "search": Role.SEARCH,
    "next": Role.NEXT,
    "previous": Role.PREVIOUS,
    "prev": Role.PREVIOUS,
    "up": Role.UP,
    "start": Role.START,
    "related": Role.RELATED,
}
_BY_ACQUISITION: Final = {
    "": AcquisitionKind.DOWNLOAD,
    "/open-access": AcquisitionKind.DOWNLOAD,
    "/sample": AcquisitionKind.SAMPLE,
    "/preview": AcquisitionKind.SAMPLE,
    "/borrow": AcquisitionKind.WEB_PAGE,
    "/buy": AcquisitionKind.WEB_PAGE,
    "/subscribe": AcquisitionKind.WEB_PAGE,
}
_SHORT: Final = {
    "acquisition": AcquisitionKind.DOWNLOAD,
    "download": AcquisitionKind.DOWNLOAD,
    "open-access": AcquisitionKind.DOWNLOAD,
    "enclosure": AcquisitionKind.DOWNLOAD,
    "sample": AcquisitionKind.SAMPLE,
    "preview": AcquisitionKind.SAMPLE,
    "borrow": AcquisitionKind.WEB_PAGE,
    "buy": AcquisitionKind.WEB_PAGE,
    "subscribe": AcquisitionKind.WEB_PAGE,
}
_PASSING: Final = frozenset({"first", "last", "icon", "help", "about", "license", "replies"})
_TITLES: Final = {
    "new": NavigationKind.NEW,
    "newest": NavigationKind.NEW,
    "recent": NavigationKind.NEW,
    "recently": NavigationKind.NEW,
    "latest": NavigationKind.NEW,
    "popular": NavigationKind.POPULAR,
    "hot": NavigationKind.POPULAR,
    "rated": NavigationKind.POPULAR,
    "authors": NavigationKind.AUTHORS,
    "author": NavigationKind.AUTHORS,
    "series": NavigationKind.SERIES,
}


@lru_cache(maxsize=512)
def meaning(rel: str, media_type: str) -> Meaning:
    """The meaning of a link with this relation (tokens separated by spaces) and type."""
    tokens = rel.lower().split()
    kind = formats.bare(media_type)
    if any("opds-pse" in token for token in tokens):
        return Meaning(Role.STREAM)
    dialect = _dialect(tokens, kind)
    if dialect is not None:
        return Meaning(Role.PROGRESSION, dialect=dialect)
    acquisition = _acquisition(tokens)
    if acquisition is None and not tokens and formats.is_book(media_type):
        acquisition = AcquisitionKind.DOWNLOAD
    if acquisition is not None:
        return Meaning(Role.ACQUISITION, acquisition)
    entry = (kind == ATOM and "type=entry" in media_type.lower().replace(" ", "")) or (
        kind in PUBLICATION_TYPES
    )
    feed = not entry and kind in (ATOM, OPDS_JSON, "application/atom")
    if entry and ("self" in tokens or "alternate" in tokens or not tokens):
        return Meaning(Role.DOCUMENT)
    for token in tokens:
        if token in _BY_TOKEN:
            return Meaning(_BY_TOKEN[token], feed=feed)
    if kind.startswith("image/"):
        return Meaning(Role.PICTURE)
    if "alternate" in tokens and kind == OPDS_JSON:
        return Meaning(Role.NEWER, feed=True)
    if "self" in tokens:
        return Meaning(Role.SELF, feed=feed)
    if _PASSING.intersection(tokens) or not feed:
        return Meaning(Role.NONE)
    return Meaning(Role.CATALOG, feed=True)


def navigation_kind(rel: str, title: str) -> NavigationKind:
    """The kind of a feed, for its icon; by relation, else by an English title."""
    if "sort/new" in rel:
        return NavigationKind.NEW
    if "sort/popular" in rel:
        return NavigationKind.POPULAR
    for word in title[:80].lower().split():
        if word in _TITLES:
            return _TITLES[word]
    return NavigationKind.FOLDER


def _dialect(tokens: list[str], kind: str) -> ProgressionDialect | None:
    """The progression dialect, by type, else by relation."""
    for dialect, (_, media_type) in PROGRESSION.items():
        if kind == media_type:
            return dialect
    for dialect, (rel, _) in PROGRESSION.items():
        if rel in tokens:
            return dialect
    return None


def _acquisition(tokens: list[str]) -> AcquisitionKind | None:
    for token in tokens:
        if token in _SHORT:
            return _SHORT[token]
        if token.startswith(ACQUISITION):
            return _BY_ACQUISITION.get(token[len(ACQUISITION) :], AcquisitionKind.DOWNLOAD)
    return None
