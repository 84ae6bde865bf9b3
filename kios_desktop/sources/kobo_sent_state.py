"""A reading state that was sent, and how it is recognised when a server returns it.

Servers store a write with their own time or with ours; Komga computes percentages itself and drops
the place of a finished book; others let KOReader or a web reader put a new percentage beside our
span. From recorded exchanges with Komga, BookLore, Grimmory and Calibre-Web (docs/servers.md).
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from kios_desktop.domain.progress import Sent
from kios_desktop.domain.shelf import KoboStatus, ReadingState, Spot
from kios_desktop.protocols.kobo.state_body import same_source

ROUNDING: Final = timedelta(seconds=2)  # a server's clock may be read twice within one request
_END_OF_OLD: Final = 0.9  # from this fraction on, earlier versions of Kios sent “finished”
_BY_OUR_CLOCK: Final = timedelta(seconds=65)  # earlier versions noted the time by our clock


class SentState(msgspec.Struct, frozen=True):
    """What was sent for a place, as stored in `Sent.raw`. Percentages are whole, 0…100.

    `chapter_limit` is the largest chapter percentage that Komga accepts in this file. `stamp` is
    the time that was sent, by the server's clock. `finished`: the end of the book was reached.
    `counts_anew`: the server computes the percentage of the book itself.
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
    def of(cls, state: ReadingState) -> "SentState":
        spot = state.spot or Spot("", "")
        return cls(
            spot.value, spot.source, int(state.percent or 0), int(state.chapter_percent or 0)
        )

    @classmethod
    def within(cls, sent: Sent) -> "SentState":
        return msgspec.json.decode(sent.raw, type=cls)

    @property
    def raw(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def state(self) -> ReadingState:
        """As a server returns it that stores what it is sent."""
        spot = Spot(self.value, self.source) if self.source else None
        return ReadingState("", percent=self.percent, chapter_percent=self.chapter, spot=spot)


def is_ours(state: ReadingState, sent: Sent, counts_anew: bool) -> bool:
    """Whether a state is a write of ours: the same span in the same file, not stored later.

    Times are by the server's clock. A percentage that the server computes itself (`counts_anew`)
    does not count; on other servers, another percentage beside our span is another device's place.
    """
    wire = SentState.within(sent)
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
    """Whether two states are the same place, whatever their times."""
    return (one.spot, one.percent, one.chapter_percent, one.status is KoboStatus.FINISHED) == (
        other.spot,
        other.percent,
        other.chapter_percent,
        other.status is KoboStatus.FINISHED,
    )


def _is_later(state: ReadingState, sent: Sent, wire: SentState) -> bool:
    """Whether it was stored after our write. Some servers keep the time that we sent."""
    if state.at is None or sent.at is None:
        return False
    grace = ROUNDING if wire.stamp is not None else _BY_OUR_CLOCK
    return state.at > max(sent.at, wire.stamp or sent.at) + grace


def _percentages_agree(state: ReadingState, wire: SentState, counts_anew: bool) -> bool:
    if state.percent is not None and wire.chapter != state.chapter_percent == state.percent:
        return True  # Kavita puts its own percentage of the book into both
    if wire.stamp is None and state.percent == 100 and state.status is KoboStatus.FINISHED:
        return True  # earlier versions of Kios did not store what they sent for the end
    if state.chapter_percent is not None:
        possible = {wire.chapter, min(wire.chapter, wire.chapter_limit), 0}
        if round(state.chapter_percent) not in possible:
            return False  # the first span may stand for any place in the chapter
    return counts_anew or state.percent == wire.percent
