"""Notes on the book's page (v1). Nothing protects from two that are the same."""

from typing import Any

from kios_desktop.protocols.booklore.endpoints import BOOK_NOTES, DELETE_BOOK_NOTE, SAVE_BOOK_NOTE
from kios_desktop.protocols.booklore.records import RemoteBookNote, many_rows, read_book_note
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.booklore.values import NewBookNote


class BookNotesApi:
    """Raises `RemoteError`, `NotMatched` for a book that is not there."""

    def __init__(self, api: SignedApi) -> None:
        self._api = api

    async def of_book(self, book_id: int) -> tuple[RemoteBookNote, ...]:
        """The account's own, the last changed first."""
        return await many_rows(await self._api.ask(BOOK_NOTES, book=book_id), read_book_note)

    async def create(self, new: NewBookNote) -> RemoteBookNote:
        """Sent twice, it is there twice."""
        return await self._save(new, {})

    async def replace(self, note_id: int, new: NewBookNote) -> RemoteBookNote:
        """Title and content anew. Raises `Faulty` with 500 for a note that is not there."""
        return await self._save(new, {"id": note_id})

    async def delete(self, note_id: int) -> None:
        """Raises `Faulty` with 500 for a note that is not there."""
        await self._api.ask(DELETE_BOOK_NOTE, id=note_id)

    async def _save(self, new: NewBookNote, which: dict[str, Any]) -> RemoteBookNote:
        body = {**which, "bookId": new.book_id, "content": new.content}
        body |= {"title": new.title} if new.title else {}
        return read_book_note(await self._api.ask(SAVE_BOOK_NOTE, body))
