"""The place of one book on one server, as a pure state machine: no clock, no input, no output.

`step(state, event)` returns the next state and the effects to perform, in order. Every decision of
sync is made in this module and in `compare`.

**Push.** A place is dirty (`record.dirty`) when the reader moved since the book was opened and the
place differs from the one the server holds. Only triggers push it (closing the book, losing focus,
quitting), never a page turn and never opening. Every push is preceded directly by a pull, and the
result of the pull decides:

| the server holds                        | the machine                                            |
|-----------------------------------------|--------------------------------------------------------|
| nothing, or a write of ours             | pushes                                                 |
| a report the reader has answered        | pushes                                                 |
| the same place, within one screen       | pushes: our place is the more exact one                |
| a place behind ours                     | adds it to the timeline and the sync menu, then pushes |
| a place behind ours, no page turned     | holds until the book is opened again                   |
|   since, preference “ask” or “continue” |                                                        |
| 0 % where it had more before (reset)    | adds it to both, then pushes: this restores the place  |
| a place further on                      | offers it and holds; opening the book asks             |
| a place further on, preference “stay”   | adds it to the sync menu, then pushes                  |
| “finished”, marked on another device    | holds until the reader has read on by 1 % or unmarks   |
|                                         | the book                                               |
| a report without a usable place         | lists it and holds; “Stay here” or “Sync now” releases |

To hold means not to push: the place stays dirty on disk until the next trigger. A failed pull
holds, too. So a place is never overwritten on the server unless the reader has seen it or the
timeline keeps it.

**Questions.** A report that arrives before the first page turn after opening is asked about,
followed silently or only listed, depending on the preferences (`SyncPreferences`). It is settled by
an answer only: Continue, Stay here, or a page turn while the question is shown. A question that
could not be shown, or was still open when Kios ended, is asked again. A report behind our place is
never settled: each push compares it with the place that is to be pushed.

**Interruption.** `record.attempt` is on disk before a push starts, so that the next pull recognises
a write whose answer was lost as ours.
"""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from msgspec.structs import replace

from kios_desktop.domain.library import Visit
from kios_desktop.domain.locator import READ_ON, Locator, Position, Precision
from kios_desktop.domain.preferences import Answer
from kios_desktop.domain.progress import Lead, Offer, Report, Sent, SyncRecord
from kios_desktop.sync.compare import Comparison, compare, offer_for, small
from kios_desktop.sync.events import (
    Accepted,
    AccountChanged,
    Ask,
    Closed,
    Discarded,
    Effect,
    Event,
    Failed,
    Jump,
    MarkedUnfinished,
    MarkFinished,
    NextTry,
    NotShown,
    Opened,
    PreferencesChanged,
    Pull,
    Pulled,
    Push,
    Pushed,
    Relaid,
    Remembered,
    RetryDue,
    RetryIn,
    Returned,
    Save,
    ShowMoved,
    Stayed,
    SyncNow,
    Triggered,
    Turned,
    Undone,
    UnknownFileShown,
    Withdraw,
)
from kios_desktop.sync.state import FinishedMark, State, Task, Undo

RETRY_S = (5.0, 30.0, 120.0, 600.0)
UNDO_FOR = timedelta(minutes=10)

# Reasons of visits, as the timeline shows them (stored)
READ = "read"
MOVED = "moved by sync"
ELSEWHERE = "on another device"

Outcome = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event) -> Outcome:
    """The next state and the effects. Total: an event that does not apply changes nothing."""
    after, effects = _step(state, event)
    if after.record is not None and after.record != state.record:
        effects = _with_record(after.record, effects)
    return after, effects


