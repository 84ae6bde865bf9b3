"""What a BookLore or Grimmory server has: its records, read from JSON.

A record needs its id; every other field that makes no sense is unknown. Fields we do not know are
ignored. Stamps of the server's rows (`createdAt`, `updatedAt`) have no zone: they are kept as text,
and only serve to compare rows of one server.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from msgspec import Struct

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.loose import (
    finite_number,
    line_of,
    passage_of,
    percent_of,
    said_of,
    text_of,
    time_of,
    words_of,
)
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore.values import (
    NoteKey,
    SessionKey,
    note_key,
    place_key,
    whole_second,
)

T = TypeVar("T")

_AT_ONCE: Final = 100


class RemoteBook(Struct, frozen=True):
    """A book of the server. `rating` is 1…10; `hash` is only told by the plugin fork's search."""

    id: int
    title: str
    authors: tuple[str, ...] = ()
    isbn13: str = ""
    isbn10: str = ""
    hash: str = ""
    file_id: int | None = None
    file_name: str = ""
    rating: int | None = None
    shelves: tuple[int, ...] = ()


class SearchRow(Struct, frozen=True):
    """A hit of the plugin fork's search; `score` is 0…1."""

    id: int
    title: str
    score: float
    hash: str = ""


class RemoteSession(Struct, frozen=True):
    """A stored reading session. Shares are percentages of 0…100; None where none was sent."""

    id: int
    book_id: int
    start_at: datetime | None
    end_at: datetime | None
    seconds: int | None
    start_percent: float | None = None
    end_percent: float | None = None
    start_page: str = ""
    end_page: str = ""

    @property
    def key(self) -> SessionKey | None:
        """As `NewSession.key`; None for one that can't be ours."""
        if self.start_at is None or self.end_at is None or self.seconds is None:
            return None
        return whole_second(self.start_at), whole_second(self.end_at), self.seconds


class SavedSession(Struct, frozen=True):
    """One of a batch, as it was stored."""

    id: int
    start_at: datetime | None
    end_at: datetime | None


class SessionPage(Struct, frozen=True):
    """A page of sessions, the newest start first. `total` counts all pages' sessions."""

    sessions: tuple[RemoteSession, ...]
    number: int
    pages: int
    total: int


class RemoteAnnotation(Struct, frozen=True):
    """A highlight. `color` and `style` are as stored, so that they can be sent back unchanged.

    `created` and `updated` of a row are the same in all lists until it is changed. In the answers
    to a create or an update they are not: those have fractions of a second, or an older time.
    """

    id: int
    book_id: int
    cfi: str
    text: str
    note: str = ""
    color: str = ""
    style: str = ""
    chapter: str = ""
    created: str = ""
    updated: str = ""

    @property
    def key(self) -> str:
        """As `NewAnnotation.key`."""
        return place_key(self.cfi)


class RemotePlaceNote(Struct, frozen=True):
    """A note at a place (v2)."""

    id: int
    book_id: int
    cfi: str
    content: str
    selected: str = ""
    color: str = ""
    chapter: str = ""
    created: str = ""
    updated: str = ""

    @property
    def key(self) -> str:
        """As `NewPlaceNote.key`."""
        return place_key(self.cfi)


class RemoteBookNote(Struct, frozen=True):
    """A note on the book's page (v1)."""

    id: int
    book_id: int
    title: str
    content: str
    created: str = ""
    updated: str = ""

    @property
    def key(self) -> NoteKey:
        """As `NewBookNote.key`."""
        return note_key(self.title, self.content)


class RemoteBookmark(Struct, frozen=True):
    """A marked place. `cfi` is "" for one in an audio book or a PDF; `priority` is 1 (high) … 5."""

    id: int
    book_id: int
    cfi: str
    title: str = ""
    color: str = ""
    notes: str = ""
    priority: int | None = None
    created: str = ""
    updated: str = ""

    @property
    def key(self) -> str:
        """As `NewBookmark.key`; "" where it has no CFI."""
        return place_key(self.cfi)


class RemoteShelf(Struct, frozen=True):
    """A shelf: one's own, or a public one of somebody else."""

    id: int
    name: str
    user_id: int | None
    public: bool = False
    books: int = 0


class KoreaderUser(Struct, frozen=True):
    """The account's user of KOReader sync, with its password, which the server tells.

    `with_web_reader`: its places go to the web reader and come from there.
    """

    name: str
    password: Secret
    enabled: bool
    with_web_reader: bool


def rows(body: object, read: Callable[[object], T]) -> tuple[T, ...]:
    """A list of records. Raises `Malformed` for anything else."""
    if not isinstance(body, list):
        raise Malformed("not a list")
    return tuple(read(row) for row in body)


async def many_rows(body: object, read: Callable[[object], T]) -> tuple[T, ...]:
    """The same, in a thread where there are so many that others would wait."""
    if isinstance(body, list) and len(body) > _AT_ONCE:
        return await asyncio.to_thread(rows, body, read)
    return rows(body, read)


