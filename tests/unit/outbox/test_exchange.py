"""A device and a fake server: what is here comes there, and back, once."""

from collections.abc import AsyncIterator

import pytest

from kios_desktop.domain.account_items import ItemKind, ItemState
from kios_desktop.domain.accounts import AccountChoices, NotesTo, Topic, TopicChoice
from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import MarkColour, MarkKind, MarkStyle
from tests.account_desk import ALL_ON, REMOTE, AccountDesk
from tests.fakes.booklore_server import BookloreServer


@pytest.fixture(params=["PF", "GR3", "BL2"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BookloreServer]:
    async with BookloreServer(request.param) as made:
        yield made


def kinds(server: BookloreServer) -> dict[str, int]:
    state = server.state
    return {
        "annotations": len(state.annotations),
        "place notes": len(state.place_notes),
        "book notes": len(state.book_notes),
        "bookmarks": len(state.bookmarks),
        "sessions": len(state.sessions),
    }


async def test_nothing_is_asked_before_something_is_switched_on(
    desk: AccountDesk, server: BookloreServer
) -> None:
    book_id = await desk.add_book()
    await desk.link(book_id)
    await desk.highlight(book_id, 5, 20, "A note")
    await desk.read(book_id)
    await desk.sync.run()
    assert server.asked == []


async def test_everything_arrives_once(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.highlight(book, 5, 20, "A note", MarkColour.GREEN)
    await desk.highlight(book, 30, 44)
    await desk.bookmark(book, 60, "Where I was")
    await desk.read(book, 3)
    await desk.books.rate(book, 8)
    for _ in range(2):
        await desk.sync.run()
        assert desk.sync.status.error is None
        assert kinds(server) == {
            "annotations": 2, "place notes": 0, "book notes": 0, "bookmarks": 1, "sessions": 3,
        }  # fmt: skip
    noted = next(row for row in server.state.annotations if row["note"])
    assert (noted["note"], noted["color"], noted["style"]) == ("A note", "#4ADE80", "highlight")
    assert noted["cfi"].count(",") == 2
    assert server.state.bookmarks[0]["title"] == "Where I was"
    assert server.state.ratings == {(2, REMOTE): 8}
    assert [shelf["name"] for shelf in server.state.shelves][-1] == "Kios"
    assert [number for _shelf, number in server.state.on_shelves] == [REMOTE]
    assert await desk.waiting() == []


async def test_edits_and_deletions_follow(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    first = await desk.highlight(book, 5, 20, "A note")
    second = await desk.highlight(book, 30, 44)
    place = await desk.bookmark(book, 60)
    await desk.sync.run()
    await desk.change(book, first, note="", colour=MarkColour.BLUE, style=MarkStyle.UNDERLINE)
    await desk.change(book, place, note="A name")
    await desk.marks.delete([second.id])
    await desk.sync.run()
    [row] = server.state.annotations
    assert (row["note"], row["color"], row["style"]) == ("", "#38BDF8", "underline")
    assert server.state.bookmarks[0]["title"] == "A name"
    await desk.marks.delete([first.id, place.id])
    await desk.sync.run()
    assert kinds(server)["annotations"] == kinds(server)["bookmarks"] == 0
    assert [item.kind for item in await desk.of_book(book)] == [ItemKind.SHELF]


async def test_a_highlight_that_is_extended_is_made_anew(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "A note")
    await desk.sync.run()
    longer = await desk.highlight(book, 5, 40)
    await desk.marks.delete([longer.id])
    await desk.change(book, mark, anchor=longer.anchor)
    await desk.sync.run()
    [row] = server.state.annotations
    assert (row["cfi"], row["note"]) == (longer.anchor.cfi, "A note")
    assert await desk.waiting() == []


async def test_what_the_web_reader_made_comes_here(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    web = await desk.highlight(book, 5, 20)
    await desk.marks.delete([web.id])
    other = await desk.highlight(book, 30, 44)
    await desk.marks.delete([other.id])
    made = {"userId": 2, "bookId": REMOTE, "createdAt": "x", "updatedAt": "x"}
    server.state.annotations.append(
        made | {"id": 50, "cfi": web.anchor.cfi, "text": web.text, "note": "From the web",
                "color": "#FB923C", "style": "squiggly", "chapterTitle": None}
    )  # fmt: skip
    server.state.place_notes.append(
        made | {"id": 51, "cfi": other.anchor.cfi, "selectedText": other.text, "color": "#9C27B0",
                "noteContent": "A note there", "chapterTitle": "One"}
    )  # fmt: skip
    server.state.bookmarks.append(
        made | {"id": 52, "cfi": web.anchor.cfi, "title": "Page 3", "color": None, "notes": None,
                "priority": 3}
    )  # fmt: skip
    server.state.ratings[(2, REMOTE)] = 6
    for _ in range(2):
        await desk.sync.run([book])
        marks = {mark.note: mark for mark in await desk.marks.of_book(book)}
        assert set(marks) == {"From the web", "A note there", "Page 3"}
    highlight = marks["From the web"]
    assert highlight.passage == web.passage
    assert (highlight.colour, highlight.style) == (MarkColour.YELLOW, MarkStyle.UNDERLINE)
    assert marks["A note there"].colour is MarkColour.PURPLE
    assert marks["Page 3"].kind is MarkKind.BOOKMARK
    assert (await desk.book(book)).rating == 6
    assert kinds(server)["annotations"] == 1
    assert desk.told == [book]

    await desk.change(book, highlight, note="Changed here")
    await desk.change(book, marks["A note there"], note="And here")
    await desk.sync.run()
    [row] = server.state.annotations
    assert (row["note"], row["color"], row["style"]) == ("Changed here", "#FB923C", "squiggly")
    assert server.state.place_notes[0]["noteContent"] == "And here"


async def test_a_change_there_is_taken_and_one_on_both_sides_is_shown(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "First")
    await desk.sync.run()
    [row] = server.state.annotations
    row |= {"note": "Second", "color": "#F472B6"}
    await desk.sync.run([book])
    taken = await desk.mark(mark.id)
    assert taken is not None
    assert (taken.note, taken.colour) == ("Second", MarkColour.PINK)

    row["note"] = "Third there"
    await desk.change(book, taken, note="Third here")
    await desk.sync.run()
    [item] = await desk.waiting()
    assert (item.state, getattr(item.theirs, "note", "")) == (ItemState.DIFFERS, "Third there")
    assert row["note"] == "Third there"
    kept = await desk.mark(mark.id)
    assert kept is not None
    assert kept.note == "Third here"


async def test_one_deleted_there_stays_here_and_is_asked_about(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Mine")
    await desk.sync.run()
    server.state.annotations.clear()
    await desk.sync.run([book])
    assert [item.state for item in await desk.waiting()] == [ItemState.VANISHED]
    assert await desk.mark(mark.id) is not None
    assert kinds(server)["annotations"] == 0
    await desk.change(book, mark, note="Still mine")
    await desk.sync.run()
    assert [row["note"] for row in server.state.annotations] == ["Still mine"]


async def test_one_deleted_here_and_written_to_there_is_not_deleted_there(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    mark = await desk.highlight(book, 5, 20, "Mine")
    await desk.sync.run()
    server.state.annotations[0]["note"] = "A long thought of the web reader"
    await desk.marks.delete([mark.id])
    await desk.sync.run()
    assert kinds(server)["annotations"] == 1
    assert [item.state for item in await desk.waiting()] == [ItemState.DIFFERS]


async def test_notes_can_go_on_the_books_page(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.switch_on(AccountChoices(ALL_ON.sends, fetches=True, notes_to=NotesTo.PAGE))
    mark = await desk.highlight(book, 5, 20, "A note")
    await desk.sync.run()
    assert [row["note"] for row in server.state.annotations] == [None]
    [page] = server.state.book_notes
    assert page["content"] == "A note"
    await desk.change(book, mark, note="Another")
    await desk.sync.run()
    assert [one["content"] for one in server.state.book_notes] == ["Another"]
    server.state.annotations[0]["note"] = "From the web"
    await desk.sync.run([book])
    joined = await desk.mark(mark.id)
    assert joined is not None
    assert joined.note == "Another\n\nFrom the web"
    await desk.sync.run()
    await desk.marks.delete([mark.id])
    await desk.sync.run()
    assert kinds(server)["annotations"] == kinds(server)["book notes"] == 0


async def test_only_what_was_made_since_is_sent(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.highlight(book, 5, 20, "Old")
    await desk.read(book, 2)
    await desk.books.rate(book, 3)
    desk.clock.pass_(60)
    since = TopicChoice(desk.clock.now())
    await desk.items.leave_ratings(desk.account_id)
    await desk.switch_on(AccountChoices(dict.fromkeys(Topic, since)))
    await desk.highlight(book, 30, 44, "New")
    await desk.sync.run()
    assert [row["note"] for row in server.state.annotations] == ["New"]
    assert server.state.sessions == []
    assert server.state.ratings == {}
    await desk.books.rate(book, 5)
    await desk.sync.run()
    assert server.state.ratings == {(2, REMOTE): 5}
