"""The values of a KOReader sync record: percentage and position string."""

import math
import re
from typing import Protocol

from msgspec.structs import replace

from kios_desktop.domain.locator import ALMOST, Locator, Place, Precision
from kios_desktop.domain.progress import Report
from kios_desktop.protocols.kosync import PROGRESS_LENGTH

DECIMALS = 10_000
LEAST = 0.0001  # servers take exactly 0 for “unread”

_ITEM = re.compile(r"^/body/DocFragment(\[\d+\])?")
_XPOINTER = re.compile(r"^/body/DocFragment\[\d+\]")


def percentage(locator: Locator, last: float | None) -> float:
    """0…1, floored to 4 decimals as KOReader does.

    1 only with the end of the book on the screen (`total_progression` 1), and never twice in a row,
    since Stump records a finished reading each time; `last` is the percentage sent before. 0 only
    at the very start.
    """
    total = locator.total_progression
    if locator.at_end:
        return 1.0 if last != 1.0 else ALMOST
    if total <= 0:
        return 0.0
    return min(ALMOST, max(LEAST, math.floor(total * DECIMALS) / DECIMALS))


class Measure(Protocol):
    """The part of `epub.places.Places` used here."""

    def total_progression(self, place: Place) -> float: ...


def measured(places: Measure, locator: Locator) -> Locator:
    """The locator with its progression by exact character counts, which come after opening."""
    if locator.at_end:
        return locator
    return replace(locator, total_progression=places.total_progression(locator.place)).not_at_end


def unchanged_text(received: Report | None, locator: Locator) -> str | None:
    """The received position string if the place is still its own: converting again would drift."""
    if received is None or received.locator is None or received.precision is Precision.FRACTION:
        return None
    same = received.locator.place == locator.place
    return received.raw if same and _XPOINTER.match(received.raw) else None


def shortened(xpointer: str, limit: int = PROGRESS_LENGTH) -> str:
    """At most `limit` characters: the deepest ancestor that fits, else the spine item."""
    while len(xpointer) > limit:
        parent = xpointer.rpartition("/")[0]
        item = _ITEM.match(xpointer)
        if item is None or len(parent) <= len(item[0]) + len("/body"):
            return f"{item[0] if item else '/body/DocFragment[1]'}.0"
        xpointer = parent
    return xpointer
