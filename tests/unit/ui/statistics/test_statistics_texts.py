"""The sentences of the page of statistics."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QLocale

from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import StatisticsPreferences
from kios_desktop.domain.statistics import DayRead, Period, Span, Streaks
from kios_desktop.ui.statistics import texts
from kios_desktop.ui.statistics.summary import (
    BookLine,
    Calendar,
    DayLine,
    ReadRecords,
    Summary,
    TimeBar,
    Unit,
    summary,
)
from tests.fakes_ui import make_book
from tests.sessions import session

TODAY = date(2026, 11, 22)
YEAR = Period(Span.YEAR, date(2026, 1, 1), date(2026, 12, 31))
PLAIN = StatisticsPreferences()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


def shown(span: Span = Span.YEAR, day: date = TODAY) -> Summary:
    calendar = Calendar(zone=UTC)
    read = [session(1, datetime(2024, 3, 1, 12, tzinfo=UTC), 90)]
    records = ReadRecords(read, [make_book(1, "Emma")], [BookId(1)], {}, calendar)
    return summary(records, calendar.period(span, day, date(2024, 3, 1)), TODAY)


@pytest.mark.parametrize(
    ("period", "name"),
    [
        (Period(Span.WEEK, date(2026, 11, 16), TODAY), "16 – 22 Nov"),
        (Period(Span.WEEK, date(2026, 10, 26), date(2026, 11, 1)), "26 Oct – 1 Nov"),
        (Period(Span.WEEK, date(2025, 12, 29), date(2026, 1, 4)), "29 Dec 2025 – 4 Jan"),
        (Period(Span.MONTH, date(2026, 11, 1), date(2026, 11, 30)), "November 2026"),
        (YEAR, "2026"),
        (Period(Span.ALL, date(2020, 1, 1), TODAY), "All time"),
    ],
)
def test_periods_have_names(period: Period, name: str) -> None:
    assert texts.period_name(period, TODAY) == name


def test_a_day_names_its_books_and_how_many_more_there_were() -> None:
    read = DayRead(96 * 60, ())
    line = DayLine(TODAY, read, ("Moby-Dick", "Walden"))
    assert texts.day_text(TODAY, line, TODAY) == "Sun 22 Nov: 1 h 36 min, Moby-Dick, Walden"
    many = replace(line, titles=tuple("abcdefg"))
    assert texts.day_text(TODAY, many, TODAY).endswith("min, a, b, c, d, e, 2 more")
    assert texts.day_text(TODAY, None, TODAY) == "Sun 22 Nov: nothing"


def test_under_the_time_stands_the_goal_of_today_if_there_is_one() -> None:
    year = replace(shown(), week_s=5 * 3600 + 360, today_s=17 * 60 + 40, days_read=3)
    assert texts.read_note(year, PLAIN) == "5 h 06 min this week"
    goal = StatisticsPreferences(daily_goal_min=30)
    assert texts.read_note(year, goal) == "Today: 17 of 30 min"
    week = replace(year, period=Period(Span.WEEK, date(2026, 11, 16), TODAY))
    assert texts.read_note(week, PLAIN) == "3 days with reading"


def test_the_longest_streak_has_its_month() -> None:
    year = replace(shown(), streaks=Streaks(2, 31, date(2026, 3, 31)))
    assert texts.longest_note(year) == "Longest: 31 days, in March"
    year = replace(shown(), streaks=Streaks(0, 1, date(2024, 3, 1)))
    assert texts.longest_note(year) == "Longest: 1 day, in March 2024"
    assert texts.longest_note(replace(year, streaks=Streaks(0, 0, None))) == ""


@pytest.mark.parametrize(
    ("finished", "before", "now", "past"),
    [
        (14, 12, "2 more than by this day last year", "2 more than in 2025"),
        (1, 2, "1 fewer than by this day last year", "1 fewer than in 2025"),
        (3, 3, "As many as by this day last year", "As many as in 2025"),
    ],
)
def test_finished_books_are_compared(finished: int, before: int, now: str, past: str) -> None:
    year = replace(shown(), finished=finished, finished_before=before)
    assert texts.finished_note(year) == now
    assert texts.finished_note(replace(year, today=date(2027, 2, 1))) == past
    month = replace(year, finished_before=None, finished_this_year=5)
    assert texts.finished_note(month) == "5 this year"


def test_a_pace_that_is_not_known_is_a_dash() -> None:
    assert (texts.pace(238), texts.pace(None)) == ("238 words/min", "–")


@pytest.mark.parametrize(
    ("unit", "seconds", "value"),
    [
        (Unit.DAY, 59, "–"),
        (Unit.DAY, 65 * 60 + 59, "65"),
        (Unit.MONTH, 0, "–"),
        (Unit.MONTH, 5400, "1.5"),
        (Unit.YEAR, 64 * 3600, "64"),
    ],
)
def test_values_above_bars_are_short(unit: Unit, seconds: float, value: str) -> None:
    assert texts.bar_value(unit, TimeBar(TODAY, seconds)) == value
    assert texts.bar_value(unit, TimeBar(TODAY, seconds, is_ahead=True)) == ""


def test_bars_are_spoken_with_their_days_and_months() -> None:
    bar = TimeBar(date(2026, 11, 21), 3900)
    assert texts.bar_text(Unit.DAY, bar, TODAY) == "Sat 21 Nov: 1 h 05 min"
    assert texts.bar_text(Unit.MONTH, bar, TODAY) == "November 2026: 1 h 05 min"
    assert texts.bar_text(Unit.DAY, replace(bar, is_ahead=True), TODAY) == "Sat 21 Nov"


def test_a_past_year_says_which_one_it_is() -> None:
    past = shown(Span.YEAR, date(2024, 5, 1))
    assert texts.year_note(past) == "1 day with reading in 2024"
    assert texts.year_note(shown()) == "0 days with reading"
    assert (texts.bars_title(past), texts.bars_title(shown())) == ("2024", "This week")


@pytest.mark.parametrize(
    ("span", "note"),
    [
        (Span.WEEK, "time read, 16 – 22 Nov"),
        (Span.MONTH, "time read in November 2026"),
        (Span.YEAR, "time read in 2026"),
        (Span.ALL, "time read"),
    ],
)
def test_times_of_books_are_of_a_period(span: Span, note: str) -> None:
    assert texts.books_note(shown(span)) == note


def test_a_book_says_what_became_of_it() -> None:
    line = BookLine(BookId(1), make_book(1, "Emma"), True, None, 600, 1)
    assert texts.book_text(line, TODAY) == "Emma, Reading, 10 min"
    done = replace(line, finished_on=date(2026, 10, 9), is_here=False)
    assert texts.book_status(done, TODAY) == "Finished 9 Oct"
    assert texts.book_status(replace(line, is_here=False), TODAY) == "Removed"
    assert texts.book_title(replace(line, book=None)) == "A book that is lost"
