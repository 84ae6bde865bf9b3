"""Browsing without a window: the way, the pages, what is said when a server fails."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import cast

import pytest

from kios_desktop.domain.catalog import Entry, Feed, Navigation
from kios_desktop.domain.download import DownloadFault, DownloadState
from kios_desktop.domain.errors import Fault, Refusal, Rejected, StorageError, Unreachable
from kios_desktop.domain.library import BookId
from kios_desktop.ui.catalog.action_row import EntryAction
from kios_desktop.ui.catalog.history import MAX_LOADED_DISTANCE
from kios_desktop.ui.catalog.loading_display import Delays
from kios_desktop.ui.catalog.pages import MAX_LOADED_PAGES
from kios_desktop.ui.kit.error_texts import Action
from tests.fakes_catalog import (
    SEARCH,
    FakeCatalog,
    FakeDownloads,
    endless_catalog,
    facets,
    list_feed,
    make_download,
    make_entry,
    rich_entry,
    root_feed,
    url,
)
from tests.unit.ui.catalog.screen import Browser

REFUSED = Unreachable(Fault.REFUSED, "books.example.org:8083")


def shelves() -> FakeCatalog:
    """A root that leads to authors, and those to a list in two pages."""
    authors = Feed(
        url("authors"), "Authors", navigation=(Navigation("Nineteenth century", url("list")),)
    )
    second = Feed(
        url("list?page=2"),
        "Nineteenth century",
        entries=tuple(make_entry(n) for n in range(51, 63)),
        previous=url("list"),
        total=62,
        first=51,
    )
    first = replace(list_feed(62), url=url("list"))
    feeds = {"": root_feed(), "authors": authors, "list": first, "list?page=2": second}
    return FakeCatalog(feeds, make=lambda path: Feed(url(path), path))


async def to_list(browser: Browser) -> None:
    await browser.after(lambda: browser.presenter.follow(url("authors"), "Authors"))
    await browser.after(lambda: browser.presenter.follow(url("list"), "Nineteenth century"))


async def test_the_root_comes_first_and_only_once() -> None:
    async with Browser(shelves()) as browser:
        assert browser.screen.title == "Home library"
        assert browser.screen.headings[-1].trail == ()
        await browser.after(browser.presenter.start)
        assert browser.catalog.asked == [""]


async def test_the_trail_shows_the_way_and_leads_back() -> None:
    async with Browser(shelves()) as browser:
        await to_list(browser)
        heading = browser.screen.headings[-1]
        assert heading.title == "Nineteenth century"
        assert heading.trail == ("Home library", "Authors")
        await browser.after(lambda: browser.presenter.go_to_parent(1))
        assert browser.screen.title == "Authors"
        assert browser.screen.headings[-1].trail == ("Home library",)
        await browser.after(browser.presenter.up)
        assert browser.screen.title == "Home library"


async def test_a_link_to_a_parent_shortens_the_trail() -> None:
    async with Browser(shelves()) as browser:
        await to_list(browser)
        await browser.after(lambda: browser.presenter.follow(url("authors"), "Back to authors"))
        assert browser.screen.headings[-1].trail == ("Home library",)


async def test_back_puts_scroll_and_selection_back_without_asking_again() -> None:
    async with Browser(shelves()) as browser:
        await to_list(browser)
        browser.screen.at = (1234, 17)
        await browser.after(lambda: browser.presenter.open_entry(make_entry(17)))
        asked = list(browser.catalog.asked)
        await browser.after(browser.presenter.back)
        assert (browser.screen.listing.scroll, browser.screen.listing.row) == (1234, 17)
        assert browser.catalog.asked == asked
        await browser.after(browser.presenter.forward)
        assert browser.screen.headings[-1].title == "Nineteenth century"  # above the entry's page
        assert not browser.screen.headings[-1].can_go_forward


async def test_back_from_the_first_place_leaves_the_catalog() -> None:
    async with Browser(shelves()) as browser:
        assert not browser.presenter.back()
        await to_list(browser)
        assert browser.presenter.back()


async def test_places_far_back_are_fetched_again() -> None:
    async with Browser(shelves()) as browser:
        for number in range(MAX_LOADED_DISTANCE + 2):
            shelf = url(f"shelf/{number}")
            await browser.after(partial(browser.presenter.follow, shelf, f"Shelf {number}"))
        assert browser.catalog.asked.count("") == 1
        for _ in range(MAX_LOADED_DISTANCE + 2):
            await browser.after(browser.presenter.back)
        assert browser.catalog.asked.count("") == 2
        assert browser.screen.title == "Home library"


async def test_a_new_way_forgets_what_was_ahead() -> None:
    async with Browser(shelves()) as browser:
        await to_list(browser)
        await browser.after(browser.presenter.back)
        await browser.after(lambda: browser.presenter.follow(url("new"), "Latest books"))
        assert not browser.screen.headings[-1].can_go_forward
        assert not browser.presenter.forward()


async def test_pages_are_turned_and_counted() -> None:
    async with Browser(shelves()) as browser:
        await to_list(browser)
        paging = browser.screen.listing.paging
        assert (paging.text, paging.previous, paging.next) == ("Books 1–50 of 62", False, True)
        await browser.after(browser.presenter.next_page)
        paging = browser.screen.listing.paging
        assert (paging.text, paging.previous, paging.next) == ("Books 51–62 of 62", True, False)
        assert browser.screen.headings[-1].trail == ("Home library", "Authors")
        await browser.after(browser.presenter.previous_page)
        assert browser.screen.listing.paging.text == "Books 1–50 of 62"


async def test_pages_without_totals_are_only_numbered() -> None:
    async with Browser(endless_catalog(120)) as browser:
        for path in ("", "list?page=1", "list?page=2", "list?page=3"):
            feed = browser.catalog.make(path)
            assert feed is not None
            browser.catalog.feeds[path] = replace(feed, total=None, first=None)
        await browser.after(browser.presenter.refresh)
        await browser.after(browser.presenter.next_page)
        assert browser.screen.listing.paging.text == "Page 2"


async def test_the_next_page_is_fetched_before_it_is_asked_for() -> None:
    async with Browser(endless_catalog(200)) as browser:
        await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
        assert browser.catalog.asked == ["", "list?page=2"]
        await browser.after(browser.presenter.next_page)
        assert browser.screen.listing.pages.entry(0) is not None
        assert browser.catalog.asked == ["", "list?page=2"]


async def test_a_page_that_could_not_be_fetched_ahead_is_explained_when_wanted() -> None:
    async with Browser(endless_catalog(200)) as browser:
        browser.catalog.errors["list?page=2"] = REFUSED
        await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
        assert browser.screen.problems == []
        await browser.after(browser.presenter.next_page)
        assert browser.screen.problems[-1].title == "Home library can’t be reached"


async def test_more_is_loaded_while_scrolling_when_wished() -> None:
    async with Browser(endless_catalog(200), endless=True) as browser:
        await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
        await browser.after(lambda: browser.presenter.in_sight(80, 99, near_end=True))
        assert browser.screen.listing.pages.rows == 150
        assert browser.screen.grown == 2
        assert browser.screen.pagings[-1].text == "Books 1–150 of 200"
        await browser.after(lambda: browser.presenter.in_sight(130, 149, near_end=True))
        await browser.after(lambda: browser.presenter.in_sight(180, 199, near_end=True))
        assert browser.screen.listing.pages.rows == 200
        assert len(browser.screen.listings) == 1  # the list was never shown anew


async def test_one_page_is_on_its_way_at_a_time() -> None:
    async with Browser(endless_catalog(1000), endless=True) as browser:
        browser.presenter.in_sight(30, 49, near_end=True)
        browser.presenter.in_sight(31, 49, near_end=True)
        await browser.settled()
        assert browser.catalog.asked == ["", "list?page=2"]


async def test_memory_holds_twenty_pages_however_far_one_scrolls() -> None:
    async with Browser(endless_catalog(5000), endless=True) as browser:
        pages = browser.screen.listing.pages
        for number in range(1, 100):
            last = number * 50 - 1
            await browser.after(partial(browser.presenter.in_sight, last - 20, last, True))
        assert pages.rows == 5000
        assert len(pages.entries()) <= MAX_LOADED_PAGES * 50
        assert pages.entry(0) is None
        await browser.after(lambda: browser.presenter.in_sight(0, 20, near_end=False))
        first = pages.entry(0)
        assert first is not None
        assert first.title == "Book 1"
        assert browser.screen.filled[-1] == range(50)


async def test_a_list_that_stops_growing_says_why_and_goes_on_after_that() -> None:
    async with Browser(endless_catalog(200), endless=True) as browser:
        browser.catalog.errors["list?page=2"] = REFUSED
        await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
        await browser.after(lambda: browser.presenter.in_sight(31, 49, near_end=True))
        assert browser.catalog.asked.count("list?page=2") == 1  # not again and again
        assert "refused" in browser.screen.notices[0].text
        assert browser.screen.listing.pages.rows == 50
        browser.catalog.errors.clear()
        await browser.after(browser.presenter.try_again)
        assert browser.screen.notices == ()
        assert browser.screen.listing.pages.rows == 100


@pytest.mark.parametrize(
    ("total", "words"),
    [(None, "points back to itself"), (200, "left out 100 of the 200 entries")],
)
async def test_a_list_that_runs_in_circles_ends_with_a_word(total: int | None, words: str) -> None:
    async with Browser(endless_catalog(200), endless=True) as browser:
        for number, following in ((1, 2), (2, 1)):
            feed = browser.catalog.make(f"list?page={number}")
            assert feed is not None
            feed = replace(feed, next=url(f"list?page={following}"), total=total)
            browser.catalog.feeds["" if number == 1 else "list?page=2"] = feed
        await browser.after(browser.presenter.refresh)
        await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
        assert words in browser.screen.notices[0].text
        await browser.after(lambda: browser.presenter.in_sight(80, 99, near_end=True))
        assert browser.screen.listing.pages.rows == 100


def stump(books: int = 29, page: int = 20) -> FakeCatalog:
    """`next` of each page means that very page; the next number is right (Stump)."""

    def make(path: str) -> Feed | None:
        number = int(path.rpartition("=")[2]) if "=" in path else 1
        first = (number - 1) * page + 1
        count = max(0, min(page, books - first + 1))
        return Feed(
            url(path or "browse"),
            "Browse All Books",
            entries=tuple(make_entry(first + n) for n in range(count)),
            next=url(f"browse?page={number}"),
            total=books,
            per_page=page,
            first=first,
        )

    return FakeCatalog(make=make)


async def test_where_next_means_the_same_page_the_next_number_is_tried() -> None:
    async with Browser(stump(), endless=True) as browser:
        await browser.after(lambda: browser.presenter.in_sight(0, 19, near_end=True))
        assert browser.screen.listing.pages.rows == 29
        assert browser.catalog.asked == ["", "browse?page=1", "browse?page=2"]
        assert browser.screen.notices == ()
        assert browser.screen.pagings[-1].text == ""


async def test_such_a_list_is_turned_page_by_page_as_well() -> None:
    async with Browser(stump(49)) as browser:
        for first, last in ((21, 40), (41, 49)):
            await browser.after(browser.presenter.next_page)
            paging = browser.screen.listing.paging
            assert paging.text == f"Books {first}–{last} of 49"
        assert not paging.next
        assert paging.previous is False  # the server does not say it
        assert browser.screen.notices == ()
        await browser.after(browser.presenter.back)
        assert browser.screen.listing.paging.text == "Books 21–40 of 49"
        assert browser.screen.listing.paging.next


async def test_a_page_of_which_nobody_told_is_looked_for_and_offered_when_it_is_there() -> None:
    """Storyteller's series never have a `next`."""
    first = Feed(
        url("series"), entries=tuple(make_entry(n) for n in range(50)), untold=url("series?page=2")
    )
    more = Feed(url("series?page=2"), entries=(make_entry(50),), untold=url("series?page=3"))
    for second, there in ((more, True), (Feed(url("series?page=2")), False)):
        feeds = {"": first, "series?page=2": second, "series?page=3": Feed(url("series?page=3"))}
        async with Browser(FakeCatalog(feeds)) as browser:
            assert not browser.screen.listing.paging.next
            await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
            assert browser.screen.pagings[-1].next is there
            assert browser.screen.notices == ()
        async with Browser(FakeCatalog(feeds), endless=True) as browser:
            await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
            assert browser.screen.listing.pages.rows == 50 + there
            assert browser.screen.notices == ()


