"""The sources of books: listed with their state, saved, removed with their books, ordered."""

from collections.abc import Awaitable, Callable, Sequence

from kios_desktop.application.catalogs import BROWSED, Catalogs
from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.source import Source
from kios_desktop.storage.books import Books
from kios_desktop.storage.sources import Sources


class BookSources:
    """`removed` is called with every source that was removed."""

    def __init__(
        self,
        sources: Sources,
        catalogs: Catalogs,
        books: Books,
        removed: Callable[[Source], Awaitable[None]],
    ) -> None:
        self._sources, self._catalogs, self._books = sources, catalogs, books
        self._removed = removed

    async def listed(self) -> Sequence[ListedSource]:
        listed = [one for one in await self._sources.all() if one.kind in BROWSED]
        return [await self._line(source) for source in listed]

    async def save(self, source: Source) -> None:
        """Store a source. One that is added again is linked to the books it delivered before."""
        known = {one.id for one in await self._sources.all()}
        await self._sources.save(source)
        if source.id not in known:
            await self._catalogs.acquisitions.adopt(source.id, source.url)

    async def remove(self, source_id: str, with_books: bool) -> None:
        source = next((s for s in await self._sources.all() if s.id == source_id), None)
        if source is None:
            return
        if with_books:
            for book_id in await self._catalogs.acquisitions.books_only_from(source_id):
                await self._books.remove(book_id)
        await self._sources.remove(source_id)
        await self._catalogs.forget(source)
        await self._removed(source)

    async def reorder(self, source_ids: Sequence[str]) -> None:
        await self._sources.reorder(source_ids)

    async def _line(self, source: Source) -> ListedSource:
        health = self._catalogs.health_of(source.id)
        return ListedSource(
            source,
            downloaded=len(await self._catalogs.acquisitions.books_from(source.id)),
            books=health.books,
            checked_at=health.checked_at,
            error=health.error,
            not_reachable_since=health.not_reachable_since,
        )
