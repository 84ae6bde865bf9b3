"""What the page of a book needs from the rest of Kios, and what it may show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.application.book_routes import CameFrom, Routing
from kios_desktop.domain.library import Book, BookId, Visit
from kios_desktop.domain.locator import Locator
from kios_desktop.ui.kit.error_texts import Message


class BookRoutes(Protocol):
    """Where books sync. Methods that wait raise `StorageError`."""

    async def routing(self, book_id: BookId) -> Routing: ...

    async def choose(self, book_id: BookId, source_id: str | None) -> None:
        """The reader's choice; None takes it back, `NOWHERE` switches this book's sync off."""

    def sync_now(self, book_id: BookId) -> None: ...

    def watch(self, book_id: BookId, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls `changed` when the place of the book, or where it syncs, is another one.

        Returns a function that ends the watch.
        """


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
