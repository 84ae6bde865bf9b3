"""What is read aloud now, and what comes next: states, events and effects. No Qt. No clock.

The page follows as long as it shows what is read. A reader who turns to something else is not torn
away from it; the page follows again when they come back, or ask for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, assert_never

from kios_desktop.domain.locator import Place
from kios_desktop.domain.utterance import AloudTrouble, SpokenChapter, Utterance

SLEEP_MIN: Final = (15, 30, 60)  # what the sleep timer can be set to

_OF_ONE_CLIP: Final = frozenset({AloudTrouble.CLIP_BEYOND})


class Sleep(Enum):
    """When reading aloud pauses by itself, beside a number of minutes."""

    OFF = auto()
    CHAPTER_END = auto()


@dataclass(frozen=True, slots=True)
class ScreenSpan:
    """The ordinals [first, end) of a spine item that are on the screen."""

    spine_index: int
    first: int
    end: int

    def shows(self, spine_index: int, ordinal: int) -> bool:
        return spine_index == self.spine_index and self.first <= ordinal < self.end

    def touches(self, one: Utterance) -> bool:
        """Whether any of an utterance is on the screen."""
        same = one.spine_index == self.spine_index
        return same and one.start < self.end and max(one.end, one.start + 1) > self.first


class _Enter(Enum):
    """Where a chapter is entered."""

    HERE = auto()  # at the words at `AloudState.ordinal`
    SCREEN = auto()  # at the first sentence that begins there on the screen
    START = auto()
    END = auto()  # going back


@dataclass(frozen=True, slots=True)
class AloudState:
    """`utterances` is None while the chapter is read from the file.

    `turn` numbers what is spoken, so that late answers about something else are known. `begun`: it
    can be heard. `held`: the speaker was paused in it, and can go on.
    """

    on: bool = False
    order: tuple[int, ...] = ()  # the linear spine items
    chapter: int = 0
    enter: _Enter = _Enter.START
    ordinal: int = 0
    utterances: tuple[Utterance, ...] | None = None
    at: int = 0
    turn: int = 0
    begun: bool = False
    held: bool = False
    paused: bool = False
    recorded: bool = False
    sounded: bool = False  # anything was heard since the start
    passed: bool = False  # something could not be read since anything was heard
    sleep_min: int = 0  # minutes left, 0 without a timer
    sleep_at_end: bool = False  # of the chapter
    screen: ScreenSpan | None = None
    marked: Utterance | None = None  # is painted
    following: bool = True
    shown: int = -1  # the ordinal that the page was sent to for the current utterance
    told: frozenset[AloudTrouble] = frozenset()

    @property
    def current(self) -> Utterance | None:
        if not self.on or self.utterances is None or not 0 <= self.at < len(self.utterances):
            return None
        return self.utterances[self.at]


# -- events


@dataclass(frozen=True, slots=True)
class Started:
    """Read from a place on. `exact`: from the sentence there, not from the next that begins."""

    place: Place
    order: tuple[int, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ChapterRead:
    spine_index: int
    chapter: SpokenChapter


@dataclass(frozen=True, slots=True)
class Begun:
    """An utterance can be heard."""

    turn: int


@dataclass(frozen=True, slots=True)
class Reached:
    """So much of an utterance, 0…1, was heard."""

    turn: int
    fraction: float


@dataclass(frozen=True, slots=True)
class Finished:
    turn: int


@dataclass(frozen=True, slots=True)
class NotSpoken:
    turn: int
    trouble: AloudTrouble


@dataclass(frozen=True, slots=True)
class Remarked:
    """Something is not as it should be, but it goes on."""

    trouble: AloudTrouble


@dataclass(frozen=True, slots=True)
class Paused:
    """Pause was asked for."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """To go on was asked for."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """To the next sentence (1) or the previous one (-1)."""

    by: int


@dataclass(frozen=True, slots=True)
class VoiceChanged:
    """Another voice, or another speed of it: the sentence is spoken again."""


@dataclass(frozen=True, slots=True)
class SleepChosen:
    """Minutes, or a `Sleep`."""

    after: int | Sleep


@dataclass(frozen=True, slots=True)
class MinutePassed:
    """Of the sleep timer."""


@dataclass(frozen=True, slots=True)
class ScreenShown:
    """The page shows a screen. `laid_out`: nobody turned to it, the layout is another one."""

    screen: ScreenSpan
    laid_out: bool = False


@dataclass(frozen=True, slots=True)
class ReturnAsked:
    """Back to what is read."""


@dataclass(frozen=True, slots=True)
class Stopped:
    pass


Event = (
    Started
    | ChapterRead
    | Begun
    | Reached
    | Finished
    | NotSpoken
    | Remarked
    | Paused
    | Resumed
    | Skipped
    | VoiceChanged
    | SleepChosen
    | MinutePassed
    | ScreenShown
    | ReturnAsked
    | Stopped
)


# -- effects


@dataclass(frozen=True, slots=True)
class ReadChapter:
    """Answered with ChapterRead."""

    spine_index: int


@dataclass(frozen=True, slots=True)
class Speak:
    """Instead of what is spoken. Answered with Begun, Reached and Finished, or NotSpoken."""

    turn: int
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Hold:
    """Pause in the middle of what is spoken."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """Go on where it was held."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Speak no more."""


