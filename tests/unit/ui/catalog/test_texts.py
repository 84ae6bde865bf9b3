"""What is said of entries, downloads and lists."""

from dataclasses import replace

import pytest

from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Feed, Format, Navigation
from kios_desktop.domain.download import (
    Availability,
    DownloadFault,
    DownloadState,
    EntryState,
)
from kios_desktop.domain.errors import (
    Fault,
    Malformed,
    NotMatched,
    Redirected,
    Refusal,
    Rejected,
    Unreachable,
    Unsupported,
)
from kios_desktop.domain.library import BookId
from kios_desktop.ui.catalog.action_row import ActionStyle, EntryAction, accessible_text, action_row
from kios_desktop.ui.catalog.model import pages_of
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.catalog.texts import format_text, missing_text, paging_text, unread_text
from kios_desktop.ui.downloads.texts import fault_text, second_line, summary
from kios_desktop.ui.kit.error_texts import Action, explain_catalog
from kios_desktop.ui.kit.formats import file_size, part_of
from tests.fakes_catalog import epub, list_feed, make_download, make_entry, url

ENTRY = make_entry(1, "Persuasion")
PDF = Acquisition(url("a.pdf"), AcquisitionKind.DOWNLOAD, Format.OTHER, "PDF")
MOBI = Acquisition(url("a.mobi"), AcquisitionKind.DOWNLOAD, Format.OTHER, "MOBI")


def under_way(state: DownloadState, **more: object) -> EntryState:
    download = make_download(ENTRY, state, 1, **more)
    availability = Availability.FAILED if state is DownloadState.FAILED else Availability.UNDER_WAY
    return EntryState(availability, download)


@pytest.mark.parametrize(
    ("state", "style", "action", "text", "second"),
    [
        (
            EntryState(Availability.NOT_HERE),
            ActionStyle.BUTTON,
            EntryAction.DOWNLOAD,
            "Download",
            EntryAction.NONE,
        ),
        (
            EntryState(Availability.HERE, None, BookId(1)),
            ActionStyle.LINK,
            EntryAction.OPEN,
            "Open",
            EntryAction.NONE,
        ),
        (
            EntryState(Availability.NEWER, None, BookId(1)),
            ActionStyle.LINK,
            EntryAction.OPEN,
            "Open",
            EntryAction.UPDATE,
        ),
        (
            EntryState(Availability.REMOVED),
            ActionStyle.BUTTON,
            EntryAction.DOWNLOAD,
            "Download again",
            EntryAction.NONE,
        ),
        (
            EntryState(Availability.NOT_READABLE),
            ActionStyle.PLAIN,
            EntryAction.NONE,
            "No EPUB",
            EntryAction.NONE,
        ),
        (
            EntryState(Availability.BROWSER_ONLY),
            ActionStyle.LINK,
            EntryAction.BROWSE,
            "Open in browser",
            EntryAction.NONE,
        ),
        (
            under_way(DownloadState.QUEUED),
            ActionStyle.PLAIN,
            EntryAction.NONE,
            "Waiting",
            EntryAction.NONE,
        ),
        (
            under_way(DownloadState.TRANSFERRING, got_bytes=1_116_000),
            ActionStyle.BAR,
            EntryAction.NONE,
            "62%",
            EntryAction.CANCEL,
        ),
        (
            under_way(DownloadState.TRANSFERRING, got_bytes=1_100_000, total_bytes=None),
            ActionStyle.BAR,
            EntryAction.NONE,
            "1.1 MB",
            EntryAction.CANCEL,
        ),
        (
            under_way(DownloadState.VERIFYING),
            ActionStyle.PLAIN,
            EntryAction.NONE,
            "Checking…",
            EntryAction.NONE,
        ),
        (
            under_way(DownloadState.PAUSED),
            ActionStyle.PLAIN,
            EntryAction.NONE,
            "Paused",
            EntryAction.RESUME,
        ),
        (
            under_way(DownloadState.FAILED, fault=DownloadFault.NO_SPACE),
            ActionStyle.PLAIN,
            EntryAction.NONE,
            "Failed",
            EntryAction.RETRY,
        ),
        (
            under_way(DownloadState.PAUSED, fault=DownloadFault.SIGN_IN),
            ActionStyle.LINK,
            EntryAction.SIGN_IN,
            "Sign in",
            EntryAction.NONE,
        ),
    ],
)
def test_each_state_has_its_row(
    state: EntryState, style: ActionStyle, action: EntryAction, text: str, second: EntryAction
) -> None:
    row = action_row(ENTRY, state, offline=False)
    assert (row.style, row.action, row.text, row.second_action) == (style, action, text, second)


