"""The state of one book in the sync machine, and small transitions that the machine combines."""

from datetime import datetime
from enum import Enum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from kios_desktop.domain.locator import Locator, Place
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import Lead, Offer, Report, SyncRecord

KEYS_KEPT = 50  # keys of reports remembered per book and server


class Task(Enum):
    """What is running with the server. One task at a time per book."""

    PULLING = "looking"
    PULLING_TO_PUSH = "looking to send"
    PUSHING = "writing"


class Undo(Struct, frozen=True):
    """A move by sync that can be undone: from `locator`, because of `offer`."""

    locator: Locator
    offer: Offer
    at: datetime


class FinishedMark(Struct, frozen=True):
    """The report that marked the book as finished, and the reader's progression (0…1) then."""

    report: Report
    at: float


class State(Struct, frozen=True):
    """One book and one server.

    `record`: what is stored about them; None without a server.
    `local`: the place last saved, or where the book was opened; `local_at`: when the reader got
    there.
    `screen`: ordinals on the screen, at least 1.
    `moved`: the reader turned a page or moved by choice since the book was opened.
    `asking`: the offer whose question is on the screen.
    `token`: number of the newest task; answers to older ones are ignored.
    `push_wanted`, `pull_wanted`: requested while a task was running. Without a task, `push_wanted`
    means that a trigger could not push: no server, or a failure.
    `failures`: failed attempts in a row, for the delay of the next retry.
    `rejected`: the server rejected the credentials; wait for the reader or the next opening.
    `throttled`: the server named a time until which it wants no requests.
    `tried`: the place of the last attempt to push, which failed or is held; a trigger pushes
    another place only, or any after the next opening.
    `pull_failed`: the last pull failed and is to be repeated.
    `finished_mark`: the book was marked as finished on another device; holds every push until the
    reader reads on.
    `finished`: the book is marked as finished here.
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
    push_wanted: bool = False
    pull_wanted: bool = False
    failures: int = 0
    rejected: bool = False
    throttled: bool = False
    tried: Place | None = None
    pull_failed: bool = False
    finished_mark: FinishedMark | None = None
    finished: bool = False

    @property
    def dirty(self) -> bool:
        """The place is to be pushed."""
        return self.record is not None and self.record.dirty

    @property
    def already_tried(self) -> bool:
        """The last attempt was for this very place."""
        return self.local is not None and self.tried == self.local.place

    @property
    def held(self) -> bool:
        """The place is not pushed until the reader has answered about another device."""
        return self.dirty and (self.asking is not None or (self.already_tried and bool(self.offer)))

    @property
    def finished_here(self) -> bool:
        """The book is marked as finished here, or its last words are on the screen."""
        return self.finished or (self.local is not None and self.local.at_end)

    @property
    def marked_elsewhere(self) -> bool:
        """The server says “finished”, and the reader has not read on since."""
        record = self.record
        there = record.received if record is not None else None
        if record is None or there is None:
            return False
        return there.finished and there.key not in record.settled

    @property
    def owed(self) -> bool:
        """A trigger's place was not confirmed by the server; a new account gets it at once."""
        return self.push_wanted or self.task in (Task.PULLING_TO_PUSH, Task.PUSHING)

    @property
    def offer(self) -> Offer | None:
        """The offer in the sync menu."""
        return None if self.record is None else self.record.offer

    def recorded(self, **changes: Any) -> "State":
        """With changes in the record, if there is one."""
        if self.record is None:
            return self
        return replace(self, record=replace(self.record, **changes))

    def started(self, task: Task) -> "State":
        return replace(self, task=task, token=self.token + 1, push_wanted=False, pull_wanted=False)

    def idle(self) -> "State":
        return replace(self, task=None, push_wanted=False, pull_wanted=False)

    def settled(self, report: Report) -> "State":
        """The report was answered: it never holds a push or asks again."""
        if self.record is None or report.key in self.record.settled:
            return self
        return self.recorded(settled=(*self.record.settled, report.key)[-KEYS_KEPT:])

    def noted(self, report: Report) -> "State":
        """The report was shown, and is not shown as new again."""
        if self.record is None or self.was_noted(report):
            return self
        return self.recorded(noted=(*self.record.noted, report.key)[-KEYS_KEPT:])

    def was_noted(self, report: Report) -> bool:
        return self.record is not None and report.key in self.record.noted

    def asks(self, report: Report) -> bool:
        """The question on the screen is about this report."""
        return self.asking is not None and self.asking.report.key == report.key

    def with_offer(self, offer: Offer | None) -> "State":
        return self.recorded(offer=offer)

    def clean(self) -> "State":
        """Nothing is to be pushed."""
        return self.recorded(dirty=False, since=None, moved_at=self.local_at)

    def after_move(self, at: datetime) -> "State":
        """Dirty after a move at `at`, or clean where the server holds the place already.

        The very start of a book is not pushed to a server that holds nothing: it would take that
        for “marked as unread”.
        """
        if self.record is None:
            return self
        if not self._differs:
            return self.clean()
        return self.recorded(dirty=True, since=self.record.since or at)

    def clean_if_on_server(self) -> "State":
        """Clean if the server now holds the local place."""
        return self if self.local is None or self._differs else self.clean()

    @property
    def _differs(self) -> bool:
        """Whether the local place is to be pushed. An end that was sent once is not sent again."""
        record, here = self.record, self.local
        if record is None or here is None:
            return False
        held = record.on_server
        if held is None:
            return here.total_progression > 0 or record.received is not None
        if record.ended and record.received is None:
            return False  # the server knows that the book was finished; leafing changes nothing
        if held.place != here.place:
            return True
        ends = here.at_end and not record.ended
        return ends or (record.received is None and held.at_end and not here.at_end)

    def without_reached_offer(self) -> "State":
        """Without an offer that the reader has reached; the next pull finds it behind."""
        offer = self.offer
        if offer is None or offer.lead is Lead.BEHIND or self.local is None:
            return self
        there = offer.report.locator
        reached = there is not None and there.place <= self.local.place
        return self.with_offer(None) if reached else self
