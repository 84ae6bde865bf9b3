"""Reads one open book aloud: carries out what the machine decides, and tells it what happens.

No Qt.
"""

import logging
from collections import deque
from typing import assert_never

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.locator import Place
from kios_desktop.domain.utterance import AloudTrouble, SpokenChapter, Utterance
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.aloud import machine
from kios_desktop.ui.reader.aloud.machine import AloudState, Effect, Event, ScreenSpan, Sleep
from kios_desktop.ui.reader.aloud.ports import (
    AloudChoices,
    AloudPage,
    AloudScreen,
    AloudShown,
    MakePlayer,
    MakeSpeech,
    Player,
    ReadSpoken,
    Silent,
    Speaker,
    Speech,
)
from kios_desktop.ui.reader.engine.wire import Paint

log = logging.getLogger(__name__)

LAYER = "aloud"  # of the page


class AloudPresenter:
    """Implements `ports.Heard`. What speaks is made when it is first needed."""

    def __init__(
        self,
        screen: AloudScreen,
        page: AloudPage,
        tasks: Tasks,
        *,
        language: str,
        order: tuple[int, ...],
        read: ReadSpoken,
        choices: AloudChoices,
        make_speech: MakeSpeech,
        make_player: MakePlayer,
    ) -> None:
        """`order` are the linear spine items."""
        self._screen, self._page, self._tasks = screen, page, tasks
        self._language, self._order, self._read = language, order, read
        self._choices = choices
        self._make_speech, self._make_player = make_speech, make_player
        self._speech: Speech | None = None
        self._player: Player | None = None
        self._speaking: Speaker | None = None
        self._state = AloudState()
        self._events: deque[Event] = deque()
        self._painted: Utterance | None = None
        self._shown: AloudShown | None = None

    # -- asked for by the reader

    @property
    def is_on(self) -> bool:
        return self._state.on

    def read_from(self, place: Place, *, exact: bool = True) -> None:
        """Read from the sentence at a place on; unless `exact`, from the next that begins there."""
        self._feed(machine.Started(place, self._order, exact))

    def toggle(self) -> None:
        """Pause, or go on."""
        self._feed(machine.Resumed() if self._state.paused else machine.Paused())

    def pause(self) -> None:
        self._feed(machine.Paused())

    def skip(self, by: int) -> None:
        """To the next sentence (1) or the previous one (-1)."""
        self._feed(machine.Skipped(by))

    def stop(self) -> None:
        self._feed(machine.Stopped())

    def go_back(self) -> None:
        """Show what is read."""
        self._feed(machine.ReturnAsked())

    def set_rate(self, rate: float) -> None:
        self._choices.rate = rate
        for speaker in filter(None, (self._speech, self._player)):
            speaker.set_rate(rate)
        self._feed(machine.VoiceChanged())

    def set_voice(self, name: str) -> None:
        self._choices.voice = name
        if self._speech is not None:
            self._speech.choose(name)
        self._feed(machine.VoiceChanged())

    def sleep(self, after: int | Sleep) -> None:
        """Pause by itself after so many minutes, or at the end of the chapter."""
        self._feed(machine.SleepChosen(after))

    def minute_passed(self) -> None:
        """Of the sleep timer, if there is one."""
        self._feed(machine.MinutePassed())

    def closed(self) -> None:
        """The window closes."""
        self.stop()
        for speaker in filter(None, (self._speech, self._player)):
            speaker.end()
        self._speech = self._player = self._speaking = None

    # -- what the page says

    def screen_shown(self, span: ScreenSpan, *, laid_out: bool) -> None:
        """`laid_out`: it is another layout of the same place."""
        self._feed(machine.ScreenShown(span, laid_out))

    def loaded(self, spine_index: int) -> None:
        """A chapter was laid out, and has nothing painted yet."""
        if self._painted is not None and self._painted.spine_index == spine_index:
            self._paint(self._painted)

    # -- Heard

    def begun(self, turn: int) -> None:
        self._feed(machine.Begun(turn))

    def reached(self, turn: int, fraction: float) -> None:
        self._feed(machine.Reached(turn, fraction))

    def finished(self, turn: int) -> None:
        self._feed(machine.Finished(turn))

    def failed(self, turn: int, trouble: AloudTrouble) -> None:
        self._feed(machine.NotSpoken(turn, trouble))

    # -- the machine

    def _feed(self, event: Event) -> None:
        """Events that arise while one is carried out come after it."""
        self._events.append(event)
        if len(self._events) > 1:
            return
        try:
            while self._events:
                self._state, effects = machine.step(self._state, self._events[0])
                for effect in effects:
                    self._perform(effect)
                self._events.popleft()
        finally:
            self._events.clear()
        self._show()

    def _perform(self, effect: Effect) -> None:
        match effect:
            case machine.ReadChapter():
                self._tasks.replace(self._task, self._read_chapter(effect.spine_index))
            case machine.Speak():
                self._speak(effect.turn, effect.utterance)
            case machine.Hold():
                if self._speaking is not None:
                    self._speaking.hold()
            case machine.GoOn():
                if self._speaking is not None:
                    self._speaking.go_on()
            case machine.Hush():
                self._hush()
            case machine.PaintSpoken():
                self._mark(effect.utterance)
            case machine.Show():
                self._page.follow(effect.place, back=effect.back)
            case machine.Tell():
                log.warning("reading aloud: %s", effect.trouble.name)
                self._screen.tell(effect.trouble, effect.over)
            case machine.Asleep():
                self._screen.tell_asleep()
            case machine.BookEnded():
                if effect.following:  # what a turn past the last page does
                    self._page.turn(1)
            case _:
                assert_never(effect)

    @property
    def _task(self) -> str:
        return f"aloud-{id(self)}"

    async def _read_chapter(self, spine_index: int) -> None:
        try:
            chapter = await self._read(spine_index)
        except PublicationError as e:
            log.warning("a chapter can't be read aloud: %s", e)
            chapter = SpokenChapter(troubles=frozenset({AloudTrouble.CHAPTER_UNREADABLE}))
        self._feed(machine.ChapterRead(spine_index, chapter))

    def _speak(self, turn: int, utterance: Utterance) -> None:
        try:
            speaker = self._speech_made() if utterance.clip is None else self._player_made()
        except Silent as silent:
            self._feed(machine.NotSpoken(turn, silent.trouble))
            return
        if speaker is not self._speaking:
            self._hush()
            self._speaking = speaker
        speaker.speak(turn, utterance)

    def _speech_made(self) -> Speech:
        if self._speech is None:
            speech = self._make_speech(self._language, self)
            speech.set_rate(self._choices.rate)
            speech.choose(self._choices.voice)
            self._speech = speech
            if not speech.speaks_language():
                self._feed(machine.Remarked(AloudTrouble.OTHER_LANGUAGE))
        return self._speech

    def _player_made(self) -> Speaker:
        if self._player is None:
            self._player = self._make_player(self)
            self._player.set_rate(self._choices.rate)
            if not self._player.can_be_heard():
                self._feed(machine.Remarked(AloudTrouble.NO_SOUND))
        return self._player

    def _hush(self) -> None:
        if self._speaking is not None:
            self._speaking.hush()

    # -- what is shown

    def _mark(self, utterance: Utterance | None) -> None:
        before, self._painted = self._painted, utterance
        if before is not None and (
            utterance is None or utterance.spine_index != before.spine_index
        ):
            self._screen.paint(Paint(spine=before.spine_index, layer=LAYER, ranges=[]))
        if utterance is not None:
            self._paint(utterance)

    def _paint(self, one: Utterance) -> None:
        self._screen.paint(Paint(spine=one.spine_index, layer=LAYER, ranges=[(one.start, one.end)]))

    def _show(self) -> None:
        state = self._state
        shown = self._as_shown(state) if state.on else None
        if shown == self._shown:
            return
        self._shown = shown
        if shown is None:
            self._tasks.cancel(self._task)
            self._screen.hide_aloud()
        else:
            self._screen.show_aloud(shown)

    def _as_shown(self, state: AloudState) -> AloudShown:
        speech = self._speech
        by_voice = speech is not None and (state.current is None or state.current.clip is None)
        return AloudShown(
            paused=state.paused,
            is_away=not state.following,
            rate=self._choices.rate,
            voices=tuple(speech.voices()) if by_voice and speech is not None else (),
            voice=self._choices.voice,
            sleep_min=state.sleep_min,
            sleep_at_end=state.sleep_at_end,
        )