def test_several_formats_are_chosen_from() -> None:
    both = replace(ENTRY, acquisitions=(epub("1"), epub("1", None, "KEPUB"), PDF))
    assert (
        action_row(both, EntryState(Availability.NOT_HERE), offline=False).action
        is EntryAction.CHOOSE
    )
    assert [format_text(a) for a in both.downloads] == ["EPUB (1.8 MB)", "KEPUB"]


def test_what_kios_does_not_read_is_named() -> None:
    other = replace(ENTRY, acquisitions=(PDF, MOBI))
    row = action_row(other, EntryState(Availability.NOT_READABLE), offline=False)
    assert row.tip == "This entry offers PDF, MOBI. Kios reads EPUB."


def test_a_partial_entry_is_not_judged_before_it_is_whole() -> None:
    partial = replace(ENTRY, acquisitions=(), partial=True)
    row = action_row(partial, EntryState(Availability.NOT_READABLE), offline=False)
    assert row.action is EntryAction.DOWNLOAD


def test_without_a_connection_only_what_is_here_can_be_had() -> None:
    away = action_row(ENTRY, EntryState(Availability.NOT_HERE), offline=True)
    assert (away.action, away.text) == (EntryAction.NONE, "Needs a connection")
    here = action_row(ENTRY, EntryState(Availability.HERE, None, BookId(1)), offline=True)
    assert here.action is EntryAction.OPEN


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (EntryState(Availability.NOT_HERE), "Persuasion, Jane Austen, not downloaded"),
        (EntryState(Availability.HERE, None, BookId(1)), "Persuasion, Jane Austen, here"),
        (
            under_way(DownloadState.TRANSFERRING, got_bytes=1_116_000),
            "Persuasion, Jane Austen, downloading, 62 percent",
        ),
        (under_way(DownloadState.QUEUED), "Persuasion, Jane Austen, waiting"),
    ],
)
def test_an_entry_is_spoken_as_title_author_and_state(state: EntryState, words: str) -> None:
    assert accessible_text(ENTRY, action_row(ENTRY, state, offline=False)) == words


@pytest.mark.parametrize(
    ("total", "page", "first", "rows", "words"),
    [
        (312, 1, 1, 50, "Books 1–50 of 312"),
        (312, 7, 301, 12, "Books 301–312 of 312"),
        (None, 2, None, 50, "Page 2"),
        (312, 3, None, 50, "Page 3"),
        (5, 1, 1, 0, ""),
        (20, 1, 1, 50, "Books 1–20 of 20"),  # a total that is wrong says no more than it
    ],
)
def test_which_part_of_a_list_this_is(
    total: int | None, page: int, first: int | None, rows: int, words: str
) -> None:
    here = pages_of([make_entry(n) for n in range(rows)])
    assert paging_text(list_feed(total), page, first, here) == words


def test_links_are_counted_as_entries() -> None:
    links = tuple(Navigation(f"Series {n}", url(f"series/{n}")) for n in range(20))
    feed = Feed(url("series"), navigation=links, next=url("series?page=1"), total=56)
    assert paging_text(feed, 1, 1, Pages(feed)) == "Entries 1–20 of 56"


def test_what_the_server_left_out_is_counted() -> None:
    assert missing_text(7, 137, 7) == (
        "The server left out 7 of the 144 entries that it counts. It listed others twice."
    )
    assert missing_text(1, 28, 0) == "The server left out 1 of the 29 entries that it counts."


def test_a_list_on_one_page_is_not_counted() -> None:
    feed = Feed(url(""), entries=(ENTRY,))
    assert paging_text(feed, 1, 1, Pages(feed)) == ""


def test_what_could_not_be_read_is_said() -> None:
    assert unread_text(Feed(url(""), unread=2)) == "2 entries could not be read."
    assert unread_text(Feed(url(""), unread=1)) == "1 entry could not be read."
    assert "cut off" in unread_text(Feed(url(""), damaged=True))
    assert unread_text(Feed(url(""))) == ""


