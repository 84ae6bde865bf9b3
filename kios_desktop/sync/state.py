"""What the machine knows about one book, and the small steps from one state to the next."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from kios_desktop.domain.locator import Locator, Place
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import Lead, Offer, Report, SyncRecord

KEYS_KEPT = 50  # reports remembered per book and server


class Task(Enum):
    """What is under way with the server. One at a time per book."""

    LOOKING = "looking"
    LOOKING_TO_SEND = "looking to send"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Undo:
    """A move by sync that can be taken back."""

    locator: Locator
    offer: Offer
    at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """“Finished”, said elsewhere of a report `key`, and how far (0…1) the person was then."""

    report: Report
    at: float


@dataclass(frozen=True, slots=True)
class State:
    """`record` is None without a server. `local` is the last place saved, or where it was opened;
    `local_at` is when the person came there.

    `moved`: the person turned a page or moved by choice in this opening. `token` names the task
    under way. `wanted` and `look_wanted` remember what came while it was; without a task, `wanted`
    says that a trigger came to nothing: there was no server, or it failed us. `refused`: the server
    rejected us, so wait for the person or the next opening. `resting`: it named a time before
    which it wants to hear nothing. `tried`: the place of the last try, which it did not take or
    which is held because of what it has; triggers send another one, or after the next opening.
    `unanswered`: the last look failed, and is owed. `marked`: finished elsewhere; until the person
    reads on nothing is written over that. `finished`: the book is marked so here.
    """

    record: SyncRecord | None = None
    local: Locator | None = None
    local_at: datetime | None = None
    preferences: SyncPreferences = field(default_factory=SyncPreferences)
    screen: int = 1
    open: bool = False
    moved: bool = False
    asking: Offer | None = None
    undo: Undo | None = None
    task: Task | None = None
    token: int = 0
    wanted: bool = False
    look_wanted: bool = False
    failures: int = 0
    refused: bool = False
    resting: bool = False
    tried: Place | None = None
    unanswered: bool = False
    marked: Mark | None = None
    finished: bool = False

    @property
    def dirty(self) -> bool:
        """A place waits to be sent."""
        return self.record is not None and self.record.dirty

    @property
    def tried_already(self) -> bool:
        """Sending the place here once more would change nothing."""
        return self.local is not None and self.tried == self.local.place

    @property
    def held(self) -> bool:
        """The place here waits until the reader has decided about another device."""
        return self.dirty and (self.asking is not None or (self.tried_already and bool(self.offer)))

    @property
    def finished_here(self) -> bool:
        """Marked so, or the last words were read; not one that was set back since."""
        return self.finished or (self.local is not None and self.local.at_end)

    @property
    def marked_elsewhere(self) -> bool:
        """The server says “finished”, and the person has not read on since."""
        record = self.record
        there = record.received if record is not None else None
        if record is None or there is None:
            return False
        return there.finished and there.key not in record.settled

    @property
    def owed(self) -> bool:
        """A trigger came whose place has not arrived; another account is to have it at once."""
        return self.wanted or self.task in (Task.LOOKING_TO_SEND, Task.WRITING)

    @property
    def offer(self) -> Offer | None:
        """What the sync menu offers for this book."""
        return None if self.record is None else self.record.offer

    def recorded(self, **changes: Any) -> "State":
        """With other values in the record, if there is one."""
        if self.record is None:
            return self
        return replace(self, record=replace(self.record, **changes))

    def started(self, task: Task) -> "State":
        return replace(self, task=task, token=self.token + 1, wanted=False, look_wanted=False)

    def idle(self) -> "State":
        return replace(self, task=None, wanted=False, look_wanted=False)

    def settled(self, report: Report) -> "State":
        """The report needs no further thought."""
        if self.record is None or report.key in self.record.settled:
            return self
        return self.recorded(settled=(*self.record.settled, report.key)[-KEYS_KEPT:])

    def noted(self, report: Report) -> "State":
        """The report was shown, and need not be shown as news again."""
        if self.record is None or self.was_noted(report):
            return self
        return self.recorded(noted=(*self.record.noted, report.key)[-KEYS_KEPT:])

    def was_noted(self, report: Report) -> bool:
        return self.record is not None and report.key in self.record.noted

    def asks(self, report: Report) -> bool:
        """This very report is the question on the screen."""
        return self.asking is not None and self.asking.report.key == report.key

    def listed(self, offer: Offer | None) -> "State":
        return self.recorded(offer=offer)

    def clean(self) -> "State":
        """Nothing waits to be sent."""
        return self.recorded(dirty=False, since=None, moved_at=self.local_at)

    def dirtied(self, at: datetime) -> "State":
        """After a move: does the place here have to be sent?

        At the very start of a book the server knows nothing of, it does not: the server would
        take it for a book marked as unread.
        """
        if self.record is None:
            return self
        if not self._differs:
            return self.clean()
        return self.recorded(dirty=True, since=self.record.since or at)

    def arrived(self) -> "State":
        """The server holds another place than before: perhaps the one here."""
        return self if self.local is None or self._differs else self.clean()

    @property
    def _differs(self) -> bool:
        """Whether the server is to have the place here. An end that was sent once is not again."""
        record, here = self.record, self.local
        if record is None or here is None:
            return False
        held = record.on_server
        if held is None:
            return here.total_progression > 0 or record.received is not None
        if record.ended and record.received is None:
            return False  # finished, and the server was told: leafing in the book changes nothing
        if held.place != here.place:
            return True
        ends = here.at_end and not record.ended
        return ends or (record.received is None and held.at_end and not here.at_end)

    def without_reached_offer(self) -> "State":
        """Takes an offer from the menu that was read up to; the next look will find it behind."""
        offer = self.offer
        if offer is None or offer.lead is Lead.BEHIND or self.local is None:
            return self
        there = offer.report.locator
        reached = there is not None and there.place <= self.local.place
        return self.listed(None) if reached else self
