"""What the reader does, seen by a list-backed window and sync."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from kios_desktop.domain.locator import Chapter, Locator, Place, Precision
from kios_desktop.domain.preferences import PageTheme, ReadingSettings
from kios_desktop.domain.progress import Lead, Offer, Report
from kios_desktop.domain.publication import Link, Metadata, Publication, TocEntry
from kios_desktop.epub.notes import Note, NoteLink
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.book_map import BookMap, PercentOf
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.engine.wire import (
    LEFT_OUT,
    Box,
    Destination,
    Edge,
    Lines,
    LinkActivated,
    Loaded,
    OpenBook,
    Relocated,
)
from kios_desktop.ui.reader.page_style import new_page_style
from kios_desktop.ui.reader.presenter import ReaderPresenter
from kios_desktop.ui.reader.screen import Prompt, ShownNote, ShownPlace, minutes_text

LOOK = new_page_style(ReadingSettings(), {"bg": "#FFFFFF"}, PageTheme.PAPER, dim_pictures=False)


@dataclass
class FakeScreen:
    """Notes what it was told."""

    book: OpenBook | None = None
    destinations: list[Destination] = field(default_factory=list)
    notes: list[tuple[str, Box]] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    hidden: int = 0
    toasts: list[str] = field(default_factory=list)
    pills: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    places: list[ShownPlace] = field(default_factory=list)
    excerpts: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    origin: float | None = None
    contents: list[list[str]] = field(default_factory=list)

    def open_book(self, book: OpenBook) -> None:
        self.book = book

    def go_to(self, destination: Destination) -> None:
        self.destinations.append(destination)

    def follow(self, destination: Destination) -> None:
        self.destinations.append(destination)

    def turn(self, count: int) -> None: ...
    def show_lines(self, lines: Lines) -> None: ...

    def show_contents(
        self, lines: Sequence[ContentsLine], percent_of: PercentOf, ticks: object, own: bool
    ) -> None:
        self.contents.append([f"{line.title}, {percent_of(line)}" for line in lines])

    def mark_contents(self, index: int | None) -> None: ...
    def mark_other_device(self, fraction: float | None) -> None: ...

    def mark_origin(self, fraction: float | None) -> None:
        self.origin = fraction

    def show_place(self, shown: ShownPlace) -> None:
        self.places.append(shown)

    def show_pill(self, label: str) -> None:
        self.pills.append(label)

    def show_note(self, shown: ShownNote, box: Box, go_there: Callable[[], None]) -> None:
        self.notes.append((shown.note.mark, box))
        self.go_there = go_there

    def show_prompt(self, prompt: Prompt) -> None:
        self.prompts.append(prompt)

    def show_excerpts(self, here: str, there: str) -> None:
        self.excerpts.append((here, there))

    def hide_prompt(self) -> None:
        self.hidden += 1

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self.toasts.append(text)

    def ask_about_link(self, url: str) -> None:
        self.links.append(url)

    def say(self, text: str) -> None:
        self.said.append(text)


@dataclass
class FakeSync:
    """Notes the events it gets, as (name, place)."""

    events: list[tuple[str, Place | None]] = field(default_factory=list)
    fractions: list[float] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def note(
            told: Locator | Offer | None = None, screen: int = 0, finished: bool = False
        ) -> None:
            locator = told.report.locator if isinstance(told, Offer) else told
            self.events.append((name, locator.place if locator else None))
            self.fractions += [locator.total_progression] if locator else []

        return note


class Reading:
    """A presenter with its surroundings."""

    def __init__(self, start: Place | None = None, finished: bool = False) -> None:
        self.end_counts = True
        order = tuple(
            Link(f"text/c{i}.xhtml", "application/xhtml+xml", cfi_step=2 * i + 2) for i in range(4)
        )
        toc = tuple(TocEntry(f"Chapter {i + 1}", link.href) for i, link in enumerate(order))
        book = Publication(Metadata("A book"), order, {x.href: x for x in order}, toc)
        book = replace(book, package_href="package.opf")
        self.map = BookMap(book, [1000] * 4, [1000] * 4)
        self.screen, self.sync = FakeScreen(), FakeSync()
        self.finished: list[bool] = []
        self.errors: list[Exception] = []

        async def excerpt(place: Place) -> str:
            return f"words at {place.ordinal}"

        async def place_of_cfi(text: str, spine_index: int) -> Place | None:
            return self.cfis.get(text)

        async def note_of(link: NoteLink, _spine_index: int) -> ShownNote | None:
            return self.notes.get(link.href)

        self.notes: dict[str, ShownNote] = {}
        self.cfis: dict[str, Place] = {}
        self.tasks = Tasks(self.errors.append)
        self.presenter = ReaderPresenter(
            book,
            self.map,
            self.screen,
            self.tasks,
            start=start or Place(0, 0),
            urls_of=lambda hrefs: [f"book://x/{href}" for href in hrefs],
            excerpt=excerpt,
            place_of_cfi=place_of_cfi,
            note_of=note_of,
            on_finished=self.finished.append,
            paged=lambda: True,
            finished=finished,
            end_counts=lambda: self.end_counts,
        )
        sync: Any = self.sync
        self.presenter.join_sync(sync)

    def at(self, spine: int, ordinal: int, cause: Any = "turn", book_end: bool = False) -> None:
        self.presenter.relocated(
            Relocated(cause, spine, ordinal, 1000, 200, ordinal // 200, 5, False, book_end)
        )

    def open(self, spine: int = 0, ordinal: int = 0) -> None:
        self.presenter.ready(LOOK)
        self.at(spine, ordinal, "open")


def offer(spine: int = 2, ordinal: int = 100, lead: Lead = Lead.FURTHER) -> Offer:
    locator = Locator(
        Place(spine, ordinal), f"c{spine}", 1000, 0.525, Chapter(spine, f"Chapter {spine + 1}")
    )
    at = datetime(2026, 11, 21, 7, 42, tzinfo=UTC)
    report = Report("s", "key", locator, Precision.EXACT, 0.5, at, "Kobo Libra", "raw")
    return Offer(report, lead, same_chapter=False)


def test_book_opens_where_it_was_left() -> None:
    reading = Reading(start=Place(2, 345))
    reading.presenter.ready(LOOK)
    assert reading.screen.destinations == [Destination(spine=2, ordinal=345, cause="open")]
    assert reading.screen.book is not None
    assert reading.screen.book.urls[1] == "book://x/text/c1.xhtml"


def test_contents_wait_for_the_first_page_and_then_follow_every_chapter_that_loads() -> None:
    reading = Reading()
    reading.presenter.ready(LOOK)
    reading.presenter.loaded(Loaded(0, 1000, {"a": 1}))
    assert reading.screen.contents == []
    reading.at(0, 0, "open")
    reading.presenter.loaded(Loaded(1, 1000, {"b": 1}))
    (shown,) = reading.screen.contents
    assert shown == ["Chapter 1, 0%", "Chapter 2, 25%", "Chapter 3, 50%", "Chapter 4, 75%"]


def test_the_place_left_by_a_jump_is_marked_as_long_as_back_leads_there() -> None:
    reading = Reading()
    reading.open(1, 500)
    assert reading.screen.origin is None
    reading.presenter.go_to_place(Place(3, 0))
    reading.at(3, 0, "go")
    assert reading.screen.origin == 0.375
    for n in range(1, 6):  # the pill goes, the ring stays
        reading.at(3, 100 * n)
    assert reading.screen.pills[-1] == ""
    assert reading.screen.origin == 0.375
    reading.presenter.go_back()
    reading.at(1, 500, "go")
    assert reading.screen.origin is None


def test_opening_is_told_once_and_is_no_page_turn() -> None:
    reading = Reading(start=Place(1, 200))
    reading.open(1, 200)
    assert reading.sync.events == [("opened", Place(1, 200))]


def test_page_turn_and_new_layout_are_different_things() -> None:
    reading = Reading()
    reading.open()
    reading.at(0, 200)
    reading.at(0, 200, "layout")
    assert reading.sync.events[1:] == [("turned", Place(0, 200)), ("relaid", Place(0, 200))]


def test_turn_that_leads_nowhere_is_not_a_page_turn() -> None:
    reading = Reading()
    reading.open()
    reading.at(0, 0)
    assert [name for name, _ in reading.sync.events] == ["opened"]


def test_contents_entry_is_a_move_by_choice_with_a_way_back() -> None:
    reading = Reading()
    reading.open(0, 400)
    reading.presenter.go_to_line(reading.map.lines[3])
    reading.at(3, 0, "go")
    assert reading.sync.events[-1] == ("moved", Place(3, 0))
    assert reading.screen.pills[-1] == "Back to Chapter 1"
    reading.presenter.go_back()
    assert reading.screen.destinations[-1] == Destination(spine=0, ordinal=400, cause="go")


def test_typed_destinations_are_moves_by_choice() -> None:
    reading = Reading()
    reading.open(0, 400)
    assert reading.presenter.go_to_typed("75%")
    assert reading.presenter.go_to_typed("page 3")
    assert reading.presenter.go_to_typed("chapter 4")
    assert not reading.presenter.go_to_typed("chapter 40")
    going = [(d.spine, d.ordinal, d.page) for d in reading.screen.destinations[1:]]
    assert going == [(3, 0, None), (0, 0, 2), (3, 0, None)]
    reading.at(3, 0, "go")
    assert reading.sync.events[-1] == ("moved", Place(3, 0))


def test_jump_by_sync_is_not_a_move_but_has_a_way_back() -> None:
    reading = Reading()
    reading.open(0, 400)
    there = offer()
    assert there.report.locator is not None
    reading.presenter.jump(there.report.locator, there.report)
    reading.at(2, 100, "go")
    assert [name for name, _ in reading.sync.events] == ["opened"]
    assert reading.screen.pills[-1] == "Back to Chapter 1"


async def test_question_names_the_chapter_and_shows_both_texts() -> None:
    reading = Reading()
    reading.open(0, 400)
    reading.presenter.ask(offer())
    prompt = reading.screen.prompts[0]
    assert prompt.sentence == "Another device is in ‘Chapter 3’ — switch?"
    assert (prompt.here_title, prompt.there_percent) == ("Chapter 1", "52%")
    for _ in range(10):
        await asyncio.sleep(0)
    assert reading.screen.excerpts == [("words at 400", "words at 100")]
    assert reading.errors == []


async def test_place_known_only_as_a_percentage_is_asked_about_as_one() -> None:
    reading = Reading()
    reading.open()
    report = Report("s", "k", None, Precision.NONE, 0.61, None, "", "raw")
    reading.presenter.ask(Offer(report, Lead.UNKNOWN, same_chapter=False))
    assert reading.screen.prompts[0].sentence == "Another device is at 61% — switch?"


async def test_answers_go_to_the_sync_once() -> None:
    reading = Reading()
    reading.open()
    reading.presenter.ask(offer())
    reading.presenter.offers.stay()
    reading.presenter.offers.stay()
    reading.presenter.offers.accept()
    assert [name for name, _ in reading.sync.events] == ["opened", "stay"]


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "smb://host/x"]
)
def test_hostile_links_lead_nowhere(href: str) -> None:
    reading = Reading()
    reading.open()
    before = list(reading.screen.destinations)
    reading.presenter.link(LinkActivated(href, 0))
    assert reading.screen.links == []
    assert reading.screen.destinations == before
    assert reading.screen.toasts == ["Kios doesn’t open links of this kind."]


def test_web_link_is_asked_about() -> None:
    reading = Reading()
    reading.open()
    reading.presenter.link(LinkActivated("https://example.org/x", 0))
    assert reading.screen.links == ["https://example.org/x"]


def test_links_inside_the_book_are_followed() -> None:
    reading = Reading()
    reading.open()
    reading.presenter.link(LinkActivated("c2.xhtml#note", 0))
    reading.presenter.link(LinkActivated("#here", 1))
    reading.presenter.link(LinkActivated("../text/c3.xhtml", 1))
    wanted = [(2, "note"), (1, "here"), (3, "")]
    assert [(d.spine, d.anchor) for d in reading.screen.destinations[1:]] == wanted


async def test_a_note_is_shown_beside_its_reference_and_the_place_stays() -> None:
    reading = Reading()
    reading.open()
    note = Note("3", "<p>The note.</p>", 2, "n3")
    reading.notes["c2.xhtml#n3"] = ShownNote(note, {})
    reading.presenter.link(LinkActivated("c2.xhtml#n3", 0, "3", box=(1, 2, 3, 4)))
    await asyncio.sleep(0.01)
    assert reading.screen.notes == [("3", (1, 2, 3, 4))]
    assert len(reading.screen.destinations) == 1, "nothing moved"
    reading.screen.go_there()
    assert [(d.spine, d.anchor) for d in reading.screen.destinations[1:]] == [(2, "n3")]
    assert [name for name, _ in reading.sync.events] == ["opened"], "it is only looked at"


async def test_a_short_link_to_something_else_is_followed() -> None:
    reading = Reading()
    reading.open()
    reading.presenter.link(LinkActivated("c2.xhtml#n3", 0, "3"))
    await asyncio.sleep(0.01)
    assert reading.screen.notes == []
    assert [(d.spine, d.anchor) for d in reading.screen.destinations[1:]] == [(2, "n3")]


def test_link_out_of_the_spine_is_said_to_lead_nowhere() -> None:
    reading = Reading()
    reading.open()
    reading.presenter.link(LinkActivated("missing.xhtml", 0))
    assert reading.screen.toasts == ["This link leads nowhere in the book."]


def test_last_page_finishes_the_book_once() -> None:
    reading = Reading()
    reading.open(3, 600)
    reading.at(3, 800, book_end=True)
    reading.at(3, 770)
    reading.at(3, 800, book_end=True)
    assert reading.finished == [True]


def test_only_the_last_page_of_the_book_is_a_hundred_percent() -> None:
    reading = Reading()
    reading.open(3, 600)
    reading.at(3, 800, book_end=True)
    assert reading.sync.fractions[-1] == 1.0
    assert reading.screen.places[-1].percent == "100%"
    reading.at(3, 600)
    assert reading.sync.fractions[-1] < 1.0


def test_opening_on_the_last_page_does_not_finish_the_book() -> None:
    reading = Reading()
    reading.presenter.ready(LOOK)
    reading.at(3, 800, "open", book_end=True)
    assert reading.finished == []


def test_going_to_the_end_finishes_nothing_until_a_turn_is_tried_there() -> None:
    reading = Reading()
    reading.open()
    reading.presenter.go_to_end()
    reading.at(3, 800, "go", book_end=True)
    assert reading.finished == [] and reading.sync.fractions[-1] < 1.0
    reading.presenter.edge(Edge(end=True))
    assert reading.finished == [True] and reading.sync.fractions[-1] == 1.0


def test_a_last_page_whose_rest_is_out_of_reach_is_not_the_end() -> None:
    reading = Reading()
    reading.open(3, 600)
    reading.at(3, 800, book_end=False)
    reading.presenter.edge(Edge(end=True))
    assert reading.finished == [] and max(reading.sync.fractions) < 1.0


def test_a_book_of_one_screen_is_finished_by_a_turn_past_it() -> None:
    reading = Reading()
    reading.presenter.ready(LOOK)
    reading.at(3, 0, "open", book_end=True)
    reading.presenter.edge(Edge(end=True))
    assert reading.finished == [True]


def test_without_marking_at_the_end_nothing_says_a_hundred_percent() -> None:
    reading = Reading()
    reading.end_counts = False
    reading.open(3, 600)
    reading.at(3, 1000, book_end=True)
    reading.presenter.edge(Edge(end=True))
    assert reading.finished == [] and max(reading.sync.fractions) < 1.0


def test_one_turn_a_hundredth_before_the_end_makes_it_being_read_again() -> None:
    reading = Reading()
    reading.open(3, 600)
    reading.at(3, 990, book_end=True)
    reading.at(3, 965)
    assert reading.finished == [True]
    reading.at(3, 900)
    assert reading.finished == [True, False]
    reading.at(3, 990, book_end=True)
    assert reading.finished == [True, False, True]


def test_undo_of_finished_tells_the_sync_the_place_without_the_end() -> None:
    reading = Reading()
    reading.open(3, 600)
    reading.at(3, 900, book_end=True)
    reading.presenter.unfinish()
    assert reading.finished == [True, False]
    assert reading.sync.events[-1] == ("not_finished", Place(3, 900))
    assert reading.sync.fractions[-1] < 1.0


def marked() -> Report:
    return Report("s", "key", None, Precision.NONE, None, None, "Komga", "", finished=True)


def test_a_mark_from_elsewhere_is_said_and_cleared_by_reading_on_only() -> None:
    reading = Reading()
    reading.open(1, 0)
    reading.presenter.finished_elsewhere(marked())
    assert reading.finished == [True]
    assert reading.screen.toasts == ["Marked as finished on Komga"]
    reading.at(1, 30)
    assert reading.finished == [True]
    reading.at(1, 50)
    assert reading.finished == [True, False]
    assert [name for name, _ in reading.sync.events][-2:] == ["turned", "not_finished"]


def test_a_finished_book_that_is_looked_into_stays_finished() -> None:
    reading = Reading(Place(1, 0), finished=True)
    reading.open(1, 0)
    reading.presenter.finished_elsewhere(marked())
    assert reading.screen.toasts == [] and reading.finished == []
    reading.at(1, 30)
    assert reading.finished == []
    reading.at(1, 100)
    assert reading.finished == [False]


# --- whatever brings the first page, and looks


def test_a_choice_before_the_first_page_opens_the_book_and_is_a_move() -> None:
    reading = Reading(start=Place(1, 200))
    reading.presenter.ready(LOOK)
    reading.presenter.go_to_end()
    reading.at(3, 800, "go", book_end=True)
    assert reading.sync.events == [("opened", Place(1, 200)), ("moved", Place(3, 800))]
    reading.presenter.go_back()
    assert reading.screen.destinations[-1] == Destination(spine=1, ordinal=200, cause="go")


def look_at_a_note(reading: Reading) -> None:
    reading.presenter.link(LinkActivated("c3.xhtml#note", 1))
    reading.at(3, 900, "go", book_end=True)


def test_looking_at_a_note_moves_nothing() -> None:
    reading = Reading()
    reading.open(1, 100)
    reading.at(1, 300)
    look_at_a_note(reading)
    reading.at(3, 950)
    reading.presenter.edge(Edge(end=True))
    reading.presenter.go_back()
    reading.at(1, 300, "go")
    reading.presenter.closed()
    assert reading.sync.events[1:] == [("turned", Place(1, 300)), ("closed", None)]
    assert reading.finished == []


def test_a_notes_own_link_back_ends_the_look() -> None:
    reading = Reading()
    reading.open(1, 300)
    look_at_a_note(reading)
    reading.presenter.link(LinkActivated("c1.xhtml#ref", 3))
    reading.at(1, 390, "go")
    reading.at(1, 500)
    assert reading.sync.events[1:] == [("turned", Place(1, 500))]


def test_a_choice_is_no_reading_on_from_somebody_elses_mark() -> None:
    reading = Reading()
    reading.open(1, 0)
    reading.presenter.finished_elsewhere(marked())
    reading.presenter.go_to_place(Place(3, 0))
    reading.at(3, 0, "go")
    reading.at(3, 20)
    assert reading.finished == [True]
    reading.at(3, 60)
    assert reading.finished == [True, False]


def test_three_turns_where_a_link_led_are_reading_there() -> None:
    reading = Reading()
    reading.open(1, 300)
    look_at_a_note(reading)
    for ordinal in (910, 920):
        reading.at(3, ordinal)
    assert [name for name, _ in reading.sync.events] == ["opened"]
    reading.at(3, 930)
    assert reading.sync.events[-1] == ("turned", Place(3, 930))


def test_stay_here_where_a_link_led_counts_at_once() -> None:
    reading = Reading()
    reading.open(1, 300)
    look_at_a_note(reading)
    reading.presenter.dismiss_pill()
    assert reading.sync.events[-1] == ("moved", Place(3, 900))


def test_a_choice_while_looking_counts_at_once() -> None:
    reading = Reading()
    reading.open(1, 300)
    look_at_a_note(reading)
    reading.presenter.go_to_place(Place(2, 0))
    reading.at(2, 0, "go")
    assert reading.sync.events[-1] == ("moved", Place(2, 0))


def test_a_link_inside_a_note_is_the_same_look_and_so_is_forward() -> None:
    reading = Reading()
    reading.open(1, 300)
    look_at_a_note(reading)
    reading.presenter.link(LinkActivated("c2.xhtml", 3))
    reading.at(2, 0, "go")
    reading.presenter.go_back()
    reading.at(3, 900, "go")
    reading.presenter.go_back()
    reading.at(1, 300, "go")
    reading.presenter.go_forward()
    reading.at(3, 900, "go")
    assert [name for name, _ in reading.sync.events] == ["opened"]
    reading.presenter.go_back()
    reading.at(1, 300, "go")
    reading.at(1, 500)
    assert reading.sync.events[1:] == [("turned", Place(1, 500))]


def test_looking_from_one_result_to_the_next_leads_back_to_where_it_began() -> None:
    reading = Reading()
    reading.open(0, 400)
    for place in (Place(1, 100), Place(2, 0), Place(3, 500)):
        reading.presenter.look_at(place)
        reading.at(place.spine_index, place.ordinal, "go")
        assert reading.screen.pills[-1] == "Back to Chapter 1"
    assert [name for name, _ in reading.sync.events] == ["opened"], "a look moves nothing"
    for n in range(2):
        reading.at(3, 700 + 200 * n)
    reading.presenter.look_at(Place(1, 100))  # the pill is there anew, for three turns
    reading.at(1, 100, "go")
    for n in range(2):
        reading.at(1, 300 + 200 * n)
    assert [name for name, _ in reading.sync.events] == ["opened"]
    reading.presenter.go_back()
    assert reading.screen.destinations[-1] == Destination(spine=0, ordinal=400, cause="go")
    reading.at(0, 400, "go")
    assert reading.screen.pills[-1] == ""


def test_a_look_after_reading_on_there_has_its_own_way_back() -> None:
    reading = Reading()
    reading.open(0, 400)
    reading.presenter.look_at(Place(2, 0))
    reading.at(2, 0, "go")
    reading.presenter.dismiss_pill()  # stay here
    reading.presenter.look_at(Place(3, 0))
    reading.at(3, 0, "go")
    assert reading.screen.pills[-1] == "Back to Chapter 3"


async def test_a_question_while_looking_names_the_place_that_counts() -> None:
    reading = Reading()
    reading.open(1, 300)
    look_at_a_note(reading)
    reading.presenter.ask(offer())
    assert reading.screen.prompts[0].here_title == "Chapter 2"
    for _ in range(10):
        await asyncio.sleep(0)
    assert reading.screen.excerpts == [("words at 300", "words at 100")]


def test_crash_of_the_page_comes_back_to_the_same_place() -> None:
    reading = Reading()
    reading.open()
    reading.at(2, 600)
    reading.presenter.ready(LOOK)
    assert reading.screen.destinations[-1] == Destination(spine=2, ordinal=600, cause="open")


def test_counts_of_the_book_change_what_is_shown() -> None:
    reading = Reading()
    reading.open(2, 0)
    assert reading.screen.places[-1].percent == "50%"
    reading.presenter.weighed((100, 100, 1000, 800))
    assert reading.screen.places[-1].percent == "10%"


def test_minutes_are_put_as_people_say_them() -> None:
    assert [minutes_text(n) for n in (1, 59, 60, 125, 1260)] == [
        "1 min",
        "59 min",
        "1 h",
        "2 h 5 min",
        "21 h",
    ]


# --- a page that stops


def test_a_page_that_starts_again_goes_on_to_where_it_was_on_the_way() -> None:
    reading = Reading()
    reading.open(1, 200)
    reading.presenter.go_to_place(Place(3, 100))
    reading.presenter.failures.stopped(stuck=False)
    reading.presenter.ready(LOOK)
    assert reading.screen.destinations[-1] == Destination(spine=3, ordinal=100, cause="go")
    reading.at(3, 100, "go")
    reading.presenter.failures.stopped(stuck=False)
    reading.presenter.ready(LOOK, ahead=False)
    assert reading.screen.destinations[-1] == Destination(spine=3, ordinal=100, cause="open")
    assert reading.screen.book is not None and not reading.screen.book.ahead


def test_where_it_stops_twice_a_page_of_ours_stands_in() -> None:
    reading = Reading()
    reading.open(1, 200)
    reading.presenter.go_to_place(Place(3, 100))
    reading.presenter.failures.stopped(stuck=False)
    assert LEFT_OUT not in again(reading)
    reading.presenter.failures.stopped(stuck=False)
    assert again(reading)[3] == LEFT_OUT
    assert reading.screen.destinations[-1] == Destination(spine=3, ordinal=100, cause="go")
    assert reading.presenter.shown_place == Place(1, 200)


def test_where_it_is_stuck_once_a_page_of_ours_stands_in() -> None:
    reading = Reading()
    reading.open(1, 800)
    reading.presenter.failures.loading(2)
    reading.presenter.failures.stopped(stuck=True)
    assert again(reading)[2] == LEFT_OUT
    assert reading.screen.destinations[-1] == Destination(spine=1, ordinal=800, cause="open")


def test_a_part_that_is_loaded_ahead_is_left_out_and_not_where_somebody_wanted_to_go() -> None:
    reading = Reading()
    reading.open(1, 800)
    reading.presenter.failures.preloading(2)
    reading.presenter.go_to_place(Place(3, 100))  # which the page is too busy to hear
    reading.presenter.failures.stopped(stuck=True)
    urls = again(reading)
    assert urls[2] == LEFT_OUT and urls[3] != LEFT_OUT
    assert reading.screen.destinations[-1] == Destination(spine=3, ordinal=100, cause="go")


@pytest.mark.parametrize("came", [True, False], ids=["it came", "the page went on"])
def test_a_part_loaded_ahead_is_not_to_blame_for_what_comes_after(came: bool) -> None:
    reading = Reading()
    reading.open(1, 800)
    reading.presenter.failures.preloading(2)
    reading.presenter.go_to_place(Place(3, 100))
    if came:
        reading.presenter.failures.preloading(None)
    else:
        reading.presenter.failures.loading(3)
    reading.presenter.failures.stopped(stuck=True)
    urls = again(reading)
    assert urls[3] == LEFT_OUT and urls[2] != LEFT_OUT


def test_a_page_that_stops_where_it_stays_is_no_fault_of_the_chapter() -> None:
    reading = Reading()
    reading.open(1, 800)
    for _ in range(3):
        reading.presenter.failures.stopped(stuck=False)
        assert LEFT_OUT not in again(reading)
        reading.at(1, 800, "open")


def again(reading: Reading) -> list[str]:
    """The addresses of the spine, when the page runs again."""
    reading.presenter.ready(LOOK)
    assert reading.screen.book is not None
    return reading.screen.book.urls


def test_a_book_that_never_came_is_opened_where_somebody_chooses() -> None:
    reading = Reading(start=Place(1, 200))
    reading.presenter.ready(LOOK)
    for _ in range(4):
        reading.presenter.failures.stopped(stuck=False)
    reading.presenter.go_to_place(Place(3, 0))
    reading.presenter.ready(LOOK)
    assert reading.screen.destinations[-1] == Destination(spine=3, ordinal=0, cause="go")


@pytest.mark.parametrize(
    "href",
    [
        "../package.opf#epubcfi(/6/8!/4/2/1:5)",
        "c3.xhtml#epubcfi(/4/2/1:5)",  # against the rules: a fragment of the chapter itself
        "../package.opf#epubcfi(/6/8[c3]!/4/2/1:5[a,%20b])",
    ],
)
async def test_a_link_to_a_cfi_leads_to_its_place(href: str) -> None:
    reading = Reading()
    reading.open()
    fragment = href.partition("#")[2].replace("%20", " ")
    reading.cfis[fragment] = Place(3, 77)
    reading.presenter.link(LinkActivated(href, 1))
    async with asyncio.timeout(2):
        while len(reading.screen.destinations) < 2:
            await asyncio.sleep(0)
    assert reading.screen.destinations[1:] == [Destination(spine=3, ordinal=77, cause="go")]
    assert reading.sync.events[-1][0] == "opened"  # a link is only looked at


async def test_a_cfi_that_cannot_be_read_leads_to_its_chapter_and_none_after_the_end() -> None:
    reading = Reading()
    reading.open()
    reading.presenter.link(LinkActivated("../package.opf#epubcfi(/6/8!/4/2/1:5)", 1))
    await asyncio.sleep(0.01)
    assert reading.screen.destinations[1:] == [Destination(spine=3, cause="go")]
    reading.presenter.link(LinkActivated("../package.opf#epubcfi(/6/6!/4/2/1:5)", 1))
    reading.presenter.closed()
    await asyncio.sleep(0.01)
    assert len(reading.screen.destinations) == 2


@pytest.mark.parametrize(
    "href", ["C2.XHTML", "/text/c2.xhtml", "text/c2.xhtml", "../../../text/c2.xhtml", "x/c2.xhtml"]
)
def test_a_link_that_is_spelled_otherwise_is_followed(href: str) -> None:
    reading = Reading()
    reading.open()
    reading.presenter.link(LinkActivated(href + "#a", 0))
    assert reading.screen.destinations[1:] == [Destination(spine=2, anchor="a", cause="go")]


@pytest.mark.parametrize("href", ["../package.opf", "../package.opf#x", "../META-INF/a.xml"])
def test_a_link_to_what_is_no_chapter_leads_nowhere(href: str) -> None:
    reading = Reading()
    reading.open()
    reading.presenter.link(LinkActivated(href, 0))
    assert reading.screen.toasts == ["This link leads nowhere in the book."]