async def test_pages_that_overlap_are_counted_by_what_is_on_them() -> None:
    """BookLore: 144 books, three pages, seven of them never."""
    numbers = [range(50), range(46, 96), range(93, 137)]
    feeds = {
        f"list?page={at + 1}": Feed(
            url(f"list?page={at + 1}"),
            entries=tuple(make_entry(n) for n in numbers[at]),
            next=url(f"list?page={at + 2}") if at < 2 else None,
            total=144,
            first=1 + 50 * at,
        )
        for at in range(3)
    }
    feeds[""] = feeds["list?page=1"]
    words = "The server left out 7 of the 144 entries that it counts. It listed others twice."
    async with Browser(FakeCatalog(feeds), endless=True) as browser:
        await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
        assert not browser.screen.notices
        await browser.after(lambda: browser.presenter.in_sight(80, 95, near_end=True))
        assert browser.screen.listing.pages.rows == 137
        assert [notice.text for notice in browser.screen.notices] == [words]
    async with Browser(FakeCatalog(feeds)) as browser:
        await browser.after(browser.presenter.next_page)
        assert not browser.screen.notices
        await browser.after(browser.presenter.next_page)
        assert [notice.text for notice in browser.screen.notices] == [words]
        await browser.after(browser.presenter.refresh)
        assert [notice.text for notice in browser.screen.notices] == [words]