def _step(state: State, event: Event) -> Outcome:
    match event:
        case Opened():
            return _opened(state, event)
        case Turned():
            return _turned(state, event)
        case Relaid(screen, locator):
            return _relaid(replace(state, screen=max(1, screen)), locator), ()
        case Closed(at):
            return _closed(state, at)
        case Accepted(offer, at):
            return _accepted(state, offer, at)
        case Stayed():
            return _stayed(state)
        case Undone(at):
            return _undone(state, at)
        case NotShown():
            return replace(state, asking=None), ()
        case MarkedUnfinished(locator, at):
            return _marked_unfinished(state, locator, at)
        case Remembered(answer):
            return state.recorded(answer=answer), ()
        case UnknownFileShown():
            return state.recorded(told=True), ()
        case Triggered():
            return _send(state)
        case Returned():
            return _returned(state)
        case RetryDue():
            return _retry(replace(state, throttled=False))
        case SyncNow():
            return _sync_now(state)
        case Discarded():
            return replace(state.clean(), failures=0, push_wanted=False), ()
        case AccountChanged():
            return _account_changed(state, event)
        case PreferencesChanged(preferences):
            return replace(state, preferences=preferences, tried=None), ()
        case Pulled():
            return _pulled(state, event)
        case Pushed():
            return _pushed(state, event)
        case Failed():
            return _failed(state, event)
        case _:
            assert_never(event)


# --- the reader


def _opened(state: State, event: Opened) -> Outcome:
    screen = max(1, event.screen)
    local = event.locator.not_at_end
    if state.local is not None and _in_view(state.local, local, screen):
        local = state.local  # the page starts before the place, which has not changed
    if state.offer is not None and state.offer.lead is Lead.BEHIND:
        state = state.with_offer(
            None
        )  # it was listed since the last opening; the timeline keeps it
    state = replace(
        state,
        local=local,
        screen=screen,
        open=True,
        moved=False,
        asking=None,
        undo=None,
        failures=0,
        rejected=False,
        throttled=False,
        tried=None,
        finished_mark=None,
    )
    if not event.finished:
        state = replace(state.recorded(ended=False), local=local.not_at_end)
    return _pull(replace(state, finished=event.finished))


def _relaid(state: State, known: Locator | None) -> State:
    """Takes over a more exact progression of the same place."""
    here = state.local
    if known is None or here is None or here.place != known.place or here.at_end:
        return state
    return replace(state, local=replace(known, quote=here.quote))


def _turned(state: State, event: Turned) -> Outcome:
    if not state.open:
        return state, ()
    effects: tuple[Effect, ...] = ()
    if state.asking is not None and not event.by_choice:  # a page turn means “Stay here”
        effects = (Withdraw(),)
        state = replace(state.settled(state.asking.report), asking=None)
    state = _moved_to(state, event.locator, event.at)
    state = replace(state, screen=max(1, event.screen))
    if state.task is None:
        state = replace(state, push_wanted=False)  # the next trigger pushes
    mark, progression = state.finished_mark, event.locator.total_progression
    if mark is not None and event.by_choice:
        state = replace(state, finished_mark=replace(mark, at=progression))  # counts from there
    elif mark is not None and abs(progression - mark.at) >= READ_ON:
        state = replace(state.settled(mark.report), finished_mark=None)
    if event.locator.at_end:
        state = replace(state, finished=True)
    state = state.after_move(event.at).without_reached_offer()
    return state, (Save(position=Position(event.locator, event.at, "")), *effects)


def _closed(state: State, at: datetime) -> Outcome:
    if not state.open:
        return state, ()
    effects: tuple[Effect, ...] = (Withdraw(),) if state.asking is not None else ()
    if state.moved and state.local is not None:
        effects = (*effects, Save(visits=(Visit(Position(state.local, at, ""), READ),)))
    return _after(effects, _send(replace(state, open=False, asking=None, undo=None)))


def _accepted(state: State, offer: Offer, at: datetime) -> Outcome:
    if not state.open or offer.report.locator is None:
        return state, ()
    withdraw: tuple[Effect, ...] = (Withdraw(),) if state.asking is not None else ()
    state = replace(state, asking=None, moved=True, tried=None)
    return _after(withdraw, _move(state, offer, at))


def _stayed(state: State) -> Outcome:
    state = replace(state, tried=None)
    if state.asking is not None:
        return replace(state.settled(state.asking.report), asking=None), (Withdraw(),)
    if state.offer is None:
        return state, ()
    report = state.offer.report
    state = state.settled(report)
    return (state if report.locator is not None else state.with_offer(None)), ()


def _undone(state: State, at: datetime) -> Outcome:
    undo = state.undo
    if not state.open or undo is None or at - undo.at > UNDO_FOR:
        return state, ()
    state = replace(_moved_to(state, undo.locator, at), undo=None, tried=None)
    state = state.with_offer(undo.offer)
    # Nobody moved to the very start: the book was opened there. Servers take 0 % for “unread”.
    state = state.after_move(at) if undo.locator.total_progression > 0 else state.clean()
    save = Save(position=Position(undo.locator, at, ""))
    return state, (save, Jump(undo.locator, undo.offer.report))


