"""What the exchange with an account needs: its server, our own disk, and the library."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from kios_desktop.domain.account_items import (
    AccountItem,
    ItemKind,
    MarkContent,
    RemoteRow,
    SessionContent,
    TakenMark,
)
from kios_desktop.domain.accounts import AccountChoices, AccountServer, BookLink
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import Mark
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId

SessionKey = tuple[datetime, datetime]
"""Start and end in whole seconds: what identifies a session on the server."""


class BookThere(Struct, frozen=True):
    """A book as the server has it. `rating` is in half stars."""

    remote_id: int
    title: str
    authors: tuple[str, ...] = ()
    isbn: str = ""
    rating: int | None = None
    shelves: tuple[int, ...] = ()


class BookEvidence(Struct, frozen=True):
    """What tells which book it is. `server_id` came with it from this very server."""

    title: str
    authors: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    document_hash: str = ""
    server_id: int | None = None


class AccountRemote(Protocol):
    """One account at its server. Every method may raise `RemoteError`.

    `Rejected` with `CREDENTIALS` is the only one after which the person is asked for a password.
    """

    async def know(self, before: AccountServer) -> AccountServer:
        """Asks what the server can do; nothing is written there."""

    async def find(
        self, book_id: BookId, evidence: BookEvidence, server: AccountServer, *, is_moved: bool
    ) -> BookLink:
        """Which book it is; whatever is not certain is left to the person.

        `is_moved`: ids may mean other books than before, and count only if title or ISBN agree.
        """

    async def book(self, remote_id: int) -> BookThere | None:
        """None for one that is not there, or not for this account."""

    def agrees(self, there: BookThere, evidence: BookEvidence) -> bool:
        """Whether nothing speaks against it."""

    async def rows(self, remote_id: int, kind: ItemKind) -> tuple[RemoteRow, ...]:
        """All records of a kind that are about marks; none for a book that is not there."""

    async def create(self, remote_id: int, content: MarkContent) -> int:
        """The id of the new record. `Conflict` when it is there already, or made just now."""

    async def update(self, remote_id: int, record_id: int, content: MarkContent) -> None: ...

    async def delete(self, kind: ItemKind, record_id: int) -> None: ...

    async def rate(self, remote_id: int, rating: int | None) -> None: ...

    async def shelf_id(self, name: str, server: AccountServer, *, make: bool) -> int | None:
        """The account's own shelf of that name; made if it is not there and is to be."""

    async def put_on_shelf(self, remote_id: int, shelf_id: int, *, is_on: bool) -> None: ...

    async def save_sessions(self, remote_id: int, sessions: Sequence[SessionContent]) -> None:
        """One, or a batch of which all or none is stored."""

    async def session_keys(self, remote_id: int, since: datetime) -> set[SessionKey]:
        """Those of all sessions that began then or later."""

    def may_have_been_done(self, error: RemoteError) -> bool:
        """Whether a write that ended in this error may have been carried out all the same."""


class ItemStore(Protocol):
    """The part of `storage.account_items.AccountItems` used here. Raises `StorageError`."""

    async def of_book(self, account_id: str, book_id: BookId) -> list[AccountItem]: ...
    async def open_sessions(self, account_id: str, book_id: BookId) -> list[AccountItem]: ...
    async def one(self, account_id: str, kind: ItemKind, local_id: str) -> AccountItem | None: ...
    async def save(self, items: Sequence[AccountItem]) -> None: ...
    async def begin(self, item: AccountItem) -> bool: ...
    async def take(
        self,
        dropped: Sequence[AccountItem],
        marks: Mapping[BookId, Sequence[TakenMark]],
        items: Sequence[AccountItem],
    ) -> None: ...
    async def books_with_work(
        self,
        account_id: str,
        choices: AccountChoices,
        growing: Collection[SessionId],
        now: datetime,
    ) -> list[BookId]: ...
    async def unsent_sessions(
        self,
        account_id: str,
        book_id: BookId,
        choices: AccountChoices,
        growing: Collection[SessionId],
        now: datetime,
        most: int,
    ) -> list[ReadingSession]: ...


class AccountStore(Protocol):
    """The part of `storage.accounts.Accounts` used here. Raises `StorageError`."""

    async def choices(self, account_id: str) -> AccountChoices: ...
    async def server(self, account_id: str) -> AccountServer: ...
    async def save_server(self, account_id: str, server: AccountServer) -> None: ...
    async def link(self, account_id: str, book_id: BookId) -> BookLink | None: ...
    async def links(self, account_id: str) -> list[BookLink]: ...
    async def save_link(self, account_id: str, link: BookLink) -> None: ...


class LibraryHere(Protocol):
    """The library. Methods raise `StorageError`, `Missing`, and `PublicationError` where said."""

    def growing(self) -> Collection[SessionId]:
        """Sessions that go on: they are sent when they are over."""

    async def evidence(self, book_id: BookId) -> BookEvidence: ...

    async def marks(self, book_id: BookId) -> list[Mark]: ...

    async def sha256(self, book_id: BookId) -> str:
        """That of the book's file."""

    async def new_marks(
        self, account_id: str, book_id: BookId, rows: Sequence[tuple[ItemKind, RemoteRow]]
    ) -> list[Mark]:
        """Marks of these records, in their order, where they are in the book's file.

        Those whose text is not in it have no passage. Raises `PublicationError`.
        """

    def marks_changed(self, book_id: BookId) -> None:
        """Marks were changed on the disk."""

    async def rating(self, book_id: BookId) -> int | None: ...

    async def rate(self, book_id: BookId, rating: int | None) -> None: ...

    async def is_kept(self, book_id: BookId) -> bool:
        """Whether the book is in the library."""

    async def pages(self, book_id: BookId) -> int | None:
        """How many pages the book would have in print; None while that is not known."""
