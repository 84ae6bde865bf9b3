"""Reads single values of servers' records: numbers written as text, text as numbers, and nonsense.

A value that makes no sense is unknown (None or "") and does not affect the rest of its record. All
results are safe to compute with, to store and to show.
"""

import math
import re
from datetime import UTC, datetime
from typing import Final

from kios_desktop.domain.text import LINE, clean_line, clean_text, exact

ROUNDING: Final = 1.001
"""How far a share may exceed 1 by rounding: a tenth of a percent, the coarsest step in which
servers keep percentages. Larger values are no shares: servers have sent 45 and 62098."""

_SINCE: Final = datetime(2000, 1, 1, tzinfo=UTC)  # no server here is older; unset clocks are
_UNTIL: Final = datetime(2100, 1, 1, tzinfo=UTC)  # time zones, skews and grace can be added to it
_MILLISECONDS: Final = 1e11  # no server's clock counts that many seconds
_MOST_SECONDS: Final = 1e14
_LARGEST: Final = 10**18  # of a whole number that is text
_STAMP = re.compile(r"[0-9]{9,14}(\.[0-9]{1,9})?")


def finite_number(value: object) -> float | None:
    """A finite number, also when it comes as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def fraction_of(value: object) -> float | None:
    """A share of 0…1; over 1 by no more than a rounding it is the end, else it is none."""
    number = finite_number(value)
    if number is None or not 0 <= number <= ROUNDING:
        return None
    return min(1.0, number)


def percent_of(value: object) -> float | None:
    """A share of 0…100, as `fraction_of`."""
    number = finite_number(value)
    if number is None or not 0 <= number <= 100 * ROUNDING:
        return None
    return min(100.0, number)


def text_of(value: object) -> str:
    """An identifier: text unchanged, or a whole number as text; "" for anything else.

    "" also for text that could not be sent back unchanged: see `text.exact`.
    """
    return exact(_given(value))


def line_of(value: object, longest: int = LINE) -> str:
    """One line to show: cleaned text, or a whole number as text; "" for anything else."""
    return clean_line(_given(value), longest)


def said_of(value: object, longest: int = LINE) -> str:
    """As `line_of`, but "" for a number."""
    return clean_line(value, longest) if isinstance(value, str) else ""


def passage_of(value: object) -> str:
    """As `line_of`, for text of several lines."""
    return clean_text(_given(value))


def words_of(value: object) -> str:
    """As `text_of`, but "" for a number."""
    return exact(value) if isinstance(value, str) else ""


def time_of(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO text, as a time in UTC; UTC without a zone."""
    if isinstance(value, str) and not _STAMP.fullmatch(value.strip()):
        try:
            return believable(datetime.fromisoformat(value.strip()))
        except ValueError:
            return None
    number = finite_number(value)
    if number is None or not 0 < number < _MOST_SECONDS:
        return None
    seconds = number / 1000 if number > _MILLISECONDS else number
    try:
        return believable(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError, ValueError):
        return None


def believable(at: datetime | None) -> datetime | None:
    """A server's time in UTC; None for one outside the years 2000 to 2100."""
    if at is None:
        return None
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return at if _SINCE <= at < _UNTIL else None


def _given(value: object) -> str:
    """Text, or a whole number as text; "" for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    return str(value) if abs(value) < _LARGEST else ""
