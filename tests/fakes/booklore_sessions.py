"""Reading sessions: none is ever recognised as one that is there already."""

from datetime import UTC, datetime
from typing import Any

from tests.fakes.booklore_answers import (
    conflict,
    failed,
    invalid,
    js,
    malformed,
    no_book,
    nothing,
)
from tests.fakes.booklore_books import check_access
from tests.fakes.booklore_state import Person, Row, State
from tests.fakes.booklore_variants import Variant
from tests.fakes.loopback import Says

TYPES = {"PDF", "EPUB", "CBX", "FB2", "MOBI", "AZW3", "AUDIOBOOK"}
_KEPT = (
    *("startTime", "endTime", "durationSeconds", "startProgress", "endProgress"),
    *("progressDelta", "startLocation", "endLocation"),
)


class Sessions:
    """Requests for sessions."""

    def __init__(self, variant: Variant, state: State) -> None:
        self.variant, self.state = variant, state

    def save(self, person: Person, body: Any) -> Says:
        if not isinstance(body, dict):
            raise malformed()
        session = _read(body)
        if body.get("bookType") not in {*TYPES, None}:
            raise malformed()
        if missing := [name for name in ("startTime", "durationSeconds") if body.get(name) is None]:
            raise invalid(*(f"{name}: must not be null" for name in missing))
        self._check_book(person, body.get("bookId"))
        if body.get("bookType") is None or _is_long(session):
            raise conflict()
        if len(body.get("durationFormatted") or "") > 50:
            raise conflict()
        self._keep(person, body["bookId"], body["bookType"], session)
        return nothing(202)

    def save_all(self, person: Person, body: Any) -> Says:
        """In one transaction."""
        if not isinstance(body, dict):
            raise malformed()
        if body.get("bookType") is None:
            raise invalid("bookType: Book type is required")
        if not body.get("sessions"):
            raise invalid("sessions: Sessions list cannot be empty")
        sessions = [_read(one) for one in body["sessions"]]
        for number, one in enumerate(body["sessions"]):
            if one.get("startTime") is None:
                raise invalid(f"sessions[{number}].startTime: Start time is required")
            if len(one.get("startLocation") or "") > 500:
                raise invalid(
                    f"sessions[{number}].startLocation: "
                    "Start location must not exceed 500 characters"
                )
        self._check_book(person, body["bookId"])
        if any(one["endTime"] < one["startTime"] for one in sessions):
            raise failed(400, "End time must be after start time")
        results = []
        for one in sessions:
            row = self._keep(person, body["bookId"], body["bookType"], one)
            times = {"startTime": row["startTime"], "endTime": row["endTime"]}
            results.append({"sessionId": row["id"], **times})
        count = len(results)
        return js(200, {"totalRequested": count, "successCount": count, "results": results})

    def of_book(self, person: Person, book_id: int, query: dict[str, str]) -> Says:
        page, size = int(query.get("page", "0")), int(query.get("size", "5"))
        name = "getReadingSessionsForBook.size"
        if size < 1:
            raise invalid(f"{name}: must be greater than or equal to 1")
        if size > self.variant.most_sessions:
            raise invalid(f"{name}: must be less than or equal to {self.variant.most_sessions}")
        if book_id not in self.state.books:
            raise no_book(book_id)
        rows = [
            {name: value for name, value in row.items() if name != "person"}
            for row in self.state.sessions
            if row["person"] == person.id and row["bookId"] == book_id
        ]
        rows.sort(key=lambda row: row["startTime"], reverse=True)
        about = {
            "size": size,
            "number": page,
            "totalElements": len(rows),
            "totalPages": -(-len(rows) // size),
        }
        return js(200, {"content": rows[page * size : (page + 1) * size], "page": about})

    def _check_book(self, person: Person, book_id: Any) -> None:
        book = self.state.books.get(book_id)
        if book is None:
            raise no_book(book_id)
        if self.variant.fork:
            check_access(person, book)

    def _keep(self, person: Person, book_id: int, kind: str, session: Row) -> Row:
        row = {
            "id": self.state.next_id("sessions"),
            "bookId": book_id,
            "bookTitle": self.state.books[book_id].title,
            "bookType": kind,
            **session,
            "createdAt": "2026-11-29T07:01:21",
            "person": person.id,
        }
        self.state.sessions.append(row)
        return row


def _read(given: Row) -> Row:
    session = {name: given.get(name) for name in _KEPT}
    for name in ("startTime", "endTime"):
        session[name] = _instant(session[name])
    for name in ("startLocation", "endLocation"):
        if isinstance(session[name], int | float):
            session[name] = str(session[name])
    for name in ("startProgress", "endProgress", "progressDelta"):
        value = session[name]
        session[name] = None if value is None else float(value)
    return session


def _instant(value: Any) -> str | None:
    """Epoch seconds too; without a zone it is no instant. Fractions of a second are cut."""
    if value is None:
        return None
    try:
        if isinstance(value, int | float):
            at = datetime.fromtimestamp(value, UTC)
        else:
            at = datetime.fromisoformat(value)
    except ValueError:
        raise malformed() from None
    if at.tzinfo is None:
        raise malformed()
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _is_long(session: Row) -> bool:
    return any(len(session[name] or "") > 500 for name in ("startLocation", "endLocation"))
