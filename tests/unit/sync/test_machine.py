"""The two settled tables, row by row, and what happens in between."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from kios_desktop.domain.locator import Locator, Precision
from kios_desktop.domain.preferences import Answer, SyncPreferences
from kios_desktop.domain.progress import Lead, Report, Sent, SyncRecord
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
from kios_desktop.sync.machine import ELSEWHERE, RETRY_S, UNDO_FOR, step
from kios_desktop.sync.state import State
from tests.fakes.places import SCREEN, at, locator, report

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)
HERE = locator(1, 1500)
NEXT = locator(1, 1540)
FURTHER = locator(3, 2000)
BEHIND = locator(0, 500)


class Book:
    """Feeds events and keeps the effects of the last one."""

    def __init__(self, known: SyncRecord | None = None, **state: object) -> None:
        fresh = State(record=known or SyncRecord("source"))
        self.state = replace(fresh, **state)
        self.effects: tuple[Effect, ...] = ()

    def feed(self, *events: Event) -> "Book":
        for event in events:
            self.state, self.effects = step(self.state, event)
        return self

    def opened(self, here: Locator = HERE) -> "Book":
        return self.feed(Opened(here, SCREEN))

    def turned(self, there: Locator = NEXT) -> "Book":
        return self.feed(Turned(there, SCREEN, T0))

    def found(self, there: Report | None = None, ours: Sent | None = None) -> "Book":
        """The look under way is answered."""
        looks = [effect for effect in self.effects if isinstance(effect, Pull)]
        prepared = wire(looks[-1].to_send) if looks and looks[-1].to_send else None
        return self.feed(Pulled(self.state.token, there or ours, prepared, T0))

    def written(self) -> "Book":
        [write] = self.all(Push)
        return self.feed(Pushed(self.state.token, replace(write.prepared, at=T0)))

    def failed(self, next_try: NextTry = NextTry.SOON, after_s: float | None = None) -> "Book":
        return self.feed(Failed(self.state.token, next_try, after_s))

    def accepted(self) -> "Book":
        """Continue, on the question or in the menu."""
        offer = self.state.asking or self.state.offer
        assert offer is not None
        return self.feed(Accepted(offer, T0))

    def all(self, kind: type) -> list:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def kinds(self) -> list[type]:
        return [type(effect) for effect in self.effects if not isinstance(effect, Save)]

    @property
    def record(self) -> SyncRecord:
        assert self.state.record is not None
        return self.state.record


def wire(there: Locator) -> Sent:
    return Sent(there, f"{there.place}", there.total_progression)


def timeline(effects: Iterable[Effect]) -> list[tuple[Locator, str]]:
    saves = [effect for effect in effects if isinstance(effect, Save)]
    return [(visit.position.locator, visit.how) for save in saves for visit in save.visits]


# --- opening: the table of the question


def test_opening_asks_the_server_and_nothing_else() -> None:
    book = Book().opened()
    assert book.effects == (Pull(1, None),)


@pytest.mark.parametrize(
    "there", [HERE, locator(1, 1500 + SCREEN - 1), locator(1, 1500 - SCREEN + 1)]
)
def test_the_same_place_or_less_than_a_screen_away_is_nothing(there: Locator) -> None:
    book = Book().opened().found(report(there))
    assert book.kinds == [] and book.state.offer is None


def test_our_own_echo_is_nothing() -> None:
    book = Book().opened().found(ours=wire(FURTHER))
    assert book.kinds == [] and book.state.offer is None


def test_a_little_further_in_the_chapter_moves_silently() -> None:
    there = report(locator(1, 1590))
    book = Book().opened().found(there)
    assert book.kinds == [Jump, ShowMoved]
    [save] = book.all(Save)
    assert save.position is not None and save.position.locator == there.locator
    assert save.position.device == "Kobo"
    assert not book.state.dirty


@pytest.mark.parametrize("there", [locator(1, 1601), locator(1, 2010), FURTHER])
def test_further_is_asked(there: Locator) -> None:
    book = Book().opened(locator(1, 1500)).found(report(there))
    assert book.kinds == [Ask]
    assert book.all(Ask)[0].offer.lead is Lead.FURTHER


def test_a_question_nobody_answered_is_asked_again_and_nothing_is_written_over_it() -> None:
    first = Book().opened().found(report(FURTHER)).feed(Closed(T0))
    assert first.kinds == [Withdraw]
    again = Book(first.record).opened().found(report(FURTHER))
    assert again.kinds == [Ask]
    killed = Book(again.record, local=HERE).opened()
    late = killed.state.token
    killed.turned().feed(Pulled(late, report(FURTHER), None, T0))
    assert killed.feed(Triggered()).found(report(FURTHER)).kinds == []
    assert killed.state.dirty and killed.state.offer is not None


def test_a_question_that_could_not_be_shown_is_no_answer() -> None:
    book = Book().opened().found(report(FURTHER)).feed(NotShown()).turned()
    assert book.feed(Triggered()).found(report(FURTHER)).kinds == []
    assert Book(book.record).opened().found(report(FURTHER)).kinds == [Ask]


def test_a_question_that_stands_there_is_not_asked_a_second_time() -> None:
    book = Book().opened().found(report(FURTHER)).feed(SyncNow())
    assert book.found(report(FURTHER)).kinds == [] and book.state.asking is not None
    book.feed(SyncNow()).found(report(FURTHER, "newer"))
    assert book.kinds == [Ask]


def test_behind_is_listed_and_in_the_timeline_and_never_asked() -> None:
    book = Book().opened().found(report(BEHIND))
    assert book.kinds == []
    assert book.state.offer is not None and book.state.offer.lead is Lead.BEHIND
    assert timeline(book.effects) == [(BEHIND, ELSEWHERE)]
    assert timeline(Book(book.record).opened().found(report(BEHIND)).effects) == []


def test_behind_is_asked_when_the_reader_wants_that() -> None:
    preferences = SyncPreferences(when_behind=Answer.ASK)
    assert Book(preferences=preferences).opened().found(report(BEHIND)).kinds == [Ask]


@pytest.mark.parametrize(("fraction", "kinds"), [(0.36, []), (0.40, [Ask]), (0.351, []), (0.2, [])])
def test_a_percentage_alone_is_asked_from_two_hundredths_and_never_silent(
    fraction: float, kinds: list[type]
) -> None:
    guess = report(at(int(fraction * 10_010)), precision=Precision.FRACTION, fraction=fraction)
    assert Book().opened(at(3500)).found(guess).kinds == kinds
    follow = SyncPreferences(when_further=Answer.CONTINUE)
    assert Book(preferences=follow).opened(at(3500)).found(guess).kinds == kinds


@pytest.mark.parametrize("when_behind", list(Answer))
def test_a_reset_is_listed_with_its_explanation_whatever_the_settings(
    when_behind: Answer,
) -> None:
    book = Book(
        SyncRecord("source", peak=0.4), preferences=SyncPreferences(when_behind=when_behind)
    )
    book.opened().found(report(locator(0, 0)))
    assert book.kinds == []
    assert book.state.offer is not None and book.state.offer.suspicious


def test_after_a_page_turn_the_offer_waits_in_the_menu() -> None:
    book = Book().opened()
    token = book.state.token
    book.turned().feed(Pulled(token, report(FURTHER), None, T0))
    assert book.kinds == []
    assert book.state.offer is not None
    book.feed(Closed(T0))
    assert Book(book.record).opened().found(report(FURTHER)).kinds == [Ask]


def test_what_cannot_be_placed_moves_nothing_and_is_noted() -> None:
    book = Book().opened().found(report(None))
    assert book.kinds == []
    assert book.state.offer is not None and book.state.offer.lead is Lead.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [(Answer.CONTINUE, [Jump, ShowMoved]), (Answer.STAY, []), (Answer.ASK, [Ask])],
)
def test_an_answer_for_this_book_overrules_the_settings(answer: Answer, kinds: list[type]) -> None:
    book = Book(SyncRecord("source", answer=answer)).opened().found(report(FURTHER))
    assert book.kinds == kinds


def test_always_continue_takes_nobody_back_who_stays_when_others_are_behind() -> None:
    book = Book(SyncRecord("source", answer=Answer.CONTINUE)).opened().found(report(BEHIND))
    assert book.kinds == []


def test_a_failed_look_on_opening_is_quiet_and_tried_again() -> None:
    book = Book().opened().failed()
    assert book.effects == (RetryIn(RETRY_S[0]),)
    assert book.feed(RetryDue()).kinds == [Pull]
    for delay_s in RETRY_S[1:]:
        assert book.failed().effects == (RetryIn(delay_s),)
        book.feed(RetryDue())
    assert book.failed().effects == ()
    assert book.feed(Triggered()).effects == ()  # there is nothing to send
    assert book.feed(Returned()).kinds == [Pull]
    assert book.found(report(FURTHER)).kinds == [Ask]
    assert book.feed(Returned()).effects == ()


@pytest.mark.parametrize("next_try", [NextTry.ON_RETURN, NextTry.SOON])
def test_a_push_whose_look_failed_is_tried_again_when_the_person_is_back(next_try: NextTry) -> None:
    """Also of a closed book: a captive portal, or sync switched off on the server for a while."""
    book = Book().opened().found().turned().feed(Closed(T0)).failed(next_try)
    assert book.feed(Returned()).kinds == [Pull] and book.all(Pull)[0].to_send == NEXT
    assert book.found().kinds == [Push]


def test_what_is_switched_off_is_asked_once_for_each_return() -> None:
    book = Book().opened().found().turned().feed(Triggered()).failed(NextTry.ON_RETURN)
    assert book.feed(Triggered(), Triggered()).effects == ()
    assert book.feed(Returned()).kinds == [Pull]


# --- glances and marks


def test_behind_a_glance_settles_nothing() -> None:
    """At 3000, another device at 5000: looking ahead to 8000 does not make that an old place."""
    book = Book().opened(at(3000))
    look = book.state.token
    book.turned(at(8000)).feed(Pulled(look, report(at(5000)), None, T0))
    book.turned(at(3100)).feed(Triggered()).found(report(at(5000)))
    assert book.kinds == [] and book.state.dirty
    assert Book(book.record).opened(at(3100)).found(report(at(5000))).kinds == [Ask]


def test_where_a_glance_met_the_other_device_is_not_settled_either() -> None:
    book = Book().opened(at(3000))
    look = book.state.token
    book.turned(at(5010)).feed(Pulled(look, report(at(5000)), None, T0))
    assert book.turned(at(3100)).feed(Triggered()).found(report(at(5000))).kinds == []


def test_reading_back_from_where_both_were_is_sent() -> None:
    book = Book().opened(at(5000)).found(report(at(5010))).turned(at(4800)).feed(Triggered())
    assert book.found(report(at(5010))).kinds == [Push]


def test_marked_as_finished_elsewhere_is_said_once_and_nothing_written_over_it() -> None:
    mark = report(None, "mark", finished=True)
    book = Book().opened(at(3000)).found(mark)
    assert book.effects[-1] == MarkFinished(mark)
    book.turned(at(3040)).feed(Triggered()).found(mark)
    assert book.kinds == [] and book.state.dirty
    again = Book(book.record, local=at(3040)).opened(at(3040)).found(mark)
    assert again.kinds == []
    again.turned(at(3080)).feed(Triggered()).found(mark)
    assert again.kinds == []  # one page more is not reading on
    again.turned(at(3200)).feed(Triggered()).found(mark)
    assert again.kinds == [Push]


def test_a_mark_that_is_taken_back_is_written_over() -> None:
    mark = report(None, "mark", finished=True)
    book = Book().opened(at(3000)).found(mark).feed(MarkedUnfinished(at(3000), T0))
    assert book.feed(Triggered()).found(mark).kinds == [Push]


def test_a_mark_found_for_a_closed_book_waits_for_its_opening() -> None:
    mark = report(None, "mark", finished=True)
    book = Book().opened(at(3000)).found().turned(at(3300)).feed(Closed(T0)).found(mark)
    assert book.kinds == [] and book.state.dirty
    assert book.opened(at(3300)).found(mark).kinds == [MarkFinished]


# --- the end


def test_the_end_is_sent_once_and_again_only_after_reading_again() -> None:
    end = replace(locator(3, 4900), total_progression=1.0)
    book = Book().opened(at(9000)).found().turned(end).feed(Triggered()).found()
    [write] = book.all(Push)
    assert write.prepared.locator.at_end
    book.written()
    for there in (locator(3, 4860), end):  # leafing back and forward in a finished book
        assert book.turned(there).feed(Triggered()).effects == ()
    book.feed(Closed(T0), Opened(locator(3, 4900), SCREEN, finished=True)).found(
        ours=write.prepared
    )
    assert book.turned(locator(3, 4860)).feed(Triggered()).effects == ()
    book.turned(at(9000)).feed(MarkedUnfinished(at(9000), T0), Triggered())
    book.found(ours=write.prepared).written()
    assert book.turned(end).feed(Triggered()).all(Pull)[0].to_send == end


def test_a_book_set_back_in_the_library_is_sent_as_it_is_read() -> None:
    end = replace(locator(3, 4900), total_progression=1.0)
    book = Book().opened(at(9000)).found().turned(end).feed(Triggered()).found()
    [write] = book.all(Push)
    book.written().feed(Closed(T0)).opened(locator(3, 4900)).found(ours=write.prepared)
    assert book.turned(locator(3, 4800)).feed(Triggered()).kinds == [Pull]
    book.found(ours=write.prepared).written().turned(end).feed(Triggered())
    assert book.all(Pull)[0].to_send == end


def test_read_on_while_the_end_was_on_its_way_is_sent() -> None:
    end = replace(locator(3, 4900), total_progression=1.0)
    book = Book().opened(at(9000)).found().turned(end).feed(Triggered()).found()
    [write] = book.all(Push)
    book.turned(at(4200)).feed(MarkedUnfinished(at(4200), T0))
    book.feed(Pushed(book.state.token, replace(write.prepared, at=T0)))
    assert book.state.dirty
    assert book.feed(Triggered()).all(Pull)[0].to_send == at(4200)


def test_a_choice_under_the_question_is_no_answer() -> None:
    book = Book().opened().found(report(FURTHER))
    book.feed(Turned(locator(1, 1700), SCREEN, T0, by_choice=True))
    assert book.kinds == [] and book.state.asking is not None
    assert book.feed(Triggered()).effects == ()
    assert book.feed(Closed(T0)).kinds[0] is Withdraw
    assert book.found(report(FURTHER)).kinds == []
    answered = Book().opened().found(report(FURTHER))
    answered.feed(Turned(locator(1, 1700), SCREEN, T0, by_choice=True)).turned(locator(1, 1740))
    assert answered.feed(Triggered()).found(report(FURTHER)).kinds == [Push]


def test_a_choice_is_no_reading_on_from_a_mark() -> None:
    mark = report(None, "mark", finished=True)
    book = Book().opened(at(3000)).found(mark)
    book.feed(Turned(at(8000), SCREEN, T0, by_choice=True)).turned(at(8040))
    assert book.feed(Triggered()).found(mark).kinds == []
    assert book.turned(at(8150)).feed(Triggered()).found(mark).kinds == [Push]


def test_the_end_at_a_place_that_was_sent_without_it_is_sent() -> None:
    last = locator(3, 4900)
    book = Book().opened(at(9000)).found().turned(last).feed(Triggered()).found().written()
    book.turned(replace(last, total_progression=1.0))
    assert book.state.dirty


def test_an_end_that_is_taken_back_is_sent_as_a_place() -> None:
    end = replace(locator(3, 4900), total_progression=1.0)
    book = Book().opened(at(9000)).found().turned(end).feed(Triggered()).found().written()
    assert book.feed(Triggered()).effects == ()
    book.feed(MarkedUnfinished(locator(3, 4900), T0), Triggered())
    assert book.all(Pull)[0].to_send == locator(3, 4900)


def test_following_another_device_to_the_very_end_does_not_finish_the_book() -> None:
    book = Book().opened().found(report(locator(3, 5000))).accepted()
    assert book.state.local is not None and not book.state.local.at_end


# --- what is shown is what is done


def test_the_offer_that_was_shown_is_the_one_that_is_taken() -> None:
    book = Book().opened().found(report(FURTHER)).feed(Stayed())
    [shown] = [book.state.offer]
    assert shown is not None
    book.feed(SyncNow()).found(report(locator(3, 3000), "newer"))
    book.feed(Accepted(shown, T0))
    assert [jump.locator for jump in book.all(Jump)] == [FURTHER]


def test_read_without_a_server_and_killed_is_sent_once_there_is_one() -> None:
    record = Book().opened().found().turned().feed(Triggered()).found().written().record
    book = Book(record=None, local=FURTHER, local_at=T0 + timedelta(hours=1))
    book.feed(AccountChanged(record, T0 + timedelta(hours=2)))
    assert book.kinds == [Pull] and book.all(Pull)[0].to_send == FURTHER


# --- answers


def test_continue_goes_there_keeps_the_old_place_and_sends_nothing() -> None:
    book = Book().opened().found(report(FURTHER)).accepted()
    assert book.kinds == [Withdraw, Jump]
    assert book.state.local == FURTHER and not book.state.dirty
    assert (HERE, "read") in timeline(book.effects)
    assert book.feed(Triggered()).effects == ()


def test_continue_to_a_percentage_is_not_sent_until_a_page_is_turned() -> None:
    guess = report(at(9000), precision=Precision.FRACTION, fraction=0.9)
    book = Book().opened(at(3500)).found(guess).accepted()
    assert not book.state.dirty
    assert book.turned(at(9040)).state.dirty


def test_stay_settles_this_very_report() -> None:
    book = Book().opened().found(report(FURTHER)).feed(Stayed())
    assert book.kinds == [Withdraw]
    assert book.state.offer is not None  # still in the menu
    again = Book(book.record).opened().found(report(FURTHER))
    assert again.kinds == []
    assert Book(book.record).opened().found(report(FURTHER, "later")).kinds == [Ask]


def test_turning_the_page_is_stay_here() -> None:
    book = Book().opened().found(report(FURTHER)).turned()
    assert book.kinds == [Withdraw]
    book.feed(Triggered()).found(report(FURTHER))
    assert book.kinds == [Push]


def test_a_place_that_was_declined_can_still_be_taken() -> None:
    book = Book().opened().found(report(FURTHER)).feed(Stayed()).turned()
    book.feed(Triggered()).found(report(FURTHER)).written().accepted()
    assert book.all(Jump) == [Jump(FURTHER, report(FURTHER))]
    assert book.state.dirty  # the server holds our older place by now


def test_undo_goes_back_and_is_sent() -> None:
    book = Book().opened().found(report(locator(1, 1590)))
    book.feed(Undone(T0 + UNDO_FOR))
    assert [jump.locator for jump in book.all(Jump)] == [HERE]
    assert book.state.local == HERE and book.state.dirty
    assert book.feed(Triggered()).found(report(locator(1, 1590))).kinds == [Push]


def test_undo_ends_after_ten_minutes() -> None:
    book = Book().opened().found(report(locator(1, 1590)))
    assert book.feed(Undone(T0 + UNDO_FOR + timedelta(seconds=1))).effects == ()


def test_an_offer_that_was_read_up_to_leaves_the_menu() -> None:
    book = Book().opened().found(report(FURTHER)).feed(Stayed()).turned(FURTHER)
    assert book.state.offer is None


# --- sending


def test_a_page_turn_saves_once_and_never_touches_the_network() -> None:
    book = Book().opened().found()
    for n in range(50):
        there = locator(1, 1500 + n)
        book.turned(there)
        [save] = book.effects
        assert isinstance(save, Save) and save.position is not None
        assert save.position.locator == there


@pytest.mark.parametrize("trigger", [Triggered(), Closed(T0), SyncNow(), RetryDue()])
def test_a_trigger_looks_and_then_writes_directly(trigger: Event) -> None:
    book = Book().opened().found().turned().feed(trigger)
    assert book.kinds == [Pull] and book.all(Pull)[0].to_send == NEXT
    book.found()
    assert [type(effect) for effect in book.effects] == [Save, Push]
    assert book.all(Save)[0].durable and book.all(Save)[0].record.attempt == wire(NEXT)
    book.written()
    assert not book.state.dirty and book.record.sent is not None
    assert book.feed(Triggered(), Triggered()).effects == ()


def test_mere_opening_is_never_sent() -> None:
    book = Book().opened().found()
    assert book.feed(Triggered()).effects == ()
    assert book.feed(Relaid(SCREEN * 2)).feed(Triggered()).effects == ()
    assert book.feed(Closed(T0)).effects == ()


def test_turning_back_to_what_the_server_holds_sends_nothing() -> None:
    book = Book().opened().found(ours=wire(HERE)).turned().turned(HERE)
    assert book.feed(Triggered()).effects == ()


def test_the_first_page_of_a_new_book_is_not_reported_as_unread() -> None:
    book = Book().opened(locator(0, 0)).found().turned(locator(0, 40)).turned(locator(0, 0))
    assert book.feed(Triggered()).effects == ()


def test_a_failed_look_writes_nothing_and_the_place_keeps_waiting() -> None:
    book = Book().opened().found().turned().feed(Triggered()).failed()
    assert book.kinds == [RetryIn] and book.state.dirty
    assert book.feed(RetryDue()).kinds == [Pull]


def test_retries_grow_and_end() -> None:
    book = Book().opened().found().turned().feed(Triggered())
    delays = []
    while book.failed().all(RetryIn):
        delays.append(book.all(RetryIn)[0].delay_s)
        book.feed(RetryDue())
    assert tuple(delays) == RETRY_S
    assert book.feed(Triggered()).kinds == [Pull]


def test_a_busy_server_is_given_the_time_it_asked_for() -> None:
    book = Book().opened().found().turned().feed(Triggered()).failed(NextTry.SOON, 90.0)
    assert book.all(RetryIn) == [RetryIn(90.0)]


def test_after_a_rejection_only_the_person_or_an_opening_tries_again() -> None:
    book = Book().opened().found().turned().feed(Triggered()).failed(NextTry.ASK_FIRST)
    assert book.effects == () and book.state.dirty
    assert book.feed(Triggered(), RetryDue()).effects == ()
    assert book.feed(SyncNow()).kinds == [Pull]


def test_a_change_while_sending_goes_out_with_the_next_trigger() -> None:
    book = Book().opened().found().turned().feed(Triggered()).found()
    write = book.all(Push)[0]
    book.turned(FURTHER)
    book.feed(Triggered())
    assert book.effects == ()  # one at a time
    book.feed(Pushed(book.state.token, write.prepared))
    assert book.kinds == [Pull] and book.all(Pull)[0].to_send == FURTHER


def test_closing_while_the_opening_look_is_out_sends_after_another_look() -> None:
    book = Book().opened().turned().feed(Closed(T0))
    assert book.all(Pull) == []
    assert book.found().kinds == [Pull]
    assert book.found().kinds == [Push]


@pytest.mark.parametrize(
    ("there", "writes"),
    [
        (None, True),
        (report(locator(1, 1545)), True),
        (report(BEHIND), True),
        (report(FURTHER), False),
        (report(None), False),
        (report(None, precision=Precision.FRACTION, fraction=0.9), False),
        (report(None, precision=Precision.FRACTION, fraction=0.1), True),
    ],
)
def test_what_the_look_finds_decides(there: Report | None, writes: bool) -> None:
    book = Book().opened().found().turned().feed(Triggered()).found(there)
    assert (book.kinds == [Push]) is writes
    assert book.state.dirty
    if there is not None and not writes:
        assert book.state.offer is not None


def test_what_is_behind_is_kept_in_the_timeline_before_it_is_overwritten() -> None:
    book = Book().opened().found().turned().feed(Triggered()).found(report(BEHIND))
    assert timeline(book.effects) == [(BEHIND, ELSEWHERE)]
    assert isinstance(book.effects[0], Save) and isinstance(book.effects[-1], Push)


def test_a_held_place_is_asked_about_at_the_next_opening_and_then_sent() -> None:
    book = Book().opened().found().turned().feed(Closed(T0)).found(report(FURTHER))
    book.opened(NEXT).found(report(FURTHER))
    assert book.kinds == [Ask] and book.state.dirty
    assert book.feed(Triggered()).effects == ()  # nothing before the answer
    book.feed(Stayed(), Triggered())
    assert book.found(report(FURTHER)).kinds == [Push]


def test_a_place_left_by_an_earlier_run_never_overwrites_an_unanswered_question() -> None:
    book = Book(SyncRecord("source", dirty=True, since=T0), local=HERE)
    book.opened().found(report(FURTHER)).feed(Closed(T0)).found(report(FURTHER))
    assert book.kinds == [] and book.state.dirty


def test_a_place_left_by_an_earlier_run_goes_out_with_a_look() -> None:
    book = Book(SyncRecord("source", dirty=True, since=T0), local=HERE)
    assert book.feed(Triggered()).all(Pull)[0].to_send == HERE
    assert book.found().kinds == [Push]


@pytest.mark.parametrize("when_behind", [Answer.ASK, Answer.CONTINUE])
def test_nobody_reading_means_behind_waits_for_who_wants_to_be_asked(
    when_behind: Answer,
) -> None:
    book = Book(
        SyncRecord("source", dirty=True, since=T0),
        local=HERE,
        preferences=SyncPreferences(when_behind=when_behind),
    )
    assert book.feed(Triggered()).found(report(BEHIND)).kinds == []
    assert book.state.dirty


def test_a_write_whose_answer_was_lost_is_recognised_and_not_repeated() -> None:
    book = Book().opened().found().turned().feed(Triggered()).found()
    cut_off = Book(book.record, local=NEXT)
    cut_off.feed(Triggered()).found(ours=book.record.attempt)
    assert cut_off.kinds == [] and not cut_off.state.dirty


def test_reading_on_past_a_report_that_comes_late_never_sends_the_place_before_it() -> None:
    book = Book().opened().found().turned(NEXT).feed(Triggered())
    token, sending = book.state.token, wire(NEXT)
    book.turned(at(9000))
    book.feed(Pulled(token, report(at(8000)), sending, T0))
    assert book.kinds == [] and book.state.dirty
    assert book.feed(Triggered()).found(report(at(8000))).kinds == [Push]


def test_something_unplaceable_is_released_by_the_person() -> None:
    book = Book().opened().found().turned().feed(Triggered()).found(report(None))
    assert book.feed(SyncNow()).found(report(None)).kinds == [Push]


def test_a_discarded_place_is_not_sent_and_stays_here() -> None:
    book = Book().opened().found().turned().feed(Discarded())
    assert book.feed(Triggered()).effects == ()
    assert book.state.local == NEXT


def test_late_answers_of_another_account_change_nothing() -> None:
    book = Book().opened().found().turned().feed(Triggered())
    token = book.state.token
    book.feed(AccountChanged(None, T0))
    state = book.state
    for late in (
        Pulled(token, None, wire(NEXT), T0),
        Pushed(token, wire(NEXT)),
        Failed(token, NextTry.SOON),
    ):
        assert book.feed(late).effects == () and book.state == state


def test_a_new_account_asks_for_the_open_book_and_gets_what_was_read() -> None:
    book = Book().opened().found().turned()
    book.feed(AccountChanged(SyncRecord("other"), T0))
    assert book.kinds == [Pull] and book.state.dirty


@pytest.mark.parametrize("under_way", ["look", "look to send", "write"])
def test_a_new_account_takes_up_what_was_being_sent(under_way: str) -> None:
    book = Book().opened()
    if under_way == "look":
        book.turned().feed(Triggered())
    else:
        book.found().turned().feed(Triggered())
        if under_way == "write":
            book.found()
    book.feed(AccountChanged(book.record, T0))
    assert [look.to_send for look in book.all(Pull)] == [NEXT]
    assert book.found().kinds == [Push]


@pytest.mark.parametrize("next_try", NextTry)
def test_a_new_account_gets_what_the_old_one_failed_to_take(next_try: NextTry) -> None:
    book = Book().opened().found().turned().feed(Triggered()).failed(next_try)
    book.feed(AccountChanged(book.record, T0))
    assert [look.to_send for look in book.all(Pull)] == [NEXT]


def test_but_not_while_somebody_reads_on() -> None:
    book = Book().opened().found().turned().feed(Triggered()).failed(NextTry.AT_A_TRIGGER)
    book.turned(at(1600)).feed(AccountChanged(book.record, T0))
    assert [look.to_send for look in book.all(Pull)] == [None]


def test_new_credentials_send_what_a_closed_book_left_waiting() -> None:
    book = Book().opened().found().turned().feed(Closed(T0)).failed(NextTry.ASK_FIRST)
    book.feed(AccountChanged(book.record, T0))
    assert book.kinds == [Pull]
    assert book.found().kinds == [Push]


def test_without_a_server_places_are_saved_and_nothing_else_happens() -> None:
    book = Book()
    book.feed(AccountChanged(None, T0)).opened().turned()
    assert [type(effect) for effect in book.effects] == [Save]
    assert book.feed(Triggered(), SyncNow(), Closed(T0)).kinds == []


def test_who_looked_away_before_there_was_a_server_is_caught_up_with() -> None:
    book = Book().feed(AccountChanged(None, T0)).opened().turned().feed(Triggered())
    book.feed(AccountChanged(None, T0), AccountChanged(SyncRecord("source"), T0))
    assert [look.to_send for look in book.all(Pull)] == [NEXT]
    assert book.found().kinds == [Push]


def test_who_came_back_and_read_on_meanwhile_is_not() -> None:
    book = Book().feed(AccountChanged(None, T0)).opened().turned().feed(Triggered())
    book.turned(at(1600)).feed(AccountChanged(SyncRecord("source"), T0))
    assert [look.to_send for look in book.all(Pull)] == [None]
    assert book.found().kinds == [] and book.state.dirty


def test_mere_opening_before_there_is_a_server_sends_nothing() -> None:
    book = Book().feed(AccountChanged(None, T0)).opened().feed(Triggered())
    book.feed(AccountChanged(SyncRecord("source"), T0))
    assert [look.to_send for look in book.all(Pull)] == [None]
    assert book.found().kinds == []


def test_nothing_is_owed_when_the_server_has_the_place_already() -> None:
    book = Book().feed(AccountChanged(None, T0)).opened().turned().feed(Triggered())
    book.feed(AccountChanged(SyncRecord("source", on_server=NEXT), T0))
    assert [look.to_send for look in book.all(Pull)] == [None], "but it is asked, as at any opening"


def test_a_book_closed_before_there_was_a_server_is_sent_when_there_is_one() -> None:
    book = Book().feed(AccountChanged(None, T0)).opened().turned().feed(Closed(T0))
    book.feed(AccountChanged(SyncRecord("source"), T0))
    assert [look.to_send for look in book.all(Pull)] == [NEXT]
    assert book.found().kinds == [Push]


@pytest.mark.parametrize("next_try", [NextTry.AT_A_TRIGGER, NextTry.ASK_FIRST])
def test_what_was_refused_is_not_sent_again_by_looking_away_again(next_try: NextTry) -> None:
    book = Book().opened().found().turned().feed(Triggered()).found().failed(next_try)
    for _ in range(5):
        assert book.feed(Triggered()).kinds == []
    if next_try is NextTry.AT_A_TRIGGER:
        assert book.turned(at(1600)).feed(Triggered()).kinds == [Pull], "but another place is"
    assert book.failed(next_try).feed(SyncNow()).kinds == [Pull], "and when the reader asks for it"


def test_what_is_held_is_not_asked_about_at_every_window() -> None:
    book = Book().opened().found().turned().feed(Triggered()).found(report(FURTHER))
    assert book.state.dirty
    for _ in range(5):
        assert book.feed(Triggered()).kinds == []
    assert book.feed(Stayed(), Triggered()).kinds == [Pull]


def test_a_server_that_named_a_time_is_left_alone_until_then() -> None:
    book = Book().opened().found().turned().feed(Triggered())
    book.feed(Failed(book.state.token, NextTry.SOON, 3600.0))
    assert [effect.delay_s for effect in book.all(RetryIn)] == [3600.0]
    for _ in range(5):
        assert book.feed(Triggered()).kinds == []
    assert book.feed(RetryDue()).kinds == [Pull]


def test_a_question_survives_other_settings_of_its_server() -> None:
    book = Book().opened().found(report(FURTHER))
    assert book.state.asking is not None
    book.feed(AccountChanged(book.record, T0))
    assert book.kinds == [Pull] and book.state.asking is not None
    assert book.found(report(FURTHER)).kinds == [] and book.state.asking is not None
    book.feed(AccountChanged(SyncRecord("another"), T0))
    assert Withdraw in book.kinds and book.state.asking is None


def test_undo_at_the_very_start_does_not_report_the_book_as_unread() -> None:
    book = Book().opened(locator(0, 0)).found(report(FURTHER)).accepted()
    book.feed(Undone(T0))
    assert book.state.local == locator(0, 0)
    assert book.feed(Triggered()).kinds == []


def test_sync_switched_off_sends_nothing() -> None:
    book = Book().opened().found().turned()
    book.feed(PreferencesChanged(SyncPreferences(enabled=False)), Triggered())
    assert book.effects == ()


def test_an_answer_for_the_book_can_be_taken_back() -> None:
    book = Book().feed(Remembered(Answer.STAY))
    assert book.record.answer is Answer.STAY
    assert book.feed(Remembered(None)).record.answer is None


def test_that_the_reader_was_told_is_kept_and_changes_nothing_else() -> None:
    before = Book().opened().found().turned()
    record = before.record
    after = before.feed(UnknownFileShown())
    assert after.record == replace(record, told=True)
    assert {type(effect) for effect in after.effects} == {Save}


def test_a_place_inside_the_first_screen_is_kept_as_it_was() -> None:
    book = Book(local=locator(1, 1520))
    assert book.opened(HERE).state.local == locator(1, 1520)
    assert book.opened(locator(1, 1400)).state.local == locator(1, 1400)
