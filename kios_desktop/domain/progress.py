"""Values that the sync engine and the windows share: reports, offers, and the state of sync."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Position, Precision
from kios_desktop.domain.preferences import Answer
from kios_desktop.domain.source import SourceKind


class Report(Struct, frozen=True):
    """A place a server reported for one book, cleaned and resolved in our own file.

    `locator` is None when nothing in it could be resolved. `fraction` is the server's own number
    (0…1), never compared with ours more finely than 2 %. `at` is the server's time, if it is
    trustworthy. `raw` is the position string as received: it is sent back unchanged while the
    reader has not moved. `key` identifies this report: a report that was answered is not asked
    about again. `finished`: the book was marked as read there, and no place came with it.
    `file_known`: the spine item is right, and the place in it only a guess.
    """

    source_id: str
    key: str
    locator: Locator | None
    precision: Precision
    fraction: float | None
    at: datetime | None
    device: str  # "" when the server does not say
    raw: str
    finished: bool = False
    file_known: bool = False


class Lead(StrEnum):
    """Where another device is, seen from here."""

    FURTHER = "further"
    BEHIND = "behind"
    UNKNOWN = "unknown"  # only a percentage is known


class Offer(Struct, frozen=True):
    """A place on another device that the reader may switch to."""

    report: Report
    lead: Lead
    same_chapter: bool
    suspicious: bool = False  # 0 %, or the very start, from a server that had more before


class Sent(Struct, frozen=True):
    """A place as it went to a server: what must be known to recognise it when it comes back.

    `raw` and `fraction` are the wire values, `document` the id they were stored under. `at` is
    when the server took it, in the server's time; None while that is not known.
    """

    locator: Locator
    raw: str
    fraction: float
    document: str = ""
    at: datetime | None = None


class SyncRecord(Struct, frozen=True):
    """The sync of one book with one server: everything the engine must know after a restart.

    `on_server` is the place the server holds, as far as we know, and `received` the report it came
    from when it is not ours. `sent` was confirmed; `attempt` was begun and may have arrived.
    `dirty` says that a place of ours waits to be sent: always the last one saved. `moved_at` is the
    time of the last move that was processed; a later one on the disk still has to be. Keys of
    reports: `settled` were answered, `noted` were shown in the timeline or in words. `answer` is
    the user's answer for all questions about this book. `peak` is the largest fraction (0…1) this
    server ever held. `ended`: the end of the book was sent. `told`: the user was told that this
    server does not know the file.
    """

    source_id: str
    on_server: Locator | None = None
    received: Report | None = None
    sent: Sent | None = None
    attempt: Sent | None = None
    dirty: bool = False
    since: datetime | None = None
    moved_at: datetime | None = None
    noted: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    offer: Offer | None = None
    answer: Answer | None = None
    peak: float = 0.0
    ended: bool = False
    told: bool = False

    @property
    def unsettled(self) -> bool:
        """Something is to be sent, or an offer can still be taken."""
        return self.dirty or self.offer is not None


class Unsettled(Struct, frozen=True):
    """A book whose record still has something to do, and the place last saved for it."""

    book_id: BookId
    title: str
    position: Position
    record: SyncRecord


class Health(StrEnum):
    """The state of sync as a whole, the worst first: what the sync line shows."""

    NOT_SET_UP = "not set up"
    NEEDS_YOU = "needs you"
    NOT_REACHABLE = "not reachable"
    OFFLINE = "offline"
    WAITING = "waiting"
    OFFERED = "offered"
    WORKING = "working"
    NOT_ASKED = "not asked"  # since the start some server has not answered anything
    IN_SYNC = "in sync"


class Waiting(Struct, frozen=True):
    """A place still to be sent."""

    book_id: BookId
    title: str
    total_progression: float
    source_name: str
    since: datetime
    error: Exception | None = None
    held: bool = False  # until the reader has decided about another device


class OpenOffer(Struct, frozen=True):
    """An offer that was not accepted, and still can be."""

    book_id: BookId
    title: str
    offer: Offer


class ServerLine(Struct, frozen=True):
    """One server in the sync menu."""

    source_id: str
    name: str
    kind: SourceKind
    checked_at: datetime | None = None
    error: Exception | None = None
    not_reachable_since: datetime | None = None
    next_try_at: datetime | None = None


class SyncOverview(Struct, frozen=True):
    """Everything the sync line and the sync menu show."""

    health: Health = Health.NOT_SET_UP
    servers: tuple[ServerLine, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    open_offers: tuple[OpenOffer, ...] = ()
    last_sent_at: datetime | None = None
    storage_error: Exception | None = None  # a place is kept in memory: it could not be saved


class BookOverview(Struct, frozen=True):
    """One book in the sync menu. `undo_until` is set while a move by sync can be undone.

    `unsent`: the server does not have the place here yet. `held`: nor will it, until the reader has
    decided about another device. `marked`: nor before the person reads on, because the book was
    marked as finished elsewhere. `unknown_file_shown`: the reader was told that the server does not
    know the file.
    """

    offer: Offer | None = None
    asking: bool = False
    waiting: Waiting | None = None
    answer: Answer | None = None
    undo_until: datetime | None = None
    source_id: str = ""
    source_name: str = ""
    error: Exception | None = None
    answered_at: datetime | None = None  # the server's last valid answer about it
    unsent: bool = False
    held: bool = False
    marked: bool = False
    unknown_file_shown: bool = False
