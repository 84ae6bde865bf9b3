"""Books: by id, hash, title and ISBN; their rating."""

from typing import Final

from kios_desktop.domain.errors import Faulty, Lacks, Malformed, NotMatched, Refused, Unsupported
from kios_desktop.protocols.booklore.endpoints import (
    APP_SEARCH,
    BOOK,
    BOOK_BY_HASH,
    CLEAR_RATING,
    MOBILE_SEARCH,
    RATE,
    SEARCH,
    Endpoint,
)
from kios_desktop.protocols.booklore.records import (
    RemoteBook,
    SearchRow,
    read_book,
    read_search_row,
    rows,
)
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.booklore.values import check_rating

_NO_RATED_BOOK: Final = "java.lang.String"


class BooksApi:
    """Raises `RemoteError`; `None` means that the server does not have the book, or not for us."""

    def __init__(self, api: SignedApi) -> None:
        self._api = api

    async def get(self, book_id: int) -> RemoteBook | None:
        """Raises `Rejected` with `FORBIDDEN` for a book of somebody else's library."""
        try:
            return read_book(await self._api.ask(BOOK, book=book_id))
        except NotMatched:
            return None

    async def by_hash(self, document_hash: str) -> RemoteBook | None:
        """The plugin fork only. Raises `NotMatched` with `duplicates` where two books have it."""
        try:
            return read_book(await self._api.ask(BOOK_BY_HASH, hash=document_hash))
        except NotMatched:
            return None
        except Faulty as error:
            if error.status != 500:
                raise
            raise NotMatched(duplicates=True) from None

    async def with_title(self, title: str) -> tuple[SearchRow, ...]:
        """The plugin fork only: the best first, also for a title that is quite another."""
        return rows(await self._api.ask(SEARCH, query={"title": title}), read_search_row)

    async def with_isbn(self, isbn: str) -> tuple[SearchRow, ...]:
        """The plugin fork only; `isbn` is normalised: without digits every book would be a hit."""
        if not any(c.isdigit() for c in isbn):
            raise ValueError("no ISBN")
        return rows(await self._api.ask(SEARCH, query={"isbn": isbn}), read_search_row)

    async def containing(self, words: str, most: int = 20) -> tuple[RemoteBook, ...]:
        """Books whose title, series or author has the words. Grimmory, and BookLore before 2.3.

        Raises `Unsupported` where there is no such search, at neither of its two addresses.
        """
        try:
            return await self._containing(APP_SEARCH, words, most)
        except Unsupported:
            return await self._containing(MOBILE_SEARCH, words, most)

    async def _containing(
        self, endpoint: Endpoint, words: str, most: int
    ) -> tuple[RemoteBook, ...]:
        query: dict[str, str | int] = {"q": words, "page": 0, "size": most}
        try:
            body = await self._api.ask(endpoint, query=query)
        except Malformed as error:
            if error.html and not error.login:
                raise Unsupported("a page in place of the search", Lacks.REQUEST) from None
            raise
        except Faulty as error:
            if error.status == 500:
                raise Unsupported("no such search", Lacks.REQUEST) from None
            raise
        return rows(body.get("content") if isinstance(body, dict) else None, read_book)

    async def rate(self, book_id: int, rating: int) -> None:
        """1…10. Raises `NotMatched` for a book that is not there."""
        check_rating(rating)
        try:
            await self._api.ask(RATE, {"ids": [book_id], "rating": rating})
        except Refused as error:
            if _NO_RATED_BOOK in error.said:  # “d != java.lang.String”
                raise NotMatched from None
            raise

    async def clear_rating(self, book_id: int) -> None:
        await self._api.ask(CLEAR_RATING, [book_id])
