"""Random lives of one book, driven against any build of the machine."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from kios_desktop.domain.locator import Locator, Position, Precision
from kios_desktop.domain.preferences import Answer, SyncPreferences
from kios_desktop.domain.progress import Offer, Report, Sent, SyncRecord
from kios_desktop.sync import events
from tests.fakes.ledger import Ledger
from tests.fakes.places import SCREEN, TOTAL, at, locator, report

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)
# few places, so that they meet: neighbours within a screen, a small step, other chapters, the ends
PLACES = st.sampled_from(
    [0, 3000, 3010, 3060, 3100, 4200, 4990, 5005, 5020, 8000, TOTAL - 50, TOTAL]
)
ANSWERS = st.sampled_from([Answer.ASK, Answer.ASK, Answer.CONTINUE, Answer.STAY])
COARSE = st.sampled_from([*Precision, Precision.EXACT, Precision.FRACTION])

Step = Callable[[Any, events.Event], tuple[Any, tuple[events.Effect, ...]]]


def wire(there: Locator) -> Sent:
    return Sent(there, str(there.place), there.total_progression)


def rules(build: SimpleNamespace) -> type[RuleBasedStateMachine]:
    """The rules over `build.step` and `build.State`."""

    class OneBook(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.state = build.State(record=SyncRecord("source"))
            self.ledger = Ledger(SCREEN)
            self.pending: events.Pull | events.Push | None = None
            self.held: Sent | None = None  # a write of ours that the server has
            self.disk: tuple[Position | None, SyncRecord] = (None, SyncRecord("source"))
            self.reports = 0
            self.last: Report | None = None
            self.shown: Offer | None = None  # in the menu, some time ago
            self.now = T0

        def feed(self, event: events.Event) -> None:
            self.ledger.before(event)
            self.shown = self.state.offer or self.shown
            self.state, effects = build.step(self.state, event)
            for effect in effects:
                if isinstance(effect, events.Save):
                    self.disk = (effect.position or self.disk[0], effect.record or self.disk[1])
                if isinstance(effect, events.Pull | events.Push):
                    self.pending = effect
            self.ledger.after(event, effects)

        @initialize(
            further=ANSWERS,
            behind=ANSWERS,
            answer=st.sampled_from([None, None, *Answer]),
            signed_in=st.sampled_from([True, True, True, False]),
        )
        def prefer(
            self, further: Answer, behind: Answer, answer: Answer | None, signed_in: bool
        ) -> None:
            self.feed(events.PreferencesChanged(SyncPreferences(True, further, behind)))
            self.feed(events.Remembered(answer))
            self.ledger.stays = (answer or further) is Answer.STAY
            if not signed_in:
                self.disk = (None, self.state.record)
                self.feed(events.AccountChanged(None, self.now))

        @precondition(lambda self: not self.ledger.open)
        @rule(place=PLACES, finished=st.booleans())
        def open(self, place: int, finished: bool = False) -> None:
            kept = self.disk[0]
            there = kept.locator if kept else at(place)
            self.feed(events.Opened(there, SCREEN, finished or there.at_end))

        @precondition(lambda self: self.ledger.open)
        @rule(place=PLACES, by_choice=st.booleans())
        def turn(self, place: int, by_choice: bool = False) -> None:
            self.now += timedelta(seconds=1)
            there = at(place).not_at_end if by_choice else at(place)
            self.feed(events.Turned(there, SCREEN, self.now, by_choice))

        @rule(screen=st.sampled_from([1, SCREEN]))
        def relay(self, screen: int) -> None:
            self.feed(events.Relaid(screen))
            self.feed(events.Relaid(SCREEN))

        @rule()
        def trigger(self) -> None:
            self.feed(events.Triggered())

        @rule()
        def come_back(self) -> None:
            self.feed(events.Returned())

        @precondition(lambda self: self.state.asking is not None)
        @rule()
        def the_question_could_not_be_shown(self) -> None:
            self.feed(events.NotShown())

        @precondition(lambda self: self.ledger.open and self.state.local is not None)
        @rule()
        def not_finished_after_all(self) -> None:
            self.now += timedelta(seconds=1)
            self.feed(events.MarkedUnfinished(self.state.local.not_at_end, self.now))

        @precondition(lambda self: self.ledger.open)
        @rule()
        def close(self) -> None:
            self.feed(events.Closed(self.now))

        @rule(arrived=st.booleans())
        def connect_anew(self, arrived: bool) -> None:
            """Another password, or the first one; what was under way is cut off."""
            if arrived and isinstance(self.pending, events.Push):
                self.held = self.pending.prepared
            self.pending = None
            self.feed(events.AccountChanged(self.state.record or self.disk[1], self.now))

        @rule()
        def retry(self) -> None:
            self.feed(events.RetryDue())

        def accepts(self) -> None:
            """Continue, on the question or in the menu: what is shown there."""
            offer = self.state.asking or self.state.offer
            assert offer is not None
            self.feed(events.Accepted(offer, self.now))

        @precondition(lambda self: self.ledger.open and self.state.offer is not None)
        @rule()
        def accept(self) -> None:
            self.accepts()

        @precondition(lambda self: self.ledger.open and self.shown is not None)
        @rule()
        def accept_what_the_menu_showed_before(self) -> None:
            assert self.shown is not None
            self.feed(events.Accepted(self.shown, self.now))

        @precondition(lambda self: self.ledger.open and self.state.offer is not None)
        @rule()
        def accept_and_think_again(self) -> None:
            self.accepts()
            self.feed(events.Undone(self.now))

        @precondition(lambda self: self.state.asking is not None)
        @rule()
        def stay(self) -> None:
            self.feed(events.Stayed())

        @precondition(lambda self: self.state.undo is not None)
        @rule()
        def undo(self) -> None:
            self.feed(events.Undone(self.now))

        @precondition(lambda self: self.state.undo is not None)
        @rule(minutes=st.integers(1, 8))
        def wait(self, minutes: int) -> None:
            self.now += timedelta(minutes=minutes)

        def answer_look(self, found: Report | Sent | None) -> None:
            look = self.pending
            assert isinstance(look, events.Pull)
            self.pending = None
            prepared = wire(look.to_send) if look.to_send else None
            self.feed(events.Pulled(look.token, found, prepared, self.now))

        @precondition(lambda self: isinstance(self.pending, events.Pull))
        @rule()
        def server_has_nothing_or_ours(self) -> None:
            self.answer_look(self.held)

        @precondition(lambda self: isinstance(self.pending, events.Pull))
        @rule(place=PLACES, new=st.booleans(), coarse=COARSE)
        def server_has_a_report(self, place: int, new: bool, coarse: Precision) -> None:
            self.held = None
            self.reports += new
            key, there = f"{self.reports}/{place}/{coarse}", at(place)
            if coarse is Precision.NONE:
                found = report(None, key)
            elif coarse is Precision.FRACTION:
                found = report(there, key, precision=coarse, fraction=place / TOTAL)
            elif coarse is Precision.ITEM:
                found = report(locator(there.place.spine_index, 0), key, precision=coarse)
            else:
                found = report(there, key, precision=coarse)
            self.last = found
            self.answer_look(found)

        @precondition(lambda self: isinstance(self.pending, events.Pull))
        @rule(new=st.booleans())
        def somebody_marked_it_as_finished(self, new: bool) -> None:
            self.held = None
            self.reports += new
            self.last = report(None, f"{self.reports}/finished", finished=True)
            self.answer_look(self.last)

        @precondition(lambda self: self.last is not None)
        @rule(leave=st.booleans(), place=PLACES)
        def open_anew_and_find_the_same_report(self, leave: bool, place: int) -> None:
            self.feed(events.Closed(self.now))
            self.kill(arrived=False)
            self.open(place)
            self.server_has_the_same_report_still()
            if leave:
                self.close()
            if leave and isinstance(self.pending, events.Pull):
                self.server_has_the_same_report_still()

        @precondition(lambda self: self.ledger.open and self.pending is None)
        @rule(place=PLACES, beyond=st.none() | PLACES, between=PLACES, again=st.booleans())
        def read_and_find(self, place: int, beyond: int | None, between: int, again: bool) -> None:
            """A report comes to light when something is to be sent; maybe while reading on."""
            self.turn(place)
            self.trigger()
            if beyond is not None:
                self.turn(beyond)
            if isinstance(self.pending, events.Pull):
                self.server_has_a_report(between, True, Precision.EXACT)
                if again:
                    self.open_anew_and_find_the_same_report(leave=True, place=place)

        @precondition(lambda self: not self.ledger.open and self.pending is None)
        @rule(place=PLACES, there=PLACES, coarse=COARSE)
        def open_and_find(self, place: int, there: int, coarse: Precision) -> None:
            self.open(place)
            if isinstance(self.pending, events.Pull):
                self.server_has_a_report(there, True, coarse)

        @precondition(lambda self: not self.ledger.open and self.pending is None)
        @rule(place=PLACES, there=PLACES, on=PLACES, shown=st.booleans(), marked=st.booleans())
        def read_on_and_look_away(
            self, place: int, there: int, on: int, shown: bool, marked: bool
        ) -> None:
            """What was found on opening is still there when a page or two were read."""
            self.open(place)
            if not isinstance(self.pending, events.Pull):
                return
            if marked:
                self.somebody_marked_it_as_finished(True)
            else:
                self.server_has_a_report(there, True, Precision.EXACT)
            if not shown and self.state.asking is not None:
                self.feed(events.NotShown())
            self.turn(on)
            self.trigger()
            if isinstance(self.pending, events.Pull):
                self.server_has_the_same_report_still()

        @precondition(lambda self: self.ledger.open and self.pending is None)
        @rule(places=st.lists(st.just(TOTAL) | PLACES, min_size=1, max_size=3))
        def read_and_send(self, places: list[int]) -> None:
            """Nothing is in the way."""
            for place in places:
                self.turn(place)
                self.trigger()
                if isinstance(self.pending, events.Pull):
                    self.server_has_nothing_or_ours()
                if isinstance(self.pending, events.Push):
                    self.server_takes_it(None)

        @precondition(lambda self: isinstance(self.pending, events.Pull) and self.last)
        @rule()
        def server_has_the_same_report_still(self) -> None:
            self.held = None
            self.answer_look(self.last)

        @precondition(lambda self: isinstance(self.pending, events.Push))
        @rule(meanwhile=st.none() | PLACES)
        def server_takes_it(self, meanwhile: int | None) -> None:
            write = self.pending
            assert isinstance(write, events.Push)
            if meanwhile is not None:
                self.feed(events.Turned(at(meanwhile), SCREEN, self.now))
            self.pending, self.held = None, write.prepared
            self.feed(events.Pushed(write.token, replace(write.prepared, at=self.now)))

        @precondition(lambda self: self.pending is not None)
        @rule(arrived=st.booleans(), next_try=st.sampled_from(list(events.NextTry)))
        def the_answer_is_lost(self, arrived: bool, next_try: events.NextTry) -> None:
            request, self.pending = self.pending, None
            assert request is not None
            if arrived and isinstance(request, events.Push):
                self.held = request.prepared
            self.ledger.failed()
            self.feed(events.Failed(request.token, next_try))

        @precondition(lambda self: self.state.token > 0)
        @rule(token=st.integers(-3, 0), place=PLACES)
        def a_late_answer_comes(self, token: int, place: int) -> None:
            """Of a request that was given up long ago."""
            if self.pending is not None and token == 0:
                return
            before = self.state
            stale = self.state.token + token - (self.pending is None)
            for late in (
                events.Pulled(stale, None, wire(at(place)), self.now),
                events.Pushed(stale, wire(at(place))),
                events.Failed(stale, events.NextTry.SOON),
            ):
                after, effects = build.step(before, late)
                assert after == before and effects == (), "believed a late answer"

        @rule(arrived=st.booleans())
        def kill(self, arrived: bool) -> None:
            """The program ends without a word and starts again from the disk."""
            if arrived and isinstance(self.pending, events.Push):
                self.held = self.pending.prepared
            position, record = self.disk
            later = position and record.moved_at and position.at > record.moved_at
            if self.state.record is None and not later:
                self.ledger.wanted = None  # who was never signed in has nothing to be sent
            self.pending = None
            self.state = build.State(
                local=position.locator if position else None,
                local_at=position.at if position else None,
                preferences=self.state.preferences,
            )
            self.ledger.cut_off()
            self.feed(events.AccountChanged(record, self.now))

        @invariant()
        def nothing_is_lost(self) -> None:
            """What the person wants on the server can always still get there."""
            wanted = self.ledger.wanted
            if wanted is None or self.pending is not None or self.state.asking is not None:
                return
            if self.state.record is None:  # looked at when there is a server
                return
            ready = replace(self.state, rejected=False, throttled=False, tried=None)
            state, effects = build.step(ready, events.Triggered())
            looks = [e for e in effects if isinstance(e, events.Pull)]
            assert looks and looks[0].to_send is not None, "a place was forgotten"
            assert looks[0].to_send.place == wanted, "another place would be sent"
            done = events.Pulled(state.token, None, wire(looks[0].to_send), self.now)
            _, effects = build.step(state, done)
            assert any(isinstance(e, events.Push) for e in effects), "nothing in the way, no write"

        @invariant()
        def nothing_needless_is_sent(self) -> None:
            if self.ledger.wanted is None and self.pending is None:
                _, effects = build.step(self.state, events.Triggered())
                assert not effects, "an unchanged place touched the network"

    return OneBook
