"""A configured source as Settings lists it."""

from dataclasses import dataclass
from datetime import datetime

from kios_desktop.domain.source import Source


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source and how it was when it was last asked.

    `downloaded` counts the books here that came from it, `books` those that its server has (None:
    unknown). `error` is why the last attempt failed.
    """

    source: Source
    downloaded: int = 0
    books: int | None = None
    checked_at: datetime | None = None
    error: Exception | None = None
    not_reachable_since: datetime | None = None