async def test_a_search_shows_what_was_found_and_clearing_it_leads_back() -> None:
    async with Browser(shelves()) as browser:
        browser.catalog.found = lambda words: Feed(url("found"), entries=(make_entry(1, words),))
        await browser.after(lambda: browser.presenter.search("  moby   dick "))
        assert browser.catalog.asked[-1] == "search:moby dick"
        assert browser.screen.listing.query == "moby dick"
        assert browser.screen.headings[-1].trail == ("Home library",)
        await browser.after(lambda: browser.presenter.search("walden"))
        assert browser.screen.headings[-1].trail == ("Home library",)
        await browser.after(lambda: browser.presenter.search(""))
        assert browser.screen.title == "Home library"


async def test_nothing_is_searched_where_nothing_can_be() -> None:
    async with Browser(FakeCatalog({"": Feed(url(""), "Plain")})) as browser:
        assert not browser.screen.headings[-1].searchable
        await browser.after(lambda: browser.presenter.search("x"))
        assert browser.catalog.asked == [""]


async def test_a_search_answered_with_links_shows_the_first_ones_entries() -> None:
    found = Feed(url("found"), navigation=(Navigation("3 books", url("found/books")),))
    books = Feed(url("found/books"), entries=tuple(make_entry(n) for n in range(3)))
    catalog = FakeCatalog({"": Feed(url(""), search=SEARCH), "found/books": books})
    async with Browser(catalog) as browser:
        browser.catalog.found = lambda _words: found
        await browser.after(lambda: browser.presenter.search("verne"))
        group = browser.screen.listing.feed.groups[0]
        assert (group.title, len(group.entries)) == ("3 books", 3)