@pytest.mark.parametrize(
    ("state", "more", "words"),
    [
        (DownloadState.QUEUED, {}, "Waiting"),
        (
            DownloadState.TRANSFERRING,
            {"got_bytes": 1_116_000, "bytes_per_s": 170_000.0},
            "1.1 of 1.8 MB · 4 s left",
        ),
        (DownloadState.TRANSFERRING, {"got_bytes": 1_116_000}, "1.1 of 1.8 MB"),
        (DownloadState.TRANSFERRING, {"got_bytes": 620_000}, "620 KB of 1.8 MB"),
        (DownloadState.TRANSFERRING, {"got_bytes": 620_000, "total_bytes": None}, "620 KB"),
        (DownloadState.PAUSED, {"fault": DownloadFault.UNREACHABLE}, "Paused: no connection"),
        (DownloadState.DONE, {"total_bytes": 612_000}, "612 KB"),
        (
            DownloadState.DONE,
            {"total_bytes": 612_000, "same_bytes": True},
            "612 KB · same file as on the server",
        ),
        (
            DownloadState.FAILED,
            {"fault": DownloadFault.CUT_OFF, "got_bytes": 900_000, "resumable": True},
            "The server closed the connection after 900 KB. Kios will continue from there.",
        ),
        (
            DownloadState.FAILED,
            {"fault": DownloadFault.WEB_PAGE},
            "The server sent a web page instead of a book. Sign in again?",
        ),
        (DownloadState.FAILED, {"fault": DownloadFault.NO_SPACE}, "No space left on this disk."),
        (
            DownloadState.FAILED,
            {"fault": DownloadFault.DAMAGED, "got_bytes": 900_000},
            "The file arrived damaged (900 KB of 1.8 MB).",
        ),
    ],
)
def test_the_second_line_of_a_download(
    state: DownloadState, more: dict[str, object], words: str
) -> None:
    assert second_line(make_download(ENTRY, state, 1, **more)) == words


@pytest.mark.parametrize("fault", list(DownloadFault))
def test_every_fault_has_a_sentence_without_the_address(fault: DownloadFault) -> None:
    secret = replace(
        make_download(ENTRY, DownloadState.FAILED, 1, fault=fault),
        url=url("opds/0123456789abcdef0123456789abcdef/a.epub"),
    )
    words = fault_text(secret)
    assert words.endswith((".", "?"))
    assert "0123456789abcdef" not in words


def test_one_summary_for_many() -> None:
    assert summary(5, 0) == "5 books downloaded"
    assert summary(1, 0) == "1 book downloaded"
    assert summary(4, 1) == "4 downloaded, 1 failed"
    assert summary(0, 2) == "2 downloads failed"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (612_400, "612 KB"), (999_600, "1.0 MB"), (1_800_000, "1.8 MB")],
)
def test_sizes_are_said_as_file_managers_do(size: int, words: str) -> None:
    assert file_size(size) == words


def test_the_unit_is_said_once() -> None:
    assert part_of(1_116_000, 1_800_000) == "1.1 of 1.8 MB"
    assert part_of(900_000, 1_800_000) == "900 KB of 1.8 MB"


@pytest.mark.parametrize(
    ("error", "title", "text", "action"),
    [
        (
            Unreachable(Fault.REFUSED, "komga.example.org:25600"),
            "Komga can’t be reached",
            "The connection was refused at komga.example.org:25600. Is the server running?",
            Action.TRY_AGAIN,
        ),
        (
            Unsupported(),
            "Komga needs attention",
            "There is no catalog at this address.",
            Action.CHANGE_ADDRESS,
        ),
        (
            Malformed("half a document"),
            "Komga needs attention",
            "Komga sent a list Kios can’t read.",
            Action.TRY_AGAIN,
        ),
        (
            Malformed("a page", html=True, login=True),
            "Komga needs attention",
            "A login page is in the way.",
            Action.CHANGE_ADDRESS,
        ),
        (
            Rejected(Refusal.CREDENTIALS),
            "Komga needs attention",
            "The server didn’t accept the username or password.",
            Action.ENTER_AGAIN,
        ),
        (NotMatched(), "This list is gone", "The server no longer has this list.", Action.NONE),
        (
            Redirected("a.example", "https://a.example/x", same_host=True),
            "Komga needs attention",
            "The server sends Kios round in circles.",
            Action.TRY_AGAIN,
        ),
    ],
)
def test_what_goes_wrong_while_browsing(
    error: Exception, title: str, text: str, action: Action
) -> None:
    words = explain_catalog(error, "Komga")
    assert (words.title, words.text, words.action) == (title, text, action)
