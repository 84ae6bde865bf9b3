"""Highlights with their notes. Two of one book never have the same CFI."""

from typing import Any

from kios_desktop.protocols.booklore.endpoints import (
    ANNOTATIONS,
    CREATE_ANNOTATION,
    DELETE_ANNOTATION,
    UPDATE_ANNOTATION,
)
from kios_desktop.protocols.booklore.records import RemoteAnnotation, many_rows, read_annotation
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.booklore.values import (
    NewAnnotation,
    check_annotation_note,
    check_color,
)


class AnnotationsApi:
    """Raises `RemoteError`. Up to Grimmory 3.2.4 whatever is missing is a `Faulty` with 500."""

    def __init__(self, api: SignedApi) -> None:
        self._api = api

    async def of_book(self, book_id: int) -> tuple[RemoteAnnotation, ...]:
        """The account's own, the newest first; none for a book that is not there."""
        return await many_rows(await self._api.ask(ANNOTATIONS, book=book_id), read_annotation)

    async def create(self, new: NewAnnotation) -> RemoteAnnotation:
        """Raises `Conflict` when one is there already, maybe with a CFI of other letter case."""
        body: dict[str, Any] = {
            "bookId": new.book_id,
            "cfi": new.cfi,
            "text": new.text,
            "color": new.color,
            "style": new.style.value,
        }
        body |= {"note": new.note} if new.note else {}
        body |= {"chapterTitle": new.chapter} if new.chapter else {}
        return read_annotation(await self._api.ask(CREATE_ANNOTATION, body))

    async def update(
        self,
        annotation_id: int,
        note: str | None = None,
        color: str | None = None,
        style: str | None = None,
    ) -> RemoteAnnotation:
        """None keeps; an empty note clears it. Place and text can't be changed.

        The stamp `updated` of the answer is that of the previous version. Raises ValueError for
        what no server would take.
        """
        if note is not None:
            check_annotation_note(note)
        if color is not None:
            check_color(color)
        given = {"note": note, "color": color, "style": style}
        body = {name: value for name, value in given.items() if value is not None}
        return read_annotation(await self._api.ask(UPDATE_ANNOTATION, body, id=annotation_id))

    async def delete(self, annotation_id: int) -> None:
        await self._api.ask(DELETE_ANNOTATION, id=annotation_id)
