"""The content of a book's page: its server, its timeline of places, the sources it came from."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kios_desktop.application.book_routes import BookAccount, CameFrom, Channel, Routing
from kios_desktop.application.catalogs import Catalogs
from kios_desktop.domain.library import Book, BookId, Visit
from kios_desktop.domain.source import SourceKind
from kios_desktop.storage.books import Books
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.sources import Sources
from kios_desktop.sync.engine import SyncEngine

if TYPE_CHECKING:  # few have an account
    from kios_desktop.application.account_review import AccountReview


class BookDetails:
    """Satisfies `BookFacts` and `BookRoutes` of ui/book."""

    def __init__(
        self,
        books: Books,
        positions: Positions,
        sync: SyncEngine,
        catalogs: Catalogs,
        sources: Sources,
        accounts: "Callable[[], AccountReview]",
    ) -> None:
        """`accounts` is asked for only if there is one."""
        self._books, self._positions, self._sync = books, positions, sync
        self._catalogs, self._sources, self._accounts = catalogs, sources, accounts

    # -- facts

    async def book(self, book_id: BookId) -> Book:
        return await self._books.get(book_id)

    async def rate(self, book_id: BookId, rating: int | None) -> None:
        await self._books.rate(book_id, rating)

    async def visits(self, book_id: BookId) -> Sequence[Visit]:
        """The timeline, newest first."""
        return await self._positions.history(book_id)

    async def came_from(self, book_id: BookId) -> Sequence[CameFrom]:
        names = {source.id: source.name for source in await self._sources.all()}
        return [
            CameFrom(names[acquisition.source_id], acquisition.downloaded_at)
            for acquisition in await self._catalogs.acquisitions.of_book(book_id)
            if acquisition.source_id in names
        ]

    # -- accounts

    async def accounts(self, book_id: BookId) -> Sequence[BookAccount]:
        sources = await self._sources.all()
        if not any(one.kind is SourceKind.ACCOUNT for one in sources):
            return ()
        return await self._accounts().of_book(book_id)

    async def match_again(self, account_id: str, book_id: BookId) -> None:
        await self._accounts().match_again(account_id, book_id)

    async def never_send(self, account_id: str, book_id: BookId) -> None:
        await self._accounts().name(account_id, book_id, None)

    # -- routes

    async def routing(self, book_id: BookId) -> Routing:
        route = await self._sync.route_of(book_id)
        source_links = await self._catalogs.source_links(book_id)
        lines = {line.source_id: line for line in self._sync.overview().servers}
        channels = []
        for account in await self._sync.choices_of(book_id):
            line = lines.get(account.source_id)
            channels.append(
                Channel(
                    account.source_id,
                    account.name,
                    account.kind,
                    await self._positions.record(book_id, account.source_id),
                    line.error if line is not None else None,
                    line.next_try_at if line is not None else None,
                )
            )
        used = route.account.source_id if route.account is not None else None
        return Routing(tuple(channels), used, route.reason, source_links.chosen)

    async def choose(self, book_id: BookId, source_id: str | None) -> None:
        await self._catalogs.acquisitions.choose(book_id, source_id)
        self._sync.source_links_changed(book_id)

    def sync_now(self, book_id: BookId) -> None:
        self._sync.retry(book_id)

    def watch(self, book_id: BookId, changed: Callable[[], None]) -> Callable[[], None]:
        sync = self._sync
        return sync.watch(
            lambda: (sync.place_of(book_id), sync.overview().servers), lambda _: changed()
        )
