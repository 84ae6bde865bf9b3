"""The sentences of the page of statistics."""

from datetime import date

from PySide6.QtCore import QDate, QLocale

from kios_desktop.domain.preferences import StatisticsPreferences
from kios_desktop.domain.statistics import Period, Span
from kios_desktop.ui.kit.formats import calendar_day, duration, isolated, month, number
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.statistics.summary import BookLine, DayLine, Summary, TimeBar, Unit

_SHOWN = 5  # titles in the line of a day


def span_title(span: Span) -> str:
    return {
        Span.WEEK: tr("Week"),
        Span.MONTH: tr("Month"),
        Span.YEAR: tr("Year"),
        Span.ALL: tr("All time"),
    }[span]


def period_name(period: Period, today: date) -> str:
    """“16 – 22 Nov”, “November 2026”, “2026”, “All time”."""
    match period.span:
        case Span.WEEK:
            first, last = period.first, calendar_day(period.last, today)
            same = (first.year, first.month) == (period.last.year, period.last.month)
            start = number(first.day) if same else calendar_day(first, today)
            return tr("{first} – {last}", first=start, last=last)
        case Span.MONTH:
            return QLocale().toString(_qt(period.first), "MMMM yyyy")
        case Span.YEAR:
            return str(period.first.year)
        case _:
            return tr("All time")


def short_weekday(day: date) -> str:
    """“Mon”."""
    return QLocale().standaloneDayName(day.isoweekday(), QLocale.FormatType.ShortFormat)


def short_month(day: date) -> str:
    """“Nov”."""
    return QLocale().standaloneMonthName(day.month, QLocale.FormatType.ShortFormat)


# -- tiles


