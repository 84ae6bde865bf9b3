"""Shelves: those that are there, a new one, and which books are on them."""

from collections.abc import Sequence

from kios_desktop.protocols.booklore.endpoints import (
    CREATE_SHELF,
    PUT_ON_SHELVES,
    SHELF_BOOKS,
    SHELVES,
)
from kios_desktop.protocols.booklore.records import (
    RemoteBook,
    RemoteShelf,
    read_book,
    read_shelf,
    rows,
)
from kios_desktop.protocols.booklore.signed import SignedApi


class ShelvesApi:
    """Raises `RemoteError`; `Rejected` with `FORBIDDEN` for a shelf that is not one's own."""

    def __init__(self, api: SignedApi) -> None:
        self._api = api

    async def all(self) -> tuple[RemoteShelf, ...]:
        """One's own and everybody's public ones: compare `user_id`."""
        return rows(await self._api.ask(SHELVES), read_shelf)

    async def books(self, shelf_id: int) -> tuple[RemoteBook, ...]:
        """Raises `Rejected` with `FORBIDDEN` also for a shelf that is not there."""
        return rows(await self._api.ask(SHELF_BOOKS, id=shelf_id), read_book)

    async def create(self, name: str) -> RemoteShelf:
        """A private one. Raises `Conflict` when one has the name.

        The name alone is sent: names of icons changed between versions and make the server refuse.
        """
        return read_shelf(await self._api.ask(CREATE_SHELF, {"name": name}))

    async def assign(
        self, books: Sequence[int], on: Sequence[int] = (), off: Sequence[int] = ()
    ) -> tuple[int, ...]:
        """Takes books off shelves, then puts them on others; can be repeated.

        Returns the books that the server has: unknown ones are left out without an error.
        """
        body = {
            "bookIds": list(books),
            "shelvesToAssign": list(on),
            "shelvesToUnassign": list(off),
        }
        found = rows(await self._api.ask(PUT_ON_SHELVES, body), read_book)
        return tuple(one.id for one in found)
