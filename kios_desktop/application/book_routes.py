"""The servers that could keep a book's place, the one that does, and the sources of the book."""

from dataclasses import dataclass
from datetime import datetime

from kios_desktop.domain.accounts import BookLink
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.route import RouteReason

NOWHERE = ""  # chosen in place of a source id: this book is not synced


@dataclass(frozen=True, slots=True)
class Channel:
    """A server that could keep the place of this book.

    `record` is what was last exchanged, None before the first time. `error` is why the last
    attempt failed.
    """

    source_id: str
    name: str
    kind: SourceKind
    record: SyncRecord | None = None
    error: Exception | None = None
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a book syncs. `used` is the id of the channel in use, None without one.

    `chosen` is the reader's choice: None for “automatic”, `NOWHERE` for “don’t sync”.
    """

    channels: tuple[Channel, ...] = ()
    used: str | None = None
    reason: RouteReason = RouteReason.NOWHERE
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class CameFrom:
    """A source that delivered this book."""

    source_name: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BookAccount:
    """What an account has of a book. `link` says which book of its server it is; None before that
    was looked for. The numbers count records on the server, and those that wait.
    """

    account_id: str
    name: str
    product: str
    link: BookLink | None = None
    sessions: int = 0
    highlights: int = 0
    bookmarks: int = 0
    waiting: int = 0
