"""What the client makes of every recorded answer of three real servers, over a socket."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kios_desktop.domain.errors import (
    Conflict,
    Faulty,
    Gone,
    LockedOut,
    Malformed,
    NotMatched,
    Refused,
    Rejected,
    RemoteError,
    Unsupported,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.protocols.booklore import (
    BookloreClient,
    NewAnnotation,
    NewBookmark,
    NewBookNote,
    NewPlaceNote,
    NewSession,
)
from kios_desktop.protocols.http import Http
from kios_desktop.ui.kit.error_texts import explain
from tests.fakes.booklore_accounts import Accounts
from tests.fakes.booklore_state import usual_state
from tests.fakes.booklore_variants import VARIANTS
from tests.fakes.loopback import Asked, Loopback, Says
from tests.protocols.booklore.accounts import PASSWORD, KeptSecrets
from tests.protocols.booklore.recorded import Case, cases, is_marker, is_ours, need
from tests.protocols.booklore.test_client import AT, POINT, RANGE

KO = ("mira-ko", Secret("p"))
SESSION = NewSession(AT, AT, 0, 0.5, "1", "2")

Ask = Callable[[BookloreClient], Awaitable[Any]]
ASKED: dict[str, Ask] = {
    r"GET /api/koreader/users/auth": lambda c: c.koreader.sign_in(*KO),
    r"GET /api/koreader/books/by-hash/\w+": lambda c: c.koreader.by_hash("0" * 32, *KO),
    r"POST /api/v1/auth/login": lambda c: c.sign_in(),
    r"POST /api/v1/auth/refresh": lambda c: c.tokens._door.refresh(Secret("r")),
    r"GET /api/v1/public-settings": lambda c: c.public_settings(),
    r"GET /api/v1/books/by-hash/\w+": lambda c: c.books.by_hash("0" * 32),
    r"GET /api/v1/books/search": lambda c: c.books.with_title("t"),
    r"GET /api/v1/app/books/search": lambda c: c.books.containing("t"),
    r"GET /api/v1/books/(\w+|-\d+)": lambda c: c.books.get(7),
    r"PUT /api/v1/books/personal-rating": lambda c: c.books.rate(8, 3),
    r"POST /api/v1/books/reset-personal-rating": lambda c: c.books.clear_rating(8),
    r"POST /api/v1/books/shelves": lambda c: c.shelves.assign([8], on=[7]),
    r"POST /api/v1/reading-sessions": lambda c: c.sessions.save(8, SESSION),
    r"POST /api/v1/reading-sessions/batch": lambda c: c.sessions.save_all(8, [SESSION]),
    r"GET /api/v1/reading-sessions/book/\d+": lambda c: c.sessions.page(8),
    r"POST /api/v1/annotations": lambda c: c.annotations.create(NewAnnotation(8, RANGE, "x")),
    r"GET /api/v1/annotations/book/\d+": lambda c: c.annotations.of_book(8),
    r"PUT /api/v1/annotations/\d+": lambda c: c.annotations.update(1, note="x"),
    r"DELETE /api/v1/annotations/\d+": lambda c: c.annotations.delete(1),
    r"POST /api/v2/book-notes": lambda c: c.place_notes.create(NewPlaceNote(8, RANGE, "x")),
    r"GET /api/v2/book-notes/book/\d+": lambda c: c.place_notes.of_book(8),
    r"PUT /api/v2/book-notes/\d+": lambda c: c.place_notes.update(1, content="x"),
    r"DELETE /api/v2/book-notes/\d+": lambda c: c.place_notes.delete(1),
    r"POST /api/v1/book-notes": lambda c: c.book_notes.create(NewBookNote(8, "t", "x")),
    r"GET /api/v1/book-notes/book/\d+": lambda c: c.book_notes.of_book(8),
    r"DELETE /api/v1/book-notes/\d+": lambda c: c.book_notes.delete(1),
    r"POST /api/v1/bookmarks": lambda c: c.bookmarks.create(NewBookmark(8, POINT)),
    r"GET /api/v1/bookmarks/book/\d+": lambda c: c.bookmarks.of_book(8),
    r"PUT /api/v1/bookmarks/\d+": lambda c: c.bookmarks.rename(1, "x"),
    r"DELETE /api/v1/bookmarks/\d+": lambda c: c.bookmarks.delete(1),
    r"GET /api/v1/shelves": lambda c: c.shelves.all(),
    r"POST /api/v1/shelves": lambda c: c.shelves.create("Kios"),
    r"GET /api/v1/shelves/\d+/books": lambda c: c.shelves.books(7),
    r"GET /api/v1/koreader-users/me": lambda c: c.koreader.user(),
    r"PUT /api/v1/koreader-users/me": lambda c: c.koreader.save_user(*KO),
}
NOT_ASKED = frozenset(
    {
        "GET /api/v1/healthcheck",  # its version decides nothing
        "GET /api/v1/shelves/",
        "GET /api/v1/books/by-hash",
        "PUT /api/v1/book-notes/1",  # POST with an id changes it
    }
)
"""Recorded below the same paths, and not in the client. Beside them: single rows by their id."""


def ask_of(case: Case) -> Ask | None:
    asked = f"{case.method} {case.route}"
    fitting = [ask for route, ask in ASKED.items() if re.fullmatch(route, asked)]
    return fitting[0] if fitting else None


def without_markers(value: Any) -> Any:
    if isinstance(value, list):
        return [without_markers(one) for one in value if not is_marker(one)]
    if isinstance(value, dict):
        return {name: without_markers(one) for name, one in value.items()}
    return value


def expected(case: Case) -> type[RemoteError] | tuple[type[RemoteError], ...] | None:
    """The error of an answer, by its status and message; None for a success or “not there”."""
    body = case.answer if isinstance(case.answer, dict) else {}
    message = str(body.get("message", "")).lower()
    by_hash, auth = "by-hash/" in case.route, "/auth/" in case.route
    koreader = case.route.startswith("/api/koreader/")
    if case.content_type == "text/html":
        return (Malformed, Unsupported)
    match case.status:
        case 200 | 201 | 202 | 204:
            return None
        case 400 if "data conflict" in message:
            return Conflict
        case 400 if "java.lang.string" in message:
            return NotMatched
        case 400 if auth and "invalid credentials" in message:
            return Rejected if "login" in case.route else Refused
        case 400:
            return Refused
        case 401 if koreader or message:
            return Rejected
        case 401:
            return Faulty
        case 403:
            return Rejected
        case 404 if by_hash or case.method == "GET":
            missing = "/reading-sessions/" in case.route
            return NotMatched if missing else None
        case 404:
            return (NotMatched, Gone)
        case 409:
            return Conflict
        case 429:
            return LockedOut
        case 500 if by_hash and not koreader:
            return NotMatched
        case 500 if "/app/" in case.route:
            return Unsupported
    return Faulty


def check_read(case: Case, value: Any) -> None:
    """What was read is what was recorded: ids, places and words of every row."""
    recorded = without_markers(case.answer)
    if isinstance(recorded, dict) and isinstance(recorded.get("content"), list):
        recorded = recorded["content"]
    if isinstance(recorded, dict) and "results" in recorded:
        assert [one.id for one in value] == [row["sessionId"] for row in recorded["results"]]
        return
    value = getattr(value, "sessions", value)
    if value is None or isinstance(value, int):
        return
    mine = list(value) if isinstance(value, tuple) else [value]
    theirs = recorded if isinstance(recorded, list) else [recorded]
    if mine and isinstance(mine[0], int):
        assert mine == [row["id"] for row in theirs]
        return
    assert len(mine) == len(theirs)
    for one, row in zip(mine, theirs, strict=True):
        if hasattr(one, "id"):
            assert one.id == row["id"]
        for name, wire in (("cfi", "cfi"), ("color", "color"), ("style", "style")):
            if hasattr(one, name):
                assert getattr(one, name) == (row.get(wire) or "").strip()
        about = row.get("metadata", row)
        if "title" in about and hasattr(one, "title"):
            assert one.title == " ".join((about["title"] or "").split())
        if hasattr(one, "authors"):
            assert list(one.authors) == about.get("authors", [])
            assert one.isbn13 == about.get("isbn13", "")


@pytest.mark.parametrize("variant", VARIANTS)
async def test_it_reads_every_recorded_answer(variant: str) -> None:
    need()
    accounts = Accounts(VARIANTS[variant], usual_state())
    now: list[Case] = []

    def answer(asked: Asked) -> Says:
        case = now[0]
        signs_in = asked.path.endswith("/auth/login") and "auth/login" not in case.route
        if signs_in:
            accounts.now += 2
            return accounts.sign_in(json.loads(asked.body))
        body = case.received
        if case.answer is not None:
            text = json.dumps(without_markers(case.answer), ensure_ascii=False)
            body = text.replace("«token»", "a.b.c").encode()
        kind = {"Content-Type": case.content_type} if case.content_type else {}
        return Says(case.status, body, kind)

    wrong: list[str] = []
    read = 0
    http = Http()
    async with Loopback(answer) as server:
        for case in cases():
            if case.variant != variant or not is_ours(case) or (ask := ask_of(case)) is None:
                continue
            now[:] = [case]
            read += 1
            client = BookloreClient(http, ServerUrl(server.origin), "mira", KeptSecrets())
            should = expected(case)
            try:
                value = await ask(client)
            except RemoteError as error:
                if should is None or not isinstance(error, should):
                    wrong.append(f"{case.name}: {type(error).__name__} {error}")
                told = f"{explain(error).text} {vars(error)}"
                wrong += [f"{case.name}: {told}"] if PASSWORD in told else []
                continue
            if should is not None:
                wrong.append(f"{case.name}: nothing was wrong with it")
                continue
            try:
                if case.status < 300:
                    check_read(case, value)
            except AssertionError as difference:
                wrong.append(f"{case.name}: {str(difference)[:200]}")
    await http.aclose()
    assert not wrong, "\n".join(wrong)
    assert read == READ[variant]


READ = {"PF": 292, "GR3": 293, "BL2": 314}
"""How many answers are read, of those that are of a request the client makes."""


def test_what_is_recorded_is_asked_or_said_not_to_be() -> None:
    need()
    left = {
        f"{case.method} {case.route}" for case in cases() if is_ours(case) and ask_of(case) is None
    }
    rows = re.compile(r"GET /api/v\d/(annotations|book-notes|bookmarks)/\d+|\w+ /api/v1/auth/login")
    assert {one for one in left if not rows.fullmatch(one)} == NOT_ASKED