async def test_a_facet_shows_another_list_in_the_same_place() -> None:
    async with Browser(shelves()) as browser:
        await to_list(browser)
        await browser.after(lambda: browser.presenter.choose_facet(facets()[1]))
        assert browser.catalog.asked[-1] == "by/Title"
        assert browser.screen.headings[-1].title == "Nineteenth century"
        assert browser.screen.headings[-1].trail == ("Home library", "Authors")


async def test_a_slow_server_is_waited_for_with_placeholders() -> None:
    catalog = FakeCatalog({"": root_feed()}, delay_s=0.35)
    async with Browser(catalog) as browser:
        assert browser.screen.listings == []
        await asyncio.sleep(0.5)
        assert browser.screen.loading == 1
        assert len(browser.screen.listings) == 1


async def test_a_quick_server_shows_no_placeholders() -> None:
    async with Browser(shelves()) as browser:
        await asyncio.sleep(0.35)
        assert browser.screen.loading == 0


async def test_going_elsewhere_forgets_what_was_on_its_way() -> None:
    async with Browser(shelves()) as browser:
        browser.catalog.delay_s = 0.01
        browser.presenter.follow(url("authors"), "Authors")
        await asyncio.sleep(0)
        browser.presenter.follow(url("list"), "List")
        await asyncio.sleep(0.05)
        assert [listing.feed.url for listing in browser.screen.listings] == [url(""), url("list")]


async def test_a_copy_on_this_computer_says_so_and_how_old_it_is() -> None:
    catalog = FakeCatalog({"": root_feed()}, kept={"": REFUSED}, name="Komga")
    async with Browser(catalog) as browser:
        notice = browser.screen.notices[0]
        assert browser.screen.listing.offline
        assert notice.text.startswith("Komga can’t be reached. The connection was refused at")
        assert "You see what was here on 20 Nov at" in notice.text
        assert notice.action is Action.TRY_AGAIN
        catalog.kept.clear()
        await browser.after(browser.presenter.try_again)
        assert not browser.screen.listing.offline
        assert catalog.fresh == [""]


