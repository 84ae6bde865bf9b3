"""Marked places. Two of one book never have the same CFI."""

from typing import Any

from kios_desktop.protocols.booklore.endpoints import (
    BOOKMARKS,
    CREATE_BOOKMARK,
    DELETE_BOOKMARK,
    UPDATE_BOOKMARK,
)
from kios_desktop.protocols.booklore.records import RemoteBookmark, many_rows, read_bookmark
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.booklore.values import NewBookmark, check_title


class BookmarksApi:
    """Raises `RemoteError`. Up to Grimmory 3.2.4 whatever is missing is a `Faulty` with 500."""

    def __init__(self, api: SignedApi) -> None:
        self._api = api

    async def of_book(self, book_id: int) -> tuple[RemoteBookmark, ...]:
        """The account's own; those of audio books and PDFs have no CFI."""
        return await many_rows(await self._api.ask(BOOKMARKS, book=book_id), read_bookmark)

    async def create(self, new: NewBookmark) -> RemoteBookmark:
        """Raises `Conflict` when one is there already."""
        body: dict[str, Any] = {"bookId": new.book_id, "cfi": new.cfi}
        body |= {"title": new.title} if new.title else {}
        return read_bookmark(await self._api.ask(CREATE_BOOKMARK, body))

    async def rename(self, bookmark_id: int, title: str) -> RemoteBookmark:
        """Its place, color, notes and priority stay."""
        check_title(title)
        return read_bookmark(await self._api.ask(UPDATE_BOOKMARK, {"title": title}, id=bookmark_id))

    async def delete(self, bookmark_id: int) -> None:
        await self._api.ask(DELETE_BOOKMARK, id=bookmark_id)