def read_book(body: object) -> RemoteBook:
    """A whole book, or a row of a list; there title and ISBN may be at the top level."""
    given = _fields(body)
    metadata = given.get("metadata")
    about: Mapping[str, Any] = metadata if isinstance(metadata, dict) else given
    file = given.get("primaryFile")
    file = file if isinstance(file, dict) else {}
    authors, shelves = about.get("authors"), given.get("shelves")
    rating = _whole(given.get("personalRating"))
    return RemoteBook(
        _id(given),
        line_of(about.get("title")),
        tuple(filter(None, map(line_of, authors))) if isinstance(authors, list) else (),
        line_of(about.get("isbn13")),
        line_of(about.get("isbn10")),
        text_of(given.get("hash")),
        _whole(file.get("id")),
        line_of(file.get("fileName")),
        rating if rating is not None and 1 <= rating <= 10 else None,
        tuple(_id(_fields(one)) for one in shelves) if isinstance(shelves, list) else (),
    )


def read_search_row(body: object) -> SearchRow:
    given = _fields(body)
    score = finite_number(given.get("matchScore"))
    return SearchRow(
        _id(given), line_of(given.get("title")), score or 0.0, text_of(given.get("hash"))
    )


def read_session(body: object) -> RemoteSession:
    given = _fields(body)
    return RemoteSession(
        _id(given),
        _id(given, "bookId"),
        time_of(given.get("startTime")),
        time_of(given.get("endTime")),
        _whole(given.get("durationSeconds")),
        percent_of(given.get("startProgress")),
        percent_of(given.get("endProgress")),
        line_of(given.get("startLocation")),
        line_of(given.get("endLocation")),
    )


def read_saved(body: object) -> tuple[SavedSession, ...]:
    """The sessions of an answer to a batch, in the order sent."""

    def read(row: object) -> SavedSession:
        given = _fields(row)
        at = (time_of(given.get("startTime")), time_of(given.get("endTime")))
        return SavedSession(_id(given, "sessionId"), *at)

    return rows(_fields(body).get("results"), read)


def read_session_page(body: object) -> SessionPage:
    given = _fields(body)
    page = _fields(given.get("page"))
    sessions = rows(given.get("content"), read_session)
    numbers = (_whole(page.get(name)) or 0 for name in ("number", "totalPages", "totalElements"))
    return SessionPage(sessions, *numbers)


def read_annotation(body: object) -> RemoteAnnotation:
    given = _fields(body)
    return RemoteAnnotation(
        _id(given),
        _id(given, "bookId"),
        words_of(given.get("cfi")),
        passage_of(given.get("text")),
        passage_of(given.get("note")),
        words_of(given.get("color")),
        words_of(given.get("style")),
        line_of(given.get("chapterTitle")),
        *_stamps(given),
    )


def read_place_note(body: object) -> RemotePlaceNote:
    given = _fields(body)
    return RemotePlaceNote(
        _id(given),
        _id(given, "bookId"),
        words_of(given.get("cfi")),
        passage_of(given.get("noteContent")),
        passage_of(given.get("selectedText")),
        words_of(given.get("color")),
        line_of(given.get("chapterTitle")),
        *_stamps(given),
    )


def read_book_note(body: object) -> RemoteBookNote:
    given = _fields(body)
    return RemoteBookNote(
        _id(given),
        _id(given, "bookId"),
        line_of(given.get("title")),
        passage_of(given.get("content")),
        *_stamps(given),
    )


def read_bookmark(body: object) -> RemoteBookmark:
    given = _fields(body)
    return RemoteBookmark(
        _id(given),
        _id(given, "bookId"),
        words_of(given.get("cfi")),
        line_of(given.get("title")),
        words_of(given.get("color")),
        passage_of(given.get("notes")),
        _whole(given.get("priority")),
        *_stamps(given),
    )


def read_shelf(body: object) -> RemoteShelf:
    given = _fields(body)
    return RemoteShelf(
        _id(given),
        line_of(given.get("name")),
        _whole(given.get("userId")),
        given.get("publicShelf") is True,
        _whole(given.get("bookCount")) or 0,
    )


def read_koreader_user(body: object) -> KoreaderUser:
    """Raises `Malformed` without a name or a password. The switch has two names."""
    given = _fields(body)
    name, password = words_of(given.get("username")), words_of(given.get("password"))
    if not name or not password:
        raise Malformed("no user of KOReader sync")
    switches = (given.get("syncWithWebReader"), given.get("syncWithBookloreReader"))
    return KoreaderUser(name, Secret(password), given.get("syncEnabled") is True, True in switches)


def message_in(body: object) -> str:
    """The server's own sentence in a record of an error; "" without one."""
    return said_of(body.get("message")) if isinstance(body, dict) else ""


def _fields(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Malformed("not a record")
    return body


def _id(given: Mapping[str, Any], name: str = "id") -> int:
    found = _whole(given.get(name))
    if found is None:
        raise Malformed("a record without its id")
    return found


def _whole(value: object) -> int | None:
    number = finite_number(value)
    return int(number) if number is not None and number == int(number) else None


def _stamps(given: Mapping[str, Any]) -> tuple[str, str]:
    return line_of(given.get("createdAt"), 40), line_of(given.get("updatedAt"), 40)
