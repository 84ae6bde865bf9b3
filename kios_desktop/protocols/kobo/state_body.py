"""The body of a reading state in the one form every server accepts, and the answer to it.

All three sections have their times, both percentages are whole, and the location is complete: some
server fails without each of these.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.loose import text_of
from kios_desktop.domain.shelf import ReadingState, Spot
from kios_desktop.protocols.kobo.records import lowered
from kios_desktop.protocols.kobo.timestamps import moment, written

NOWHERE = Spot("kobo.1.1", "")
_MEANS_SOMETHING: Final = {"%": "%25", "+": "%2B", "#": "%23", "?": "%3F"}  # in an address


class StateOutcome(Enum):
    """What the server made of a state that was sent."""

    TAKEN = auto()
    REFUSED = auto()  # it has a newer one, or (Komga) the place is none of its positions
    UNKNOWN = auto()  # it does not know the book, or keeps no places


@dataclass(frozen=True, slots=True)
class StateResult:
    """`at` is the server's time of the write, None if unknown.

    `counts_anew`: the server computes the percentage of the book itself (Komga).
    """

    outcome: StateOutcome
    at: datetime | None = None
    counts_anew: bool = False


def source_of(path: str) -> str:
    """The path of a file in the zip as `Location.Source` for Komga.

    Komga decodes it like a form value: a plain “+” becomes a space, and a “#” cuts it off. Other
    characters, spaces included, stay as they are, as e-readers send them.
    """
    return "".join(_MEANS_SOMETHING.get(character, character) for character in path)


def same_source(one: str, other: str) -> bool:
    """Whether two sources are the same file, one of them perhaps decoded by the server."""
    return not {one, unquote(one)}.isdisjoint({other, unquote(other)})


def encode(state: ReadingState, at: datetime) -> bytes:
    """The body of a PUT. `at` is its time by the server's clock; `state.spot` must be set."""
    moment, spot = written(at), state.spot or NOWHERE
    started = max(1, state.times_started)
    document: dict[str, Any] = {
        "EntitlementId": state.book_id,
        "Created": moment,
        "LastModified": moment,
        "PriorityTimestamp": moment,
        "StatusInfo": {
            "LastModified": moment,
            "Status": state.status.value,
            "TimesStartedReading": started,
        },
        "Statistics": {
            "LastModified": moment,
            "SpentReadingMinutes": state.minutes_read,
            "RemainingTimeMinutes": state.minutes_left,
        },
        "CurrentBookmark": {
            "LastModified": moment,
            "ProgressPercent": _whole(state.percent),
            "ContentSourceProgressPercent": _whole(state.chapter_percent),
            "Location": {"Value": spot.value, "Type": "KoboSpan", "Source": spot.source},
        },
    }
    return msgspec.json.encode({"ReadingStates": [document]})


def decode_answer(document: object) -> StateResult:
    """The result of a write; `{}` means that the book is unknown, whatever the status.

    Raises `Malformed` for an answer without a result.
    """
    content = lowered(document)
    result = text_of(content.get("requestresult")).lower()
    if not result:
        if document:
            raise Malformed("an answer that does not say what came of the write")
        return StateResult(StateOutcome.UNKNOWN)
    updates = content.get("updateresults")
    first = lowered(updates[0]) if isinstance(updates, list) and updates else {}
    statistics = text_of(lowered(first.get("statisticsresult")).get("result")).lower()
    return StateResult(
        StateOutcome.TAKEN if result == "success" else StateOutcome.REFUSED,
        moment(first.get("lastmodified")),
        counts_anew=statistics == "ignored",
    )


def _whole(percent: float | None) -> int:
    return min(100, max(0, int(percent or 0)))
