"""The ports of the sync engine: what it needs from the window, a server, the disk and the app."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from msgspec import Struct

from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Locator, Position
from kios_desktop.domain.progress import Offer, Report, Sent, SyncRecord, Unsettled
from kios_desktop.domain.source import SourceKind


class ReaderView(Protocol):
    """The window of an open book. Called on the event loop's thread only."""

    def jump(self, locator: Locator, why: Report) -> None:
        """Go to a place, which is saved already; the old place goes onto the back stack."""

    def ask(self, offer: Offer) -> None:
        """Show “Another device is in … — switch?”, not modal; replaces an older question."""

    def withdraw(self) -> None:
        """Close the question."""

    def moved_silently(self, offer: Offer) -> None:
        """After a `jump` without a question: show that, with Undo."""

    def finished_elsewhere(self, report: Report) -> None:
        """The book was marked as finished elsewhere: mark it here, and show that, with Undo."""


class ProgressRemote(Protocol):
    """The places on one server. Every method may raise `RemoteError` or `PublicationError`."""

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent:
        """The wire form of `locator`; nothing is sent.

        `received` goes back as it came while `locator` is still its place. `sent` is the last
        write the server confirmed.
        """

    async def pull(self, book_id: BookId, own_writes: Sequence[Sent]) -> Report | Sent | None:
        """What the server holds now: a write of ours, somebody else's report, or nothing.

        `own_writes` are the writes of ours that it may be, the newest first.
        """

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        """Writes to the server; returns `prepared` with the server's time."""


class PositionStore(Protocol):
    """Places on our own disk. Methods raise `StorageError`."""

    async def last(self, book_id: BookId) -> Position | None: ...

    async def record(self, book_id: BookId, source_id: str) -> SyncRecord | None: ...

    async def save(
        self,
        book_id: BookId,
        position: Position | None = None,
        record: SyncRecord | None = None,
        visits: Sequence[Visit] = (),
    ) -> None:
        """All of it in one transaction, which survives a kill of this process."""

    def note(self, book_id: BookId, position: Position) -> None:
        """Writes a page turn at once, while `save` may wait. Survives a kill; never raises."""

    def has_noted(self, book_id: BookId, position: Position) -> bool:
        """Whether `note` wrote this turn: the next start restores it even if `save` fails."""

    async def settle(self) -> None:
        """Returns when everything saved survives a power failure. Saving goes on meanwhile."""

    async def waiting(self) -> Sequence[Unsettled]: ...


class Account(Struct, frozen=True):
    """A server that can keep places, ready to use.

    `kind`: the protocol of its places.
    `takes_every_book`: it keeps the place of any file (KOReader sync); others keep only those of
    the books they delivered.
    `check` makes a harmless request; raises `RemoteError` when the answer is not as it should be.
    `keeps_places`: False once the server was found to deliver books and keep no places.
    `has_books`: False while no book of this server is in the library.
    `count(book_id, seconds)` counts the characters of a book for exact percentages, for at most
    that time if one is given; slow the first time. Raises `PublicationError`.
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


class BookSourceLinks(Struct, frozen=True):
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
    """A store without any links."""

    async def source_links(self, book_id: BookId) -> BookSourceLinks:  # noqa: ARG002 (the port's shape)
        return BookSourceLinks()


Connect = Callable[[], Awaitable[Sequence[Account]]]
"""The accounts that are configured now; called at start and after every change."""
