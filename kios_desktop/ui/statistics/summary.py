"""What the page of statistics shows of a period. No Qt.

Adding up is plain work on values, and is done in a thread: a reader may have many sessions.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import Enum
from typing import Final

from msgspec.structs import replace

from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.domain.statistics import (
    DAY_STARTS_H,
    DayRead,
    Period,
    Span,
    Statistics,
    Streaks,
    day_of,
    next_to,
    period_of,
    words_per_minute,
)

MONTHS: Final = 24  # of all time are shown one by one; of more, years


@dataclass(frozen=True, slots=True)
class Calendar:
    """How days and weeks are counted.

    `week_starts`: the day that a week begins with, 0 for Monday. `zone` None is the computer's.
    """

    week_starts: int = 0
    day_starts_h: int = DAY_STARTS_H
    zone: tzinfo | None = None

    def day(self, at: datetime) -> date:
        return day_of(at, self.zone, self.day_starts_h)

    def period(self, span: Span, day: date, since: date | None = None) -> Period:
        return period_of(span, day, since, self.week_starts)


class ReadRecords:
    """All that is kept, added up by days."""

    def __init__(
        self,
        sessions: Sequence[ReadingSession],
        books: Sequence[Book],
        here: Sequence[BookId],
        finished: Mapping[BookId, datetime],
        calendar: Calendar,
    ) -> None:
        """`books` are those of the sessions, with removed ones; `here` those in the library."""
        self.statistics = Statistics(sessions, calendar.zone, calendar.day_starts_h)
        self.books = {book.id: book for book in books}
        self.here = frozenset(here)
        self.finished = {book_id: calendar.day(at) for book_id, at in finished.items()}
        self.calendar = calendar

    @property
    def is_empty(self) -> bool:
        return not self.statistics.days

    def title(self, book_id: BookId) -> str:
        """ "" of a book whose record is lost."""
        book = self.books.get(book_id)
        return "" if book is None else book.title


class Unit(Enum):
    """What a bar stands for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class TimeBar:
    """What was read in some days. `is_now`: today is among them; `is_ahead`: all are to come."""

    first: date
    read_s: float
    is_now: bool = False
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day with reading, and the titles of the books, the most read first."""

    day: date
    read: DayRead
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookLine:
    """A book and what was read in it. `share` is that of the most read book, 0…1.

    `book` is None when its record is lost; `is_here` is False for a removed one.
    """

    book_id: BookId
    book: Book | None
    is_here: bool
    finished_on: date | None
    read_s: float
    share: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What the page shows. `words_per_min` is None while the pace is not known.

    `finished_before`: as many books were finished in the year before, up to the same day; None for
    other periods than years. `bars` stand for what is in `bars_of`.
    """

    today: date
    period: Period
    has_before: bool
    has_after: bool
    read_s: float
    days_read: int
    week_s: float
    today_s: float
    streaks: Streaks
    finished: int
    finished_before: int | None
    finished_this_year: int
    words_per_min: int | None
    year: int
    week_starts: int
    days: Mapping[date, DayLine]  # of that year
    year_days_read: int
    unit: Unit
    bars_of: Period
    bars: tuple[TimeBar, ...]
    books: tuple[BookLine, ...]

    @property
    def is_now(self) -> bool:
        """Whether today is in the period."""
        return self.period.holds(self.today)


def summary(records: ReadRecords, period: Period, today: date) -> Summary:
    """Of a period that is not to come."""
    statistics, calendar = records.statistics, records.calendar
    year = min(period.last, today).year
    whole_year = Period(Span.YEAR, date(year, 1, 1), date(year, 12, 31))
    pace = statistics.pace()
    bars_of = _bars_of(period, today, calendar)
    unit = _unit(bars_of)
    is_all = period.span is Span.ALL
    first = statistics.first_day or today
    return Summary(
        today=today,
        period=period,
        has_before=not is_all and first < period.first,
        has_after=not is_all and period.last < today,
        read_s=statistics.read_s(period),
        days_read=statistics.days_read(period),
        week_s=statistics.read_s(calendar.period(Span.WEEK, today)),
        today_s=statistics.days[today].read_s if today in statistics.days else 0.0,
        streaks=statistics.streaks(today),
        finished=_finished(records, period),
        finished_before=_finished_before(records, period, today),
        finished_this_year=_finished(records, calendar.period(Span.YEAR, today)),
        words_per_min=None if pace is None else words_per_minute(pace),
        year=year,
        week_starts=calendar.week_starts,
        days=_days(records, whole_year),
        year_days_read=statistics.days_read(whole_year),
        unit=unit,
        bars_of=bars_of,
        bars=_bars(statistics, unit, bars_of, today),
        books=_books(records, period),
    )


def _bars_of(period: Period, today: date, calendar: Calendar) -> Period:
    """This week for the year that is drawn day by day anyway; else the period itself."""
    if period.span is Span.YEAR and period.holds(today):
        return calendar.period(Span.WEEK, today)
    return period


def _unit(period: Period) -> Unit:
    if period.span in (Span.WEEK, Span.MONTH):
        return Unit.DAY
    first, last = period.first, period.last
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    return Unit.MONTH if months <= MONTHS else Unit.YEAR


def _bars(statistics: Statistics, unit: Unit, period: Period, today: date) -> tuple[TimeBar, ...]:
    read: dict[date, float] = {_first_of(unit, day): 0.0 for day in period.days}
    for day, one in statistics.days.items():
        if period.holds(day):
            read[_first_of(unit, day)] += one.read_s
    now = _first_of(unit, today)
    return tuple(
        TimeBar(first, read_s, first == now, first > now) for first, read_s in read.items()
    )


def _first_of(unit: Unit, day: date) -> date:
    if unit is Unit.DAY:
        return day
    return day.replace(day=1) if unit is Unit.MONTH else date(day.year, 1, 1)


def _finished(records: ReadRecords, period: Period) -> int:
    return sum(period.holds(day) for day in records.finished.values())


def _finished_before(records: ReadRecords, period: Period, today: date) -> int | None:
    """In the year before; of the year that goes on, up to the same day."""
    if period.span is not Span.YEAR:
        return None
    before = next_to(period, -1)
    if period.holds(today):
        day = min(today.day, monthrange(before.first.year, today.month)[1])  # 29 February
        before = replace(before, last=before.first.replace(month=today.month, day=day))
    return _finished(records, before)


def _days(records: ReadRecords, year: Period) -> dict[date, DayLine]:
    return {
        day: DayLine(day, read, tuple(filter(None, map(records.title, read.books))))
        for day, read in records.statistics.days.items()
        if year.holds(day)
    }


def _books(records: ReadRecords, period: Period) -> tuple[BookLine, ...]:
    found = records.statistics.books(period)
    most = max((one.read_s for one in found), default=0.0) or 1.0
    return tuple(
        BookLine(
            one.book_id,
            records.books.get(one.book_id),
            one.book_id in records.here,
            records.finished.get(one.book_id),
            one.read_s,
            one.read_s / most,
        )
        for one in found
    )
