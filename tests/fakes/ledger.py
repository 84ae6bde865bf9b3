"""What really happened, written down by the test: the machine's own flags are not asked.

One `Ledger` watches one device: the person's moves, what went over the wire, what was shown. It
raises AssertionError as soon as a promise is broken.
"""

from dataclasses import dataclass, field

from kios_desktop.domain.locator import Locator, Place, Precision
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.sync.compare import ordinals_between
from kios_desktop.sync.events import (
    Accepted,
    AccountChanged,
    Ask,
    Closed,
    Discarded,
    Effect,
    Event,
    Jump,
    MarkedUnfinished,
    MarkFinished,
    NotShown,
    Opened,
    Pull,
    Pulled,
    Push,
    Pushed,
    Save,
    Stayed,
    Triggered,
    Turned,
    Undone,
)


@dataclass
class Ledger:
    """`wanted` is the place the person means the server to have, None when it has it."""

    screen: int
    open: bool = False
    turned: bool = False
    in_flight: int = 0
    wanted: Place | None = None
    server: Place | None = None  # what the last answer said it holds
    last_reported: str | None = None  # the key
    vague: bool = False  # it holds something that names no exact place
    seen: set[str] = field(default_factory=set)  # reports that were answered
    kept: set[str] = field(default_factory=set)  # and those that are in the timeline
    told: set[str] = field(default_factory=set)  # of “finished”
    marked: tuple[str, float] | None = None  # the key of one, and how far the person was
    read_on: set[str] = field(default_factory=set)  # keys of “finished” that were read past
    ended: bool = False  # the server was told that the book was read to its end
    server_ends: bool = False  # what it holds says so
    ours_there: bool = False  # it holds a write of ours
    finished: bool = False  # the book is marked so here
    reported: set[Place] = field(default_factory=set)
    left: set[Place] = field(default_factory=set)
    to_send: Locator | None = None
    shown: str | None = None  # key of the question on the screen
    here: Locator | None = None
    stays: bool = False  # the person said in advance: stay when others are further
    owed: bool = False  # looked away, and what was read has neither arrived nor been held

    def before(self, event: Event) -> None:
        """Note what the person did, before the machine handles the event."""
        match event:
            case Opened(locator, _, finished):
                self.ended &= finished
                self.finished = finished
                locator = locator if finished else locator.not_at_end  # set back since
                self.open, self.turned, self.here, self.owed = True, False, locator, False
                self.marked = None
            case Turned(locator, _, _, by_choice) if self.open:
                self.turned, self.here, self.owed = True, locator, False
                self.finished |= locator.at_end
                self._wants(locator)
                if self.marked and by_choice:
                    self.marked = (self.marked[0], locator.total_progression)
                elif self.marked and abs(locator.total_progression - self.marked[1]) >= 0.009:
                    self.read_on.add(self.marked[0])
                if self.shown is not None and not by_choice:  # turning the page is the answer
                    self.seen.add(self.shown)
                    self.shown = None
            case Triggered():
                self.owed |= self.wanted is not None and self.shown is None
            case Closed():
                self.owed |= self.wanted is not None and self.open
                self.open, self.shown = False, None
            case Accepted(offer):
                if offer.report.locator is not None:
                    self.seen.add(offer.report.key)
                self.shown = None
            case Stayed():
                if self.shown is not None:
                    self.seen.add(self.shown)
                self.shown = None
            case NotShown():
                self.shown = None
            case MarkedUnfinished(locator) if self.open:
                self.turned, self.here, self.owed, self.ended = True, locator, False, False
                self.finished = False
                if self.marked is not None:
                    self.seen.add(self.marked[0])
                self._wants(locator)
            case Discarded():
                self.wanted = None
            case AccountChanged(record):
                self.in_flight = 0
                self.shown = self.shown if record is not None else None
                self.marked = None
            case _:
                pass

    def after(self, event: Event, effects: tuple[Effect, ...]) -> None:
        """Check the effects of the machine against every promise."""
        network = [effect for effect in effects if isinstance(effect, Pull | Push)]
        saves = [e for e in effects if isinstance(e, Save) and e.position is not None]
        if isinstance(event, Turned) and self.open:
            assert not network, "a page turn touched the network"
            assert len(saves) == 1 and saves[0].position is not None
            assert saves[0].position.locator == event.locator, "a page turn saved something else"
        if isinstance(event, Opened):
            assert not any(isinstance(e, Pull) and e.to_send for e in network), "sent on opening"
        answered = isinstance(event, Pulled | Pushed)
        if answered:
            self.in_flight -= 1
            self.owed &= any(isinstance(e, Push) or e.to_send is not None for e in network)
        due = self.owed and self.wanted and self.shown is None
        if isinstance(event, AccountChanged) and event.record and due:
            sent = [e.to_send.place for e in network if isinstance(e, Pull) and e.to_send]
            assert sent == [self.wanted], "who looked away before was forgotten"
        held = event.held if isinstance(event, Pulled) else None
        report = held if isinstance(held, Report) else None
        known = report is not None and report.key in self.seen
        self._take_note(event)
        if isinstance(event, Pulled) and report is not None:
            self._take_note_of_kept(event, report, effects)
        for effect in effects:
            self._check(effect, event)
        if known and self.wanted and isinstance(event, Pulled) and event.prepared is not None:
            written = any(isinstance(effect, Push) for effect in effects)
            assert written, "an answered report stood in the way"
        self.in_flight += len(network)
        assert self.in_flight <= 1, "two requests at once for one book"

    def failed(self) -> None:
        self.in_flight -= 1

    def cut_off(self) -> None:
        """Note that the program was killed and starts again."""
        self.in_flight, self.open, self.shown, self.owed = 0, False, None, False
        self.marked = None

    def _take_note(self, event: Event) -> None:
        if isinstance(event, Pushed):
            self._server_has_ours(event.sent.locator)
        if isinstance(event, Pulled):
            report = event.held if isinstance(event.held, Report) else None
            self.server_ends = self.ours_there = False
            if isinstance(event.held, Sent):
                self._server_has_ours(event.held.locator)
            elif report is None or report.locator is None:
                self.server, self.vague, self.last_reported = None, report is not None, None
                if report is not None and report.finished and self.here is not None and self.open:
                    known = self.marked is not None and self.marked[0] == report.key
                    at = self.here.total_progression
                    self.marked = self.marked if known else (report.key, at)
            else:
                self.reported.add(report.locator.place)
                ours = event.prepared.locator if event.prepared else self.here
                near = ours is not None and self._near(report, report.locator, ours)
                if near and not self.turned:
                    self.seen.add(report.key)  # the person is right there
                self.last_reported = report.key
                if report.precision is Precision.FRACTION:
                    self.server, self.vague = None, True
                else:
                    self._server_has(report.locator.place)

    def _take_note_of_kept(
        self, event: Pulled, report: Report, effects: tuple[Effect, ...]
    ) -> None:
        """A place in the timeline is kept, if it was right to put it there without a question."""
        ours = event.prepared.locator if event.prepared else self.here
        visits = {
            v.position.locator.place for e in effects if isinstance(e, Save) for v in e.visits
        }
        if report.locator is None or ours is None or report.locator.place not in visits:
            return
        self.kept.add(report.key)
        if self.stays and report.locator.place > ours.place:
            self.seen.add(report.key)

    def _server_has_ours(self, locator: Locator) -> None:
        finished = self.finished or (self.here is not None and self.here.at_end)
        self.ended |= locator.at_end and finished
        self.server_ends, self.ours_there = locator.at_end, True
        self._server_has(locator.place)
        if self.ended:
            self.wanted = None  # the server knows that the book was read

    def _server_has(self, place: Place) -> None:
        self.server, self.vague = place, False
        if self.wanted == place and not self._end_is_news(self.here):
            self.wanted = None

    def _end_is_news(self, here: Locator | None) -> bool:
        """The last words were read, which the server was not told; or they were not after all."""
        if here is None:
            return False
        taken_back = self.server_ends and not here.at_end and not self.ended
        return (here.at_end and not self.ended) or taken_back

    def _check(self, effect: Effect, event: Event) -> None:
        match effect:
            case Ask(offer):
                assert self.open, "asked about a closed book"
                assert not self.turned, "asked after a page turn"
                assert offer.report.key not in self.seen, "asked about what was answered"
                assert offer.report.key != self.shown, "asked what stands there already"
                self._check_elsewhere(offer.report)
                self.shown = offer.report.key
            case Jump(locator, why):
                self.seen.add(why.key)
                if isinstance(event, Undone):
                    assert locator.place in self.left, "undo went where nobody was"
                else:
                    assert locator.place in self.reported, "went where no server sent us"
                    if isinstance(event, Accepted):
                        assert why == event.offer.report, "went elsewhere than was shown"
                    assert not (self.turned and isinstance(event, Pulled)), "moved a reader"
                self.here = locator
                self.turned |= isinstance(event, Accepted | Undone)  # by choice
                self._wants(locator, None if isinstance(event, Undone) else why.key)
                if isinstance(event, Undone) and locator.total_progression == 0:
                    self.wanted = None  # nobody went there: the book was opened there
            case MarkFinished(report):
                assert report.finished and self.open, "marked without a word from elsewhere"
                assert report.key not in self.told | self.seen, "said twice"
                self.told.add(report.key)
            case Save(visits=visits):
                self.left |= {visit.position.locator.place for visit in visits}
            case Pull(_, to_send):
                self.to_send = to_send
            case Push():
                self._check_write(effect, event)
            case _:
                pass

    def _wants(self, there: Locator, by_report: str | None = None) -> None:
        """After a move. What the server reported itself is not sent back to it."""
        held = there.place == self.server and not self._end_is_news(there)
        held = held or (self.vague and by_report is not None and by_report == self.last_reported)
        if there.total_progression == 0 and self.server is None and not self.vague:
            held = True  # an untouched book is not reported as unread
        if self.ended and self.ours_there:
            held = True
        self.wanted = None if held else there.place

    def _check_write(self, write: Push, event: Event) -> None:
        assert isinstance(event, Pulled), "a write without a look directly before it"
        assert self.to_send is not None and write.prepared.locator == self.to_send
        assert not (self.ended and write.prepared.locator.at_end), "said twice that it was read"
        self._check_seen(event.held, write.prepared.locator)

    def _check_seen(self, report: Report | Sent | None, ours: Locator) -> None:
        """What stood there when we looked is not overwritten unseen."""
        if not isinstance(report, Report):
            return
        if report.finished:
            assert report.key in self.seen | self.read_on, "overwrote “finished”: nobody read on"
            return
        assert report.locator is not None or report.key in self.seen, "overwrote the unplaceable"
        if report.locator is None:
            return
        near = self._near(report, report.locator, ours)
        behind = self._is_behind(report, report.locator, ours)
        passed = report.key in self.kept and (behind or self.stays)
        assert near or passed or report.key in self.seen, "overwrote a place nobody has answered"

    def _is_behind(self, report: Report, theirs: Locator, ours: Locator) -> bool:
        if report.precision is Precision.FRACTION:
            return (report.fraction or 0) < ours.total_progression
        return theirs.place < ours.place

    def _check_elsewhere(self, report: Report) -> None:
        if report.locator is not None and self.here is not None:
            near = self._near(report, report.locator, self.here)
            assert not near, "asked about the place that is on the screen"

    def _near(self, report: Report, theirs: Locator, ours: Locator) -> bool:
        if report.precision is Precision.FRACTION:
            return abs((report.fraction or 0) - ours.total_progression) < 0.02
        if report.precision is Precision.ITEM:
            same = theirs.place.spine_index == ours.place.spine_index
            return same or self._within_a_screen(theirs, ours)
        return self._within_a_screen(theirs, ours)

    def _within_a_screen(self, theirs: Locator, ours: Locator) -> bool:
        gap = ordinals_between(theirs, ours)
        return gap is not None and gap < self.screen