@dataclass(frozen=True, slots=True)
class PaintSpoken:
    """Paint what is read; None: nothing."""

    utterance: Utterance | None


@dataclass(frozen=True, slots=True)
class Show:
    """Turn the page to a place. `back`: the reader asked for it."""

    place: Place
    back: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """Say what could not be read aloud; once each. `over`: and that it ends with that."""

    trouble: AloudTrouble
    over: bool = False


@dataclass(frozen=True, slots=True)
class Asleep:
    """The sleep timer has paused it."""


@dataclass(frozen=True, slots=True)
class BookEnded:
    """There is nothing left to read. `following`: the page shows the last words, which were."""

    following: bool


Effect = ReadChapter | Speak | Hold | GoOn | Hush | PaintSpoken | Show | Tell | Asleep | BookEnded
Step = tuple[AloudState, tuple[Effect, ...]]


def step(state: AloudState, event: Event) -> Step:
    """Advance by one event. Total; what comes late or makes no sense changes nothing."""
    match event:
        case Started():
            return _started(state, event)
        case ScreenShown():
            return _screen_shown(state, event)
        case SleepChosen():
            return _sleep_chosen(state, event.after), ()
    if not state.on:
        return state, ()
    match event:
        case ChapterRead():
            return _chapter_read(state, event)
        case Begun():
            return _begun(state) if event.turn == state.turn else (state, ())
        case Reached():
            return _reached(state, event) if event.turn == state.turn else (state, ())
        case Finished():
            return _next(state) if event.turn == state.turn else (state, ())
        case NotSpoken():
            return _failed(state, event) if event.turn == state.turn else (state, ())
        case Remarked():
            return _tell(state, [event.trouble])
        case Paused():
            return _paused(state)
        case Resumed():
            return _resumed(state)
        case Skipped():
            return _skipped(state, event.by)
        case VoiceChanged():
            return _voice_changed(state)
        case MinutePassed():
            return _minute_passed(state)
        case ReturnAsked():
            return _returned(state)
        case Stopped():
            return _off(state), (Hush(), PaintSpoken(None))
        case _:
            assert_never(event)


def _started(state: AloudState, event: Started) -> Step:
    fresh = AloudState(
        on=True,
        order=event.order,
        chapter=event.place.spine_index,
        enter=_Enter.HERE if event.exact else _Enter.SCREEN,
        ordinal=event.place.ordinal,
        turn=state.turn + 1,
        sleep_min=state.sleep_min,
        sleep_at_end=state.sleep_at_end,
        screen=state.screen,
    )
    hush: tuple[Effect, ...] = (Hush(), PaintSpoken(None)) if state.on else ()
    return fresh, (*hush, ReadChapter(fresh.chapter))


def _off(state: AloudState) -> AloudState:
    return AloudState(turn=state.turn + 1, screen=state.screen)


# -- chapters


