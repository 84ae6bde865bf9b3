"""Numbers, percentages, times and sizes as the locale and the interface write them."""

import unicodedata
from datetime import date, datetime, timedelta
from typing import Final

from PySide6.QtCore import QDate, QLocale, QTime

from kios_desktop.domain.text import clean_line
from kios_desktop.ui.kit.translation import counted, marked, tr

_FSI, _PDI = "\u2068", "\u2069"
_SAID_IN_HOURS = timedelta(hours=6)


def number(n: int) -> str:
    """Grouped as the locale does: “50,000”."""
    return QLocale().toString(n)


def decimal(value: float) -> str:
    """With as many decimals as it needs: “1.25”, “2”."""
    return QLocale().toString(value, "g", 6)


def books(n: int) -> str:
    return counted("%Ln books", "", n, one="%Ln book")


def isolated(text: str) -> str:
    """Foreign text on one line, in Unicode isolates so that it can't reorder the sentence."""
    text = clean_line(text)
    return f"{_FSI}{text}{_PDI}" if runs_right_to_left(text) else text


def runs_right_to_left(text: str) -> bool:
    """Whether any character is right-to-left."""
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)


def percent_number(fraction: float) -> int:
    """15 for 0.15. Only the very end is 100."""
    return min(99, round(fraction * 100)) if fraction < 1 else 100


def percent(fraction: float) -> str:
    """“15%”."""
    return tr("{n}%", n=percent_number(fraction))


def clock(at: datetime) -> str:
    """The time of day in the reader's zone, without seconds."""
    here = at.astimezone()
    locale = QLocale()
    form = locale.timeFormat(QLocale.FormatType.ShortFormat).replace(":ss", "")
    return locale.toString(QTime(here.hour, here.minute), form)


def day(at: datetime, now: datetime) -> str:
    """“18 Nov”, with the year when it is another one."""
    return calendar_day(at.astimezone().date(), now.astimezone().date())


def calendar_day(on: date, today: date, *, named: bool = False) -> str:
    """“18 Nov”, with the year when it is another one; `named`: “Wed 18 Nov”."""
    form = "d MMM" if on.year == today.year else "d MMM yyyy"
    return QLocale().toString(QDate(on.year, on.month, on.day), f"ddd {form}" if named else form)


def month(on: date, today: date) -> str:
    """“March”, with the year when it is another one."""
    form = "MMMM" if on.year == today.year else "MMMM yyyy"
    return QLocale().toString(QDate(on.year, on.month, on.day), form)


def week_starts() -> int:
    """The day of the week that weeks begin with here, 0 for Monday."""
    return int(QLocale().firstDayOfWeek().value) - 1


def duration(seconds: float) -> str:
    """“64 h 12 min”, “5 h 06 min”, “34 min”."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    if hours:
        return tr("{h} h {min} min", h=number(hours), min=f"{minutes:02}")
    if minutes or not seconds:
        return tr("{n} min", n=minutes)
    return tr("under 1 min")


def when(at: datetime, now: datetime) -> str:
    """How long ago: “just now”, “4 min ago”, “today 07:42”…"""
    gone = now - at
    if gone < timedelta(minutes=1):
        return tr("just now")
    if gone < timedelta(hours=1):
        return tr("{n} min ago", n=int(gone.total_seconds() // 60))
    if gone < _SAID_IN_HOURS:
        return tr("{n} h ago", n=int(gone.total_seconds() // 3600))
    then, today = at.astimezone().date(), now.astimezone().date()
    if then == today:
        return tr("today {time}", time=clock(at))
    if then == today - timedelta(days=1):
        return tr("yesterday {time}", time=clock(at))
    return f"{day(at, now)} {clock(at)}"


def moment(at: datetime, now: datetime) -> str:
    """A time of day with its distance: “today 07:42, 13 hours ago”."""
    then, gone = when(at, now), now - at
    if gone < _SAID_IN_HOURS:
        return then
    hours = int(gone.total_seconds() // 3600)
    if hours >= 24:
        ago = counted("%Ln days ago", "", hours // 24, one="%Ln day ago")
    else:
        ago = counted("%Ln hours ago", "", hours, one="%Ln hour ago")
    return tr("{time}, {ago}", time=then, ago=ago)


def since(at: datetime, now: datetime) -> str:
    """A time since when something holds: “20:58” today, “18 Nov 20:58” before."""
    same = at.astimezone().date() == now.astimezone().date()
    return clock(at) if same else f"{day(at, now)} {clock(at)}"


def gigabytes(size_bytes: int) -> str:
    """A limit in whole gigabytes when it is one, else in megabytes: “4 GB”, “64 MB”."""
    if size_bytes >= 1 << 30:
        return tr("{size} GB", size=f"{size_bytes / (1 << 30):g}")
    return tr("{size} MB", size=max(1, size_bytes >> 20))


_UNITS: Final = (
    marked("{size} B"),
    marked("{size} KB"),
    marked("{size} MB"),
    marked("{size} GB"),
    marked("{size} TB"),
)


def file_size(size_bytes: int) -> str:
    """“612 KB”, “1.8 MB”: in thousands, as file managers count."""
    size, unit = _in_units(size_bytes)
    return tr(_UNITS[unit], size=size)


def part_of(got_bytes: int, total_bytes: int) -> str:
    """“1.1 of 1.8 MB”: a common unit appears once."""
    got, unit = _in_units(got_bytes)
    if unit != _in_units(total_bytes)[1]:
        got = file_size(got_bytes)
    return tr("{got} of {total}", got=got, total=file_size(total_bytes))


def _in_units(size_bytes: int) -> tuple[str, int]:
    """The number as the locale writes it, and the index of its unit."""
    if size_bytes < 1000:
        return str(size_bytes), 0
    value, unit = size_bytes / 1000, 1
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 1 or value >= 100 else 1
    return QLocale().toString(value, "f", digits), unit
