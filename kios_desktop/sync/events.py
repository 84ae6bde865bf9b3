"""The events and effects of the sync machine, as values."""

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

    `finished`: the book is marked as finished here. If not, reaching its end is reported again.
    """

    locator: Locator
    screen: int
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Turned:
    """A page was turned, or the reader moved `by_choice`: contents, “Go to”, scrubber.

    A move by choice answers no open question: the reader may only be looking around.
    """

    locator: Locator
    screen: int
    at: datetime
    by_choice: bool = False


@dataclass(frozen=True, slots=True)
class Relaid:
    """The same place in another layout: resized, another font. Not a move.

    `locator` may have a more exact progression than before.
    """

    screen: int
    locator: Locator | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """“Continue”, on the question or in the sync menu; `offer` is the one that was shown."""

    offer: Offer
    at: datetime


@dataclass(frozen=True, slots=True)
class Stayed:
    """“Stay here”, on the question or in the sync menu."""


@dataclass(frozen=True, slots=True)
class Undone:
    at: datetime


@dataclass(frozen=True, slots=True)
class NotShown:
    """The question could not be shown, so it is not answered."""


@dataclass(frozen=True, slots=True)
class MarkedUnfinished:
    """The book is not finished any more: unmarked, or read on. `locator` is not at the end."""

    locator: Locator
    at: datetime


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer given in advance for this book; None: by the preferences."""

    answer: Answer | None


@dataclass(frozen=True, slots=True)
class UnknownFileShown:
    """The reader was shown that the server does not know this file; it is shown once."""


# --- events: from the application


@dataclass(frozen=True, slots=True)
class Triggered:
    """A moment at which a dirty place is pushed: focus lost, hidden, or quit."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Kios is in front again: a dirty place is pushed, a failed pull repeated."""


@dataclass(frozen=True, slots=True)
class SyncNow:
    """“Sync now” or “Retry”."""


@dataclass(frozen=True, slots=True)
class Discarded:
    """The dirty place is not to be pushed."""


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The delay of `RetryIn` has passed."""


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Another server or other credentials; `record` is None without a server."""

    record: SyncRecord | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PreferencesChanged:
    preferences: SyncPreferences


# --- events: from the server, each with the token of the effect it answers


@dataclass(frozen=True, slots=True)
class Pulled:
    """`held` is what the server has for the book: a write of ours (`Sent`), somebody else's report,
    or nothing. `prepared` is the wire form of `Pull.to_send`; None with nothing to push.
    """

    token: int
    held: Report | Sent | None
    prepared: Sent | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Pushed:
    token: int
    sent: Sent


class NextTry(Enum):
    """When trying again makes sense."""

    SOON = "soon"  # the network, a busy server, or a proxy's page instead of its answer
    ON_RETURN = "on return"  # switched off, or cancelled: may have changed when Kios is in front
    AT_A_TRIGGER = "at a trigger"  # the server refuses this place
    ASK_FIRST = "ask first"  # rejected credentials: trying again may lock the account


@dataclass(frozen=True, slots=True)
class Failed:
    """A pull or a push failed. `after_s` is the delay the server asked for."""

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
    | MarkedUnfinished
    | Remembered
    | UnknownFileShown
    | Triggered
    | Returned
    | SyncNow
    | Discarded
    | RetryDue
    | AccountChanged
    | PreferencesChanged
    | Pulled
    | Pushed
    | Failed
)

# --- effects


@dataclass(frozen=True, slots=True)
class Save:
    """Write this to our own disk in one transaction.

    `durable`: it must survive a power failure, since a server may hold the write it describes.
    """

    position: Position | None = None
    record: SyncRecord | None = None
    visits: tuple[Visit, ...] = ()
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Pull:
    """Ask the server for its place. `to_send` is converted first, so that a push can follow."""

    token: int
    to_send: Locator | None


@dataclass(frozen=True, slots=True)
class Push:
    """Write to the server, directly after a pull."""

    token: int
    prepared: Sent


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Feed `RetryDue` after this delay; replaces an earlier one."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class Ask:
    offer: Offer


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Close the question."""


@dataclass(frozen=True, slots=True)
class Jump:
    locator: Locator
    why: Report


@dataclass(frozen=True, slots=True)
class ShowMoved:
    """Show that a `Jump` happened without a question."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class MarkFinished:
    """The book was marked as finished elsewhere: mark it here, and show that, with Undo."""

    report: Report


Effect = Save | Pull | Push | RetryIn | Ask | Withdraw | Jump | ShowMoved | MarkFinished