def _marked_unfinished(state: State, locator: Locator, at: datetime) -> Outcome:
    """The reader took the mark “finished” back; the server is to get the place, too."""
    if not state.open:
        return state, ()
    if state.finished_mark is not None:
        state = replace(state.settled(state.finished_mark.report), finished_mark=None)
    state = replace(_moved_to(state, locator, at), tried=None, finished=False)
    state = state.recorded(ended=False).after_move(at)
    return state, (Save(position=Position(locator, at, "")),)


def _moved_to(state: State, locator: Locator, at: datetime) -> State:
    """The reader moved to this place."""
    return replace(state, local=locator, local_at=at, moved=True)


# --- the application


def _send(state: State) -> Outcome:
    """Starts to push a dirty place, unless a task is running or something holds the place."""
    if state.record is None:  # no server yet: the place is pushed once there is one
        return replace(state, push_wanted=state.push_wanted or state.moved), ()
    if not state.dirty or not state.preferences.enabled or state.asking:
        return state, ()
    if state.task is not None:
        return replace(state, push_wanted=True), ()
    here = state.local
    if here is None or state.rejected or state.throttled or state.already_tried:
        return replace(state, push_wanted=True), ()
    state = replace(state.started(Task.PULLING_TO_PUSH), tried=here.place)
    if here.at_end and state.record is not None and state.record.ended:
        here = here.not_at_end  # the end is sent once: some servers count each time
    return state, (Pull(state.token, here),)


def _returned(state: State) -> Outcome:
    """Kios is in front again: a failure may have passed; a held place stays held."""
    if state.pull_failed:
        state = replace(state, failures=0, tried=None)
    return _retry(state)


def _retry(state: State) -> Outcome:
    """Pushes a dirty place; without one, repeats a pull that failed."""
    if state.dirty or state.record is None:
        return _send(state)
    owed = state.open and state.pull_failed
    return _pull(state) if owed and not (state.rejected or state.throttled) else (state, ())


def _pull(state: State) -> Outcome:
    """Asks for the server's place, with nothing to push."""
    if state.record is None or not state.preferences.enabled or state.local is None:
        return state, ()
    if state.task is not None:
        # A running pull answers this opening as well; a push says nothing about other devices
        return replace(state, pull_wanted=state.task is Task.PUSHING), ()
    state = state.started(Task.PULLING)
    return state, (Pull(state.token, None),)


def _sync_now(state: State) -> Outcome:
    state = replace(state, failures=0, rejected=False, throttled=False, tried=None)
    offer = state.offer
    if offer is not None and offer.report.locator is None:
        state = state.settled(offer.report).with_offer(None)  # the reader sees it in the menu now
    return _send(state) if state.dirty else _pull(state)


def _account_changed(state: State, event: AccountChanged) -> Outcome:
    state = replace(state, finished_mark=None)
    before = state.record.source_id if state.record is not None else None
    same = event.record is not None and event.record.source_id == before
    asking = state.asking if same else None  # a question about the same server stays open
    effects: tuple[Effect, ...] = (Withdraw(),) if state.asking is not asking else ()
    owed = state.owed
    state = replace(
        state.idle(),
        record=event.record,
        push_wanted=owed and event.record is None,
        asking=asking,
        token=state.token + 1,  # answers of the old account no longer count
        failures=0,
        rejected=False,
        throttled=False,
        tried=None,
    )
    changed = not same and (owed or (state.moved and state.open))
    if changed or _moved_unseen(state):
        state = state.after_move(event.at)
    if not state.open or (owed and state.dirty and asking is None):
        return _after(effects, _send(state))  # new credentials may help
    return _after(effects, _pull(state))


def _moved_unseen(state: State) -> bool:
    """Whether the reader moved while no server was connected, before Kios was started."""
    if state.record is None or state.record.moved_at is None or state.local_at is None:
        return False
    return not state.dirty and state.record.moved_at < state.local_at


# --- the server


