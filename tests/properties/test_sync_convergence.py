"""Two devices, one server: any interleaving, losses and restarts.

Nothing that stood on the server when a device looked is overwritten unseen (the ledger of each
device sees to that), nothing is lost, and in the end both know what the server holds.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from msgspec.structs import replace

from kios_desktop.domain.locator import Locator
from kios_desktop.domain.progress import Report, Sent, SyncRecord
from kios_desktop.sync import events
from kios_desktop.sync.machine import step
from kios_desktop.sync.state import State
from tests.effort import examples
from tests.fakes.ledger import Ledger
from tests.fakes.places import SCREEN, TOTAL, at, report

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLACES = st.sampled_from([0, 3000, 3010, 3060, 3100, 4200, 5005, 8000, TOTAL])
SIDES = st.sampled_from([0, 1])


@dataclass
class Held:
    """What stands on the server: whose, where, and the how-manieth write it was."""

    owner: int
    place: Locator
    number: int


@dataclass
class Server:
    held: Held | None = None
    writes: int = 0

    def write(self, owner: int, place: Locator) -> None:
        self.writes += 1
        self.held = Held(owner, place, self.writes)


@dataclass
class Side:
    """One device: its machine, its disk, its ledger, and its request under way."""

    number: int
    server: Server
    state: State = field(default_factory=lambda: State(record=SyncRecord("source")))
    place: Locator | None = None
    record: SyncRecord = field(default_factory=lambda: SyncRecord("source"))
    ledger: Ledger = field(default_factory=lambda: Ledger(SCREEN))
    pending: events.Pull | events.Push | None = None

    def feed(self, event: events.Event) -> None:
        self.ledger.before(event)
        self.state, effects = step(self.state, event)
        for effect in effects:
            if isinstance(effect, events.Save):
                self.place = effect.position.locator if effect.position else self.place
                self.record = effect.record or self.record
            if isinstance(effect, events.Pull | events.Push):
                self.pending = effect
        self.ledger.after(event, effects)

    def answer(self) -> None:
        """The request under way reaches the server, and the answer comes back."""
        request, self.pending = self.pending, None
        if isinstance(request, events.Pull):
            prepared = _wire(request.to_send) if request.to_send else None
            self.feed(events.Pulled(request.token, self._found(), prepared, T0))
        elif request is not None:
            self.server.write(self.number, request.prepared.locator)
            self.feed(events.Pushed(request.token, replace(request.prepared, at=T0)))

    def lose(self, arrived: bool) -> None:
        """The request or its answer is lost."""
        request, self.pending = self.pending, None
        if request is None:
            return
        if arrived and isinstance(request, events.Push):
            self.server.write(self.number, request.prepared.locator)
        self.ledger.failed()
        self.feed(events.Failed(request.token, events.NextTry.SOON))

    def kill(self, arrived: bool = False) -> None:
        if arrived and isinstance(self.pending, events.Push):
            self.server.write(self.number, self.pending.prepared.locator)
        self.pending = None
        self.state = State(record=self.record, local=self.place)
        self.ledger.cut_off()

    def open(self) -> None:
        if not self.state.open:
            self.feed(events.Opened(self.place or at(0), SCREEN))

    def settle(self) -> None:
        """Everything under way comes to its end."""
        while self.pending is not None:
            self.answer()

    def _found(self) -> Report | Sent | None:
        held = self.server.held
        if held is None:
            return None
        if held.owner == self.number:
            mine = (self.record.attempt, self.record.sent)
            for sent in mine:
                if sent is not None and sent.locator.place == held.place.place:
                    return sent
        return report(held.place, f"{held.number}", device=f"device {held.owner}")


def _wire(there: Locator) -> Sent:
    return Sent(there, str(there.place), there.total_progression)


class TwoDevices(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.server = Server()
        self.sides = [Side(0, self.server), Side(1, self.server)]

    @rule(side=SIDES)
    def open(self, side: int) -> None:
        self.sides[side].open()

    @rule(side=SIDES, place=PLACES)
    def turn(self, side: int, place: int) -> None:
        self.sides[side].feed(events.Turned(at(place), SCREEN, T0))

    @rule(side=SIDES)
    def leave(self, side: int) -> None:
        self.sides[side].feed(events.Triggered())

    @rule(side=SIDES)
    def close(self, side: int) -> None:
        self.sides[side].feed(events.Closed(T0))

    @rule(side=SIDES)
    def answer(self, side: int) -> None:
        self.sides[side].answer()

    @rule(side=SIDES)
    def settle(self, side: int) -> None:
        self.sides[side].settle()

    @rule(side=SIDES, place=PLACES)
    def read_a_while(self, side: int, place: int) -> None:
        one = self.sides[side]
        one.open()
        one.settle()
        one.feed(events.Turned(at(place), SCREEN, T0))
        one.feed(events.Closed(T0))
        one.settle()

    @rule(side=SIDES, arrived=st.booleans())
    def lose(self, side: int, arrived: bool) -> None:
        self.sides[side].lose(arrived)

    @rule(side=SIDES, arrived=st.booleans())
    def kill(self, side: int, arrived: bool) -> None:
        self.sides[side].kill(arrived)

    @precondition(lambda self: any(side.state.asking for side in self.sides))
    @rule(accept=st.booleans())
    def say(self, accept: bool) -> None:
        for side in self.sides:
            if side.state.asking is not None:
                offer = side.state.asking
                side.feed(events.Accepted(offer, T0) if accept else events.Stayed())
                return

    @rule(side=SIDES)
    def undo(self, side: int) -> None:
        self.sides[side].feed(events.Undone(T0))

    def teardown(self) -> None:
        """Both come to rest, one after the other, and then agree."""
        for _ in range(3):
            for side in self.sides:
                side.settle()
                side.kill()
                side.open()
                side.settle()
                if side.state.offer is not None:  # the question, or its line in the menu
                    side.ledger.seen.add(side.state.offer.report.key)
                    side.feed(events.Stayed())
                side.feed(events.Closed(T0))
                side.settle()
        held = self.server.held
        for side in self.sides:
            assert side.ledger.wanted is None, "a place never got to the server"
            assert not side.state.dirty
        if held is None:
            return
        for side in self.sides:
            side.open()
            side.settle()
            assert side.record.on_server is not None
            assert side.record.on_server.place == held.place.place, "they do not agree"
            assert side.state.asking is None, "asked again about what was answered"


TestTwoDevices = TwoDevices.TestCase
TestTwoDevices.settings = settings(
    max_examples=examples(200),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
