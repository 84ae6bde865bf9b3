"""The events and effects of the sync machine, as values.

Structs of msgspec: thirty dataclasses would take a fortieth of a start to define.
"""

from datetime import datetime
from enum import Enum

from msgspec import Struct

from kios_desktop.domain.library import Visit
from kios_desktop.domain.locator import Locator, Position
from kios_desktop.domain.preferences import Answer, SyncPreferences
from kios_desktop.domain.progress import Offer, Report, Sent, SyncRecord

# --- events: from the reader


class Opened(Struct, frozen=True):
    """The book is on the screen at `locator`, with `screen` ordinals in view.

    `finished`: the book is marked as finished here. If not, reaching its end is reported again.
    """

    locator: Locator
    screen: int
    finished: bool = False


class Turned(Struct, frozen=True):
    """A page was turned, or the reader moved `by_choice`: contents, “Go to”, scrubber.

    A move by choice answers no open question: the reader may only be looking around.
    """

    locator: Locator
    screen: int
    at: datetime
    by_choice: bool = False


class Relaid(Struct, frozen=True):
    """The same place in another layout: resized, another font. Not a move.

    `locator` may have a more exact progression than before.
    """

    screen: int
    locator: Locator | None = None


class Closed(Struct, frozen=True):
    at: datetime


class Accepted(Struct, frozen=True):
    """“Continue”, on the question or in the sync menu; `offer` is the one that was shown."""

    offer: Offer
    at: datetime


class Stayed(Struct, frozen=True):
    """“Stay here”, on the question or in the sync menu."""


class Undone(Struct, frozen=True):
    at: datetime


class NotShown(Struct, frozen=True):
    """The question could not be shown, so it is not answered."""


class MarkedUnfinished(Struct, frozen=True):
    """The book is not finished any more: unmarked, or read on. `locator` is not at the end."""

    locator: Locator
    at: datetime


class Remembered(Struct, frozen=True):
    """The answer given in advance for this book; None: by the preferences."""

    answer: Answer | None


class UnknownFileShown(Struct, frozen=True):
    """The reader was shown that the server does not know this file; it is shown once."""


# --- events: from the application


class Triggered(Struct, frozen=True):
    """A moment at which a dirty place is pushed: focus lost, hidden, or quit."""


class Returned(Struct, frozen=True):
    """Kios is in front again: a dirty place is pushed, a failed pull repeated."""


class SyncNow(Struct, frozen=True):
    """“Sync now” or “Retry”."""


class Discarded(Struct, frozen=True):
    """The dirty place is not to be pushed."""


class RetryDue(Struct, frozen=True):
    """The delay of `RetryIn` has passed."""


class AccountChanged(Struct, frozen=True):
    """Another server or other credentials; `record` is None without a server."""

    record: SyncRecord | None
    at: datetime


class PreferencesChanged(Struct, frozen=True):
    preferences: SyncPreferences


# --- events: from the server, each with the token of the effect it answers


class Pulled(Struct, frozen=True):
    """`held` is what the server has for the book: a write of ours (`Sent`), somebody else's report,
    or nothing. `prepared` is the wire form of `Pull.to_send`; None with nothing to push.
    """

    token: int
    held: Report | Sent | None
    prepared: Sent | None
    at: datetime


class Pushed(Struct, frozen=True):
    token: int
    sent: Sent


class NextTry(Enum):
    """When trying again makes sense."""

    SOON = "soon"  # the network, a busy server, or a proxy's page instead of its answer
    ON_RETURN = "on return"  # switched off, or cancelled: may have changed when Kios is in front
    AT_A_TRIGGER = "at a trigger"  # the server refuses this place
    ASK_FIRST = "ask first"  # rejected credentials: trying again may lock the account


class Failed(Struct, frozen=True):
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


class Save(Struct, frozen=True):
    """Write this to our own disk in one transaction.

    `durable`: it must survive a power failure, since a server may hold the write it describes.
    """

    position: Position | None = None
    record: SyncRecord | None = None
    visits: tuple[Visit, ...] = ()
    durable: bool = False


class Pull(Struct, frozen=True):
    """Ask the server for its place. `to_send` is converted first, so that a push can follow."""

    token: int
    to_send: Locator | None


class Push(Struct, frozen=True):
    """Write to the server, directly after a pull."""

    token: int
    prepared: Sent


class RetryIn(Struct, frozen=True):
    """Feed `RetryDue` after this delay; replaces an earlier one."""

    delay_s: float


class Ask(Struct, frozen=True):
    offer: Offer


class Withdraw(Struct, frozen=True):
    """Close the question."""


class Jump(Struct, frozen=True):
    locator: Locator
    why: Report


class ShowMoved(Struct, frozen=True):
    """Show that a `Jump` happened without a question."""

    offer: Offer


class MarkFinished(Struct, frozen=True):
    """The book was marked as finished elsewhere: mark it here, and show that, with Undo."""

    report: Report


Effect = Save | Pull | Push | RetryIn | Ask | Withdraw | Jump | ShowMoved | MarkFinished
