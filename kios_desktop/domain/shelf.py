"""A shelf that a server syncs with an e-reader: its books, collections and reading states.

Ids are the server's own, opaque, and no secret. Addresses of files may carry the key of the source.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kios_desktop.domain.secret import ServerUrl


class FileKind(StrEnum):
    """The announced type of a download; the file itself decides."""

    KEPUB = "KEPUB"
    EPUB = "EPUB"


@dataclass(frozen=True, slots=True)
class KoboFile:
    """One way to get a book. `size_bytes` is a hint, often wrong."""

    kind: FileKind
    url: ServerUrl
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class KoboBook:
    """A server's record of a book. `files` is empty when none of them can be read here."""

    id: str
    title: str = ""
    authors: tuple[str, ...] = ()
    description: str = ""
    series: str = ""
    series_index: float | None = None
    publisher: str = ""
    published: str = ""
    language: str = ""
    isbn: str = ""
    cover_id: str = ""
    files: tuple[KoboFile, ...] = ()


class KoboStatus(StrEnum):
    """How far a book is, in the protocol's words."""

    READY_TO_READ = "ReadyToRead"
    READING = "Reading"
    FINISHED = "Finished"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: a span's id in a file, by its path from the root of the zip."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class ReadingState:
    """One book's reading state. Percents are 0…100, of the book and of the file of `spot`.

    `at` is when the place was stored, `changed_at` when anything was. `unknown`: a place is stored
    that could not be understood.
    """

    book_id: str
    status: KoboStatus = KoboStatus.READY_TO_READ
    at: datetime | None = None
    changed_at: datetime | None = None
    percent: float | None = None
    chapter_percent: float | None = None
    spot: Spot | None = None
    times_started: int = 0
    minutes_read: int = 0
    minutes_left: int = 0
    unknown: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it has neither a percentage nor a place.

        “Finished” alone does not count as empty: the book was marked as read.
        """
        nowhere = self.percent is None and self.spot is None
        return nowhere and not self.unknown and self.status is not KoboStatus.FINISHED

    @property
    def is_finished_nowhere(self) -> bool:
        """Whether it was marked as read without a span. Komga keeps at most the end of a file."""
        sentence = self.spot is not None and bool(self.spot.value)
        at_end = self.percent is None or self.percent >= 100
        return self.status is KoboStatus.FINISHED and at_end and not sentence


@dataclass(frozen=True, slots=True)
class Collection:
    """A shelf of the server. `book_ids` may name books that are not offered."""

    id: str
    name: str
    book_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Changes:
    """One page of a sync, in its own order of kinds.

    `offered` are books with their metadata; `removed` the ids of books that are no longer offered;
    `entitlements` counts what was announced, `unread` items that made no sense.
    """

    offered: list[KoboBook] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    states: list[ReadingState] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)
    dropped_collections: list[str] = field(default_factory=list)
    entitlements: int = 0
    unread: int = 0

    def singly(self) -> Iterator["Changes"]:
        """Each record by itself, in the same order."""
        yield from (Changes(offered=[one]) for one in self.offered)
        yield from (Changes(removed=[one]) for one in self.removed)
        yield from (Changes(states=[one]) for one in self.states)
        yield from (Changes(collections=[one]) for one in self.collections)
        yield from (Changes(dropped_collections=[one]) for one in self.dropped_collections)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A book of the shelf with its state. `removed`: the server no longer offers it."""

    book: KoboBook
    removed: bool = False
    state: ReadingState | None = None


@dataclass(frozen=True, slots=True)
class KoboShelfCounts:
    """How many books there are of each kind; `all` are those on offer."""

    all: int = 0
    reading: int = 0
    finished: int = 0
    removed: int = 0
    not_here: int = 0
    left_behind: int = 0


@dataclass(frozen=True, slots=True)
class ShelfMark:
    """How far the shelf is synced.

    `token` goes with the next request; `whole_token` belongs to the last completed sync, at
    `synced_at`. `unfinished`: a later sync was begun, and pages of it may be lost.
    """

    token: str = ""
    whole_token: str = ""
    synced_at: datetime | None = None
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class ShelfStatus:
    """The state of a shelf's sync, to be shown.

    `books` are on offer. While `syncing`, `done` of `of` books have arrived; `of` is None while the
    number is unknown. `error` is why the last attempt, at `tried_at`, failed. `starved` is set when
    the server had listed its books to another device before, and is how many were found otherwise.
    """

    synced_at: datetime | None = None
    books: int = 0
    syncing: bool = False
    done: int = 0
    of: int | None = None
    tried_at: datetime | None = None
    error: Exception | None = None
    starved: int | None = None

    @property
    def is_first(self) -> bool:
        """Whether no sync was ever completed."""
        return self.synced_at is None

    def is_due(self, now: datetime, after: timedelta) -> bool:
        """Whether the last sync or attempt was so long ago."""
        times = [at for at in (self.synced_at, self.tried_at) if at is not None]
        return not self.syncing and (not times or now - max(times) >= after)


class ShelfView(StrEnum):
    """Which books of a shelf are shown. All but the last two are on offer.

    LEFT_BEHIND are removed books that are in the library, until the user decides about them.
    """

    ALL = "all"
    READING = "reading"
    FINISHED = "finished"
    NOT_HERE = "not here"
    REMOVED = "removed"
    LEFT_BEHIND = "left behind"


@dataclass(frozen=True, slots=True)
class ShelfQuery:
    """A selection of a shelf: a view, a collection, and words of titles, authors and series."""

    view: ShelfView = ShelfView.ALL
    collection_id: str = ""
    words: str = ""


class ShelfNoteKind(StrEnum):
    """What a list says of a book on a Kobo shelf."""

    REMOVED = "removed"  # it is no longer on the shelf
    FINISHED = "finished"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class ShelfNote:
    """`percent` (0…100) of a book that is being read."""

    kind: ShelfNoteKind
    percent: int = 0
