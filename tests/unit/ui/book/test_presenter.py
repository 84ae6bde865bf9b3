"""The page of a book without a window: where it syncs and why, where one has been."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from kios_desktop.application.book_routes import CameFrom, Channel, Routing
from kios_desktop.domain.errors import Locked
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.route import RouteReason
from kios_desktop.ui.book.ports import BookShown
from kios_desktop.ui.book.presenter import BookDetailsPresenter
from kios_desktop.ui.book.texts import (
    channel_texts,
    choices,
    origin_text,
    reason_text,
    timeline,
)
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.tasks import Tasks
from tests.fakes_book import (
    AWAY,
    HOME,
    KOMGA,
    FakeBooks,
    now,
    received,
    sample_routing,
    sample_visits,
    sent,
    visit,
    waiting,
)

LIBRARY = Channel(HOME, "Home library", SourceKind.KOSYNC)


@pytest.mark.parametrize(
    ("channel", "value", "line"),
    [
        (
            replace(LIBRARY, record=sent(0.15, timedelta(minutes=2))),
            "15% · 2 min ago",
            "Home library · sent from this computer",
        ),
        (
            replace(LIBRARY, record=received(0.16, "Kobo Libra", timedelta(minutes=4))),
            "16% · 4 min ago",
            "Home library · received from Kobo Libra",
        ),
        (
            replace(LIBRARY, record=received(0.16, "", timedelta(minutes=4))),
            "16% · 4 min ago",
            "Home library · received from another device",
        ),
        (LIBRARY, "", "Home library · no place is known yet"),
        (
            replace(LIBRARY, record=waiting(timedelta(days=400)), error=AWAY),
            None,
            "Home library · komga.example.org didn’t answer within 10 s.",
        ),
        (
            replace(LIBRARY, error=AWAY),
            "",
            "Home library · komga.example.org didn’t answer within 10 s.",
        ),
    ],
)
def test_how_a_book_stands_with_a_server(channel: Channel, value: str | None, line: str) -> None:
    words = channel_texts(channel, used=True, now=now())
    assert words.line == line
    if value is None:
        assert words.value.startswith("Waiting since ")
    else:
        assert words.value == value


def test_the_next_try_is_foretold() -> None:
    channel = sample_routing().channels[0]
    words = channel_texts(channel, used=True, now=now())
    assert words.line.endswith("Next try in 4 min.")


def test_a_server_that_is_not_used_says_so() -> None:
    words = channel_texts(LIBRARY, used=False, now=now())
    assert (words.icon, words.line) == ("minus-circle", "Home library · not used for this book")


@pytest.mark.parametrize(
    ("reason", "used", "words"),
    [
        (RouteReason.CHOSEN, KOMGA, "You chose Komga for this book."),
        (RouteReason.ORIGIN, KOMGA, "This book came from Komga, so its place is kept there."),
        (RouteReason.FALLBACK, HOME, "Home library takes every book."),
        (RouteReason.SWITCHED_OFF, None, "You chose not to sync this book."),
        (
            RouteReason.KEEPS_NONE,
            None,
            "The server this book came from keeps no places. With KOReader sync set up, its place "
            "is kept there.",
        ),
        (RouteReason.NOWHERE, None, "No server keeps the place of this book."),
    ],
)
def test_why_a_book_syncs_where_it_does(reason: RouteReason, used: str | None, words: str) -> None:
    assert reason_text(replace(sample_routing(), reason=reason, used=used)) == words


def test_every_server_and_none_can_be_chosen() -> None:
    assert choices(sample_routing()) == [
        ("auto", "Automatic"),
        (KOMGA, "Komga (OPDS progression)"),
        (HOME, "Home library (KOReader sync)"),
        ("", "Don’t sync this book"),
    ]


def test_where_the_file_is_from() -> None:
    at = now()
    assert origin_text([], at) == "Added from this computer. No server copy is known."
    assert origin_text([CameFrom("Komga")], at).endswith("the one Komga delivered.")


def test_the_timeline_is_newest_first_and_says_where_one_is() -> None:
    moments = timeline(sample_visits(), now())
    assert [m.place for m in moments][:3] == [
        "Chapter 9 · 15%",
        "Chapter 12 · 18%",
        "Chapter 8 · 13%",
    ]
    assert [m.here for m in moments] == [True] + [False] * (len(moments) - 1)
    assert moments[0].tag == "You are here"
    assert moments[1].tag == "You stayed"
    assert moments[1].spoken.startswith("Chapter 12 · 18%, Kobo Libra · ")


def test_a_run_on_one_device_is_one_row() -> None:
    noon = now().replace(hour=12)
    ago = now() - noon
    visits = [visit(n, n / 100, ago + timedelta(minutes=n)) for n in range(1, 6)]
    assert len(timeline(visits, now())) == 1


def test_a_place_on_another_device_is_not_where_one_is() -> None:
    visits = [
        visit(12, 0.18, timedelta(hours=1), "Kobo Libra", "on another device"),
        visit(9, 0.15, timedelta(hours=2)),
    ]
    assert [m.here for m in timeline(visits, now())] == [False, True]


@dataclass
class KeptPage:
    """`BookScreen` that only remembers."""

    shown: list[BookShown] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)

    def show_book(self, shown: BookShown) -> None:
        self.shown.append(shown)

    def show_problem(self, message: Message) -> None:
        self.problems.append(message)

    def go_there(self, book_id: BookId, locator: Locator) -> None:
        raise NotImplementedError


class Desk:
    """A presenter over facts in memory."""

    def __init__(self, books: FakeBooks) -> None:
        self.books, self.page = books, KeptPage()
        self.tasks = Tasks(_unexpected)
        self.presenter = BookDetailsPresenter(books, books, self.page, self.tasks)

    async def after(self, wish: Callable[[], object]) -> None:
        wish()
        for _ in range(10):
            await asyncio.sleep(0)


def _unexpected(error: Exception) -> None:
    raise error


async def test_a_book_is_shown_with_all_that_is_known() -> None:
    desk = Desk(FakeBooks())
    await desk.after(lambda: desk.presenter.show(BookId(1)))
    shown = desk.page.shown[-1]
    assert shown.book.title == "Pride and Prejudice"
    assert shown.routing.used == KOMGA
    assert len(shown.visits) == 8


async def test_sync_moving_on_is_seen_while_the_page_is_there() -> None:
    desk = Desk(FakeBooks())
    await desk.after(lambda: desk.presenter.show(BookId(1)))
    await desk.after(desk.books.tell)
    assert len(desk.page.shown) == 2
    await desk.after(desk.presenter.leave)
    await desk.after(desk.books.tell)
    assert len(desk.page.shown) == 2


@pytest.mark.parametrize("source_id", [HOME, "", None])
async def test_a_choice_is_kept_and_shown(source_id: str | None) -> None:
    desk = Desk(FakeBooks())
    await desk.after(lambda: desk.presenter.show(BookId(1)))
    await desk.after(lambda: desk.presenter.choose(source_id))
    assert desk.books.asked == [("choose", source_id)]
    assert desk.page.shown[-1].routing.chosen == source_id


async def test_a_database_that_fails_is_said() -> None:
    desk = Desk(FakeBooks(broken=Locked("x")))
    await desk.after(lambda: desk.presenter.show(BookId(1)))
    assert "Another program" in desk.page.problems[0].text


async def test_sync_now_is_about_this_book() -> None:
    desk = Desk(FakeBooks(route=Routing()))
    desk.presenter.sync_now()
    await desk.after(lambda: desk.presenter.show(BookId(3)))
    desk.presenter.sync_now()
    assert desk.books.asked == [("sync", BookId(3))]
