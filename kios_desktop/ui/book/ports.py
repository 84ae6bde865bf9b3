"""What the page of a book needs from the rest of Kios, and what it may show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kios_desktop.domain.library import Book, BookId, Visit
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.sync.route import Reason
from kios_desktop.ui.kit.error_texts import Message

NOWHERE = ""  # chosen instead of a source: this book is not synced


@dataclass(frozen=True, slots=True)
class Channel:
    """A server that could keep the place of this book, and how they stand.

    `record` is None while they never met. `error` is why the last attempt failed.
    """

    source_id: str
    name: str
    kind: str  # “OPDS progression”, “KOReader sync”
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
    reason: Reason = Reason.NOWHERE
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class CameFrom:
    """A source that delivered this book."""

    source_name: str
    at: datetime | None = None


class BookRoutes(Protocol):
    """Where books sync. Methods that wait raise `StorageError`."""

    async def routing(self, book_id: BookId) -> Routing: ...

    async def choose(self, book_id: BookId, source_id: str | None) -> None:
        """The reader's choice; None takes it back, `NOWHERE` switches this book's sync off."""

    def sync_now(self, book_id: BookId) -> None: ...

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Be told when sync moved on; the result ends that."""


class BookFacts(Protocol):
    """What is known of one book. Methods raise `StorageError`."""

    async def book(self, book_id: BookId) -> Book: ...

    async def visits(self, book_id: BookId) -> Sequence[Visit]:
        """The timeline, newest first."""

    async def came_from(self, book_id: BookId) -> Sequence[CameFrom]:
        """The sources that delivered it, the first one first."""


@dataclass(frozen=True, slots=True)
class BookShown:
    """All that the page shows of a book."""

    book: Book
    routing: Routing
    visits: tuple[Visit, ...]
    came_from: tuple[CameFrom, ...]


class BookScreen(Protocol):
    """What the presenter may show."""

    def show_book(self, shown: BookShown) -> None: ...

    def show_problem(self, message: Message) -> None: ...

    def go_there(self, book_id: BookId, locator: Locator) -> None:
        """Open the book at a place of its timeline."""
