"""A shelf that is kept in step while it is looked at, without a window."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from kios_desktop.domain.download import Availability, EntryState
from kios_desktop.domain.errors import Fault, RemoteError, Unreachable
from kios_desktop.domain.library import BookId
from kios_desktop.domain.shelf import ShelfStatus
from kios_desktop.ui.catalog.action_row import EntryAction, action_row
from kios_desktop.ui.catalog.shelf_controller import DUE_AFTER, DUE_AFTER_UNSEEN, refresh_if_due
from kios_desktop.ui.catalog.shelf_texts import shelf_line, starved_text
from kios_desktop.ui.kit.error_texts import Action
from tests.fakes_catalog import NOW, FakeDownloads, make_entry
from tests.fakes_shelf import FakeShelf, at, gone_feed, noted_entries, shelf_feed, withdrawn_entries
from tests.unit.ui.catalog.screen import Browser

REFUSED = Unreachable(Fault.REFUSED, "books.example.org:8083")
OLD = ShelfStatus(NOW - timedelta(hours=3), 14)
NEVER = ShelfStatus()


def shelf(**more: object) -> FakeShelf:
    feeds = {"": shelf_feed(noted_entries(), gone=3), "kobo:gone": gone_feed(withdrawn_entries())}
    return FakeShelf(**{"feeds": feeds, **more})  # type: ignore[arg-type]


def came(one: FakeShelf) -> None:
    """A sync that brings a fifteenth book."""
    one.feeds[""] = shelf_feed([*noted_entries(), make_entry(99)])


@pytest.mark.parametrize(
    ("status", "text", "fraction"),
    [
        (ShelfStatus(NOW - timedelta(minutes=2), 14), "Last synced 2 min ago · 14 books", None),
        (ShelfStatus(NOW, 1), "Last synced just now · 1 book", None),
        (NEVER, "Not synced yet", None),
        (ShelfStatus(syncing=True), "Getting your shelf…", None),
        (ShelfStatus(syncing=True, done=120), "Getting your shelf… 120 books", None),
        (
            ShelfStatus(syncing=True, done=160, of=640),
            "Getting your shelf… 160 of 640 books",
            0.25,
        ),
        (ShelfStatus(NOW, 14, syncing=True), "Syncing… · 14 books", None),
    ],
)
def test_the_line_says_how_old_the_shelf_is(
    status: ShelfStatus, text: str, fraction: float | None
) -> None:
    line = shelf_line(status, NOW)
    assert (line.text, line.fraction, line.busy) == (text, fraction, status.syncing)


async def test_a_shelf_that_was_synced_lately_is_left_in_peace() -> None:
    async with Browser(one := shelf()) as browser:
        assert one.calls == []
        assert browser.screen.lines[-1].text == "Last synced 2 min ago · 14 books"


async def test_a_shelf_that_was_not_for_long_is_synced_and_shown_anew() -> None:
    async with Browser(one := shelf(status=OLD, sync=came)) as browser:
        assert one.calls == ["refresh"]
        assert browser.screen.listing.pages.rows == 15
        assert browser.screen.lines[-1].text.startswith("Last synced just now")


async def test_turning_to_another_list_asks_nobody() -> None:
    async with Browser(one := shelf()) as browser:
        await browser.after(lambda: browser.presenter.follow(at("gone"), "gone"))
        await browser.after(browser.presenter.back)
        assert one.calls == [] and one.fresh == []


async def test_what_has_not_changed_is_not_shown_again() -> None:
    async with Browser(one := shelf()) as browser:
        await browser.after(browser.presenter.refresh)
        assert one.calls == ["refresh"]
        assert len(browser.screen.listings) == 1


async def test_the_reader_stays_where_the_reader_was() -> None:
    async with Browser(shelf(sync=came)) as browser:
        browser.screen.at = (640, 9)
        await browser.after(browser.presenter.refresh)
        assert (browser.screen.listing.scroll, browser.screen.listing.row) == (640, 9)
        assert browser.screen.listing.refreshed


async def test_a_book_that_is_looked_at_stays_while_a_sync_ends() -> None:
    async with Browser(shelf(sync=came)) as browser:
        await browser.after(lambda: browser.presenter.open_entry(make_entry(1)))
        await browser.after(browser.presenter.refresh)
        assert len(browser.screen.listings) == 1
        await browser.after(browser.presenter.back)
        assert browser.screen.listing.pages.rows == 15


async def test_the_first_books_are_there_before_the_last_ones() -> None:
    hold = asyncio.Event()
    one = shelf(feeds={"": shelf_feed([])}, status=NEVER, hold=hold, sync=came)
    async with Browser(one) as browser:
        assert browser.screen.listings == []
        assert browser.screen.loading > 0
        assert browser.screen.lines[-1].text == "Getting your shelf…"
        one.feeds[""] = shelf_feed(noted_entries(9))
        await browser.after(lambda: one.change(done=9, of=15))
        assert browser.screen.listing.pages.rows == 9
        assert browser.screen.lines[-1].text == "Getting your shelf… 9 of 15 books"
        await browser.after(hold.set)
        assert browser.screen.listing.pages.rows == 15


async def test_a_page_that_is_full_does_not_move_while_more_books_come() -> None:
    hold = asyncio.Event()
    full = replace(shelf_feed(noted_entries(9)), next=at("All?page=2"))
    one = shelf(feeds={"": full}, status=NEVER, hold=hold)
    async with Browser(one) as browser:
        one.feeds[""] = replace(shelf_feed(noted_entries(9)[3:]), next=at("All?page=2"))
        shown = len(browser.screen.listings)
        await browser.after(lambda: one.change(done=200))
        assert len(browser.screen.listings) == shown
        await browser.after(hold.set)
        assert len(browser.screen.listings) == shown + 1


async def test_an_empty_shelf_is_shown_as_empty_once_it_was_synced() -> None:
    async with Browser(shelf(feeds={"": shelf_feed([])}, status=NEVER)) as browser:
        assert browser.screen.listing.pages.rows == 0


def fails(one: FakeShelf) -> RemoteError:
    one.kept[""] = REFUSED
    return REFUSED


async def test_a_server_that_is_away_is_said_above_what_is_here() -> None:
    async with Browser(one := shelf(sync=fails)) as browser:
        await browser.after(browser.presenter.refresh)
        [notice] = browser.screen.notices
        assert "can’t be reached" in notice.text
        assert notice.action is Action.TRY_AGAIN
        assert browser.screen.listing.offline
        one.sync, one.kept = came, {}
        await browser.after(browser.presenter.try_again)
        assert browser.screen.notices == ()
        assert not browser.screen.listing.offline


async def test_a_first_sync_that_fails_says_why_and_can_be_tried_again() -> None:
    one = shelf(feeds={"": shelf_feed([])}, status=NEVER)

    def refuse(failing: FakeShelf) -> RemoteError:
        failing.errors[""] = REFUSED
        return REFUSED

    one.sync = refuse
    async with Browser(one) as browser:
        assert "can’t be reached" in browser.screen.problems[-1].title
        one.errors.clear()
        one.sync = came
        await browser.after(browser.presenter.try_again)
        assert browser.screen.listing.pages.rows == 15


async def test_books_that_were_left_out_are_said_until_it_is_read() -> None:
    async with Browser(shelf(status=ShelfStatus(NOW, 30, starved=30))) as browser:
        [notice] = browser.screen.notices
        assert notice.closable
        assert "30 books were found" in notice.text
        browser.presenter.close_notice(notice)
        await browser.after(lambda: browser.presenter.follow(at("gone"), "gone"))
        await browser.after(browser.presenter.back)
        assert browser.screen.notices == ()


def test_nothing_is_said_to_be_found_where_nothing_was() -> None:
    assert "found" not in starved_text(0)
    assert "1 book was found" in starved_text(1)


async def test_starting_over_asks_for_everything() -> None:
    async with Browser(one := shelf()) as browser:
        assert browser.presenter.shelf is not None
        await browser.after(browser.presenter.shelf.start_over)
        assert one.calls == ["rebuild"]


def here(number: int) -> EntryState:
    return EntryState(Availability.HERE, None, BookId(number))


def test_a_withdrawn_book_is_kept_or_removed() -> None:
    [entry, *_] = withdrawn_entries()
    row = action_row(entry, here(3), offline=False)
    assert (row.action, row.second_action) == (EntryAction.KEEP, EntryAction.REMOVE)
    gone = action_row(entry, EntryState(Availability.REMOVED), offline=False)
    assert gone.action is EntryAction.NONE


async def test_a_book_that_is_kept_leaves_the_list() -> None:
    async with Browser(one := shelf()) as browser:
        await browser.after(lambda: browser.presenter.follow(at("gone"), "gone"))
        kept = withdrawn_entries()[0]
        one.feeds["kobo:gone"] = gone_feed(withdrawn_entries()[1:])
        assert browser.presenter.shelf is not None
        desk = browser.presenter.shelf
        await browser.after(lambda: desk.keep(kept))
        assert one.kept_entries == [kept.key]
        assert browser.screen.listing.pages.rows == 2
        assert browser.screen.said == ["‘Crime and Punishment’ stays in your library"]


async def test_a_book_that_was_removed_leaves_the_list_when_it_is_gone() -> None:
    queue = FakeDownloads(states={"urn:test:3": here(3)})
    async with Browser(one := shelf(), queue) as browser:
        await browser.after(lambda: browser.presenter.follow(at("gone"), "gone"))
        assert browser.presenter.shelf is not None
        browser.presenter.shelf.expect_removal(withdrawn_entries()[0])
        await browser.after(queue.tell)
        assert browser.screen.listing.pages.rows == 3
        one.feeds["kobo:gone"] = gone_feed(withdrawn_entries()[1:])
        queue.states["urn:test:3"] = EntryState(Availability.REMOVED)
        await browser.after(queue.tell)
        assert browser.screen.listing.pages.rows == 2


@pytest.mark.parametrize("looked_at", [True, False])
@pytest.mark.parametrize("tried", [True, False])
async def test_coming_back_to_the_app_syncs_what_was_not_for_a_while(
    looked_at: bool, tried: bool
) -> None:
    after = DUE_AFTER if looked_at else DUE_AFTER_UNSEEN
    second = timedelta(seconds=1)
    one = shelf(status=ShelfStatus(NOW - after + second, 14))
    await refresh_if_due(one, NOW, looked_at=looked_at)
    assert one.calls == []
    one.status = ShelfStatus(NOW - after, 14, tried_at=NOW - second if tried else None)
    await refresh_if_due(one, NOW, looked_at=looked_at)
    assert one.calls == ([] if tried else ["refresh"])


async def test_a_shelf_nobody_has_looked_at_yet_waits_for_that() -> None:
    one = shelf(status=NEVER, sync=lambda _: REFUSED)
    await refresh_if_due(one, NOW, looked_at=False)
    assert one.calls == []
    await refresh_if_due(one, NOW, looked_at=True)
    assert one.calls == ["refresh"]
