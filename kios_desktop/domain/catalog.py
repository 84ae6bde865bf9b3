"""A catalog as OPDS describes it: feeds, their navigation and entries, and acquisition links.

One model for OPDS 1.2 and 2.0. Every address is a `ServerUrl`, absolute and http or https: some
catalogs (Kavita, Stump) carry a key in each of them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import ShelfNote, ShelfView


class NavigationKind(StrEnum):
    """What a navigation link leads to, according to its relation or title."""

    NEW = "new"
    POPULAR = "popular"
    AUTHORS = "authors"
    SERIES = "series"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Navigation:
    """A link to another feed. `count` is what the server says is in there, a hint only.

    `view`: it leads to this part of a Kobo shelf, and the interface gives the title.
    """

    title: str
    href: ServerUrl
    summary: str = ""
    kind: NavigationKind = NavigationKind.FOLDER
    count: int | None = None
    view: ShelfView | None = None


class AcquisitionKind(StrEnum):
    """What following an acquisition link gives."""

    DOWNLOAD = "download"
    SAMPLE = "sample"
    INDIRECT = "indirect"  # leads to a document whose acquisition link gives the file
    WEB_PAGE = "web page"  # borrow, buy, subscribe: opened in the browser
    UNSUPPORTED = "unsupported"  # a licence or a DRM voucher; `title` names it


class Format(StrEnum):
    """The type of a file according to its link; for an unknown one the file itself decides."""

    EPUB = "EPUB"
    KEPUB = "KEPUB"
    UNKNOWN = "unknown"
    OTHER = "other"  # a type that Kios does not read, named by the acquisition's `title`


READABLE = (Format.EPUB, Format.KEPUB, Format.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Acquisition:
    """A link by which a file is acquired.

    `title` is what a person reads (“EPUB”, “PDF”). `length_bytes` and `modified` describe the file
    in the server's library; what it delivers may differ, as after a conversion.
    """

    href: ServerUrl
    kind: AcquisitionKind
    format: Format
    title: str
    media_type: str = ""
    length_bytes: int | None = None
    modified: str = ""


class ProgressionDialect(StrEnum):
    """The form in which a server keeps a place."""

    READIUM = "readium"  # Komga: a locator
    DRAFT = "draft"  # OPDS Progression 1.0: a fraction and references
    KOBO = "kobo"  # a reading state with a span


@dataclass(frozen=True, slots=True)
class ProgressionLink:
    """Where the position of an entry is read and written. `media_type` goes into Content-Type."""

    href: ServerUrl
    dialect: ProgressionDialect
    media_type: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A publication in a catalog.

    `key` identifies it within its source. `description` is the server's HTML, unsafe.
    `document` is the address of the entry's own full document; `partial` when that one has to be
    fetched to know the acquisitions. `related` are the feeds it belongs to. `note` is
    `shelf_note` in words (“16% on Kobo”), from the interface. `withdrawn`: the server no longer
    offers it.
    """

    key: str
    title: str
    authors: tuple[str, ...] = ()
    series: str = ""
    series_index: float | None = None
    updated: datetime | None = None
    published: str = ""
    language: str = ""
    publisher: str = ""
    identifiers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""
    rating: str = ""
    cover: ServerUrl | None = None
    thumbnail: ServerUrl | None = None
    acquisitions: tuple[Acquisition, ...] = ()
    progression: ProgressionLink | None = None
    document: ServerUrl | None = None
    partial: bool = False
    related: tuple[Navigation, ...] = ()
    note: str = ""
    withdrawn: bool = False
    shelf_note: ShelfNote | None = None

    @property
    def downloads(self) -> tuple[Acquisition, ...]:
        """What can become a book here, the best first: EPUB, KEPUB, then unknown."""
        wanted = (AcquisitionKind.DOWNLOAD, AcquisitionKind.INDIRECT)
        found = [a for a in self.acquisitions if a.kind in wanted and a.format in READABLE]
        return tuple(sorted(found, key=_preference))


def _preference(acquisition: Acquisition) -> tuple[int, bool, int]:
    """Sorts by format, then puts Storyteller's read-aloud edition, gigabytes of sound, last."""
    rank = READABLE.index(acquisition.format)
    spoken = "format=readaloud" in acquisition.href.reveal()
    length = acquisition.length_bytes
    return rank, spoken, length if length is not None else 2**63


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice of a facet group; following it replaces the list.

    `view`: it selects this part of a Kobo shelf, and the interface gives group and title.
    """

    group: str
    title: str
    href: ServerUrl
    active: bool = False
    count: int | None = None
    view: ShelfView | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A titled part of a feed; `href` is the whole list, when there is one."""

    title: str
    href: ServerUrl | None = None
    navigation: tuple[Navigation, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """How a feed is searched.

    `template` when the address has the variables itself; `description` when an OpenSearch document
    has to be fetched first. Exactly one is set. `rfc6570` tells OPDS 2 templates from OpenSearch.
    """

    template: ServerUrl | None = None
    description: ServerUrl | None = None
    rfc6570: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a catalog.

    `url` is where it finally came from. `total` and `first` (1-based number of the first entry)
    are hints. `newer` is the OPDS 2 catalog that an OPDS 1 root points to. `untold` is where the
    list may continue on servers that omit `next`. `unread` counts entries that could not be read;
    `damaged`: the document was broken or cut off, and recovered only in part. `view`: this is that
    part of a Kobo shelf.
    """

    url: ServerUrl
    title: str = ""
    subtitle: str = ""
    navigation: tuple[Navigation, ...] = ()
    entries: tuple[Entry, ...] = ()
    groups: tuple[Group, ...] = ()
    facets: tuple[Facet, ...] = ()
    search: Search | None = None
    next: ServerUrl | None = None
    previous: ServerUrl | None = None
    up: ServerUrl | None = None
    start: ServerUrl | None = None
    total: int | None = None
    per_page: int | None = None
    first: int | None = None
    newer: ServerUrl | None = None
    untold: ServerUrl | None = None
    unread: int = 0
    damaged: bool = False
    view: ShelfView | None = None

    @property
    def keeps_places(self) -> bool:
        """Whether any entry in sight can keep a position."""
        entries = [*self.entries, *(entry for group in self.groups for entry in group.entries)]
        return any(entry.progression is not None for entry in entries)


@dataclass(frozen=True, slots=True)
class Shown:
    """A feed as the catalog view gets it.

    `kept_at` is the time of the local copy, when that is shown because of `error`.
    """

    feed: Feed
    kept_at: datetime | None = None
    error: Exception | None = None
