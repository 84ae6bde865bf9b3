"""Notes at a place of the book (v2). Two of one book never have the same CFI."""

from typing import Any

from kios_desktop.protocols.booklore.endpoints import (
    CREATE_PLACE_NOTE,
    DELETE_PLACE_NOTE,
    PLACE_NOTES,
    UPDATE_PLACE_NOTE,
)
from kios_desktop.protocols.booklore.records import RemotePlaceNote, many_rows, read_place_note
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.booklore.values import NewPlaceNote, check_color, check_content


class PlaceNotesApi:
    """Raises `RemoteError`. Up to Grimmory 3.2.4 whatever is missing is a `Faulty` with 500."""

    def __init__(self, api: SignedApi) -> None:
        self._api = api

    async def of_book(self, book_id: int) -> tuple[RemotePlaceNote, ...]:
        """The account's own; none for a book that is not there."""
        return await many_rows(await self._api.ask(PLACE_NOTES, book=book_id), read_place_note)

    async def create(self, new: NewPlaceNote) -> RemotePlaceNote:
        """Raises `Conflict` when one is there already."""
        body: dict[str, Any] = {
            "bookId": new.book_id,
            "cfi": new.cfi,
            "noteContent": new.content,
            "color": new.color,
        }
        body |= {"selectedText": new.selected} if new.selected else {}
        body |= {"chapterTitle": new.chapter} if new.chapter else {}
        return read_place_note(await self._api.ask(CREATE_PLACE_NOTE, body))

    async def update(
        self, note_id: int, content: str | None = None, color: str | None = None
    ) -> RemotePlaceNote:
        """None keeps. Raises ValueError for an empty content, which the server would take."""
        if content is not None:
            check_content(content)
        if color is not None:
            check_color(color)
        given = {"noteContent": content, "color": color}
        body = {name: value for name, value in given.items() if value is not None}
        return read_place_note(await self._api.ask(UPDATE_PLACE_NOTE, body, id=note_id))

    async def delete(self, note_id: int) -> None:
        await self._api.ask(DELETE_PLACE_NOTE, id=note_id)
