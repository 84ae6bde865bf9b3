"""What is shown of a period."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from kios_desktop.domain.library import BookId
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.domain.statistics import Period, Span
from kios_desktop.ui.statistics.summary import Calendar, ReadRecords, Summary, Unit, summary
from tests.fakes_ui import make_book
from tests.sessions import session

TODAY = date(2026, 11, 22)  # a Sunday
CALENDAR = Calendar(zone=UTC)
BOOKS = [make_book(n, title) for n, title in ((1, "Emma"), (2, "Walden"), (3, "Dracula"))]


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def read(*days: tuple[int, int, float]) -> list[ReadingSession]:
    """Sessions, each as (days ago, book, minutes)."""
    return [session(book, at(TODAY - timedelta(days=ago)), n) for ago, book, n in days]


def summed(
    sessions: list[ReadingSession],
    span: Span = Span.YEAR,
    day: date = TODAY,
    calendar: Calendar = CALENDAR,
    finished: Mapping[int, date] | None = None,
) -> Summary:
    ends = {BookId(book): at(day) for book, day in (finished or {}).items()}
    records = ReadRecords(sessions, BOOKS, [BookId(1), BookId(2)], ends, calendar)
    return summary(records, calendar.period(span, day, records.statistics.first_day), TODAY)


def test_the_year_has_its_days_with_the_titles_of_their_books() -> None:
    found = summed(read((0, 1, 10), (0, 2, 30), (400, 1, 50)))
    assert found.year == 2026
    assert list(found.days) == [TODAY]
    assert found.days[TODAY].titles == ("Walden", "Emma")
    assert found.days[TODAY].read.step == 3
    assert (found.read_s, found.year_days_read) == (2400, 1)
    assert (found.has_before, found.has_after) == (True, False)


def test_a_day_with_less_than_a_minute_is_in_the_year_and_is_not_counted() -> None:
    found = summed(read((1, 1, 0.5)))
    assert found.days[TODAY - timedelta(days=1)].read.step == 0
    assert found.year_days_read == 0


def test_the_current_year_has_the_bars_of_this_week() -> None:
    found = summed(read((0, 1, 10), (6, 1, 20), (7, 1, 500)))
    assert found.bars_of == Period(Span.WEEK, date(2026, 11, 16), TODAY)
    assert [bar.read_s for bar in found.bars] == [1200, 0, 0, 0, 0, 0, 600]
    assert [bar.is_now for bar in found.bars] == [False] * 6 + [True]
    assert found.week_s == 1800


def test_a_week_that_begins_on_sunday_has_its_days_to_come() -> None:
    found = summed(read((0, 1, 10), (1, 1, 20)), calendar=Calendar(6, zone=UTC))
    assert [bar.read_s for bar in found.bars] == [600, 0, 0, 0, 0, 0, 0]
    assert [bar.is_ahead for bar in found.bars] == [False] + [True] * 6
    assert found.week_s == 600


def test_a_past_year_has_the_bars_of_its_months() -> None:
    found = summed(read((0, 1, 10), (400, 1, 50)), day=date(2025, 3, 1))
    assert (found.unit, len(found.bars)) == (Unit.MONTH, 12)
    assert {bar.first: bar.read_s for bar in found.bars if bar.read_s} == {date(2025, 10, 1): 3000}
    assert (found.year, found.year_days_read) == (2025, 1)
    assert (found.has_before, found.has_after) == (False, True)
    assert found.today_s == 600, "that of today, whatever is looked at"


def test_a_month_has_the_bars_of_its_days() -> None:
    found = summed(read((0, 1, 10), (5, 2, 50)), Span.MONTH)
    assert (found.unit, len(found.bars)) == (Unit.DAY, 30)
    assert [bar.first.day for bar in found.bars if bar.read_s] == [17, 22]
    assert sum(bar.is_ahead for bar in found.bars) == 8


@pytest.mark.parametrize(
    ("ago", "unit", "count"), [(0, Unit.MONTH, 1), (690, Unit.MONTH, 23), (760, Unit.YEAR, 3)]
)
def test_all_time_has_bars_of_months_and_at_length_of_years(
    ago: int, unit: Unit, count: int
) -> None:
    found = summed(read((ago, 1, 10), (0, 1, 10)), Span.ALL)
    assert (found.unit, len(found.bars)) == (unit, count)
    assert sum(bar.read_s for bar in found.bars) == 1200
    assert (found.has_before, found.has_after) == (False, False)


def test_finished_books_are_compared_with_the_same_day_of_the_year_before() -> None:
    ends = {
        1: date(2026, 1, 1),
        2: TODAY,
        3: date(2025, 11, 22),
        4: date(2025, 11, 23),
    }
    found = summed(read((0, 1, 10)), finished=ends)
    assert (found.finished, found.finished_before) == (2, 1)
    found = summed(read((0, 1, 10)), Span.YEAR, date(2025, 5, 1), finished=ends)
    assert (found.finished, found.finished_before) == (2, 0)
    found = summed(read((0, 1, 10)), Span.MONTH, finished=ends)
    assert (found.finished, found.finished_before, found.finished_this_year) == (1, None, 2)


def test_a_leap_day_is_compared_with_the_day_before_it() -> None:
    day = date(2028, 2, 29)
    ends = {BookId(1): at(date(2027, 2, 28)), BookId(2): at(date(2027, 3, 1))}
    records = ReadRecords([session(1, at(day))], BOOKS, [], ends, CALENDAR)
    assert summary(records, CALENDAR.period(Span.YEAR, day), day).finished_before == 1


def test_books_come_with_their_share_of_the_longest_read_one() -> None:
    found = summed(read((0, 1, 10), (1, 3, 40), (2, 2, 20), (3, 9, 5)), finished={2: TODAY})
    assert [line.book_id for line in found.books] == [3, 2, 1, 9]
    assert [line.share for line in found.books] == [1, 0.5, 0.25, 0.125]
    assert [line.is_here for line in found.books] == [False, True, True, False]
    assert [line.finished_on for line in found.books] == [None, TODAY, None, None]
    assert found.books[3].book is None


def test_an_hour_after_midnight_is_of_the_day_before() -> None:
    late = [session(1, at(TODAY + timedelta(days=1), 2), 10)]
    assert list(summed(late).days) == [TODAY]
    assert list(summed(late, calendar=Calendar(0, 0, UTC)).days) == [TODAY + timedelta(days=1)]
