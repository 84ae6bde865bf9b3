"""Which servers could keep the place of a book, which one does, and where the book came from."""

from dataclasses import dataclass
from datetime import datetime

from kios_desktop.domain.progress import SyncRecord
from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.route import RouteReason

NOWHERE = ""  # chosen instead of a source: this book is not synced


@dataclass(frozen=True, slots=True)
class Channel:
    """A server that could keep the place of this book, and how they stand.

    `record` is None while they never met. `error` is why the last attempt failed.
    """

    source_id: str
    name: str
    kind: SourceKind
    record: SyncRecord | None = None
    error: Exception | None = None
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a book syncs. `used` is the id of the channel, None for nowhere.

    `chosen` is the reader's own choice: None for “automatic”, `NOWHERE` for not at all.
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