def read_note(shown: Summary, chosen: StatisticsPreferences) -> str:
    """Under the time: the goal of today, else this week, else the days of this week."""
    if chosen.daily_goal_min:
        return tr(
            "Today: {read} of {goal} min",
            read=number(int(shown.today_s) // 60),
            goal=number(chosen.daily_goal_min),
        )
    if shown.period.span is Span.WEEK:
        return days_with_reading(shown.days_read)
    return tr("{time} this week", time=duration(shown.week_s))


def days_with_reading(n: int) -> str:
    return counted("%Ln days with reading", "", n, one="%Ln day with reading")


def days(n: int) -> str:
    return counted("%Ln days", "", n, one="%Ln day")


def longest_note(shown: Summary) -> str:
    """“Longest: 31 days, in March”."""
    streaks = shown.streaks
    if streaks.longest_last is None:
        return ""
    return counted(
        "Longest: %Ln days, in {month}",
        "",
        streaks.longest,
        one="Longest: %Ln day, in {month}",
        month=month(streaks.longest_last, shown.today),
    )


def finished_note(shown: Summary) -> str:
    """Of a year: how it compares with the one before. Else how many were finished this year."""
    if shown.finished_before is None:
        return counted("%Ln this year", "", shown.finished_this_year, one="%Ln this year")
    more = shown.finished - shown.finished_before
    if shown.is_now:
        return _than_last_year(more)
    return _than_in(str(shown.year - 1), more)


def _than_last_year(n: int) -> str:
    if n > 0:
        text = "%Ln more than by this day last year"
        return counted("%Ln more than by this day last year", "", n, one=text)
    if n < 0:
        text = "%Ln fewer than by this day last year"
        return counted("%Ln fewer than by this day last year", "", -n, one=text)
    return tr("As many as by this day last year")


def _than_in(year: str, n: int) -> str:
    if n > 0:
        return counted("%Ln more than in {year}", "", n, one="%Ln more than in {year}", year=year)
    if n < 0:
        text = "%Ln fewer than in {year}"
        return counted("%Ln fewer than in {year}", "", -n, one=text, year=year)
    return tr("As many as in {year}", year=year)


def pace(words_per_min: int | None) -> str:
    if words_per_min is None:
        return tr("–", "the reading pace, which is not known yet")
    return tr("{n} words/min", n=number(words_per_min))


def pace_note(words_per_min: int | None) -> str:
    if words_per_min is None:
        return tr("Known after some minutes of reading")
    return tr("Used for “time left”")


# -- charts


def year_note(shown: Summary) -> str:
    """Beside “Your year”."""
    n = shown.year_days_read
    if shown.year == shown.today.year:
        return days_with_reading(n)
    return counted(
        "%Ln days with reading in {year}",
        "",
        n,
        one="%Ln day with reading in {year}",
        year=str(shown.year),
    )


def day_text(day: date, line: DayLine | None, today: date) -> str:
    """“Sat 21 Nov: 1 h 36 min, Moby-Dick, Walden”."""
    name = calendar_day(day, today, named=True)
    if line is None:
        return tr("{day}: nothing", day=name)
    titles = [isolated(title) for title in line.titles]
    if (more := len(titles) - _SHOWN) > 0:
        titles[_SHOWN:] = [counted("%Ln more", "", more, one="%Ln more")]
    read = tr("{day}: {time}", day=name, time=duration(line.read.read_s))
    return ", ".join((read, *titles))


def bars_title(shown: Summary) -> str:
    """“This week”, or the name of another period."""
    if not shown.bars_of.holds(shown.today):
        return period_name(shown.bars_of, shown.today)
    return {
        Span.WEEK: tr("This week"),
        Span.MONTH: tr("This month"),
    }.get(shown.bars_of.span, tr("All time"))


def unit_note(unit: Unit) -> str:
    return {
        Unit.DAY: tr("minutes per day"),
        Unit.MONTH: tr("hours per month"),
        Unit.YEAR: tr("hours per year"),
    }[unit]


def bar_value(unit: Unit, bar: TimeBar) -> str:
    """The number above a bar; nothing for a day to come."""
    if bar.is_ahead:
        return ""
    if unit is Unit.DAY:
        return number(int(bar.read_s) // 60) if bar.read_s >= 60 else "–"
    hours = bar.read_s / 3600
    if hours < 0.05:
        return "–"
    return QLocale().toString(hours, "f", 1 if hours < 9.95 else 0)


def bar_label(unit: Unit, bar: TimeBar, *, numbered: bool) -> str:
    """Under a bar. `numbered`: the day of the month instead of that of the week."""
    if unit is Unit.DAY:
        return number(bar.first.day) if numbered else short_weekday(bar.first)
    return short_month(bar.first) if unit is Unit.MONTH else str(bar.first.year)


def bar_name(unit: Unit, bar: TimeBar, today: date) -> str:
    """The day, month or year of a bar: “Sat 21 Nov”, “November 2026”, “2026”."""
    if unit is Unit.DAY:
        return calendar_day(bar.first, today, named=True)
    if unit is Unit.MONTH:
        return QLocale().toString(_qt(bar.first), "MMMM yyyy")
    return str(bar.first.year)


def bar_text(unit: Unit, bar: TimeBar, today: date) -> str:
    """“Sat 21 Nov: 1 h 36 min”."""
    name = bar_name(unit, bar, today)
    if bar.is_ahead:
        return name
    return tr("{day}: {time}", day=name, time=duration(bar.read_s))


# -- books


def books_note(shown: Summary) -> str:
    """What the times beside the books are of."""
    if shown.period.span is Span.ALL:
        return tr("time read")
    name = period_name(shown.period, shown.today)
    if shown.period.span is Span.WEEK:
        return tr("time read, {days}", days=name)
    return tr("time read in {period}", period=name)


def book_title(line: BookLine) -> str:
    return tr("A book that is lost") if line.book is None else line.book.title


def book_status(line: BookLine, today: date) -> str:
    """“Reading”, “Finished 9 Oct”."""
    if line.finished_on is not None:
        return tr("Finished {day}", day=calendar_day(line.finished_on, today))
    if line.book is not None and not line.is_here:
        return tr("Removed")
    return tr("Reading")


def book_text(line: BookLine, today: date) -> str:
    """“Walden, Reading, 1 h 42 min”."""
    return ", ".join((book_title(line), book_status(line, today), duration(line.read_s)))


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
