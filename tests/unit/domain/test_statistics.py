"""What sessions add up to."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId, SessionSpot
from kios_desktop.domain.statistics import (
    DayRead,
    Period,
    Span,
    Statistics,
    Streaks,
    day_of,
    next_to,
    pace_of,
    period_of,
    words_per_minute,
)

BERLIN = ZoneInfo("Europe/Berlin")
_ids = count(1)


def session(at: datetime, minutes: float = 10, book: int = 1, **other: object) -> ReadingSession:
    spot = SessionSpot(Place(0, 0), 0)
    return ReadingSession(
        SessionId(str(next(_ids))),
        BookId(book),
        at,
        at + timedelta(minutes=minutes),
        spot,
        spot,
        read_s=60 * minutes,
        **other,  # type: ignore[arg-type]
    )


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def whole(statistics: Statistics) -> Period:
    return period_of(Span.ALL, date(2026, 12, 31), statistics.first_day)


@pytest.mark.parametrize(
    ("when", "day"),
    [
        (datetime(2026, 11, 2, 2, 59, tzinfo=UTC), date(2026, 11, 1)),  # 03:59 there
        (datetime(2026, 11, 2, 3, 0, tzinfo=UTC), date(2026, 11, 2)),
        (datetime(2026, 7, 2, 1, 59, tzinfo=UTC), date(2026, 7, 1)),  # summer time
        (datetime(2026, 7, 2, 2, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_a_day_starts_at_four_oclock_where_the_reader_is(when: datetime, day: date) -> None:
    assert day_of(when, BERLIN) == day


def test_days_add_up_and_name_their_books_by_time() -> None:
    found = Statistics([session(at(3), 5), session(at(3), 20, 2), session(at(4), 61, 3)], UTC)
    assert found.days == {
        date(2026, 11, 3): DayRead(1500, (BookId(2), BookId(1))),
        date(2026, 11, 4): DayRead(3660, (BookId(3),)),
    }
    assert [found.days[day].step for day in sorted(found.days)] == [2, 4]
    assert found.read_s(whole(found)) == 5160
    assert found.first_day == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("minutes", "step"), [(0.9, 0), (1, 1), (14, 1), (15, 2), (30, 3), (59, 3), (60, 4)]
)
def test_the_year_has_five_steps(minutes: float, step: int) -> None:
    assert DayRead(60 * minutes, ()).step == step


def test_streaks_go_on_until_a_whole_day_was_without_reading() -> None:
    days = [1, 2, 3, 4, 10, 11, 12, 14, 15]
    found = Statistics([session(at(day)) for day in days] + [session(at(13), 0.5)], UTC)
    longest = date(2026, 11, 4)
    assert found.streaks(date(2026, 11, 15)) == Streaks(2, 4, longest)
    assert found.streaks(date(2026, 11, 16)) == Streaks(2, 4, longest)
    assert found.streaks(date(2026, 11, 17)) == Streaks(0, 4, longest)
    assert Statistics([], UTC).streaks(date(2026, 11, 17)) == Streaks(0, 0, None)


def test_books_are_listed_by_time_within_the_period() -> None:
    found = Statistics(
        [
            session(at(3), 5, 1, turns=3, printed_pages=2),
            session(at(4), 6, 1, turns=4, printed_pages=1),
            session(at(4), 20, 2),
            session(at(3, month=10), 500, 3),
        ],
        UTC,
    )
    second, first = found.books(period_of(Span.MONTH, date(2026, 11, 30)))
    assert (first.book_id, first.read_s, first.days) == (BookId(1), 660, 2)
    assert (first.turns, first.printed_pages) == (7, 3)
    assert second.book_id == BookId(2)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.WEEK, date(2026, 2, 23), date(2026, 3, 1)),
        (Span.MONTH, date(2026, 2, 1), date(2026, 2, 28)),
        (Span.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_follow_one_another(span: Span, first: date, last: date) -> None:
    period = period_of(span, date(2026, 2, 26))
    assert (period.first, period.last) == (first, last)
    assert next_to(period, 1).first == last + timedelta(days=1)
    assert next_to(next_to(period, 1), -1) == period
    assert next_to(period, -1).last == first - timedelta(days=1)
    assert len(period.days) == (last - first).days + 1


def test_the_pace_is_told_when_enough_was_measured() -> None:
    some = [session(at(3), paced_ordinals=3000, paced_s=150.0) for _ in range(2)]
    assert pace_of(some[:1]) is None
    assert pace_of(some) == 1200
    assert words_per_minute(1200) == 250


@pytest.mark.parametrize(
    ("starts", "first"),
    [(0, date(2026, 11, 16)), (6, date(2026, 11, 15)), (5, date(2026, 11, 21))],
)
def test_a_week_begins_as_it_does_where_the_reader_lives(starts: int, first: date) -> None:
    week = period_of(Span.WEEK, date(2026, 11, 21), week_starts=starts)
    assert week == Period(Span.WEEK, first, first + timedelta(days=6))
    before = next_to(week, -1)
    assert before == Period(Span.WEEK, first - timedelta(days=7), first - timedelta(days=1))
    assert next_to(before, 1) == week
