"""Texts, dates and markup of a catalog."""

import html
import re
from datetime import UTC, datetime
from typing import Final

from kios_desktop.domain.text import LINE, clean_line, clean_text

LIST_LENGTH: Final = 50  # authors, tags, identifiers of one entry

_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"<(?:/?(?:p|div|br|b|i|em|strong|ul|ol|li|h[1-6]|span|a)\b)", re.IGNORECASE)
_DATE = re.compile(
    r"(\d{1,4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:[.,]\d+)?\s*([Zz]|[+-]\d{1,2}:?\d{2})?)?"
)
_YEAR = re.compile(r"[12]\d{3}(?:-\d{2}(?:-\d{2})?)?")
_EARLIEST = 1000  # Calibre-Web prints the year 101 for “unknown”
_LATEST = 9000  # conversion to another time zone must not overflow


def plain(markup: str) -> str:
    """The text of HTML, as one line."""
    return clean_line(html.unescape(_TAG.sub(" ", markup[: 8 * LINE])))


def as_html(text: str) -> str:
    """A text as HTML; markup is kept, also where a feed escaped it once too often."""
    text = clean_text(text)
    if _MARKUP.search(text):
        return text
    if "&lt;" in text and _MARKUP.search(unescaped := html.unescape(text)):
        return clean_text(unescaped)
    return html.escape(text, quote=False)


def when(value: str | None) -> datetime | None:
    """A date of a catalog, aware; UTC if no zone is given. None for anything else."""
    if not value:
        return None
    value = value.strip()
    at: datetime | None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = _loosely(value[:64])
    if at is None or not _EARLIEST <= at.year <= _LATEST:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def day(value: str | None) -> str:
    """A date of publication: year, year and month, or day; "" if it is implausible."""
    found = _YEAR.match(value.strip()) if value else None
    return found[0] if found is not None else ""


def _loosely(value: str) -> datetime | None:
    found = _DATE.match(value)
    if found is None:
        return None
    year, month, date, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = (found[7] or "Z").upper()
    if zone == "Z":
        offset = "+00:00"
    else:
        hours, minutes = zone[1:].replace(":", "")[:-2], zone[-2:]
        offset = f"{zone[0]}{int(hours):02}:{minutes}"
    try:
        return datetime.fromisoformat(
            f"{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}{offset}"
        )
    except ValueError:
        return None
