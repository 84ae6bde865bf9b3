"""One book's place and one server: what happens when. No clock, no input, no output.

`step(state, event)` gives the next state and the effects to perform, in order. Everything that
decides is in this file and in `compare`.

**Sending.** A place waits to be sent (`record.dirty`) when the person moved in some opening and
the place differs from what the server holds. Only triggers send it, never a page turn and never
an opening. Each write is preceded directly by a look, and what the look finds decides:

| the server holds                      | then                                                     |
|---------------------------------------|----------------------------------------------------------|
| nothing, or a write of ours           | write                                                    |
| a report that was answered            | write                                                    |
| the same place, within a screen       | write: ours is the finer one                             |
| behind us                             | timeline and sync menu, then write: it is kept there     |
| behind us, nobody read since, and the | hold: the next opening does that                         |
| person wants to be asked or to follow |                                                          |
| 0 % where there was more (reset)      | timeline and sync menu, then write: this restores it     |
| further, or further by percentage     | hold, and offer; the next opening asks                   |
| further, but “always stay”            | sync menu, then write: answered in advance               |
| “finished”, marked elsewhere          | hold, until the person has read on by 1 % or takes the   |
|                                       | mark back                                                |
| something we can't place at all       | hold, and note it; “Stay here” or “Sync now” releases it |

To hold is to write nothing: the place stays on disk and waits for the next trigger. A failed look
holds too. So what stood on the server when we looked was seen, or is kept in the timeline.

**Asking.** A report found before any page turn of this opening is asked about, followed silently,
or only listed, by the table of the product. Only an answer settles it: Continue, Stay here, or a
page turned under the question. One that could not be shown, or stood there when Kios ended, is
asked anew. What is behind settles nothing: each push judges it against the place to be sent.

**Being cut short.** `attempt` is on disk before a write starts, so a write whose answer was lost is
recognised as ours by the next look.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

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
    Look,
    LookDone,
    MarkFinished,
    MarkUndone,
    NextTry,
    NotShown,
    Opened,
    PreferencesChanged,
    Relaid,
    Remembered,
    RetryDue,
    RetryIn,
    Returned,
    Save,
    SayMoved,
    Stayed,
    SyncNow,
    Told,
    Triggered,
    Turned,
    Undone,
    Withdraw,
    Write,
    WriteDone,
)
from kios_desktop.sync.state import Mark, State, Task, Undo

RETRY_S = (5.0, 30.0, 120.0, 600.0)
UNDO_FOR = timedelta(minutes=10)

READ = "read"
MOVED = "moved by sync"
ELSEWHERE = "on another device"

Outcome = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event) -> Outcome:
    """Advance one book by one event. Total: late answers and odd orders are normal."""
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
        case MarkUndone(locator, at):
            return _mark_undone(state, locator, at)
        case Remembered(answer):
            return state.recorded(answer=answer), ()
        case Told():
            return state.recorded(told=True), ()
        case Triggered():
            return _send(state)
        case Returned():
            return _returned(state)
        case RetryDue():
            return _again(replace(state, resting=False))
        case SyncNow():
            return _sync_now(state)
        case Discarded():
            return replace(state.clean(), failures=0, wanted=False), ()
        case AccountChanged():
            return _account_changed(state, event)
        case PreferencesChanged(preferences):
            return replace(state, preferences=preferences, tried=None), ()
        case LookDone():
            return _looked(state, event)
        case WriteDone():
            return _written(state, event)
        case Failed():
            return _failed(state, event)
        case _:
            assert_never(event)


# --- the reader


def _opened(state: State, event: Opened) -> Outcome:
    screen = max(1, event.screen)
    local = event.locator.not_at_end
    if state.local is not None and _in_view(state.local, local, screen):
        local = state.local  # the page begins before it; the place itself did not change
    if state.offer is not None and state.offer.lead is Lead.BEHIND:
        state = state.listed(None)  # it had its time in the menu; the timeline keeps it
    state = replace(
        state,
        local=local,
        screen=screen,
        open=True,
        moved=False,
        asking=None,
        undo=None,
        failures=0,
        refused=False,
        resting=False,
        tried=None,
        marked=None,
    )
    if not event.finished:
        state = replace(state.recorded(ended=False), local=local.not_at_end)
    return _look(replace(state, finished=event.finished))


def _relaid(state: State, known: Locator | None) -> State:
    here = state.local
    if known is None or here is None or here.place != known.place or here.at_end:
        return state
    return replace(state, local=replace(known, quote=here.quote))


def _turned(state: State, event: Turned) -> Outcome:
    if not state.open:
        return state, ()
    effects: tuple[Effect, ...] = ()
    if state.asking is not None and not event.by_choice:  # turning the page is Stay here
        effects = (Withdraw(),)
        state = replace(state.settled(state.asking.report), asking=None)
    state = _came_to(state, event.locator, event.at)
    state = replace(state, screen=max(1, event.screen))
    if state.task is None:
        state = replace(state, wanted=False)  # back again, so the next trigger sends
    mark, progression = state.marked, event.locator.total_progression
    if mark is not None and event.by_choice:
        state = replace(state, marked=replace(mark, at=progression))  # reading on begins there
    elif mark is not None and abs(progression - mark.at) >= READ_ON:
        state = replace(state.settled(mark.report), marked=None)
    if event.locator.at_end:
        state = replace(state, finished=True)
    state = state.dirtied(event.at).without_reached_offer()
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
    return (state if report.locator is not None else state.listed(None)), ()


def _undone(state: State, at: datetime) -> Outcome:
    undo = state.undo
    if not state.open or undo is None or at - undo.at > UNDO_FOR:
        return state, ()
    state = replace(_came_to(state, undo.locator, at), undo=None, tried=None)
    state = state.listed(undo.offer)
    # The very start is where the book was opened, not where somebody went: to servers 0 % is unread
    state = state.dirtied(at) if undo.locator.total_progression > 0 else state.clean()
    save = Save(position=Position(undo.locator, at, ""))
    return state, (save, Jump(undo.locator, undo.offer.report))


def _mark_undone(state: State, locator: Locator, at: datetime) -> Outcome:
    """Whoever said “finished”: the person says that it is not, and the server is to know."""
    if not state.open:
        return state, ()
    if state.marked is not None:
        state = replace(state.settled(state.marked.report), marked=None)
    state = replace(_came_to(state, locator, at), tried=None, finished=False)
    state = state.recorded(ended=False).dirtied(at)
    return state, (Save(position=Position(locator, at, "")),)


def _came_to(state: State, locator: Locator, at: datetime) -> State:
    """The person is there now, by a move of their own."""
    return replace(state, local=locator, local_at=at, moved=True)


# --- the application


def _send(state: State) -> Outcome:
    """Begins to send what waits, unless something is under way or in the way."""
    if state.record is None:  # no server yet: what was read is sent when there is one
        return replace(state, wanted=state.wanted or state.moved), ()
    if not state.dirty or not state.preferences.enabled or state.asking:
        return state, ()
    if state.task is not None:
        return replace(state, wanted=True), ()
    here = state.local
    if here is None or state.refused or state.resting or state.tried_already:
        return replace(state, wanted=True), ()
    state = replace(state.started(Task.LOOKING_TO_SEND), tried=here.place)
    if here.at_end and state.record is not None and state.record.ended:
        here = here.not_at_end  # said once: some servers count every time it is said
    return state, (Look(state.token, here),)


def _returned(state: State) -> Outcome:
    """The person is back: what failed may be over, and what is held stays held."""
    if state.unanswered:
        state = replace(state, failures=0, tried=None)
    return _again(state)


def _again(state: State) -> Outcome:
    """What waits is sent; without anything to send a look that failed is made up for."""
    if state.dirty or state.record is None:
        return _send(state)
    owed = state.open and state.unanswered
    return _look(state) if owed and not (state.refused or state.resting) else (state, ())


def _look(state: State) -> Outcome:
    """Asks where the book is elsewhere, without anything to send."""
    if state.record is None or not state.preferences.enabled or state.local is None:
        return state, ()
    if state.task is not None:
        # a look under way will answer this opening too; a write says nothing about others
        return replace(state, look_wanted=state.task is Task.WRITING), ()
    state = state.started(Task.LOOKING)
    return state, (Look(state.token, None),)


def _sync_now(state: State) -> Outcome:
    state = replace(state, failures=0, refused=False, resting=False, tried=None)
    offer = state.offer
    if offer is not None and offer.report.locator is None:
        state = state.settled(offer.report).listed(None)  # noted in the menu the person looks at
    return _send(state) if state.dirty else _look(state)


def _account_changed(state: State, event: AccountChanged) -> Outcome:
    state = replace(state, marked=None)
    before = state.record.source_id if state.record is not None else None
    same = event.record is not None and event.record.source_id == before
    asking = state.asking if same else None  # nobody answered it yet
    effects: tuple[Effect, ...] = (Withdraw(),) if state.asking is not asking else ()
    owed = state.owed
    state = replace(
        state.idle(),
        record=event.record,
        wanted=owed and event.record is None,
        asking=asking,
        token=state.token + 1,  # answers of the old account no longer count
        failures=0,
        refused=False,
        resting=False,
        tried=None,
    )
    changed = not same and (owed or (state.moved and state.open))
    if changed or _moved_unseen(state):
        state = state.dirtied(event.at)
    if not state.open or (owed and state.dirty and asking is None):
        return _after(effects, _send(state))  # with the new credentials it may get through
    return _after(effects, _look(state))


def _moved_unseen(state: State) -> bool:
    """Somebody read on while no server was connected, and Kios ended before one was."""
    if state.record is None or state.record.moved_at is None or state.local_at is None:
        return False
    return not state.dirty and state.record.moved_at < state.local_at


# --- the server


def _looked(state: State, event: LookDone) -> Outcome:
    if event.token != state.token or state.task not in (Task.LOOKING, Task.LOOKING_TO_SEND):
        return state, ()
    task, wanted = state.task, state.wanted
    state = replace(state.idle(), failures=0, refused=False, unanswered=False)
    clear, (state, effects) = _judge(state, event)
    if not clear or not state.dirty:
        return state, effects
    if task is Task.LOOKING_TO_SEND and event.prepared is not None:
        state = state.started(Task.WRITING).recorded(attempt=event.prepared)
        state = replace(state, wanted=wanted)
        return state, (*effects, Save(durable=True), Write(state.token, event.prepared))
    return _after(effects, _send(state)) if wanted else (state, effects)


def _written(state: State, event: WriteDone) -> Outcome:
    if event.token != state.token or state.task is not Task.WRITING or state.record is None:
        return state, ()
    sent, wanted, look_wanted = event.sent, state.wanted, state.look_wanted
    state = state.recorded(
        on_server=sent.locator,
        received=None,
        sent=sent,
        attempt=None,
        peak=max(state.record.peak, sent.fraction),
        ended=state.record.ended or (sent.locator.at_end and state.finished_here),
    ).arrived()
    state = replace(state.idle(), failures=0, tried=None)
    saved: tuple[Effect, ...] = (Save(durable=True),)
    if wanted and state.dirty:
        return _after(saved, _send(state))
    return _after(saved, _look(state)) if look_wanted else (state, saved)


def _failed(state: State, event: Failed) -> Outcome:
    if event.token != state.token or state.task is None:
        return state, ()
    looking = state.task is not Task.WRITING
    state = replace(state.idle(), wanted=state.owed, unanswered=looking)
    match event.next_try:
        case NextTry.ASK_FIRST:
            return replace(state, refused=True, tried=None), ()
        case NextTry.AT_A_TRIGGER:
            return replace(state, unanswered=False), ()
        case NextTry.ON_RETURN:
            return replace(state, unanswered=True), ()
        case NextTry.SOON:
            state = replace(state, tried=None, unanswered=True)
            if not (state.dirty or state.open) or state.failures >= len(RETRY_S):
                return state, ()
            delay_s = max(RETRY_S[state.failures], event.after_s or 0.0)
            state = replace(state, failures=state.failures + 1, resting=event.after_s is not None)
            return state, (RetryIn(delay_s),)


def _judge(state: State, event: LookDone) -> tuple[bool, Outcome]:
    """What the server holds is taken note of; True when it is not in the way of a write."""
    record = state.record
    here = event.prepared.locator if event.prepared is not None else state.local
    if record is None or here is None:
        return False, (state, ())
    report = event.held
    if not isinstance(report, Report):
        return True, (_with_nothing_or_ours(state, report), ())
    resolved = report.locator if report.precision is not Precision.FRACTION else None
    found = compare(report, here, state.screen)
    offer = offer_for(report, here, found, record.peak)
    state = state.recorded(
        on_server=resolved, received=report, peak=max(record.peak, report.fraction or 0.0)
    )
    if resolved is not None:
        state = state.arrived()
    if report.key in record.settled:
        return True, (state, ())
    if report.finished:
        return False, _marked(state, report)
    if found is Comparison.SAME:
        # Where the person only glanced ahead it stands there by chance: the next push judges anew
        return True, (state if state.moved else state.settled(report), ())
    if found is Comparison.UNRESOLVED:
        return False, (state.listed(offer), ())
    if state.open and not state.moved:
        return _before_a_turn(state, offer, event.at)
    return _after_a_turn(state, offer, event.at)


def _before_a_turn(state: State, offer: Offer, at: datetime) -> tuple[bool, Outcome]:
    answer, report = _answer(state, offer.lead), offer.report
    if offer.suspicious or answer is Answer.STAY:
        return True, _kept(state, offer, at)
    if state.asks(report):
        return False, (state, ())
    by_place = report.locator is not None and report.precision is not Precision.FRACTION
    little = state.local is not None and small(offer, state.local)
    if by_place and (answer is Answer.CONTINUE or little):
        state, effects = _move(state, offer, at)
        return True, (state, (*effects, SayMoved(offer)))
    state = replace(state, asking=offer).listed(offer)
    return False, (state, (Ask(offer),))


def _after_a_turn(state: State, offer: Offer, at: datetime) -> tuple[bool, Outcome]:
    answer = _answer(state, offer.lead)
    read_past = state.moved and offer.lead is Lead.BEHIND
    if offer.suspicious or answer is Answer.STAY or read_past:
        return True, _kept(state, offer, at)
    return False, (state.listed(offer).without_reached_offer(), ())


def _kept(state: State, offer: Offer, at: datetime) -> Outcome:
    """In the menu, in the timeline, and in nobody's way."""
    report, known = offer.report, state.was_noted(offer.report)
    if offer.lead is not Lead.BEHIND:
        state = state.settled(report)
    state = state.listed(offer).noted(report)
    if report.locator is None or known:
        return state, ()
    where = Position(report.locator, report.at or at, report.device)
    return state, (Save(visits=(Visit(where, ELSEWHERE),)),)


