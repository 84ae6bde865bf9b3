"""Reading sessions by hand-made events, and of a simulated month against the truth."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import StatisticsPreferences
from kios_desktop.domain.reading_sessions import (
    Instant,
    Left,
    ReadingSession,
    ScreenCause,
    SessionId,
    SessionSpot,
    page_s,
)
from kios_desktop.domain.session_recorder import SessionRecorder

BEGIN = datetime(2026, 11, 1, 19, 0, tzinfo=UTC)
PACE = 1200.0  # ordinals a minute
PAGE = 1000  # ordinals of a page: read in 50 s, and 150 s are allowed


@dataclass
class Reading:
    """One book and both clocks. `kept` is what the disk has."""

    rules: StatisticsPreferences = field(default_factory=StatisticsPreferences)
    at: datetime = BEGIN
    elapsed_s: float = 5000.0
    page: int = 0
    kept: dict[SessionId, ReadingSession] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = count(1)
        self.recorder = SessionRecorder(
            BookId(7), lambda: SessionId(str(next(numbers))), lambda: PACE, lambda: self.rules
        )

    @property
    def now(self) -> Instant:
        return Instant(self.at, self.elapsed_s)

    @property
    def spot(self) -> SessionSpot:
        return SessionSpot(Place(0, self.page * PAGE), self.page / 100)

    @property
    def sessions(self) -> list[ReadingSession]:
        return list(self.kept.values())

    def keep(self, sessions: list[ReadingSession]) -> None:
        self.kept.update((one.id, one) for one in sessions)

    def wait(self, seconds: float, ticks_s: float = 20) -> None:
        while seconds > 0:
            step = min(ticks_s, seconds)
            self.at += timedelta(seconds=step)
            self.elapsed_s += step
            seconds -= step
            self.keep(self.recorder.tick(self.now))

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.elapsed_s += seconds

    def show(self, how: ScreenCause, page: int) -> None:
        self.page = page
        self.keep(self.recorder.shown(self.now, how, self.spot, PAGE, self.page // 2))

    def open(self) -> None:
        self.recorder.in_front(self.now)
        self.show(ScreenCause.OPENED, self.page)

    def turn(self, by: int = 1) -> None:
        self.show(ScreenCause.TURNED, self.page + by)

    def leave(self, why: Left) -> None:
        self.keep(self.recorder.left(self.now, why))

    def back(self) -> None:
        self.recorder.in_front(self.now)


def test_a_session_lasts_from_the_first_page_to_the_closing() -> None:
    it = Reading()
    it.open()
    for _ in range(4):
        it.wait(45)
        it.turn()
    it.wait(30)
    it.leave(Left.CLOSED)
    [session] = it.sessions
    assert session.read_s == pytest.approx(210)
    assert session.ended_at - session.started_at == timedelta(seconds=210)
    assert (session.turns, session.printed_pages) == (4, 2)
    assert (session.start.progression, session.end.progression) == (0, 0.04)
    assert session.paced_ordinals == 4 * PAGE
    assert session.paced_s == pytest.approx(180)


def test_a_page_that_stays_open_counts_for_three_times_the_readers_pace() -> None:
    it = Reading()
    it.open()
    it.wait(40)
    it.turn()
    it.wait(3600)
    [session] = it.sessions
    assert session.read_s == pytest.approx(40 + 150)
    assert session.ended_at == BEGIN + timedelta(seconds=190)
    assert session.paced_ordinals == PAGE
    it.turn()
    it.wait(40)
    it.leave(Left.CLOSED)
    _, later = it.sessions
    assert later.started_at == BEGIN + timedelta(seconds=3640)
    assert later.read_s == pytest.approx(40)
    assert (later.start.place.ordinal, later.end.place.ordinal) == (PAGE, 2 * PAGE)


@pytest.mark.parametrize(("ordinals", "allowed"), [(0, 60), (100, 60), (1000, 150), (9999, 300)])
def test_a_page_may_stay_for_one_to_five_minutes(ordinals: int, allowed: float) -> None:
    assert page_s(PACE, ordinals) == allowed


def test_a_short_session_and_one_without_a_turn_are_not_kept() -> None:
    it = Reading()
    it.open()
    it.wait(100)
    it.leave(Left.CLOSED)
    it.open()
    it.wait(20)
    it.turn()
    it.wait(9)
    it.leave(Left.CLOSED)
    assert it.sessions == []


def test_both_rules_can_be_changed() -> None:
    it = Reading(StatisticsPreferences(min_s=10, min_turns=0))
    it.open()
    it.wait(12)
    it.leave(Left.CLOSED)
    assert len(it.sessions) == 1


def test_a_short_look_at_another_program_joins_and_does_not_count() -> None:
    it = Reading()
    it.open()
    it.wait(40)
    it.turn()
    it.leave(Left.SWITCHED)
    it.wait(59)
    it.back()
    it.wait(40)
    it.leave(Left.SWITCHED)
    [session] = it.sessions
    assert session.read_s == pytest.approx(80)
    assert session.ended_at - session.started_at == timedelta(seconds=139)
    it.wait(61)
    it.back()
    it.turn()
    it.wait(31)
    it.leave(Left.CLOSED)
    assert len(it.sessions) == 2


def test_sleep_ends_a_session_and_does_not_count() -> None:
    it = Reading()
    it.open()
    it.wait(40)
    it.turn()
    it.wait(10)
    it.sleep(61)
    it.wait(40)
    it.turn()
    it.wait(10)
    it.leave(Left.CLOSED)
    first, second = it.sessions
    assert first.read_s == pytest.approx(50)
    assert second.read_s == pytest.approx(30), "it counts from the first tick"
    assert second.started_at == BEGIN + timedelta(seconds=131)
    assert first.ended_at == BEGIN + timedelta(seconds=50)


def scrolled(it: Reading, ordinal: int, spine: int = 0) -> None:
    spot = SessionSpot(Place(spine, ordinal), ordinal / 100_000)
    it.keep(it.recorder.shown(it.now, ScreenCause.SCROLLED, spot, PAGE))


def test_scrolling_by_lines_is_a_turn_once_a_screen_is_read() -> None:
    it = Reading()
    it.open()
    for step in range(1, 41):  # 100 ordinals in 5 s are the reader's pace
        it.wait(5)
        scrolled(it, 100 * step)
    it.leave(Left.CLOSED)
    [session] = it.sessions
    assert session.turns == 5
    assert session.read_s == pytest.approx(200)
    assert 60 * session.paced_ordinals / session.paced_s == pytest.approx(PACE)
    assert session.end.place == Place(0, 4000)


def test_scrolling_far_is_a_turn_and_no_pace() -> None:
    it = Reading()
    it.open()
    it.wait(50)
    scrolled(it, 50 * PAGE)
    it.leave(Left.CLOSED)
    [session] = it.sessions
    assert (session.turns, session.paced_ordinals) == (1, 0)


def test_a_page_that_is_scrolled_a_little_may_stay_longer() -> None:
    it = Reading()
    it.open()
    it.wait(140)
    scrolled(it, 20)
    it.wait(140)
    scrolled(it, 1000)
    it.leave(Left.CLOSED)
    [session] = it.sessions
    assert session.read_s == pytest.approx(280)


def test_scrolling_goes_on_after_a_page_was_left_open() -> None:
    it = Reading()
    it.open()
    it.wait(50)
    scrolled(it, 1000)
    it.wait(600)
    scrolled(it, 1100)
    it.wait(50)
    scrolled(it, 10, spine=1)
    it.leave(Left.CLOSED)
    first, second = it.sessions
    assert (first.read_s, second.read_s) == pytest.approx((200, 50))
    assert (second.start.place, second.turns) == (Place(0, 1000), 1)
    assert second.end.place == Place(1, 10)
    assert (second.paced_ordinals, second.paced_s) == (0, 0)


def looked_away(it: Reading) -> None:
    it.leave(Left.SWITCHED)
    it.wait(10)
    it.back()


def looked_at_a_note(it: Reading) -> None:
    it.show(ScreenCause.LOOKED, 90)
    it.wait(10)
    it.show(ScreenCause.CHOSEN, 1)


def slept(it: Reading) -> None:
    it.sleep(100)
    it.wait(1)


@pytest.mark.parametrize("interrupt", [looked_away, looked_at_a_note, slept])
def test_a_page_in_two_parts_does_not_tell_the_pace(interrupt: Callable[[Reading], None]) -> None:
    it = Reading()
    it.open()
    it.wait(50)
    it.turn()
    it.wait(44)
    interrupt(it)
    it.wait(6)
    it.turn()
    it.wait(50)
    it.turn()
    it.leave(Left.CLOSED)
    assert sum(one.paced_ordinals for one in it.sessions) == 2 * PAGE
    assert sum(one.paced_s for one in it.sessions) == pytest.approx(100)


def test_sleep_that_ends_with_a_turn_is_no_pace() -> None:
    it = Reading()
    it.open()
    it.wait(50)
    it.turn()
    it.wait(20)
    it.sleep(100)
    it.turn()
    it.leave(Left.CLOSED)
    assert it.sessions[0].paced_s == pytest.approx(50)


def test_a_place_of_another_device_is_not_read_by_adopting_it() -> None:
    it = Reading()
    it.open()
    it.wait(40)
    it.turn()
    it.show(ScreenCause.ADOPTED, 60)
    it.wait(40)
    it.turn()
    it.leave(Left.CLOSED)
    first, second = it.sessions
    assert (first.start.progression, first.end.progression) == (0, 0.01)
    assert (second.start.progression, second.end.progression) == (0.6, 0.61)


def test_a_jump_moves_the_end_and_a_look_does_not() -> None:
    it = Reading()
    it.open()
    it.wait(40)
    it.turn()
    it.show(ScreenCause.LOOKED, 90)
    it.page = 1
    it.wait(10)
    it.leave(Left.SWITCHED)
    assert it.sessions[-1].end.progression == 0.01
    it.back()
    it.show(ScreenCause.CHOSEN, 50)
    it.leave(Left.CLOSED)
    assert it.sessions[-1].end.progression == 0.5
    assert it.sessions[-1].turns == 1


@pytest.mark.parametrize("jump", [timedelta(hours=3), -timedelta(days=400)])
def test_a_clock_that_is_set_moves_the_stamps_and_no_time(jump: timedelta) -> None:
    it = Reading()
    it.open()
    it.wait(40)
    it.turn()
    it.at += jump
    it.wait(40)
    it.leave(Left.CLOSED)
    [session] = it.sessions
    assert session.read_s == pytest.approx(80)
    assert session.started_at == BEGIN + jump
    assert session.ended_at - session.started_at == timedelta(seconds=80)


def test_no_more_than_a_tick_is_lost_when_kios_is_killed() -> None:
    it = Reading()
    it.open()
    it.turn()
    it.wait(140)
    assert it.sessions[-1].read_s == pytest.approx(140)


def test_nothing_is_kept_twice() -> None:
    it = Reading()
    it.open()
    it.wait(40)
    it.turn()
    assert it.recorder.tick(it.now) == []
    it.wait(40)
    it.leave(Left.SWITCHED)
    assert it.recorder.left(it.now, Left.CLOSED) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_month_of_a_reader_adds_up_to_what_was_read(seed: int) -> None:
    """Reading, looking away, leaving pages open, sleeping; a second of truth is one on a page."""
    chance, it = random.Random(seed), Reading()
    truth = 0.0
    it.open()
    for _ in range(30 * 12):
        for _ in range(chance.randint(1, 12)):
            took = chance.uniform(5, 100)
            it.wait(took)
            it.turn(chance.choice((1, 1, 1, 1, -1)) if it.page else 1)
            truth += took
        match chance.choice(("open", "switch", "sleep", "close")):
            case "open":
                it.wait(chance.uniform(200, 30_000))
                truth += 150
                it.turn()
            case "switch":
                it.leave(Left.SWITCHED)
                it.wait(chance.uniform(1, 4000))
                it.back()
            case "sleep":
                it.sleep(chance.uniform(61, 40_000))
            case _:
                it.leave(Left.CLOSED)
                it.wait(chance.uniform(10, 50_000))
                it.open()
    it.leave(Left.CLOSED)
    read = sum(one.read_s for one in it.sessions)
    assert truth - read < 0.02 * truth, "what is too short to be kept is little"
    assert read <= truth + 0.001
    stamps = sorted((one.started_at, one.ended_at) for one in it.sessions)
    assert all(first[1] <= second[0] for first, second in pairwise(stamps))
    assert all(
        one.read_s <= (one.ended_at - one.started_at).total_seconds() + 0.001 for one in it.sessions
    )
