"""Times as the servers write them: no fraction or nine digits of one, and years of three digits."""

import re
from datetime import UTC, datetime, timedelta

from kios_desktop.domain.loose import believable

_STAMP = re.compile(
    r"\s*(\d{1,4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?\s*",
    re.IGNORECASE,
)
_OLDEST_YEAR = 1000  # “101-01-01” is how calibre says that it does not know


def moment(value: object) -> datetime | None:
    """When something happened on a server or a device; None for what can't be believed."""
    return believable(parsed(value))


def parsed(value: object) -> datetime | None:
    """An aware time in UTC, of any year; None for what is none. Without a zone it is UTC."""
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
    """As a device writes it, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def year_of(at: datetime | None) -> str:
    """The year a book appeared in; "" when that is not known."""
    return str(at.year) if at is not None and at.year >= _OLDEST_YEAR else ""


def _offset(zone: str) -> timedelta:
    if zone.upper() == "Z":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset
