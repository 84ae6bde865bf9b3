"""What a person or another reader does while a run goes on, or between two of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from kios_desktop.application.account_library import AccountLibrary
from kios_desktop.domain.account_items import AccountItem, ItemKind, ItemState
from kios_desktop.domain.accounts import AccountChoices, AccountServer, NotesTo
from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import MarkColour, TextQuote
from kios_desktop.outbox.account_sync import AccountSync
from kios_desktop.outbox.ports import AccountRemote
from kios_desktop.outbox.resolving import left_alone
from tests.account_desk import ALL_ON, REMOTE, AccountDesk, account_desk
from tests.fakes.booklore_server import BookloreServer

Meanwhile = Callable[[], Awaitable[object]]
MADE = {"userId": 2, "bookId": REMOTE, "createdAt": "x", "updatedAt": "x"}


class Interrupted:
    """A part that does `before[name]` once, before the first call of that name."""

    def __init__(
        self, remote: AccountRemote | AccountLibrary, before: dict[str, Meanwhile]
    ) -> None:
        self._remote, self._before = remote, before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._remote, name)
        if name not in self._before:
            return method

        async def interrupted(*args: Any, **named: Any) -> Any:
            meanwhile = self._before.pop(name, None)
            if meanwhile is not None:
                await meanwhile()
            return await method(*args, **named)

        return interrupted


@pytest.fixture
def before() -> dict[str, Meanwhile]:
    """What happens before a request."""
    return {}


@pytest.fixture
async def desk(
    server: BookloreServer, tmp_path: Path, before: dict[str, Meanwhile]
) -> AsyncIterator[AccountDesk]:
    def wrap(remote: AccountRemote) -> AccountRemote:
        return Interrupted(remote, before)

    async with account_desk(tmp_path, server, wrap=wrap) as made:
        yield made


async def test_a_mark_that_is_deleted_while_others_are_sent_is_not_sent(
    desk: AccountDesk, server: BookloreServer, book: BookId, before: dict[str, Meanwhile]
) -> None:
    await desk.highlight(book, 5, 20, "First")
    second = await desk.highlight(book, 30, 44, "Thought better of it")
    before["create"] = lambda: desk.marks.delete([second.id])
    await desk.sync.run()
    await desk.sync.run([book])
    assert [row["note"] for row in server.state.annotations] == ["First"]
    assert [mark.note for mark in await desk.marks.of_book(book)] == ["First"]


async def test_a_mark_that_is_changed_while_others_are_sent_goes_as_it_is_then(
    desk: AccountDesk, server: BookloreServer, book: BookId, before: dict[str, Meanwhile]
) -> None:
    mark = await desk.highlight(book, 5, 20, "First")
    await desk.sync.run()
    [row] = server.state.annotations
    row["note"] = "From the web"
    changed = await desk.change(book, mark, colour=MarkColour.PINK)

    async def again() -> None:
        await desk.change(book, changed, colour=MarkColour.BLUE)
        desk.clock.pass_(1)

    before["rows"] = again
    for _ in range(3):
        await desk.sync.run([book])
    assert (row["note"], row["color"]) == ("From the web", "#38BDF8")
    kept = await desk.mark(mark.id)
    assert kept is not None
    assert (kept.note, kept.colour) == ("From the web", MarkColour.BLUE)


async def test_two_notes_at_one_place_made_at_once_are_both_kept(
    desk: AccountDesk, server: BookloreServer, book: BookId, before: dict[str, Meanwhile]
) -> None:
    mark = await desk.highlight(book, 5, 20, "Written here")

    async def web() -> None:
        server.state.annotations.append(
            MADE | {"id": 50, "cfi": mark.anchor.cfi, "text": mark.text, "color": "#FACC15",
                    "note": "Written there", "style": "highlight", "chapterTitle": None}
        )  # fmt: skip

    before["create"] = web
    await desk.sync.run()
    await desk.sync.run([book])
    [row] = server.state.annotations
    kept = await desk.mark(mark.id)
    assert kept is not None
    assert (kept.note, row["note"]) == ("Written here", "Written there")
    assert [one.state for one in await desk.waiting()] == [ItemState.DIFFERS]


@pytest.mark.parametrize("is_linked", [True, False])
async def test_a_note_there_is_not_overwritten_where_nothing_is_fetched(
    desk: AccountDesk, server: BookloreServer, book: BookId, is_linked: bool
) -> None:
    await desk.switch_on(AccountChoices(ALL_ON.sends))
    mark = await desk.highlight(book, 5, 20, "First" if is_linked else "")
    if is_linked:
        await desk.sync.run()
        server.state.annotations[0]["note"] = "Written there"
    else:
        server.state.annotations.append(
            MADE | {"id": 50, "cfi": mark.anchor.cfi, "text": mark.text, "color": "#FACC15",
                    "note": "Written there", "style": "highlight", "chapterTitle": None}
        )  # fmt: skip
    for colour in (MarkColour.PINK, MarkColour.BLUE, MarkColour.GREEN):
        mark = await desk.change(book, mark, colour=colour)
        await desk.sync.run()
    [row] = server.state.annotations
    assert (row["note"], row["color"]) == ("Written there", "#4ADE80")
    await desk.switch_on()
    await desk.sync.run([book])
    kept = await desk.mark(mark.id)
    assert kept is not None
    assert (kept.note, kept.colour) == ("Written there", MarkColour.GREEN)


async def test_a_note_changed_in_both_of_its_places_there_is_not_lost(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.switch_on(AccountChoices(ALL_ON.sends, fetches=True, notes_to=NotesTo.PAGE))
    mark = await desk.highlight(book, 5, 20, "A note")
    await desk.sync.run()
    server.state.annotations[0]["note"] = "Beside"
    server.state.book_notes[0]["content"] = "On the page"
    for _ in range(3):
        await desk.sync.run([book])
    kept = await desk.mark(mark.id)
    assert kept is not None
    texts = kept.note + "".join(getattr(one.theirs, "note", "") for one in await desk.waiting())
    assert "Beside" in texts
    assert "On the page" in texts


@pytest.mark.parametrize("server", ["PF"], indirect=True)
async def test_a_rating_stays_when_the_book_is_another_one_there(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.books.rate(book, 8)
    await desk.sync.run()
    assert server.state.ratings == {(2, REMOTE): 8}
    server.state.ratings.clear()
    moved = server.state.books.pop(REMOTE)
    hashed = (await desk.book(book)).hashes.partial_md5
    server.state.books[70] = replace(moved, id=70, hash=hashed)
    await desk.sync.run([book])
    assert (await desk.book(book)).rating == 8
    assert server.state.ratings == {(2, 70): 8}
    assert (70 in {number for _shelf, number in server.state.on_shelves}) is True


async def test_a_rating_stays_when_the_account_moves_to_another_server(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.books.rate(book, 8)
    mark = await desk.highlight(book, 5, 20, "Mine")
    await desk.sync.run()
    link = await desk.accounts.link(desk.account_id, book)
    assert link is not None
    elsewhere = structs.replace(link, identity="2 at http://old.example.org, grimmory")
    await desk.accounts.save_link(desk.account_id, elsewhere)
    server.state.ratings.clear()
    server.state.annotations.clear()
    await desk.sync.run([book])
    assert (await desk.book(book)).rating == 8
    assert server.state.ratings == {(2, REMOTE): 8}
    assert [row["note"] for row in server.state.annotations] == [mark.note]
    assert await desk.waiting() == []


async def test_what_is_known_outlives_a_book_that_is_away_for_a_while(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Mine")
    other = await desk.highlight(book, 30, 44, "Not wanted")
    await desk.sync.run()
    there = server.state.books.pop(REMOTE)
    await desk.sync.run([book])
    await desk.change(book, mark, note="Changed here")
    await desk.marks.delete([other.id])
    await desk.sync.run()
    server.state.books[REMOTE] = there
    desk.clock.pass_(2 * 86400)
    for _ in range(2):
        await desk.sync.run()
    assert [row["note"] for row in server.state.annotations] == ["Changed here"]
    assert [one.note for one in await desk.marks.of_book(book)] == ["Changed here"]
    assert await desk.waiting() == []


async def test_one_made_anew_there_at_the_same_place_is_the_same(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Mine")
    await desk.sync.run()
    [row] = server.state.annotations
    row |= {"id": 90, "note": None}
    for _ in range(2):
        await desk.sync.run([book])
    marks = await desk.marks.of_book(book)
    assert [(one.id, one.note) for one in marks] == [(mark.id, "Mine")]
    assert len(server.state.annotations) == 1


async def test_one_that_is_left_alone_is_not_fetched_as_another(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Mine")
    server.fail("lost", "POST /api/v1/annotations", 1)
    await desk.sync.run()
    [item] = await desk.waiting()
    assert item.state is ItemState.DOUBTFUL
    await desk.items.save([left_alone(item)])
    for _ in range(2):
        desk.clock.pass_(7200)
        await desk.sync.run([book], asked=True)
    assert [one.id for one in await desk.marks.of_book(book)] == [mark.id]
    await desk.marks.delete([mark.id])
    for _ in range(2):
        await desk.sync.run([book], asked=True)
    assert await desk.marks.of_book(book) == []


async def test_a_place_note_of_the_web_is_not_put_on_the_books_page_too(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.switch_on(AccountChoices(ALL_ON.sends, fetches=True, notes_to=NotesTo.PAGE))
    made = await desk.highlight(book, 5, 20)
    await desk.marks.delete([made.id])
    server.state.place_notes.append(
        MADE | {"id": 51, "cfi": made.anchor.cfi, "selectedText": made.text, "color": "#9C27B0",
                "noteContent": "A note there", "chapterTitle": "One"}
    )  # fmt: skip
    for _ in range(2):
        await desk.sync.run([book])
    assert server.state.book_notes == []
    assert [one.kind for one in await desk.of_book(book) if one.kind is not ItemKind.SHELF] == [
        ItemKind.PLACE_NOTE
    ]


async def test_a_note_that_is_beside_its_passage_is_not_put_on_the_books_page_too(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "A note")
    await desk.sync.run()
    await desk.accounts.forget(desk.account_id)  # removed, and added again
    await desk.link(book)
    await desk.switch_on(AccountChoices(ALL_ON.sends, fetches=True, notes_to=NotesTo.PAGE))
    for _ in range(2):
        await desk.sync.run([book])
    assert server.state.book_notes == []
    assert [row["note"] for row in server.state.annotations] == ["A note"]
    assert [one.note for one in await desk.marks.of_book(book)] == [mark.note]


@pytest.mark.parametrize("mode", ["broken", "half", "no right"])
async def test_a_book_that_the_server_fails_at_stops_no_other(
    desk: AccountDesk, server: BookloreServer, book: BookId, mode: str
) -> None:
    other = await desk.add_book("Hamlet")
    await desk.link(other, 15)
    await desk.highlight(book, 5, 20, "Not yet")
    await desk.change(other, await desk.highlight(other, 40, 50), note="Arrives")
    server.fail(mode, f"/books/{REMOTE}" if mode != "no right" else f"book/{REMOTE}")
    await desk.sync.run()
    assert [row["note"] for row in server.state.annotations] == ["Arrives"]
    assert desk.sync.status.error is not None
    server.asked.clear()
    desk.clock.pass_(10)
    await desk.sync.run()
    assert server.asked == []
    server.fail("ok")
    desk.clock.pass_(90)
    await desk.sync.run()
    assert {row["note"] for row in server.state.annotations} == {"Arrives", "Not yet"}
    assert desk.sync.status.error is None


async def test_a_shelf_that_can_not_be_made_stops_nothing_else(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.switch_on(structs.replace(ALL_ON, shelf=" "))  # no server makes one without a name
    await desk.read(book, 2)
    await desk.sync.run()
    assert len(server.state.sessions) == 2
    assert [(one.kind, one.state) for one in await desk.waiting()] == [
        (ItemKind.SHELF, ItemState.REFUSED)
    ]
    server.asked.clear()
    await desk.sync.run()
    assert server.asked == []


async def test_a_rating_that_is_left_alone_is_not_sent_until_it_changes(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.books.rate(book, 8)
    server.fail("killed", "personal-rating", 1)
    await desk.sync.run()
    [item] = [one for one in await desk.waiting() if one.kind is ItemKind.RATING]
    await desk.items.save([left_alone(item)])
    desk.clock.pass_(7200)
    await desk.sync.run([book])
    assert server.state.ratings == {}
    await desk.books.rate(book, 9)
    await desk.sync.run()
    assert server.state.ratings == {(2, REMOTE): 9}


async def test_one_that_is_deleted_while_the_book_is_looked_at_does_not_come_back(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Not wanted")
    await desk.sync.run()
    library = Interrupted(desk.library, {"marks": lambda: desk.marks.delete([mark.id])})
    sync = AccountSync(
        desk.account_id, desk.sync.remote, desk.accounts, desk.items, library, desk.clock.now
    )
    for _ in range(2):
        await sync.run([book])
    assert await desk.marks.of_book(book) == []
    assert server.state.annotations == []


async def test_one_that_moved_stays_there_where_it_can_not_be_made_anew(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Short")
    other = await desk.highlight(book, 30, 44, "Other")
    await desk.sync.run()
    [row] = [one for one in server.state.annotations if one["note"] == "Short"]
    await desk.marks.delete([other.id])
    await desk.sync.run()
    moved = await desk.change(book, mark, anchor=other.anchor, note="Too long " * 1000)
    await desk.sync.run()
    assert server.state.annotations == [row]
    assert [one.state for one in await desk.waiting()] == [ItemState.REFUSED]
    await desk.change(book, moved, note="Short")
    await desk.sync.run()
    await desk.sync.run([book])
    [now] = server.state.annotations
    assert (now["note"], now["text"] == row["text"]) == ("Short", False)
    assert await desk.waiting() == []


async def test_of_the_runs_for_all_books_one_at_most_waits(
    desk: AccountDesk, server: BookloreServer, book: BookId, before: dict[str, Meanwhile]
) -> None:
    await desk.highlight(book, 5, 20, "First")
    others: list[asyncio.Task[None]] = []

    async def ticks() -> None:
        others.extend(asyncio.create_task(desk.sync.run()) for _ in range(5))
        await asyncio.sleep(0)
        assert [task.done() for task in others] == [False, True, True, True, True]

    before["create"] = ticks
    await desk.sync.run()
    await asyncio.gather(*others)
    assert [row["note"] for row in server.state.annotations] == ["First"]


async def test_what_was_refused_as_it_is_can_still_be_deleted(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Short")
    await desk.sync.run()
    await desk.change(book, mark, note="Too long " * 1000)
    await desk.sync.run()
    assert [one.state for one in await desk.waiting()] == [ItemState.REFUSED]
    await desk.marks.delete([mark.id])
    await desk.sync.run()
    assert server.state.annotations == []
    assert await desk.waiting() == []


@pytest.mark.parametrize("changed", [{"sha256": "0" * 64}, {"quote": TextQuote("")}])
async def test_a_mark_without_a_place_in_the_file_is_not_sent_and_asks_for_nothing(
    desk: AccountDesk, server: BookloreServer, book: BookId, changed: dict[str, Any]
) -> None:
    mark = await desk.highlight(book, 5, 20, "Elsewhere")
    await desk.change(book, mark, anchor=structs.replace(mark.anchor, **changed))
    await desk.sync.run([book])
    server.asked.clear()
    await desk.sync.run()
    assert server.state.annotations == []
    assert server.asked == []
    await desk.change(book, mark, anchor=mark.anchor)
    await desk.sync.run()
    assert [row["note"] for row in server.state.annotations] == ["Elsewhere"]


async def test_a_rating_of_our_own_that_arrived_in_silence_is_no_other_ones(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    for mode, rating in (("lost", 7), ("killed", 4), ("ok", 9)):
        await desk.books.rate(book, rating)
        server.fail(mode, "personal-rating", 1)
        await desk.sync.run([book], asked=True)
        desk.clock.pass_(7200)
    assert server.state.ratings == {(2, REMOTE): 9}
    assert await desk.waiting() == []


async def test_a_clock_that_was_set_back_keeps_nothing_waiting(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Mine")
    later = desk.clock.now() + timedelta(days=400)
    waiting = AccountItem(
        desk.account_id, ItemKind.HIGHLIGHT, mark.id, book, tries=2, not_before=later
    )
    await desk.items.save([waiting])
    await desk.accounts.save_server(desk.account_id, AccountServer(locked_until=later))
    await desk.sync.run()
    assert [row["note"] for row in server.state.annotations] == ["Mine"]