def _chapter_read(state: AloudState, event: ChapterRead) -> Step:
    if state.utterances is not None or event.spine_index != state.chapter:
        return state, ()
    chapter = event.chapter
    state, told = _tell(replace(state, recorded=chapter.recorded), _in_order(chapter))
    if not chapter.utterances:
        state, effects = _neighbour(state, -1 if state.enter is _Enter.END else 1)
        return state, (*told, *effects)
    state = replace(state, utterances=chapter.utterances, at=_entrance(state, chapter.utterances))
    if state.at == len(chapter.utterances):  # nothing is left to read in it
        state, effects = _next(state)
    else:
        state, effects = _speak(state)
    return state, (*told, *effects)


def _in_order(chapter: SpokenChapter) -> list[AloudTrouble]:
    return sorted(chapter.troubles, key=lambda trouble: trouble.value)


def _entrance(state: AloudState, utterances: tuple[Utterance, ...]) -> int:
    if state.enter is _Enter.START:
        return 0
    if state.enter is _Enter.END:
        return len(utterances) - 1
    there = _first(i for i, one in enumerate(utterances) if one.end > state.ordinal)
    if there is None:
        return len(utterances)
    if state.enter is _Enter.SCREEN and state.screen is not None:
        begins = _first(i for i, one in enumerate(utterances) if one.start >= state.ordinal)
        if begins is not None and state.screen.shows(state.chapter, utterances[begins].start):
            return begins
    return there


def _first(found: Iterator[int]) -> int | None:
    return next(found, None)


def _neighbour(state: AloudState, by: int) -> Step:
    """Go to the next chapter (1), or to the end of the previous one (-1)."""
    if by > 0:
        other = _first(i for i in state.order if i > state.chapter)
        if other is None:
            following = state.following and not state.passed
            ended: tuple[Effect, ...] = (BookEnded(following),) if state.sounded else ()
            return _off(state), (Hush(), PaintSpoken(None), *ended)
        enter = _Enter.START
    else:
        other = _first(i for i in reversed(state.order) if i < state.chapter)
        if other is None:  # the book has no words before these
            return _entered(state, state.order[0] if state.order else state.chapter, _Enter.START)
        enter = _Enter.END
    return _entered(state, other, enter)


def _entered(state: AloudState, chapter: int, enter: _Enter) -> Step:
    state = replace(state, chapter=chapter, enter=enter, utterances=None, at=0)
    state = replace(state, turn=state.turn + 1, begun=False, held=False)
    return state, (ReadChapter(chapter),)


# -- what is spoken


def _speak(state: AloudState) -> Step:
    """Speak the current utterance, or wait with it while paused."""
    state = replace(state, turn=state.turn + 1, begun=False, held=False, shown=-1)
    one = state.current
    if one is None or state.paused:
        return state, ()
    return state, (Speak(state.turn, one),)


def _begun(state: AloudState) -> Step:
    if state.begun:
        return state, ()
    return _marked(replace(state, begun=True, sounded=True, passed=False))


def _marked(state: AloudState) -> Step:
    """Paint the current utterance, and let the page follow to it."""
    one = state.current
    if one is None:
        return state, ()
    caught_up = state.screen is not None and state.screen.touches(one)
    state = replace(state, marked=one, following=state.following or caught_up)
    state, shown = _followed(state, one.start)
    return state, (PaintSpoken(one), *shown)


def _followed(state: AloudState, ordinal: int) -> Step:
    """Show an ordinal of the current chapter, unless it is shown or the reader is elsewhere."""
    there = state.screen is not None and state.screen.shows(state.chapter, ordinal)
    if there or not state.following:
        return state, ()
    return replace(state, shown=ordinal), (Show(Place(state.chapter, ordinal)),)


def _reached(state: AloudState, event: Reached) -> Step:
    """An utterance may go on on the next page."""
    one, screen = state.current, state.screen
    if one is None or screen is None or not state.begun or not screen.touches(one):
        return state, ()
    ordinal = one.ordinal_at(event.fraction)
    under_way = state.shown >= screen.end
    return (state, ()) if ordinal < screen.end or under_way else _followed(state, ordinal)


