"""What reading sessions add up to: days, streaks, books, pace.

A day starts when most people sleep: who reads past midnight has read that evening.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Final

from msgspec import Struct

from kios_desktop.domain.library import BookId
from kios_desktop.domain.reading_sessions import ReadingSession

DAY_STARTS_H: Final = 4
COUNTS_S: Final = 60.0  # from when on a day is one with reading
STEPS_MIN: Final = (1, 15, 30, 60)  # minutes from which a day of the year is darker
ORDINALS_PER_WORD: Final = 4.8  # of English prose, without spaces
NEEDED_S: Final = 300.0  # of measured reading, before a pace is told


class Span(Enum):
    """What is looked at."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"


class Period(Struct, frozen=True):
    """The days from `first` to `last`, both included."""

    span: Span
    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def period_of(span: Span, day: date, since: date | None = None, week_starts: int = 0) -> Period:
    """The one that a day is in.

    `since` is the first day of all: that of the first session. `week_starts`: the day with which a
    week begins where the reader lives, 0 for Monday.
    """
    match span:
        case Span.WEEK:
            first = week_start(day, week_starts)
            return Period(span, first, first + timedelta(days=6))
        case Span.MONTH:
            first = day.replace(day=1)
            return Period(span, first, _next_month(first) - timedelta(days=1))
        case Span.YEAR:
            return Period(span, date(day.year, 1, 1), date(day.year, 12, 31))
        case _:
            return Period(span, min(since or day, day), day)


def next_to(period: Period, by: int) -> Period:
    """The one behind (1) or before (-1) a period of a calendar."""
    if period.span is Span.WEEK:  # whichever day it begins with
        week = timedelta(days=7 * by)
        return Period(Span.WEEK, period.first + week, period.last + week)
    outside = period.last if by > 0 else period.first
    return period_of(period.span, outside + timedelta(days=by))


def week_start(day: date, week_starts: int = 0) -> date:
    """The first day of the week that a day is in. `week_starts`: 0 for Monday."""
    return day - timedelta(days=(day.weekday() - week_starts) % 7)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


class DayRead(Struct, frozen=True):
    """What was read on a day, and in which books, the most first."""

    read_s: float
    books: tuple[BookId, ...]

    @property
    def step(self) -> int:
        """How dark it is in the grid of a year, 0…4."""
        return sum(self.read_s >= 60 * minutes for minutes in STEPS_MIN)


class BookRead(Struct, frozen=True):
    """What was read in a book."""

    book_id: BookId
    read_s: float
    days: int
    turns: int
    printed_pages: int


class Streaks(Struct, frozen=True):
    """Days in a row. `current` goes on until a whole day was without reading."""

    current: int
    longest: int
    longest_last: date | None  # the last day of the longest


def day_of(at: datetime, zone: tzinfo | None, starts_h: int = DAY_STARTS_H) -> date:
    """The day on which something began. `zone`: None is that of the computer."""
    return (at.astimezone(zone) - timedelta(hours=starts_h)).date()


class Statistics:
    """Of all sessions that are kept."""

    def __init__(
        self,
        sessions: Sequence[ReadingSession],
        zone: tzinfo | None = None,
        starts_h: int = DAY_STARTS_H,
    ) -> None:
        self._sessions = [(day_of(one.started_at, zone, starts_h), one) for one in sessions]
        self.days: Mapping[date, DayRead] = _days(self._sessions)

    @property
    def first_day(self) -> date | None:
        return min(self.days, default=None)

    def read_s(self, period: Period) -> float:
        return sum(read.read_s for day, read in self.days.items() if period.holds(day))

    def days_read(self, period: Period) -> int:
        """On how many days something was read."""
        return sum(period.holds(day) and read.read_s >= COUNTS_S for day, read in self.days.items())

    def books(self, period: Period) -> list[BookRead]:
        """The longest read first."""
        of_book = defaultdict[BookId, list[tuple[date, ReadingSession]]](list)
        for day, one in self._sessions:
            if period.holds(day):
                of_book[one.book_id].append((day, one))
        found = (_book(book_id, some) for book_id, some in of_book.items())
        return sorted(found, key=lambda read: (-read.read_s, read.book_id))

    def streaks(self, today: date) -> Streaks:
        return _streaks((day for day, read in self.days.items() if read.read_s >= COUNTS_S), today)

    def pace(self) -> float | None:
        """Ordinals a minute; None as long as too little was measured."""
        return pace_of(one for _, one in self._sessions)


def pace_of(sessions: Iterable[ReadingSession]) -> float | None:
    """Ordinals a minute; None as long as too little was measured."""
    ordinals, seconds = 0, 0.0
    for one in sessions:
        ordinals += one.paced_ordinals
        seconds += one.paced_s
    return 60 * ordinals / seconds if ordinals and seconds >= NEEDED_S else None


def words_per_minute(pace_per_min: float) -> int:
    return round(pace_per_min / ORDINALS_PER_WORD)


def _days(sessions: Iterable[tuple[date, ReadingSession]]) -> dict[date, DayRead]:
    read = defaultdict[date, dict[BookId, float]](lambda: defaultdict(float))
    for day, one in sessions:
        read[day][one.book_id] += one.read_s
    return {
        day: DayRead(sum(of.values()), tuple(sorted(of, key=lambda book, of=of: -of[book])))  # type: ignore[misc]
        for day, of in read.items()
    }


def _book(book_id: BookId, sessions: Sequence[tuple[date, ReadingSession]]) -> BookRead:
    return BookRead(
        book_id,
        read_s=sum(one.read_s for _, one in sessions),
        days=len({day for day, _ in sessions}),
        turns=sum(one.turns for _, one in sessions),
        printed_pages=sum(one.printed_pages for _, one in sessions),
    )


def _streaks(days: Iterable[date], today: date) -> Streaks:
    run, longest, longest_last = 0, 0, None
    before: date | None = None
    for day in sorted(days):
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        if run >= longest:
            longest, longest_last = run, day
        before = day
    goes_on = before is not None and today - before <= timedelta(days=1)
    return Streaks(run if goes_on else 0, longest, longest_last)
