"""After a book was removed: whether it is to go off the shelf of an account, too."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr


class ShelfOfAccounts(Protocol):
    """The shelves of books on this computer. Methods raise `StorageError`."""

    async def on_shelf_of(self, book_id: BookId) -> Sequence[str]:
        """The names of the accounts on whose shelf the book is."""

    async def take_off_shelves(self, book_id: BookId) -> None: ...


Toast = Callable[[str, str, Callable[[], None] | None], object]


class ShelfOffer:
    """`shelves` is asked for only once a book is removed; None while there is no account."""

    def __init__(
        self, shelves: Callable[[], ShelfOfAccounts | None], toast: Toast, tasks: Tasks
    ) -> None:
        self._shelves, self._toast, self._tasks = shelves, toast, tasks

    def removed(self, book: Book) -> None:
        shelves = self._shelves()
        if shelves is not None:
            self._tasks.start(self._saying(lambda: self._offer(shelves, book)))

    async def _offer(self, shelves: ShelfOfAccounts, book: Book) -> None:
        names = await shelves.on_shelf_of(book.id)
        if not names:
            return
        text = tr(
            "Removed ‘{title}’. It is still on your shelf on {server}.",
            title=isolated(book.title),
            server=", ".join(map(isolated, names)),
        )
        self._toast(
            text,
            tr("Take it off"),
            lambda: self._start(lambda: shelves.take_off_shelves(book.id)),
        )

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.start(self._saying(work))

    async def _saying(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StorageError as error:
            self._toast(explain(error).line, "", None)
