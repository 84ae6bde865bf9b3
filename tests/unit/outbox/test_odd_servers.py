"""What no server should do: pages for lists, ids that move, rights that go and come."""

from pathlib import Path

import pytest

from kios_desktop.domain.account_items import ItemFault, ItemState
from kios_desktop.domain.accounts import AccountFault, LinkState
from kios_desktop.domain.library import BookId
from tests.account_desk import REMOTE, AccountDesk, account_desk
from tests.fakes.booklore_server import BookloreServer
from tests.protocols.booklore.accounts import KeptSecrets

HOUR = 3700


@pytest.fixture
async def book(desk: AccountDesk, book: BookId) -> BookId:
    """With a highlight that the server has."""
    await desk.highlight(book, 5, 20, "Mine")
    await desk.sync.run()
    return book


def notes(server: BookloreServer) -> list[str]:
    return [row["note"] for row in server.state.annotations]


@pytest.mark.parametrize("mode", ["page", "login page", "half", "plain text", "huge", "busy"])
async def test_a_page_in_place_of_an_answer_changes_nothing(
    desk: AccountDesk, server: BookloreServer, book: BookId, mode: str
) -> None:
    server.fail(mode)
    mark = await desk.highlight(book, 30, 44, "Later")
    await desk.sync.run()
    assert desk.sync.status.error is not None
    assert await desk.mark(mark.id) is not None
    assert notes(server) == ["Mine"]
    server.fail("ok")
    desk.clock.pass_(HOUR)
    await desk.sync.run()
    assert desk.sync.status.error is None
    assert sorted(notes(server)) == ["Later", "Mine"]
    assert len(await desk.marks.of_book(book)) == 2


async def test_a_book_that_was_deleted_there_deletes_nothing_here(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    del server.state.books[REMOTE]
    server.state.annotations.clear()
    await desk.highlight(book, 30, 44, "Later")
    await desk.sync.run()
    assert len(await desk.marks.of_book(book)) == 2
    link = await desk.accounts.link(desk.account_id, book)
    assert link is not None
    assert link.state is not LinkState.MATCHED
    assert [one.state for one in await desk.waiting()] == []


async def test_an_id_that_means_another_book_gets_nothing(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    server.state.books[REMOTE].title = "Another Book Altogether"
    await desk.highlight(book, 30, 44, "Later")
    await desk.sync.run()
    assert notes(server) == ["Mine"]


async def test_numbers_that_were_given_anew_are_noticed(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    """As after a server was restored: the number of ours is somebody else's highlight."""
    [row] = server.state.annotations
    row |= {"cfi": "epubcfi(/6/2!/4/2,/1:100,/1:120)", "note": "Another", "text": "x"}
    [mine] = await desk.marks.of_book(book)
    await desk.change(book, mine, note="Changed")
    await desk.sync.run()
    assert sorted(notes(server)) == ["Another", "Changed"]
    await desk.marks.delete([mine.id])
    await desk.sync.run()
    assert "Another" in notes(server)


async def test_a_right_that_is_taken_away_is_told_and_tried_again_on_request(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    server.fail("no right", "POST /api/v1/annotations")
    mark = await desk.highlight(book, 30, 44, "Later")
    asked = 0
    for _ in range(3):
        desk.clock.pass_(HOUR)
        await desk.sync.run()
        posts = [one for one in server.asked if one.method == "POST"]
        asked = len([one for one in posts if "annotations" in one.path])
    [item] = await desk.waiting()
    assert (item.local_id, item.state, item.fault) == (
        mark.id,
        ItemState.REFUSED,
        ItemFault.FORBIDDEN,
    )
    assert asked == 2  # the first highlight, and one refusal


async def test_a_wrong_password_is_asked_for_and_not_tried_again(
    server: BookloreServer, tmp_path: Path
) -> None:
    for _ in range(3):  # starts of Kios
        secrets = KeptSecrets("a wrong one")
        async with account_desk(tmp_path, server, secrets=secrets) as desk:
            if not server.asked:
                book_id = await desk.add_book()
                await desk.link(book_id)
                await desk.switch_on()
                await desk.read(book_id)
            desk.clock.pass_(HOUR)
            await desk.sync.run()
            assert desk.sync.status.fault is AccountFault.PASSWORD
    assert server.paths().count("POST /api/v1/auth/login") == 1


async def test_what_a_server_lost_overnight_waits_until_it_is_there_again(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    desk.clock.pass_(25 * 3600)
    server.fail("page", "annotations")
    await desk.highlight(book, 30, 44, "Later")
    await desk.sync.run()
    assert notes(server) == ["Mine"]
    known = await desk.accounts.server(desk.account_id)
    assert not known.capabilities.annotations
    assert known.capabilities.bookmarks
    server.fail("ok")
    desk.clock.pass_(HOUR)
    await desk.sync.run()
    assert sorted(notes(server)) == ["Later", "Mine"]


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
async def test_a_clock_that_is_days_off_loses_nothing(
    desk: AccountDesk, server: BookloreServer, book: BookId, days: int
) -> None:
    desk.clock.at = desk.clock.at.replace(year=desk.clock.at.year + (days // 365 or 0))
    desk.clock.pass_(86_400 * (days % 365 if days > 0 else 1))
    [mine] = await desk.marks.of_book(book)
    await desk.change(book, mine, note="With another clock")
    await desk.sync.run()
    assert notes(server) == ["With another clock"]


async def test_a_highlight_that_is_too_long_is_told(
    desk: AccountDesk, server: BookloreServer, book: BookId
) -> None:
    await desk.highlight(book, 30, 44, "x" * 5001)
    await desk.sync.run()
    assert notes(server) == ["Mine"]
    [item] = await desk.waiting()
    assert (item.state, item.fault) == (ItemState.REFUSED, ItemFault.TOO_LONG)
