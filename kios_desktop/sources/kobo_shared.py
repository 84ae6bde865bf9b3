"""The catalog of a Kobo sync address that an e-reader uses as well.

Calibre-Web announces each book once per account, so no sync is made and the announcements are left
to the e-reader. Books come from the OPDS catalog of the same server; places from Kobo sync.
"""

import asyncio
from dataclasses import fields, replace
from typing import Final, Protocol

from kios_desktop.domain.catalog import Entry, Feed, Search, Shown
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Source
from kios_desktop.sources.kobo_entries import OPDS_KEY, place_of
from kios_desktop.sources.opds_catalog import CatalogHealth

_AT_ONCE: Final = 100  # more entries are read in a thread


class BooksElsewhere(Protocol):
    """The part of `opds_catalog.OpdsCatalog` used here. Raises `RemoteError`."""

    health: CatalogHealth

    async def feed(self, url: ServerUrl | None, fresh: bool = False) -> Shown: ...
    async def copy(self, url: ServerUrl | None) -> Shown | None: ...
    async def search(self, search: Search, words: str) -> Shown: ...
    async def full(self, entry: Entry) -> Entry: ...
    async def image(self, url: ServerUrl) -> bytes: ...
    async def aclose(self) -> None: ...


class SharedCatalog:
    """One source. `books` is the OPDS catalog of its server; None where that is not known."""

    def __init__(self, source: Source, books: BooksElsewhere | None) -> None:
        self._source, self._books = source, books

    @property
    def source_id(self) -> str:
        return self._source.id

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def health(self) -> CatalogHealth:
        return CatalogHealth() if self._books is None else self._books.health

    async def feed(self, url: ServerUrl | None, fresh: bool = False) -> Shown:
        """One page; an empty one without a catalog of the server."""
        if self._books is None:
            return Shown(Feed(self._source.url))
        return await self._with_places(await self._books.feed(url, fresh))

    async def copy(self, url: ServerUrl | None) -> Shown | None:
        """The page as it was last seen; None without a copy or a catalog of the server."""
        copy = None if self._books is None else await self._books.copy(url)
        return None if copy is None else await self._with_places(copy)

    async def search(self, search: Search, words: str) -> Shown:
        if self._books is None:
            return Shown(Feed(self._source.url))
        return await self._with_places(await self._books.search(search, words))

    async def full(self, entry: Entry) -> Entry:
        return entry if self._books is None else self._entry(await self._books.full(entry))

    async def image(self, url: ServerUrl) -> bytes:
        return b"" if self._books is None else await self._books.image(url)

    async def aclose(self) -> None:
        if self._books is not None:
            await self._books.aclose()

    async def _with_places(self, shown: Shown) -> Shown:
        if len(shown.feed.entries) <= _AT_ONCE:
            return replace(shown, feed=self._marked(shown.feed))
        return replace(shown, feed=await asyncio.to_thread(self._marked, shown.feed))

    def _marked(self, feed: Feed) -> Feed:
        groups = tuple(
            replace(group, entries=tuple(map(self._entry, group.entries))) for group in feed.groups
        )
        return replace(feed, entries=tuple(map(self._entry, feed.entries)), groups=groups)

    def _entry(self, entry: Entry) -> Entry:
        """The entry with its Kobo reading state: both protocols use the same book id."""
        if not entry.key.lower().startswith(OPDS_KEY):
            return entry
        known = {field.name: getattr(entry, field.name) for field in fields(Entry)}
        return Entry(
            **{**known, "progression": place_of(self._source.url, entry.key[len(OPDS_KEY) :])}
        )