AT_ONCE = Delays(0, 0, 0)


async def test_while_a_server_is_slow_the_last_copy_is_there_and_gives_way_to_the_answer() -> None:
    old = replace(root_feed(), entries=(make_entry(1, "Seen yesterday"),))
    catalog = FakeCatalog({"": root_feed()}, copies={"": old}, silent=asyncio.Event())
    async with Browser(catalog, delays=AT_ONCE) as browser:
        assert browser.screen.listing.feed is old
        assert not browser.screen.listing.offline  # nobody knows yet
        assert browser.screen.loading == 0
        [notice] = browser.screen.notices
        assert notice.text.startswith("Waiting for Home library. You see what was here on 20 Nov")
        await browser.after(lambda: browser.presenter.in_sight(0, 0, near_end=True))
        assert catalog.asked == [""]  # the copy is not gone on from
        assert catalog.silent is not None
        browser.screen.at = (120, 3)  # the reader has scrolled meanwhile
        await browser.after(catalog.silent.set)
        listing = browser.screen.listing
        assert listing.feed == root_feed()
        assert (listing.refreshed, listing.scroll, listing.row) == (True, 120, 3)
        assert browser.screen.notices == ()


async def test_a_server_that_refuses_leaves_the_copy_where_it_is_and_says_why() -> None:
    catalog = FakeCatalog({"": root_feed()}, copies={"": root_feed()}, silent=asyncio.Event())
    catalog.kept[""] = REFUSED
    async with Browser(catalog, delays=AT_ONCE) as browser:
        assert browser.screen.listing.feed == root_feed()
        assert catalog.silent is not None
        await browser.after(catalog.silent.set)
        assert browser.screen.listing.refreshed and browser.screen.listing.offline
        assert "refused" in browser.screen.notices[0].text


async def test_a_copy_of_a_place_that_was_left_is_never_shown() -> None:
    catalog = FakeCatalog({"": root_feed()}, silent=None)
    catalog.copies["authors"] = Feed(url("authors"), "Authors")
    async with Browser(catalog, delays=AT_ONCE) as browser:
        catalog.silent = asyncio.Event()
        browser.presenter.follow(url("authors"), "Authors")
        await asyncio.sleep(0)
        await browser.after(browser.presenter.back)
        assert browser.screen.listing.feed == root_feed()
        catalog.silent.set()


async def test_a_fault_of_ours_in_a_copy_costs_nothing_but_the_copy() -> None:
    catalog = FakeCatalog({"": root_feed()}, silent=asyncio.Event())
    catalog.copies = cast("dict[str, Feed]", None)
    async with Browser(catalog, delays=AT_ONCE) as browser:
        assert browser.screen.loading == 1
        assert catalog.silent is not None
        await browser.after(catalog.silent.set)
        assert browser.screen.listing.feed == root_feed()


async def test_without_a_copy_the_page_says_why() -> None:
    async with Browser(FakeCatalog(errors={"": Rejected(Refusal.CREDENTIALS)})) as browser:
        message = browser.screen.problems[-1]
        assert message.text == "The server didn’t accept the username or password."
        assert message.action is Action.ENTER_AGAIN


async def test_entries_that_could_not_be_read_are_counted() -> None:
    feed = Feed(url(""), entries=(make_entry(1),), unread=3, damaged=True)
    async with Browser(FakeCatalog({"": feed})) as browser:
        assert browser.screen.notices[0].text == "3 entries could not be read."


async def test_refresh_goes_past_what_is_remembered() -> None:
    async with Browser(shelves()) as browser:
        await browser.after(browser.presenter.refresh)
        assert browser.catalog.fresh == [""]


async def test_a_partial_entry_is_completed_on_its_page() -> None:
    partial = replace(rich_entry(), acquisitions=(), description="", partial=True)
    catalog = FakeCatalog({"": Feed(url(""), entries=(partial,))})
    catalog.details[partial.key] = rich_entry()
    async with Browser(catalog) as browser:
        await browser.after(lambda: browser.presenter.open_entry(partial))
        assert [len(entry.acquisitions) for entry in browser.screen.entries] == [0, 2]
        listed = browser.screen.listing.pages.entry(0)
        assert listed is not None
        assert len(listed.acquisitions) == 2