def _pulled(state: State, event: Pulled) -> Outcome:
    if event.token != state.token or state.task not in (Task.PULLING, Task.PULLING_TO_PUSH):
        return state, ()
    task, push_wanted = state.task, state.push_wanted
    state = replace(state.idle(), failures=0, rejected=False, pull_failed=False)
    clear, (state, effects) = _judge(state, event)
    if not clear or not state.dirty:
        return state, effects
    if task is Task.PULLING_TO_PUSH and event.prepared is not None:
        state = state.started(Task.PUSHING).recorded(attempt=event.prepared)
        state = replace(state, push_wanted=push_wanted)
        return state, (*effects, Save(durable=True), Push(state.token, event.prepared))
    return _after(effects, _send(state)) if push_wanted else (state, effects)


def _pushed(state: State, event: Pushed) -> Outcome:
    if event.token != state.token or state.task is not Task.PUSHING or state.record is None:
        return state, ()
    sent, push_wanted, pull_wanted = event.sent, state.push_wanted, state.pull_wanted
    state = state.recorded(
        on_server=sent.locator,
        received=None,
        sent=sent,
        attempt=None,
        peak=max(state.record.peak, sent.fraction),
        ended=state.record.ended or (sent.locator.at_end and state.finished_here),
    ).clean_if_on_server()
    state = replace(state.idle(), failures=0, tried=None)
    saved: tuple[Effect, ...] = (Save(durable=True),)
    if push_wanted and state.dirty:
        return _after(saved, _send(state))
    return _after(saved, _pull(state)) if pull_wanted else (state, saved)


def _failed(state: State, event: Failed) -> Outcome:
    if event.token != state.token or state.task is None:
        return state, ()
    looking = state.task is not Task.PUSHING
    state = replace(state.idle(), push_wanted=state.owed, pull_failed=looking)
    match event.next_try:
        case NextTry.ASK_FIRST:
            return replace(state, rejected=True, tried=None), ()
        case NextTry.AT_A_TRIGGER:
            return replace(state, pull_failed=False), ()
        case NextTry.ON_RETURN:
            return replace(state, pull_failed=True), ()
        case NextTry.SOON:
            state = replace(state, tried=None, pull_failed=True)
            if not (state.dirty or state.open) or state.failures >= len(RETRY_S):
                return state, ()
            delay_s = max(RETRY_S[state.failures], event.after_s or 0.0)
            state = replace(state, failures=state.failures + 1, throttled=event.after_s is not None)
            return state, (RetryIn(delay_s),)


def _judge(state: State, event: Pulled) -> tuple[bool, Outcome]:
    """Records what the server holds; (whether a push may follow, the outcome)."""
    record = state.record
    here = event.prepared.locator if event.prepared is not None else state.local
    if record is None or here is None:
        return False, (state, ())
    report = event.held
    if not isinstance(report, Report):
        return True, (_with_own_write(state, report), ())
    resolved = report.locator if report.precision is not Precision.FRACTION else None
    found = compare(report, here, state.screen)
    offer = offer_for(report, here, found, record.peak)
    state = state.recorded(
        on_server=resolved, received=report, peak=max(record.peak, report.fraction or 0.0)
    )
    if resolved is not None:
        state = state.clean_if_on_server()
    if report.key in record.settled:
        return True, (state, ())
    if report.finished:
        return False, _finished_elsewhere(state, report)
    if found is Comparison.SAME:
        # After a look ahead in the book the places match by chance: the next push compares again
        return True, (state if state.moved else state.settled(report), ())
    if found is Comparison.UNRESOLVED:
        return False, (state.with_offer(offer), ())
    if state.open and not state.moved:
        return _before_a_turn(state, offer, event.at)
    return _after_a_turn(state, offer, event.at)


def _before_a_turn(state: State, offer: Offer, at: datetime) -> tuple[bool, Outcome]:
    """A report somewhere else, while no page was turned in this opening: ask, follow or list."""
    answer, report = _answer(state, offer.lead), offer.report
    if offer.suspicious or answer is Answer.STAY:
        return True, _listed(state, offer, at)
    if state.asks(report):
        return False, (state, ())
    by_place = report.locator is not None and report.precision is not Precision.FRACTION
    little = state.local is not None and small(offer, state.local)
    if by_place and (answer is Answer.CONTINUE or little):
        state, effects = _move(state, offer, at)
        return True, (state, (*effects, ShowMoved(offer)))
    state = replace(state, asking=offer).with_offer(offer)
    return False, (state, (Ask(offer),))