def _marked(state: State, report: Report) -> Outcome:
    """“Finished”, marked elsewhere. Said once; a closed book says so when it is opened."""
    if not state.open or state.local is None:
        return state, ()
    if state.marked is None or state.marked.report.key != report.key:
        state = replace(state, marked=Mark(report, state.local.total_progression))
    if state.was_noted(report):
        return state, ()
    return state.noted(report), (MarkFinished(report),)


# --- parts


def _move(state: State, offer: Offer, at: datetime) -> Outcome:
    """To the offered place; the old one goes to the timeline and can be had back."""
    report, here = offer.report, state.local
    if report.locator is None or here is None:
        return state, ()
    target = report.locator.not_at_end  # to be sent to a place is not to have read up to it
    state = replace(state, local=target, local_at=at, undo=Undo(here, offer, at))
    state = state.settled(report)
    if state.offer is not None and state.offer.report.key == report.key:
        state = state.listed(None)
    held = state.record.received if state.record is not None else None
    # A place the server holds is not sent back to it, however coarsely we know it
    state = state.clean() if held is not None and held.key == report.key else state.dirtied(at)
    there = Position(target, at, report.device)
    visits = (Visit(Position(here, at, ""), READ), Visit(there, MOVED))
    return state, (Save(position=there, visits=visits), Jump(target, report))


def _with_nothing_or_ours(state: State, ours: Sent | None) -> State:
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
    return state.arrived()


def _answer(state: State, lead: Lead) -> Answer:
    """The standing answer. One for this book takes nobody back who stays when others are behind."""
    preferences = state.preferences
    usual = preferences.when_behind if lead is Lead.BEHIND else preferences.when_further
    own = state.record.answer if state.record is not None else None
    if own is None or (lead is Lead.BEHIND and usual is Answer.STAY):
        return usual
    return own


def _in_view(place: Locator, top: Locator, screen: int) -> bool:
    inside = place.place.ordinal - top.place.ordinal
    return place.place.spine_index == top.place.spine_index and 0 <= inside < screen


def _after(before: tuple[Effect, ...], outcome: Outcome) -> Outcome:
    state, effects = outcome
    return state, (*before, *effects)


def _with_record(record: SyncRecord, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The changed record rides on the first `Save`, so that they reach the disk together."""
    for index, effect in enumerate(effects):
        if isinstance(effect, Save):
            return (*effects[:index], replace(effect, record=record), *effects[index + 1 :])
    return (Save(record=record), *effects)
