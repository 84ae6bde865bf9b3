"""What the sync engine needs from others, who satisfy it by shape."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Locator, Position
from kios_desktop.domain.progress import Offer, Report, Sent, SyncRecord, Unsettled
from kios_desktop.domain.source import SourceKind


class ReaderView(Protocol):
    """The open book's window. Every call comes on the event loop's thread."""

    def jump(self, locator: Locator, why: Report) -> None:
        """Go there and keep the old place on the back stack. It is saved already."""

    def ask(self, offer: Offer) -> None:
        """Show “Another device is in … — switch?”. Not modal; replaces an older question."""

    def withdraw(self) -> None:
        """Take the question away."""

    def moved_silently(self, offer: Offer) -> None:
        """After `jump`: say so, with Undo."""

    def finished_elsewhere(self, report: Report) -> None:
        """The book was marked as finished there: mark it here, say so, with Undo."""


class ProgressRemote(Protocol):
    """One server's place for a book. Every method raises `RemoteError` or `PublicationError`."""

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent:
        """What would go over the wire for `locator`; nothing is sent.

        `received` is echoed unchanged while the place is still the one it names; `sent` is the
        last write the server confirmed.
        """

    async def pull(self, book_id: BookId, mine: Sequence[Sent]) -> Report | Sent | None:
        """What the server holds now: a write of ours, somebody else's report, or nothing.

        `mine` are our writes that it may be, the newest first.
        """

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        """Writes, and returns `prepared` with the server's time."""


class PositionStore(Protocol):
    """Our own disk. Methods raise `StorageError`; what was to be saved is then kept in memory."""

    async def last(self, book_id: BookId) -> Position | None: ...

    async def record(self, book_id: BookId, source_id: str) -> SyncRecord | None: ...

    async def save(
        self,
        book_id: BookId,
        position: Position | None = None,
        record: SyncRecord | None = None,
        visits: Sequence[Visit] = (),
    ) -> None:
        """All of it or nothing. It is kept when this process is killed."""

    def note(self, book_id: BookId, position: Position) -> None:
        """At once, where `save` may wait: kept when this process is killed. Never raises."""

    def has_noted(self, book_id: BookId, position: Position) -> bool:
        """Whether `note` kept this turn: the next start finds it, even if `save` never can."""

    async def settle(self) -> None:
        """What was saved is kept when the power fails, too. May take long; others may save."""

    async def waiting(self) -> Sequence[Unsettled]: ...


@dataclass(frozen=True, slots=True)
class Account:
    """A server that can keep places, ready to use.

    `kind` names the protocol its places travel by.
    `takes_every_book` is KOReader sync's way; other servers keep only the books they delivered.
    `check` asks the server something harmless: it returns when it answered as it should, and raises
    `RemoteError` otherwise.
    `keeps_places` is False for one that was found to keep none: it delivers books, and no more.
    `has_books` is False for one that would keep places of its books, of which none is here yet.
    `count` makes a book's percentages right, which may take long the first time; for so many
    seconds at most, where they are given. It raises `PublicationError`.
    """

    source_id: str
    name: str
    kind: SourceKind
    remote: ProgressRemote
    takes_every_book: bool = True
    check: Callable[[], Awaitable[None]] | None = None
    count: Callable[[BookId, float | None], Awaitable[None]] | None = None
    keeps_places: bool = True
    has_books: bool = True


@dataclass(frozen=True, slots=True)
class BookSourceLinks:
    """The sources that a book is linked to.

    `delivered_by` are the ids of the sources that delivered it and keep its place, in the order of
    the downloads. `chosen` is the reader's own choice of a source: None without one, "" for “don’t
    sync”.
    """

    delivered_by: tuple[str, ...] = ()
    chosen: str | None = None


class BookSourceLinkStore(Protocol):
    """Where the links between books and sources are kept. Raises `StorageError`."""

    async def source_links(self, book_id: BookId) -> BookSourceLinks: ...


class NoBookSourceLinks:
    """Books that came from nowhere in particular."""

    async def source_links(self, book_id: BookId) -> BookSourceLinks:  # noqa: ARG002 (the port's shape)
        return BookSourceLinks()


Connect = Callable[[], Awaitable[Sequence[Account]]]
"""Makes the accounts from what is configured now; called at start and after every change."""
