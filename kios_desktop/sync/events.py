"""What can happen to a book, and what is to be done about it: the machine's alphabet, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kios_desktop.domain.library import Visit
from kios_desktop.domain.locator import Locator, Position
from kios_desktop.domain.preferences import Answer, SyncPreferences
from kios_desktop.domain.progress import Offer, Report, Sent, SyncRecord

# --- events: from the reader


@dataclass(frozen=True, slots=True)
class Opened:
    """The book is on the screen at `locator`, with `screen` ordinals in view.

    `finished`: it is marked so here. If not, its next end is a new one.
    """

    locator: Locator
    screen: int
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Turned:
    """A page was turned, or the person moved `by_choice`: contents, “Go to”, scrubber.

    A choice counts at once, but it answers no question: the person may only be looking around.
    """

    locator: Locator
    screen: int
    at: datetime
    by_choice: bool = False


@dataclass(frozen=True, slots=True)
class Relaid:
    """The same place in another layout: resized, another font. Never a move.

    `locator` may know better than before how far into the book the place is.
    """

    screen: int
    locator: Locator | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """Continue, on the question or later from the sync menu; `offer` is the one that was shown."""

    offer: Offer
    at: datetime


@dataclass(frozen=True, slots=True)
class Stayed:
    """Stay here, on the question or later from the sync menu."""


@dataclass(frozen=True, slots=True)
class Undone:
    at: datetime


@dataclass(frozen=True, slots=True)
class NotShown:
    """The question could not be shown. Nobody answered it."""


@dataclass(frozen=True, slots=True)
class MarkUndone:
    """The book is not finished any more: taken back, or read on. `locator` is not at the end."""

    locator: Locator
    at: datetime


@dataclass(frozen=True, slots=True)
class Remembered:
    """The standing answer for this book; None goes back to what the preferences say."""

    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Told:
    """The reader was told that the server does not know this file, and need not be told again."""


# --- events: from the application


@dataclass(frozen=True, slots=True)
class Triggered:
    """A moment at which a waiting place is sent: focus lost, hidden, or quit."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The person is back at Kios: what waits is sent, and a look that failed is tried again."""


@dataclass(frozen=True, slots=True)
class SyncNow:
    """The person asked for it; also “Retry”."""


@dataclass(frozen=True, slots=True)
class Discarded:
    """The person gave up the waiting place."""


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The time of `RetryIn` has passed."""


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Another server, other credentials, or none (None)."""

    record: SyncRecord | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PreferencesChanged:
    preferences: SyncPreferences


# --- events: from the network, each with the token of the effect it answers


@dataclass(frozen=True, slots=True)
class LookDone:
    """`held` is what the server has for the book: a write of ours (`Sent`), somebody else's report,
    or nothing. `prepared` is the wire form of `Look.to_send`; None when nothing was to be sent.
    """

    token: int
    held: Report | Sent | None
    prepared: Sent | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WriteDone:
    token: int
    sent: Sent


class NextTry(Enum):
    """When trying again makes sense."""

    SOON = "soon"  # the network, a busy server, or a page that is not the server's
    ON_RETURN = "on return"  # switched off, or cut short: may be over when the person comes back
    AT_A_TRIGGER = "at a trigger"  # it won't have this place; another one, or another day
    ASK_FIRST = "ask first"  # credentials: trying again may lock the account


@dataclass(frozen=True, slots=True)
class Failed:
    """A look or a write failed. `after_s` is the server's wish for the next try."""

    token: int
    next_try: NextTry
    after_s: float | None = None


Event = (
    Opened
    | Turned
    | Relaid
    | Closed
    | Accepted
    | Stayed
    | Undone
    | NotShown
    | MarkUndone
    | Remembered
    | Told
    | Triggered
    | Returned
    | SyncNow
    | Discarded
    | RetryDue
    | AccountChanged
    | PreferencesChanged
    | LookDone
    | WriteDone
    | Failed
)

# --- effects


@dataclass(frozen=True, slots=True)
class Save:
    """Put this on our own disk, all of it or nothing.

    `durable`: what a server may hold from now on must be recognised after a power failure.
    """

    position: Position | None = None
    record: SyncRecord | None = None
    visits: tuple[Visit, ...] = ()
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the server. `to_send` is put into wire form first, so a write can follow at once."""

    token: int
    to_send: Locator | None


@dataclass(frozen=True, slots=True)
class Write:
    """Send. Follows directly on a look that found nothing in the way."""

    token: int
    prepared: Sent


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Feed `RetryDue` after so long; replaces an earlier one."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class Ask:
    offer: Offer


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the question away."""


@dataclass(frozen=True, slots=True)
class Jump:
    locator: Locator
    why: Report


@dataclass(frozen=True, slots=True)
class SayMoved:
    """After a silent `Jump`."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class MarkFinished:
    """The book was marked as finished elsewhere: so it is here, said once, with Undo."""

    report: Report


Effect = Save | Look | Write | RetryIn | Ask | Withdraw | Jump | SayMoved | MarkFinished
