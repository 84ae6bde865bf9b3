"""The ports of a book's details page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.application.book_routes import BookAccount, CameFrom, Routing
from kios_desktop.domain.library import Book, BookId, Visit
from kios_desktop.domain.locator import Locator
from kios_desktop.ui.kit.error_texts import Message


class BookRoutes(Protocol):
    """Where books sync. Methods that wait raise `StorageError`."""

    async def routing(self, book_id: BookId) -> Routing: ...

    async def choose(self, book_id: BookId, source_id: str | None) -> None:
        """Store the user's choice; None removes it, `NOWHERE` switches sync off for this book."""

    def sync_now(self, book_id: BookId) -> None: ...

    def watch(self, book_id: BookId, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls `changed` after the place of the book, or its server, has changed.

        Returns a function that ends the watch.
        """


class BookFacts(Protocol):
    """The records of one book. Methods raise `StorageError`."""

    async def book(self, book_id: BookId) -> Book: ...

    async def rate(self, book_id: BookId, rating: int | None) -> None:
        """Half stars, 1 to 10; None removes them."""

    async def visits(self, book_id: BookId) -> Sequence[Visit]:
        """The places where the book was read, newest first."""

    async def came_from(self, book_id: BookId) -> Sequence[CameFrom]:
        """The sources it was downloaded from, the earliest first."""

    async def accounts(self, book_id: BookId) -> Sequence[BookAccount]:
        """What accounts have of it."""

    async def match_again(self, account_id: str, book_id: BookId) -> None:
        """Look anew which book of the account's server it is."""

    async def never_send(self, account_id: str, book_id: BookId) -> None:
        """Nothing of this book goes to the account any more."""


@dataclass(frozen=True, slots=True)
class BookShown:
    """All that the page shows of a book."""

    book: Book
    routing: Routing
    visits: tuple[Visit, ...]
    came_from: tuple[CameFrom, ...]
    accounts: tuple[BookAccount, ...] = ()


class BookScreen(Protocol):
    """The page, as its presenter sees it."""

    def show_book(self, shown: BookShown) -> None: ...

    def show_problem(self, message: Message) -> None: ...

    def go_there(self, book_id: BookId, locator: Locator) -> None:
        """Open the book at a place of its timeline."""
