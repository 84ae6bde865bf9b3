"""Reading sessions: when somebody read in a book, for how long, and from where to where.

Source of the rules: a page counts for as long as its reader may need for it, and for at most five
minutes; another program in front, sleep and a lock end a session, as does a place that came from
another device. Gaps of less than a minute join, and so do stamps of a clock that was set meanwhile.
"""

from datetime import datetime
from enum import Enum
from typing import Final, NewType

from msgspec import Struct

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place

SessionId = NewType("SessionId", str)

PAGE_FACTOR: Final = 3  # times the reader's own pace that a page may stay
PAGE_S: Final = (60.0, 300.0)  # the least and the most that it may stay
JOINED_S: Final = 60.0  # a shorter look at another program does not part two sessions
CLOCK_SET_S: Final = 120.0  # a larger difference between both clocks means that one was set
SKIMMED_S: Final = 4.0  # a page that is left sooner was not read, and says nothing about the pace
SCROLLED_ON: Final = 0.75  # of a screen: scrolling that far is a turn
ASLEEP_S: Final = 60.0  # without a tick: the computer slept


class Instant(Struct, frozen=True):
    """An instant by two clocks. `elapsed_s` is never set, and goes on while the computer sleeps."""

    at: datetime
    elapsed_s: float


class SessionSpot(Struct, frozen=True):
    """A place, and its share of the book, 0…1."""

    place: Place
    progression: float


class ReadingSession(Struct, frozen=True):
    """One session as it is kept.

    `read_s` is what counts: less than the time between the stamps where a short gap was joined.
    `turns` are our pages, `printed_pages` those of the book's page list. `paced_ordinals` were read
    in `paced_s`: of pages that were neither skimmed nor left open.
    """

    id: SessionId
    book_id: BookId
    started_at: datetime
    ended_at: datetime
    start: SessionSpot
    end: SessionSpot
    read_s: float = 0.0
    turns: int = 0
    printed_pages: int = 0
    paced_ordinals: int = 0
    paced_s: float = 0.0


class ScreenCause(Enum):
    """Why another screen is shown."""

    OPENED = "opened"
    TURNED = "turned"
    SCROLLED = "scrolled"  # by some lines, or by a screen
    CHOSEN = "chosen"  # by the contents, a link, the scrubber
    LOOKED = "looked"  # at a note or a result: the reading place stays where it is
    ADOPTED = "adopted"  # a place of another device


class Left(Enum):
    """Why a book is not in front any more."""

    SWITCHED = "switched"  # to another window
    CLOSED = "closed"


def page_s(pace_per_min: float, ordinals: int) -> float:
    """How long a page may stay on the screen, s."""
    least, most = PAGE_S
    return min(most, max(least, PAGE_FACTOR * 60 * ordinals / pace_per_min))
