"""The presenter of a book's details page. No Qt."""

import asyncio
from collections.abc import Awaitable, Callable

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.ui.book.ports import BookFacts, BookRoutes, BookScreen, BookShown
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks

_TASK = "book-page"


class BookDetailsPresenter:
    """Shows one book at a time, and again after its sync has changed."""

    def __init__(
        self, facts: BookFacts, routes: BookRoutes, screen: BookScreen, tasks: Tasks
    ) -> None:
        self._facts, self._routes, self._screen, self._tasks = facts, routes, screen, tasks
        self._book_id: BookId | None = None
        self._end_watch: Callable[[], None] | None = None

    def show(self, book_id: BookId) -> None:
        self.leave()
        self._book_id = book_id
        self._end_watch = self._routes.watch(book_id, self.refresh)
        self.refresh()

    def leave(self) -> None:
        """The page is hidden: stop following its book."""
        self._book_id = None
        if self._end_watch is not None:
            self._end_watch()
            self._end_watch = None
        self._tasks.cancel(_TASK)

    def refresh(self) -> None:
        if self._book_id is not None:
            self._tasks.replace(_TASK, self._load(self._book_id))

    def choose(self, source_id: str | None) -> None:
        """Choose the source that this book syncs with; None means “automatic”."""
        if (book_id := self._book_id) is not None:
            self._change(lambda: self._routes.choose(book_id, source_id))

    def rate(self, rating: int | None) -> None:
        """Half stars, 1 to 10; None removes them."""
        if (book_id := self._book_id) is not None:
            self._change(lambda: self._facts.rate(book_id, rating))

    def sync_now(self) -> None:
        if self._book_id is not None:
            self._routes.sync_now(self._book_id)

    def match_again(self, account_id: str) -> None:
        """Look anew which book of the account's server it is."""
        if (book_id := self._book_id) is not None:
            self._change(lambda: self._facts.match_again(account_id, book_id))

    def never_send(self, account_id: str) -> None:
        if (book_id := self._book_id) is not None:
            self._change(lambda: self._facts.never_send(account_id, book_id))

    async def _load(self, book_id: BookId) -> None:
        try:
            book, routing, visits, came_from, accounts = await asyncio.gather(
                self._facts.book(book_id),
                self._routes.routing(book_id),
                self._facts.visits(book_id),
                self._facts.came_from(book_id),
                self._facts.accounts(book_id),
            )
        except StorageError as error:
            self._screen.show_problem(explain(error))
            return
        self._screen.show_book(
            BookShown(book, routing, tuple(visits), tuple(came_from), tuple(accounts))
        )

    def _change(self, work: Callable[[], Awaitable[None]]) -> None:
        """Change something, and show the book again."""

        async def telling() -> None:
            try:
                await work()
            except StorageError as error:
                self._screen.show_problem(explain(error))
            self.refresh()

        self._tasks.start(telling())
