"""A place as it goes over the wire of Kobo sync, and how it is known again when it comes back.

Servers store a write with their own time, or ours; one works the percentages out by itself and
forgets the place of a finished book; others let KOReader or a web reader put a new percentage
beside our span. Known from recorded exchanges (transcripts of Komga, BookLore, Grimmory,
Calibre-Web), kobo.md 8 and 10.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from kios_desktop.domain.progress import Sent
from kios_desktop.domain.shelf import KoboStatus, ReadingState, Spot
from kios_desktop.protocols.kobo.state_body import same_source

ROUNDING: Final = timedelta(seconds=2)  # between two readings of one server's clock
_END_OF_OLD: Final = 0.9  # from here on an older Kios said “finished” of a finished book
_BY_OUR_CLOCK: Final = timedelta(seconds=65)  # how far off an older Kios noted the time


class Wire(msgspec.Struct, frozen=True):
    """What goes over the wire for a place, as it is remembered. Percents are whole, 0…100.

    `chapter_limit` is the largest chapter percent that Komga takes in this file. `stamp` is the
    time that went along, by the server's clock. `finished`: the end of the book was reached.
    `counts_anew`: the server works out the percentage of the book by itself.
    """

    value: str
    source: str
    percent: int
    chapter: int
    chapter_limit: int = 100
    stamp: datetime | None = None
    finished: bool = False
    counts_anew: bool = False

    @classmethod
    def of(cls, state: ReadingState) -> "Wire":
        spot = state.spot or Spot("", "")
        return cls(
            spot.value, spot.source, int(state.percent or 0), int(state.chapter_percent or 0)
        )

    @classmethod
    def within(cls, sent: Sent) -> "Wire":
        return msgspec.json.decode(sent.raw, type=cls)

    @property
    def raw(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def state(self) -> ReadingState:
        """As a server tells it that keeps what it is given."""
        spot = Spot(self.value, self.source) if self.source else None
        return ReadingState("", percent=self.percent, chapter_percent=self.chapter, spot=spot)


def is_ours(state: ReadingState, sent: Sent, counts_anew: bool) -> bool:
    """Whether a state is a write of ours: our span in our file, at the server's time of it.

    Neither this computer's clock counts, nor a percentage that the server works out by itself
    (`counts_anew`). Where it does not, another percentage beside our span is somebody else's place,
    however soon it came.
    """
    wire = Wire.within(sent)
    if _is_later(state, sent, wire):
        return False
    finished = wire.finished or (wire.stamp is None and sent.fraction >= _END_OF_OLD)
    if finished and state.is_finished_nowhere:
        return True  # Komga keeps only that the book is finished
    if state.spot is None or state.spot.value != wire.value:
        return False
    if not same_source(state.spot.source, wire.source):
        return False
    return _percentages_agree(state, wire, counts_anew or wire.counts_anew)


def same_place(one: ReadingState, other: ReadingState) -> bool:
    """Whether two states of one server say the same, whenever."""
    return (one.spot, one.percent, one.chapter_percent, one.status is KoboStatus.FINISHED) == (
        other.spot,
        other.percent,
        other.chapter_percent,
        other.status is KoboStatus.FINISHED,
    )


def _is_later(state: ReadingState, sent: Sent, wire: Wire) -> bool:
    """Whether somebody stored it after our write. Some servers keep the time that we sent."""
    if state.at is None or sent.at is None:
        return False
    grace = ROUNDING if wire.stamp is not None else _BY_OUR_CLOCK
    return state.at > max(sent.at, wire.stamp or sent.at) + grace


def _percentages_agree(state: ReadingState, wire: Wire, counts_anew: bool) -> bool:
    if state.percent is not None and wire.chapter != state.chapter_percent == state.percent:
        return True  # Kavita puts its own percentage of the book into both
    if wire.stamp is None and state.percent == 100 and state.status is KoboStatus.FINISHED:
        return True  # an older Kios did not note what it made of the end
    if state.chapter_percent is not None:
        possible = {wire.chapter, min(wire.chapter, wire.chapter_limit), 0}
        if round(state.chapter_percent) not in possible:
            return False  # the bare first span stands for all of a chapter
    return counts_anew or state.percent == wire.percent
