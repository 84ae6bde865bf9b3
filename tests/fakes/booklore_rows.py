"""Annotations, notes of both kinds and bookmarks: rows of an account at a book."""

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.booklore_answers import (
    conflict,
    failed,
    invalid,
    js,
    malformed,
    no_book,
    nothing,
    unexpected,
)
from tests.fakes.booklore_state import Person, Row, State, collated
from tests.fakes.booklore_variants import Variant
from tests.fakes.loopback import Says

STYLES = ("highlight", "underline", "strikethrough", "squiggly")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Rows:
    """One kind of them; subclasses say what is checked. `clock` is a stamp for each change.

    Stamps are read back in whole seconds, and rows of one second come in no particular order.
    """

    kind = ""
    exists = ""  # the message of a second one at the same place

    def __init__(self, variant: Variant, state: State, clock: Callable[[], str]) -> None:
        self.variant, self.state, self.clock = variant, state, clock

    @property
    def rows(self) -> list[Row]:
        found: list[Row] = getattr(self.state, self.kind)
        return found

    def of_book(self, person: Person, book_id: int) -> Says:
        found = [r for r in self.rows if (r["userId"], r["bookId"]) == (person.id, book_id)]
        return js(200, self.sorted([_read_back(row) for row in found]))

    def sorted(self, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: row["createdAt"], reverse=True)

    def get(self, person: Person, row_id: int) -> Says:
        return js(200, _read_back(self._own(person, row_id)))

    def create(self, person: Person, body: Any) -> Says:
        if not isinstance(body, dict):
            raise malformed()
        fields = self.new(body)
        if body["bookId"] not in self.state.books:
            raise unexpected()
        self._check_free(person, body["bookId"], fields.get("cfi"))
        return js(200, self._keep(person, body["bookId"], fields))

    def update(self, person: Person, row_id: int, body: Any) -> Says:
        """The answer still has the stamp of the version before."""
        changes = self.changes(body if isinstance(body, dict) else {})
        row = self._own(person, row_id)
        if "cfi" in changes and changes["cfi"] != row["cfi"]:
            self._check_free(person, row["bookId"], changes["cfi"])
        row |= changes
        answer = _read_back(row)
        row["updatedAt"] = self.clock()
        return js(200, answer)

    def delete(self, person: Person, row_id: int) -> Says:
        self.rows.remove(self._own(person, row_id))
        return nothing(204)

    def new(self, body: Row) -> Row:
        raise NotImplementedError

    def changes(self, body: Row) -> Row:
        raise NotImplementedError

    def _own(self, person: Person, row_id: int) -> Row:
        for row in self.rows:
            if row["id"] == row_id and row["userId"] == person.id:
                return row
        raise unexpected()

    def _check_free(self, person: Person, book_id: int, cfi: str | None) -> None:
        if not cfi:
            return
        for row in self.rows:
            at = (row["userId"], row["bookId"])
            if at == (person.id, book_id) and collated(row["cfi"] or "") == collated(cfi):
                raise failed(409, self.exists)

    def _keep(self, person: Person, book_id: int, fields: Row) -> Row:
        stamp = self.clock()
        row = {
            "id": self.state.next_id(self.kind),
            "userId": person.id,
            "bookId": book_id,
            **fields,
            "createdAt": stamp,
            "updatedAt": stamp,
        }
        self.rows.append(row)
        return row


class Annotations(Rows):
    """Highlights."""

    kind = "annotations"
    exists = "Annotation already exists at this location"

    def new(self, body: Row) -> Row:
        wrong = ["bookId: Book ID is required"] if body.get("bookId") is None else []
        text, cfi = body.get("text") or "", body.get("cfi") or ""
        wrong += [] if text else ["text: Text is required"]
        wrong += ["text: Text must not exceed 5000 characters"] if utf16(text) > 5000 else []
        wrong += [] if cfi else ["cfi: CFI is required"]
        wrong += ["cfi: CFI must not exceed 1000 characters"] if utf16(cfi) > 1000 else []
        wrong += self._wrong(body)
        if wrong:
            raise invalid(*wrong)
        return {
            "cfi": cfi,
            "text": text,
            "color": body.get("color") or "#FFFF00",
            "style": body.get("style") or "highlight",
            "note": body.get("note"),
            "chapterTitle": body.get("chapterTitle"),
        }

    def changes(self, body: Row) -> Row:
        if wrong := self._wrong(body):
            raise invalid(*wrong)
        names = ("color", "style", "note")
        return {name: body[name] for name in names if body.get(name) is not None}

    def _wrong(self, body: Row) -> list[str]:
        style, found = body.get("style"), []
        if style is not None and style not in STYLES:
            found.append(f"style: Style must be one of: {', '.join(STYLES)}")
        if not _is_color(body.get("color")):
            found.append("color: Color must be a valid hex color (e.g., #FFFF00)")
        if utf16(body.get("note") or "") > 5000:
            found.append("note: Note must not exceed 5000 characters")
        return found


