"""The client at the fake of each server, over sockets: what goes out, and what is made of it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from kios_desktop.domain.errors import (
    Conflict,
    Fault,
    Faulty,
    Gone,
    Malformed,
    NotMatched,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    Throttled,
    Unreachable,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.protocols.booklore import (
    AnnotationStyle,
    BookloreClient,
    NewAnnotation,
    NewBookmark,
    NewBookNote,
    NewPlaceNote,
    NewSession,
    may_have_been_done,
    server_base,
)
from kios_desktop.protocols.http import Http
from tests.fakes.booklore_server import BookloreServer
from tests.protocols.booklore.accounts import Clock, KeptSecrets, signing_in

RANGE = "epubcfi(/6/8!/4/4,/4/1:5,/6/1:12)"
POINT = "epubcfi(/6/8!/4/4/4/1:5)"
AT = datetime(2026, 5, 3, 19, 30, tzinfo=UTC)
ALICE, FOREIGN, NO_BOOK = 8, 2, 4242


def session(minutes: int = 31, hours: int = 0) -> NewSession:
    start = AT + timedelta(hours=hours)
    return NewSession(
        start, start + timedelta(minutes=minutes, seconds=5), 0.125, 0.274, "39", "85"
    )


@pytest.fixture(params=["PF", "GR3", "BL2"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BookloreServer]:
    async with BookloreServer(request.param) as made:
        yield made


@pytest.fixture
async def client(server: BookloreServer) -> AsyncIterator[BookloreClient]:
    async with signing_in(server) as made:
        yield made


def last_body(server: BookloreServer) -> Any:
    return json.loads(server.asked[-1].body)


async def test_a_session_goes_out_with_all_fields_in_their_form(
    server: BookloreServer, client: BookloreClient
) -> None:
    there = timezone(timedelta(hours=-5))
    start = datetime(2026, 5, 3, 14, 30, 0, 999_999, there)
    one = NewSession(start, start + timedelta(hours=1, seconds=65), 0.12345, 0.1, "39", "85")
    await client.sessions.save(ALICE, one)
    assert last_body(server) == {
        "bookId": ALICE,
        "bookType": "EPUB",
        "startTime": "2026-05-03T19:30:00Z",
        "endTime": "2026-05-03T20:31:05Z",
        "durationSeconds": 3665,
        "durationFormatted": "1h 1m 5s",
        "startProgress": 12.35,
        "endProgress": 10.0,
        "progressDelta": -2.35,
        "startLocation": "39",
        "endLocation": "85",
    }
    found = (await client.sessions.page(ALICE)).sessions
    assert [row.key for row in found] == [one.key]
    assert (found[0].start_percent, found[0].end_percent, found[0].start_page) == (12.35, 10, "39")


async def test_a_session_that_is_sent_twice_is_there_twice(client: BookloreClient) -> None:
    for _ in range(2):
        await client.sessions.save(ALICE, session())
    page = await client.sessions.page(ALICE)
    assert page.total == 2
    assert len({row.key for row in page.sessions}) == 1


async def test_a_batch_is_for_the_fork_alone(
    server: BookloreServer, client: BookloreClient
) -> None:
    sessions = [session(hours=hours) for hours in range(100)]
    if server.variant.fork:
        saved = await client.sessions.save_all(ALICE, sessions)
        assert [one.start_at for one in saved] == [one.key[0] for one in sessions]
        return
    with pytest.raises(Faulty) as raised:
        await client.sessions.save_all(ALICE, sessions)
    assert may_have_been_done(raised.value), "nobody knows: the sessions are to be listed first"
    assert server.state.sessions == []


async def test_sessions_come_in_pages(client: BookloreClient) -> None:
    for hours in range(5):
        await client.sessions.save(ALICE, session(hours=hours))
    first, last = [await client.sessions.page(ALICE, number, size=3) for number in (0, 1)]
    assert (len(first.sessions), len(last.sessions), first.pages, first.total) == (3, 2, 2, 5)
    starts = [str(row.start_at) for row in (*first.sessions, *last.sessions)]
    assert starts == sorted(starts, reverse=True)


async def test_a_highlight_is_made_changed_and_deleted(
    server: BookloreServer, client: BookloreClient
) -> None:
    await client.sign_in()
    new = NewAnnotation(ALICE, RANGE, "the passage", note="mine", chapter="III")
    made = await client.annotations.create(new)
    assert last_body(server) == {
        "bookId": ALICE,
        "cfi": RANGE,
        "text": "the passage",
        "color": "#FACC15",
        "style": "highlight",
        "note": "mine",
        "chapterTitle": "III",
    }
    (before,) = await client.annotations.of_book(ALICE)
    assert made.updated.startswith(f"{before.updated}."), "read back in whole seconds"
    server.pass_(2)
    changed = await client.annotations.update(made.id, note="", style=AnnotationStyle.UNDERLINE)
    assert last_body(server) == {"note": "", "style": "underline"}
    assert (changed.note, changed.style, changed.color) == ("", "underline", "#FACC15")
    assert changed.updated == before.updated, "the stamp of the version before"
    (listed,) = await client.annotations.of_book(ALICE)
    assert listed.updated > before.updated
    await client.annotations.delete(made.id)
    assert await client.annotations.of_book(ALICE) == ()


Create = Callable[[BookloreClient], Awaitable[object]]
CREATED: dict[str, Create] = {
    "annotation": lambda c: c.annotations.create(NewAnnotation(ALICE, RANGE, "x")),
    "place note": lambda c: c.place_notes.create(NewPlaceNote(ALICE, RANGE, "n")),
    "bookmark": lambda c: c.bookmarks.create(NewBookmark(ALICE, POINT, "Ferry")),
    "shelf": lambda c: c.shelves.create("Kios"),
}


@pytest.mark.parametrize("what", CREATED)
async def test_what_is_there_already_is_a_conflict(client: BookloreClient, what: str) -> None:
    await CREATED[what](client)
    with pytest.raises(Conflict) as raised:
        await CREATED[what](client)
    assert raised.value.stored


@pytest.mark.parametrize("what", CREATED)
@pytest.mark.parametrize("mode", ["race", "deadlock"])
async def test_who_comes_second_has_to_list(
    server: BookloreServer, client: BookloreClient, what: str, mode: str
) -> None:
    await client.sign_in()
    server.fail(mode)
    with pytest.raises((Conflict, Faulty)) as raised:
        await CREATED[what](client)
    assert may_have_been_done(raised.value)


async def test_another_letter_case_is_a_conflict_too(client: BookloreClient) -> None:
    await client.annotations.create(NewAnnotation(ALICE, RANGE.replace("/8!", "/8[Chap]!"), "x"))
    with pytest.raises(Conflict):
        await client.annotations.create(
            NewAnnotation(ALICE, RANGE.replace("/8!", "/8[chap]!"), "x")
        )


async def test_two_notes_on_the_books_page_may_be_the_same(client: BookloreClient) -> None:
    new = NewBookNote(ALICE, "Three", "The tide table is a map.")
    first, second = [await client.book_notes.create(new) for _ in range(2)]
    assert first.id != second.id
    changed = await client.book_notes.replace(first.id, NewBookNote(ALICE, "", "a map of debts"))
    assert (changed.id, changed.title, changed.content) == (first.id, "", "a map of debts")
    await client.book_notes.delete(second.id)
    assert [note.id for note in await client.book_notes.of_book(ALICE)] == [first.id]


async def test_a_note_that_was_stored_is_found_by_its_key(client: BookloreClient) -> None:
    """Text is cleaned when it is read: what came back is not what was sent."""
    new = NewBookNote(ALICE, " Chapter\t 3 ", "\tOne line,\r\nanother one\x00\n\n")
    await client.book_notes.create(new)
    (found,) = await client.book_notes.of_book(ALICE)
    assert (found.title, found.content) != (new.title, new.content)
    assert found.key == new.key
    assert found.key != NewBookNote(ALICE, "Chapter 3", "One line,").key


async def test_what_stands_in_the_way_is_found_by_its_key(client: BookloreClient) -> None:
    theirs, ours = (RANGE.replace("/8!", f"/8[{one}]!") for one in ("Straße-É", "strasse-e"))
    made = await client.annotations.create(NewAnnotation(ALICE, theirs, "x"))
    (found,) = [
        one
        for one in await client.annotations.of_book(ALICE)
        if one.key == NewAnnotation(ALICE, ours, "x").key
    ]
    assert (found.id, found.cfi) == (made.id, theirs)
    assert found.key != NewAnnotation(ALICE, RANGE, "x").key
    point = await client.bookmarks.create(NewBookmark(ALICE, POINT))
    assert point.key == NewBookmark(ALICE, POINT).key
    note = await client.place_notes.create(NewPlaceNote(ALICE, RANGE, "n"))
    assert note.key == NewPlaceNote(ALICE, RANGE, "n").key


async def test_changes_that_no_server_takes_are_not_sent(
    server: BookloreServer, client: BookloreClient
) -> None:
    for change in (
        lambda: client.annotations.update(1, note="x" * 5001),
        lambda: client.annotations.update(1, note="half \ud83d"),
        lambda: client.annotations.update(1, color="red"),
        lambda: client.place_notes.update(1, content="é" * 32_768),
        lambda: client.place_notes.update(1, color=""),
        lambda: client.bookmarks.rename(1, "half \ud83d"),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 (each has a reason of its own)
            await change()
    assert server.asked == []


async def test_a_batch_of_which_less_was_stored_is_in_doubt() -> None:
    async with BookloreServer("PF") as server, signing_in(server) as client:
        await client.sign_in()
        server.fail("short", "batch")
        with pytest.raises(Malformed) as raised:
            await client.sessions.save_all(ALICE, [session(hours=hours) for hours in range(3)])
        assert may_have_been_done(raised.value)


async def test_notes_at_a_place(client: BookloreClient) -> None:
    made = await client.place_notes.create(NewPlaceNote(ALICE, RANGE, "ferryman", "salt"))
    changed = await client.place_notes.update(made.id, content="Oren", color="#4CAF50")
    assert (changed.content, changed.selected, changed.color) == ("Oren", "salt", "#4CAF50")
    with pytest.raises(ValueError, match="nothing"):
        await client.place_notes.update(made.id, content=" ")
    assert [note.id for note in await client.place_notes.of_book(ALICE)] == [made.id]
    await client.place_notes.delete(made.id)
    assert await client.place_notes.of_book(ALICE) == ()


async def test_bookmarks(client: BookloreClient) -> None:
    made = await client.bookmarks.create(NewBookmark(ALICE, POINT))
    assert (made.title, made.priority) == ("", 3)
    assert (await client.bookmarks.rename(made.id, "Ferry")).title == "Ferry"
    assert [one.cfi for one in await client.bookmarks.of_book(ALICE)] == [POINT]
    await client.bookmarks.delete(made.id)
    assert await client.bookmarks.of_book(ALICE) == ()


async def test_a_rating_is_read_back_and_cleared(client: BookloreClient) -> None:
    await client.books.rate(ALICE, 8)
    book = await client.books.get(ALICE)
    assert book is not None
    assert book.rating == 8
    await client.books.clear_rating(ALICE)
    book = await client.books.get(ALICE)
    assert book is not None
    assert book.rating is None
    for rating in (0, 11):
        with pytest.raises(ValueError, match="no rating"):
            await client.books.rate(ALICE, rating)


async def test_shelves(client: BookloreClient) -> None:
    made = await client.shelves.create("Kios")
    assert await client.shelves.assign([ALICE, NO_BOOK], on=[made.id]) == (ALICE,)
    assert [one.id for one in await client.shelves.books(made.id)] == [ALICE]
    assert await client.shelves.assign([ALICE], off=[made.id]) == (ALICE,)
    assert await client.shelves.books(made.id) == ()
    own = [one.name for one in await client.shelves.all() if one.user_id == client.tokens.user_id]
    assert own == ["Favorites", "Kobo", "Kios"]


async def test_a_shelf_that_is_not_ours_is_a_missing_right(
    server: BookloreServer, client: BookloreClient
) -> None:
    await client.sign_in()
    with pytest.raises(Rejected) as raised:
        await client.shelves.assign([ALICE], on=[999])
    assert raised.value.refusal is Refusal.FORBIDDEN
    assert raised.value.said.startswith("Cannot assign shelves")
    assert server.paths().count("POST /api/v1/auth/login") == 1, "no new sign-in for that"


async def test_a_book_that_is_not_there(client: BookloreClient) -> None:
    assert await client.books.get(NO_BOOK) is None
    for ask in (
        lambda: client.sessions.save(NO_BOOK, session()),
        lambda: client.sessions.page(NO_BOOK),
        lambda: client.books.rate(NO_BOOK, 3),
        lambda: client.book_notes.create(NewBookNote(NO_BOOK, "", "x")),
    ):
        with pytest.raises(NotMatched):
            await ask()
    with pytest.raises(Faulty) as raised:
        await client.annotations.create(NewAnnotation(NO_BOOK, RANGE, "x"))
    assert raised.value.status == 500


async def test_a_book_of_another_library(client: BookloreClient) -> None:
    with pytest.raises(Rejected) as raised:
        await client.books.get(FOREIGN)
    assert raised.value.refusal is Refusal.FORBIDDEN


@pytest.mark.parametrize("what", ["annotations", "place_notes", "book_notes", "bookmarks"])
async def test_to_delete_what_is_gone_leaves_it_open(client: BookloreClient, what: str) -> None:
    with pytest.raises(Faulty) as raised:
        await getattr(client, what).delete(9001)
    assert raised.value.status == 500
    assert may_have_been_done(raised.value)


async def test_the_user_of_koreader_sync(server: BookloreServer, client: BookloreClient) -> None:
    assert await client.koreader.user() is None
    made = await client.koreader.save_user("mira-ko", Secret("sync-password"))
    assert (made.name, made.password, made.enabled) == ("mira-ko", Secret("sync-password"), False)
    assert await client.koreader.user() == made
    assert "sync-password" not in repr(made)
    await client.koreader.sign_in("mira-ko", Secret("sync-password"))
    with pytest.raises(Rejected) as raised:
        await client.koreader.sign_in("mira-ko", Secret("wrong"))
    assert raised.value.refusal is Refusal.CREDENTIALS
    server.state.people[2].may_sync = False
    with pytest.raises(Rejected) as raised:
        await client.koreader.user()
    assert raised.value.refusal is Refusal.FORBIDDEN


async def test_by_hash_on_the_fork_and_elsewhere(
    server: BookloreServer, client: BookloreClient
) -> None:
    wanted = server.state.books[ALICE].hash
    await client.koreader.save_user("mira-ko", Secret("p"))
    if not server.variant.fork:
        with pytest.raises(Malformed):
            await client.books.by_hash(wanted)
        with pytest.raises(Malformed):
            await client.koreader.by_hash(wanted, "mira-ko", Secret("p"))
        return
    for found in (
        await client.books.by_hash(wanted.upper()),
        await client.koreader.by_hash(wanted, "mira-ko", Secret("p")),
    ):
        assert found is not None
        assert (found.id, found.authors, found.file_id) == (ALICE, ("Lewis Carroll",), ALICE)
    assert await client.books.by_hash("0" * 32) is None
    server.state.books[9].hash = wanted
    with pytest.raises(NotMatched) as raised:
        await client.books.by_hash(wanted)
    assert raised.value.duplicates


async def test_search_of_apps(server: BookloreServer, client: BookloreClient) -> None:
    if server.variant.name == "BL2":
        with pytest.raises(Unsupported):
            await client.books.containing("salt")
        return
    (found,) = await client.books.containing("salt")
    assert (found.id, found.title, found.isbn13) == (7, "The Salt Road", "9780306406157")


FAULTS: dict[str, bool] = {
    "page": True,
    "login page": True,
    "moved": True,
    "plain text": True,
    "broken": True,
    "lost": True,
    "killed": True,
    "busy": False,
    "no right": False,
}


@pytest.mark.parametrize("mode", FAULTS)
async def test_no_fault_is_taken_for_success(
    server: BookloreServer, client: BookloreClient, mode: str
) -> None:
    """And each says whether the write may have been carried out."""
    await client.sign_in()
    server.fail(mode)
    for write in (
        lambda: client.sessions.save(ALICE, session()),
        lambda: client.annotations.create(NewAnnotation(ALICE, RANGE, "x")),
        lambda: client.books.rate(ALICE, 3),
        lambda: client.shelves.assign([ALICE], on=[2]),
        lambda: client.annotations.delete(1),
    ):
        sent = len(server.asked)
        with pytest.raises(RemoteError) as raised:
            await write()
        assert may_have_been_done(raised.value) is FAULTS[mode]
        assert len(server.asked) == sent + 1, "a write is sent once, and follows no redirect"


@pytest.mark.parametrize("mode", ["half", "huge", "page", "plain text"])
async def test_answers_that_are_none(
    server: BookloreServer, client: BookloreClient, mode: str
) -> None:
    await client.annotations.create(NewAnnotation(ALICE, RANGE, "x"))
    server.fail(mode)
    for read in (client.annotations.of_book, client.sessions.page, client.books.get):
        with pytest.raises(Malformed):
            await read(ALICE)


async def test_unknown_fields_are_ignored(server: BookloreServer, client: BookloreClient) -> None:
    await client.annotations.create(NewAnnotation(ALICE, RANGE, "x"))
    server.state.annotations[0] |= {"later": {"nested": [1]}, "color": 7, "note": None}
    (found,) = await client.annotations.of_book(ALICE)
    assert (found.text, found.color, found.note) == ("x", "", "")


@pytest.mark.parametrize(
    "make",
    [
        lambda: NewAnnotation(1, POINT, "x"),
        lambda: NewAnnotation(1, "epubcfi(/6/8!/4/2/1:0,/1:0)", "x"),
        lambda: NewAnnotation(1, RANGE, ""),
        lambda: NewAnnotation(1, RANGE, "\U0001f600" * 2501),
        lambda: NewAnnotation(1, RANGE, "x", color="red"),
        lambda: NewAnnotation(1, f"epubcfi(/6/{'2' * 990},/1:0,/1:1)", "x"),
        lambda: NewBookmark(1, RANGE),
        lambda: NewBookmark(1, ""),
        lambda: NewBookmark(1, POINT, "x" * 256),
        lambda: NewBookNote(1, "", "  "),
        lambda: NewBookNote(1, "", "é" * 32_768),
        lambda: NewPlaceNote(1, RANGE, " "),
        lambda: NewSession(AT, AT - timedelta(seconds=1), 0, 0, "", ""),
        lambda: NewSession(AT, AT, 0, 27.4, "", ""),
        lambda: NewSession(AT.replace(tzinfo=None), AT, 0, 0, "", ""),
        lambda: NewSession(AT, AT, 0, 0, "x" * 501, ""),
        lambda: NewSession(datetime(1970, 1, 1, tzinfo=UTC), AT, 0, 0, "", ""),
        lambda: NewSession(AT, datetime(2106, 1, 1, tzinfo=UTC), 0, 0, "", ""),
        lambda: NewAnnotation(1, RANGE, "half \ud83d"),
        lambda: NewAnnotation(1, RANGE, "x", note="half \ud83d"),
        lambda: NewAnnotation(1, "epubcfi(/6/8[a\tb]!/4,/4/1:5,/6/1:12)", "x"),
        lambda: NewBookmark(1, "epubcfi(/6/8[a\x01]!/4)"),
        lambda: NewBookmark(1, POINT, "half \ud83d"),
        lambda: NewPlaceNote(1, RANGE, "\ufeff"),
    ],
)
def test_what_no_server_takes_is_not_sent(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each has a reason of its own)
        make()


def test_a_range_with_commas_in_its_assertions() -> None:
    NewAnnotation(1, "epubcfi(/6/8[a^,b]!/4,/4/1:5[^,x],/6/1:12)", "x")


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("http://h:6060", "http://h:6060"),
        ("http://h:6060/", "http://h:6060"),
        ("https://h/books/api/v1/opds/", "https://h/books"),
        ("https://h/api/koreader", "https://h"),
        ("https://h/api/kobo/0f1e2d3c/", "https://h"),
        ("https://h/login?next=%2F", "https://h"),
        ("https://h/grimmory/dashboard", "https://h/grimmory"),
        ("http://dashboard", "http://dashboard"),
        ("http://api/api/v1/", "http://api"),
        ("https://h/API/V1", "https://h"),
        ("https://u:p@h/login", "https://u:p@h"),
        ("h:6060/", "h:6060"),
    ],
)
def test_the_address_is_taken_from_what_was_copied(typed: str, base: str) -> None:
    assert server_base(ServerUrl(typed)).reveal() == base


async def test_what_was_never_sent_was_not_done(server: BookloreServer) -> None:
    """A sign-in that fails says nothing about the write that it was for."""
    for mode in ("lost", "killed", "broken", "page", "database down"):
        async with signing_in(server) as client:
            server.fail(mode, "auth/login")
            with pytest.raises(RemoteError) as raised:
                await client.sessions.save(ALICE, session())
            assert not may_have_been_done(raised.value)
    assert "POST /api/v1/reading-sessions" not in server.paths()


@pytest.mark.parametrize("mode", ["lost", "broken", "page"])
async def test_a_write_whose_token_was_refused_was_not_done(
    server: BookloreServer, mode: str
) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.sign_in()
        clock.pass_(120)
        server.accounts.revoked_before = server.accounts.now
        server.fail(mode, "auth/")
        with pytest.raises(RemoteError) as raised:
            await client.sessions.save(ALICE, session())
    assert not may_have_been_done(raised.value)
    assert server.state.sessions == []


async def test_a_connection_that_was_never_made_carried_nothing(client: BookloreClient) -> None:
    await client.sign_in()
    token = await client.tokens.token()

    class Signed:
        async def token(self) -> Secret:
            return token

    for url in ("http://127.0.0.1:9", "http://no-such-server.invalid", "http://[x"):
        http = Http()
        there = BookloreClient(http, ServerUrl(url), "mira", KeptSecrets())
        there.sessions._api._keeper = Signed()  # type: ignore[assignment]
        with pytest.raises(RemoteError) as raised:
            await there.sessions.save(ALICE, session())
        await http.aclose()
        assert not may_have_been_done(raised.value), url


async def test_what_is_sent_over_a_closed_connection_is_not_done(server: BookloreServer) -> None:
    async with signing_in(server) as client:
        await client.sign_in()
    with pytest.raises(Unreachable) as raised:
        await client.sessions.save(ALICE, session())
    assert not may_have_been_done(raised.value)


@pytest.mark.parametrize(
    ("error", "open_"),
    [
        (Unreachable(Fault.OFFLINE, "h"), True),  # the network went while the answer was awaited
        (Unreachable(Fault.TIMEOUT, "h"), True),
        (Untrusted("h", None), True),
        (Throttled(5, 503), True),  # of a proxy, whose server may have had it
        (Throttled(5, 429), False),
        (Faulty(504), True),
        (Faulty(401), False),
        (Conflict(409), True),
        (Malformed("not JSON"), True),
        (Refused(400), False),
        (Rejected(Refusal.FORBIDDEN), False),
        (NotMatched(), False),
        (Unsupported(), False),
        (Gone(), False),
    ],
)
def test_whether_a_write_is_in_doubt(error: RemoteError, open_: bool) -> None:
    assert may_have_been_done(error) is open_
    error.not_done = True
    assert not may_have_been_done(error)