def _after_a_turn(state: State, offer: Offer, at: datetime) -> tuple[bool, Outcome]:
    """A report somewhere else, after a page turn or while the book is closed: no question."""
    answer = _answer(state, offer.lead)
    read_past = state.moved and offer.lead is Lead.BEHIND
    if offer.suspicious or answer is Answer.STAY or read_past:
        return True, _listed(state, offer, at)
    return False, (state.with_offer(offer).without_reached_offer(), ())


def _listed(state: State, offer: Offer, at: datetime) -> Outcome:
    """Adds the report to the sync menu and the timeline; it holds no push."""
    report, known = offer.report, state.was_noted(offer.report)
    if offer.lead is not Lead.BEHIND:
        state = state.settled(report)
    state = state.with_offer(offer).noted(report)
    if report.locator is None or known:
        return state, ()
    where = Position(report.locator, report.at or at, report.device)
    return state, (Save(visits=(Visit(where, ELSEWHERE),)),)


def _finished_elsewhere(state: State, report: Report) -> Outcome:
    """The book was marked as finished on another device. Shown once, while the book is open."""
    if not state.open or state.local is None:
        return state, ()
    if state.finished_mark is None or state.finished_mark.report.key != report.key:
        state = replace(state, finished_mark=FinishedMark(report, state.local.total_progression))
    if state.was_noted(report):
        return state, ()
    return state.noted(report), (MarkFinished(report),)


# --- parts


def _move(state: State, offer: Offer, at: datetime) -> Outcome:
    """Moves to the offered place; the old one goes to the timeline, and Undo returns to it."""
    report, here = offer.report, state.local
    if report.locator is None or here is None:
        return state, ()
    target = report.locator.not_at_end  # being moved to the end is not having read the book
    state = replace(state, local=target, local_at=at, undo=Undo(here, offer, at))
    state = state.settled(report)
    if state.offer is not None and state.offer.report.key == report.key:
        state = state.with_offer(None)
    held = state.record.received if state.record is not None else None
    # The server's own place is not pushed back to it, even where we know it only roughly
    state = state.clean() if held is not None and held.key == report.key else state.after_move(at)
    there = Position(target, at, report.device)
    visits = (Visit(Position(here, at, ""), READ), Visit(there, MOVED))
    return state, (Save(position=there, visits=visits), Jump(target, report))


def _with_own_write(state: State, ours: Sent | None) -> State:
    """After a pull that found nothing (None) or a write of ours."""
    record = state.record
    if record is None or ours is None:
        return state.recorded(on_server=None, received=None)
    state = state.recorded(
        on_server=ours.locator,
        received=None,
        sent=ours,
        attempt=None,
        peak=max(record.peak, ours.fraction),
        ended=record.ended or (ours.locator.at_end and state.finished_here),
    )
    return state.clean_if_on_server()


def _answer(state: State, lead: Lead) -> Answer:
    """The answer given in advance: for this book, else by the preferences.

    The answer for this book does not apply to a place behind when the preference there is “stay”.
    """
    preferences = state.preferences
    usual = preferences.when_behind if lead is Lead.BEHIND else preferences.when_further
    own = state.record.answer if state.record is not None else None
    if own is None or (lead is Lead.BEHIND and usual is Answer.STAY):
        return usual
    return own


def _in_view(place: Locator, top: Locator, screen: int) -> bool:
    """Whether a place is on the screen that starts at `top` and holds `screen` ordinals."""
    inside = place.place.ordinal - top.place.ordinal
    return place.place.spine_index == top.place.spine_index and 0 <= inside < screen


def _after(before: tuple[Effect, ...], outcome: Outcome) -> Outcome:
    """The outcome with effects before its own."""
    state, effects = outcome
    return state, (*before, *effects)


def _with_record(record: SyncRecord, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Adds the changed record to the first `Save`, so that both reach the disk together."""
    for index, effect in enumerate(effects):
        if isinstance(effect, Save):
            both = msgspec.structs.replace(effect, record=record)
            return (*effects[:index], both, *effects[index + 1 :])
    return (Save(record=record), *effects)