async def test_a_partial_entry_is_completed_before_it_is_downloaded() -> None:
    partial = replace(make_entry(1), acquisitions=(), partial=True)
    catalog = FakeCatalog({"": Feed(url(""), entries=(partial,))})
    catalog.details[partial.key] = make_entry(1)
    async with Browser(catalog) as browser:
        await browser.after(lambda: browser.presenter.entry_actions.download(partial))
        assert browser.downloads.asked == [("add", (partial.key, "EPUB"))]


async def test_an_entry_that_cannot_be_completed_says_why() -> None:
    partial = replace(make_entry(1), acquisitions=(), partial=True)
    catalog = FakeCatalog({"": Feed(url(""), entries=(partial,))}, errors={"full": REFUSED})
    async with Browser(catalog) as browser:
        await browser.after(lambda: browser.presenter.entry_actions.download(partial))
        assert "refused" in browser.screen.said[0]
        assert browser.downloads.asked == []


async def test_many_are_downloaded_but_not_what_is_here() -> None:
    queue = FakeDownloads()
    queue.put(make_download(make_entry(2), DownloadState.DONE, 1))
    queue.put(make_download(make_entry(3), DownloadState.QUEUED, 2))
    entries: list[Entry] = [make_entry(n) for n in (1, 2, 3, 4)]
    async with Browser(shelves(), queue) as browser:
        await browser.after(lambda: browser.presenter.entry_actions.download_all(entries))
        assert queue.asked == [("add_all", ["urn:test:1", "urn:test:4"])]


@pytest.mark.parametrize(
    ("action", "asked"),
    [(EntryAction.RETRY, "retry"), (EntryAction.RESUME, "resume"), (EntryAction.CANCEL, "cancel")],
)
async def test_what_is_wished_of_a_download_reaches_the_queue(
    action: EntryAction, asked: str
) -> None:
    queue = FakeDownloads()
    queue.put(make_download(make_entry(1), DownloadState.PAUSED, 7))
    async with Browser(shelves(), queue) as browser:
        browser.presenter.entry_actions.perform(action, make_entry(1))
        assert queue.asked == [(asked, 7)]


async def test_a_book_that_is_here_is_opened() -> None:
    queue = FakeDownloads()
    queue.put(make_download(make_entry(1), DownloadState.DONE, 7))
    async with Browser(shelves(), queue) as browser:
        browser.presenter.entry_actions.perform(EntryAction.OPEN, make_entry(1))
        assert browser.screen.opened == [BookId(7)]


async def test_download_and_read_opens_the_book_when_it_is_here() -> None:
    async with Browser(shelves()) as browser:
        entry = make_entry(1)
        await browser.after(lambda: browser.presenter.entry_actions.read_when_here(entry))
        assert browser.screen.opened == []
        browser.downloads.put(make_download(entry, DownloadState.DONE, 1))
        assert browser.screen.opened == [BookId(1)]
        browser.downloads.tell()
        assert browser.screen.opened == [BookId(1)]  # once


async def test_a_download_that_failed_opens_nothing_later() -> None:
    async with Browser(shelves()) as browser:
        entry = make_entry(1)
        await browser.after(lambda: browser.presenter.entry_actions.read_when_here(entry))
        failed = make_download(entry, DownloadState.FAILED, 1, fault=DownloadFault.NO_SPACE)
        browser.downloads.put(failed)
        browser.downloads.put(make_download(entry, DownloadState.DONE, 1))
        assert browser.screen.opened == []


@pytest.mark.parametrize("error", [ValueError("planned"), StorageError("planned")])
async def test_what_nobody_foresaw_is_said_and_nothing_waits_for_it(error: Exception) -> None:
    async with Browser(endless_catalog(200), endless=True) as browser:
        browser.catalog.errors["list?page=2"] = error
        await browser.after(lambda: browser.presenter.in_sight(30, 49, near_end=True))
        assert browser.screen.notices[0].text
        browser.catalog.errors = {"": error}
        await browser.after(browser.presenter.refresh)
        assert browser.screen.problems[-1].text
        browser.catalog.errors.clear()
        await browser.after(browser.presenter.try_again)
        assert browser.screen.listing.pages.rows == 50