class PlaceNotes(Rows):
    """Notes v2."""

    kind = "place_notes"
    exists = "Note already exists at this location"

    def new(self, body: Row) -> Row:
        wrong = [] if body.get("noteContent") else ["noteContent: Note content is required"]
        wrong += [] if body.get("cfi") else ["cfi: CFI is required"]
        if not _is_color(body.get("color")):
            wrong.append("color: Color must be a valid hex color (e.g., #FFFF00)")
        if wrong:
            raise invalid(*wrong)
        if body["bookId"] not in self.state.books:
            raise unexpected()
        if len(body["noteContent"].encode()) > 65_535:
            raise conflict()
        return {
            "cfi": body["cfi"],
            "selectedText": body.get("selectedText"),
            "noteContent": body["noteContent"],
            "color": body.get("color") or "#FFC107",
            "chapterTitle": body.get("chapterTitle"),
        }

    def changes(self, body: Row) -> Row:
        names = ("noteContent", "color", "chapterTitle")
        return {name: body[name] for name in names if body.get(name) is not None}


class BookNotes(Rows):
    """Notes v1: the same request creates and updates, and two may be the same."""

    kind = "book_notes"

    def create(self, person: Person, body: Any) -> Says:
        if not isinstance(body, dict):
            raise malformed()
        title, content = body.get("title"), body.get("content") or ""
        if not content.strip():
            raise invalid("content: Content is required")
        if body.get("bookId") not in self.state.books:
            raise no_book(body.get("bookId"))
        row = None if body.get("id") is None else self._own(person, body["id"])
        if len(title or "") > 255:
            raise conflict()
        if row is None:
            return js(200, self._keep(person, body["bookId"], {"title": title, "content": content}))
        row |= {"title": title, "content": content}
        answer = _read_back(row)
        row["updatedAt"] = self.clock()
        return js(200, answer)

    def sorted(self, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: row["updatedAt"], reverse=True)


class Bookmarks(Rows):
    """Marked places; one without a place is kept too."""

    kind = "bookmarks"
    exists = "Bookmark already exists at this location"

    def new(self, body: Row) -> Row:
        if body.get("bookId") not in self.state.books:
            raise unexpected()
        if len(body.get("title") or "") > 255 or len(body.get("cfi") or "") > 1000:
            raise conflict()
        modern = {"pageNumber": None} if self.variant.modern else {}
        return {
            "cfi": body.get("cfi"),
            "positionMs": None,
            "trackIndex": None,
            **modern,
            "title": body.get("title"),
            "color": None,
            "notes": None,
            "priority": 3,
        }

    def changes(self, body: Row) -> Row:
        wrong = ["priority: Priority must not exceed 5"] if (body.get("priority") or 0) > 5 else []
        if len(body.get("cfi") or "") > 500:
            wrong.append("cfi: CFI must not exceed 500 characters")
        if not _is_color(body.get("color")):
            wrong.append("color: Color must be a valid hex color (e.g., #FF5733)")
        if wrong:
            raise invalid(*wrong)
        names = ("title", "cfi", "color", "notes", "priority")
        return {name: body[name] for name in names if body.get(name) is not None}

    def sorted(self, rows: list[Row]) -> list[Row]:
        newest_first = sorted(rows, key=lambda row: row["createdAt"], reverse=True)
        return sorted(newest_first, key=lambda row: row["priority"])


def _read_back(row: Row) -> Row:
    return {**row, **{name: row[name].partition(".")[0] for name in ("createdAt", "updatedAt")}}


def _is_color(color: Any) -> bool:
    return color is None or _HEX.fullmatch(color) is not None