def _next(state: AloudState) -> Step:
    if state.utterances is not None and state.at + 1 < len(state.utterances):
        return _speak(replace(state, at=state.at + 1))
    if not state.sleep_at_end:
        return _neighbour(state, 1)
    state = replace(state, sleep_at_end=False, paused=True)
    state, effects = _neighbour(state, 1)
    return state, (Hush(), PaintSpoken(None), *effects, Asleep()) if state.on else effects


def _failed(state: AloudState, event: NotSpoken) -> Step:
    """Pass over what can't be read aloud, if the book has other things to listen to."""
    one, utterances = state.current, state.utterances
    over = not state.recorded or (one is not None and one.clip is not None and _is_deaf(event))
    state, told = _tell(state, [event.trouble], over)
    if over or one is None or utterances is None:
        return _off(state), (Hush(), PaintSpoken(None), *told)
    last = state.at
    if event.trouble not in _OF_ONE_CLIP:  # what comes from the same source fails as well
        while last + 1 < len(utterances) and _source(utterances[last + 1]) == _source(one):
            last += 1
    state, effects = _next(replace(state, at=last, passed=True))
    return state, (*told, *effects)


def _is_deaf(event: NotSpoken) -> bool:
    """Whether no recording at all can be played."""
    return event.trouble is AloudTrouble.NO_LIBRARY


def _source(one: Utterance) -> str:
    """The file that an utterance comes from; "" for a voice."""
    return "" if one.clip is None else one.clip.href


def _tell(state: AloudState, troubles: list[AloudTrouble], over: bool = False) -> Step:
    new = [trouble for trouble in troubles if trouble not in state.told]
    told = replace(state, told=state.told | set(new))
    return told, tuple(Tell(trouble, over) for trouble in new)


# -- what the reader asks for


def _paused(state: AloudState) -> Step:
    if state.paused:
        return state, ()
    speaking = state.current is not None
    return replace(state, paused=True, held=speaking), (Hold(),) if speaking else ()


def _resumed(state: AloudState) -> Step:
    if not state.paused:
        return state, ()
    state = replace(state, paused=False)
    if state.held:
        return replace(state, held=False), (GoOn(),)
    return _speak(state) if state.current is not None else (state, ())


def _skipped(state: AloudState, by: int) -> Step:
    if state.utterances is None:
        return state, ()
    if not 0 <= state.at + by < len(state.utterances):
        at_end = by > 0 and _first(i for i in state.order if i > state.chapter) is None
        if at_end:
            return state, ()
        state, effects = _neighbour(state, by)
        return state, (Hush(), *effects)
    state, effects = _speak(replace(state, at=state.at + by))
    if not state.paused:
        return state, effects
    state, shown = _marked(state)
    return state, (Hush(), *shown)


def _voice_changed(state: AloudState) -> Step:
    one = state.current
    if one is None or one.clip is not None:
        return state, ()
    if state.paused:
        return replace(state, held=False, turn=state.turn + 1, begun=False), (Hush(),)
    return _speak(state)


def _sleep_chosen(state: AloudState, after: int | Sleep) -> AloudState:
    if isinstance(after, Sleep):
        return replace(state, sleep_min=0, sleep_at_end=after is Sleep.CHAPTER_END)
    return replace(state, sleep_min=after, sleep_at_end=False)


def _minute_passed(state: AloudState) -> Step:
    if not state.sleep_min:
        return state, ()
    state = replace(state, sleep_min=state.sleep_min - 1)
    if state.sleep_min or state.paused:
        return state, ()
    state, effects = _paused(state)
    return state, (*effects, Asleep())


# -- the page


def _screen_shown(state: AloudState, event: ScreenShown) -> Step:
    state = replace(state, screen=event.screen)
    one = state.marked
    if one is None:
        return state, ()
    if event.screen.touches(one):
        return replace(state, following=True), ()
    if event.laid_out and state.following:
        return state, (Show(Place(one.spine_index, one.start)),)
    return replace(state, following=False), ()


def _returned(state: AloudState) -> Step:
    one = state.marked
    if one is None:
        return state, ()
    return replace(state, following=True), (Show(Place(one.spine_index, one.start), back=True),)
