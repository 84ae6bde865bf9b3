"""Times as servers write them: with up to nine fractional digits, and years of three digits."""

import re
from datetime import UTC, datetime, timedelta

from kios_desktop.domain.loose import believable

_STAMP = re.compile(
    r"\s*(\d{1,4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?\s*",
    re.IGNORECASE,
)
_OLDEST_YEAR = 1000  # calibre writes “101-01-01” for “unknown”


def moment(value: object) -> datetime | None:
    """A time on a server or device; None for an implausible one."""
    return believable(parsed(value))


def parsed(value: object) -> datetime | None:
    """A time of any year, in UTC; None for anything else. UTC if no zone is given."""
    match = _STAMP.fullmatch(value[:64]) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction = int((match[7] or "0")[:6].ljust(6, "0"))
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), fraction, tzinfo=UTC)
        return at - _offset(match[8] or "Z")
    except (ValueError, OverflowError):
        return None


def written(at: datetime) -> str:
    """In the form of e-readers: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def year_of(at: datetime | None) -> str:
    """The year of publication; "" if unknown."""
    return str(at.year) if at is not None and at.year >= _OLDEST_YEAR else ""


def _offset(zone: str) -> timedelta:
    if zone.upper() == "Z":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset
