"""What is read aloud, event by event."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.locator import Place
from kios_desktop.domain.utterance import AloudTrouble, AudioClip, SpokenChapter, Utterance
from kios_desktop.ui.reader.aloud import machine as m

BEGINNING = Place(0, 0)


def sentence(spine: int, number: int, href: str = "") -> Utterance:
    """Ten ordinals long."""
    clip = AudioClip(href, number, number + 1) if href else None
    return Utterance(spine, 10 * number, 10 * number + 10, f"{spine}.{number}", clip)


def chapter(spine: int, count: int = 3, href: str = "") -> SpokenChapter:
    return SpokenChapter(tuple(sentence(spine, n, href) for n in range(count)), bool(href))


def screen(spine: int, first: int, end: int) -> m.ScreenSpan:
    return m.ScreenSpan(spine, first, end)


@dataclass
class Reading:
    """A reader, a page and a speaker. `book` are the chapters; the page shows 20 ordinals."""

    book: dict[int, SpokenChapter]
    state: m.AloudState = field(default_factory=m.AloudState)
    said: list[str] = field(default_factory=list)  # what was begun, in order
    shown: list[Place] = field(default_factory=list)
    told: list[AloudTrouble] = field(default_factory=list)
    log: list[m.Effect] = field(default_factory=list)
    speaking: m.Speak | None = None
    painted: Utterance | None = None
    page_answers: bool = True  # it goes where it is sent

    def feed(self, *events: m.Event) -> None:
        for event in events:
            self.state, effects = m.step(self.state, event)
            for effect in effects:
                self.perform(effect)

    def perform(self, effect: m.Effect) -> None:
        self.log.append(effect)
        match effect:
            case m.ReadChapter():
                self.feed(m.ChapterRead(effect.spine_index, self.book[effect.spine_index]))
            case m.Speak():
                self.speaking = effect
            case m.Hush():
                self.speaking = None
            case m.PaintSpoken():
                self.painted = effect.utterance
            case m.Show():
                self.shown.append(effect.place)
                if self.page_answers:
                    first = effect.place.ordinal // 20 * 20
                    self.look(effect.place.spine_index, first)
            case m.Tell():
                self.told.append(effect.trouble)
            case _:
                pass

    def look(self, spine: int, first: int, *, laid_out: bool = False) -> None:
        self.feed(m.ScreenShown(screen(spine, first, first + 20), laid_out))

    def start(self, place: Place = BEGINNING, *, exact: bool = False) -> None:
        self.look(place.spine_index, place.ordinal // 20 * 20)
        self.feed(m.Started(place, tuple(self.book), exact))

    def begin(self) -> None:
        assert self.speaking is not None
        self.feed(m.Begun(self.speaking.turn))
        self.said.append(self.speaking.utterance.text)

    def hear(self, count: int = 1) -> None:
        """Hear so many sentences to their end."""
        for _ in range(count):
            self.begin()
            assert self.speaking is not None
            self.feed(m.Finished(self.speaking.turn))


def two_chapters() -> Reading:
    return Reading({0: chapter(0), 1: chapter(1)})


def test_it_reads_over_the_ends_of_chapters_to_the_end_of_the_book() -> None:
    one = two_chapters()
    one.start()
    one.hear(6)
    assert one.said == ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"]
    assert not one.state.on
    assert one.log[-1] == m.BookEnded(following=True)
    assert one.painted is None


def test_chapters_without_words_are_passed_over() -> None:
    one = Reading({0: chapter(0, 1), 1: SpokenChapter(), 2: SpokenChapter(), 3: chapter(3, 1)})
    one.start()
    one.hear(2)
    assert one.said == ["0.0", "3.0"]


def test_it_begins_with_the_first_sentence_that_begins_on_the_screen() -> None:
    one = Reading({0: chapter(0, 6)})
    one.start(Place(0, 25))
    one.begin()
    assert one.said == ["0.3"]


def test_it_begins_with_the_sentence_of_the_word_that_was_chosen() -> None:
    one = Reading({0: chapter(0, 6)})
    one.start(Place(0, 25), exact=True)
    one.begin()
    assert one.said == ["0.2"]


def test_the_page_follows_and_only_when_it_has_to() -> None:
    one = Reading({0: chapter(0, 5), 1: chapter(1, 1)})
    one.start()
    one.hear(5)
    assert one.shown == [Place(0, 20), Place(0, 40)]
    one.begin()
    assert one.shown[-1] == Place(1, 0)


def test_the_page_turns_within_a_sentence_that_goes_on_on_the_next_one() -> None:
    long = Utterance(0, 0, 100, "long")
    one = Reading({0: SpokenChapter((long,))})
    one.start()
    one.begin()
    turn = one.state.turn
    one.feed(m.Reached(turn, 0.1))
    assert one.shown == []
    one.feed(m.Reached(turn, 0.25), m.Reached(turn, 0.26))
    assert one.shown == [Place(0, 25)]
    one.page_answers = False
    one.feed(m.Reached(turn, 0.45), m.Reached(turn, 0.46), m.Reached(turn, 0.47))
    assert one.shown == [Place(0, 25), Place(0, 45)], "the page is on its way"


def test_a_reader_who_looks_elsewhere_is_left_there() -> None:
    one = Reading({0: chapter(0, 9)})
    one.start()
    one.begin()
    one.look(0, 60)
    assert not one.state.following
    one.feed(m.Finished(one.state.turn))
    one.hear(2)
    assert one.shown == []
    one.begin()
    one.feed(m.ReturnAsked())
    assert one.log[-1] == m.Show(Place(0, 30), back=True)
    assert one.state.following


def test_the_page_follows_again_when_the_reader_comes_back_or_is_caught_up_with() -> None:
    one = Reading({0: chapter(0, 9)})
    one.start()
    one.begin()
    one.look(0, 60)
    one.look(0, 0)
    assert one.state.following
    one.look(0, 20)  # one page ahead
    assert not one.state.following
    one.feed(m.Finished(one.state.turn))
    one.hear(1)
    one.begin()
    assert one.state.following
    assert one.shown == []


def test_another_layout_takes_nobody_away_from_what_is_read() -> None:
    one = Reading({0: chapter(0, 9)})
    one.start()
    one.hear(4)
    one.begin()
    one.shown.clear()
    one.page_answers = False
    one.look(0, 0, laid_out=True)
    assert one.state.following
    assert one.shown == [Place(0, 40)]


def test_a_turn_while_the_next_sentence_is_on_its_way_is_not_undone() -> None:
    one = Reading({0: chapter(0, 9)})
    one.start()
    one.hear(1)
    one.look(0, 60)  # before the second sentence can be heard
    one.begin()
    assert one.shown == []
    assert not one.state.following


def test_pause_holds_and_goes_on_in_the_same_sentence() -> None:
    one = two_chapters()
    one.start()
    one.begin()
    one.feed(m.Paused(), m.Paused())
    one.feed(m.Resumed(), m.Resumed())
    assert one.log[-2:] == [m.Hold(), m.GoOn()]
    assert one.log.count(m.GoOn()) == 1


def test_a_sentence_that_ends_while_it_is_paused_is_followed_by_silence() -> None:
    one = two_chapters()
    one.start()
    one.begin()
    one.feed(m.Paused(), m.Finished(one.state.turn))
    assert [e for e in one.log if isinstance(e, m.Speak)][-1].utterance.text == "0.0"
    one.feed(m.Resumed())
    assert one.speaking is not None
    assert one.speaking.utterance.text == "0.1"


def test_skipping_goes_over_the_ends_of_chapters_and_stops_at_those_of_the_book() -> None:
    one = two_chapters()
    one.start()
    for wanted in ("0.1", "0.2", "1.0", "1.1", "1.2", "1.2"):
        one.feed(m.Skipped(1))
        assert one.speaking is not None
        assert one.speaking.utterance.text == wanted
    for wanted in ("1.1", "1.0", "0.2", "0.1", "0.0", "0.0"):
        one.feed(m.Skipped(-1))
        assert one.speaking is not None
        assert one.speaking.utterance.text == wanted


def test_skipping_back_passes_over_chapters_without_words() -> None:
    one = Reading({0: SpokenChapter(), 1: SpokenChapter(), 2: chapter(2)})
    one.start(Place(2, 0))
    one.feed(m.Skipped(-1))
    assert one.speaking is not None
    assert one.speaking.utterance.text == "2.0"


def test_skipping_while_paused_shows_and_says_nothing() -> None:
    one = Reading({0: chapter(0, 5)})
    one.start()
    one.begin()
    one.feed(m.Paused(), m.Skipped(1), m.Skipped(1))
    assert one.speaking is None
    assert one.painted == sentence(0, 2)
    assert one.shown == [Place(0, 20)]
    one.feed(m.Resumed())
    assert one.speaking is not None
    assert one.speaking.utterance == sentence(0, 2)


def test_what_a_speaker_says_of_an_earlier_sentence_changes_nothing() -> None:
    one = two_chapters()
    one.start()
    one.begin()
    late = one.state.turn
    one.feed(m.Skipped(1))
    before = one.state
    one.feed(m.Finished(late), m.Begun(late), m.NotSpoken(late, AloudTrouble.SPEECH_FAILED))
    assert one.state == before


def test_another_voice_speaks_the_sentence_again() -> None:
    one = two_chapters()
    one.start()
    one.begin()
    turn = one.state.turn
    one.feed(m.VoiceChanged())
    assert one.speaking == m.Speak(turn + 1, sentence(0, 0))
    one.feed(m.Paused(), m.VoiceChanged(), m.Resumed())
    assert one.speaking is not None
    assert one.speaking.utterance == sentence(0, 0)
    assert m.GoOn() not in one.log


def test_a_recording_goes_on_at_another_speed() -> None:
    one = Reading({0: chapter(0, 2, "a.mp3")})
    one.start()
    one.begin()
    one.feed(m.VoiceChanged())
    assert sum(isinstance(effect, m.Speak) for effect in one.log) == 1


def test_the_sleep_timer_pauses_after_its_minutes() -> None:
    one = Reading({0: chapter(0, 99)})
    one.start()
    one.begin()
    one.feed(m.SleepChosen(15))
    one.feed(*[m.MinutePassed()] * 14)
    assert not one.state.paused
    assert one.state.sleep_min == 1
    one.feed(m.MinutePassed())
    assert one.state.paused
    assert one.log[-2:] == [m.Hold(), m.Asleep()]
    one.feed(*[m.MinutePassed()] * 60)
    one.feed(m.Resumed())
    assert not one.state.paused


def test_the_sleep_timer_can_be_switched_off() -> None:
    one = two_chapters()
    one.start()
    one.feed(m.SleepChosen(15), m.SleepChosen(m.Sleep.OFF))
    one.feed(*[m.MinutePassed()] * 99)
    assert not one.state.paused


def test_it_sleeps_at_the_end_of_the_chapter_and_goes_on_with_the_next() -> None:
    one = two_chapters()
    one.start()
    one.feed(m.SleepChosen(m.Sleep.CHAPTER_END))
    one.hear(3)
    assert one.state.paused
    assert m.Asleep() in one.log
    assert one.shown == [Place(0, 20)], "the page stays where it is"
    one.feed(m.Resumed())
    one.begin()
    assert one.said[-1] == "1.0"
    one.feed(m.Finished(one.state.turn))
    one.hear(1)
    assert one.state.on, "once only"


def test_stopping_hushes_and_paints_nothing() -> None:
    one = two_chapters()
    one.start()
    one.begin()
    one.feed(m.Stopped())
    assert one.speaking is None
    assert one.painted is None
    assert not one.state.on
    one.feed(m.Resumed(), m.Skipped(1), m.MinutePassed(), m.ReturnAsked())
    assert not one.state.on


@pytest.mark.parametrize("trouble", [AloudTrouble.NO_ENGINE, AloudTrouble.SPEECH_FAILED])
def test_without_a_voice_a_book_without_a_recording_ends_with_a_sentence(
    trouble: AloudTrouble,
) -> None:
    one = two_chapters()
    one.start()
    one.feed(m.NotSpoken(one.state.turn, trouble))
    assert not one.state.on
    assert one.log[-1] == m.Tell(trouble, over=True)


def test_what_a_file_lacks_is_passed_over_and_told_once() -> None:
    bad = tuple(sentence(0, n, "bad.mp3") for n in range(3))
    good = tuple(sentence(0, n, "good.mp3") for n in range(3, 5))
    one = Reading({0: SpokenChapter((*bad, *good), True), 1: chapter(1, 2, "bad.mp3")})
    one.start()
    one.feed(m.NotSpoken(one.state.turn, AloudTrouble.AUDIO_UNPLAYABLE))
    one.hear(2)
    assert one.said == ["0.3", "0.4"]
    one.feed(m.NotSpoken(one.state.turn, AloudTrouble.AUDIO_UNPLAYABLE))
    assert one.told == [AloudTrouble.AUDIO_UNPLAYABLE]
    assert not one.state.on


def test_a_clip_behind_the_end_of_its_file_costs_only_itself() -> None:
    one = Reading({0: chapter(0, 3, "a.mp3")})
    one.start()
    one.feed(m.NotSpoken(one.state.turn, AloudTrouble.CLIP_BEYOND))
    one.begin()
    assert one.said == ["0.1"]


def test_without_a_voice_the_recorded_parts_are_read() -> None:
    one = Reading(
        {
            0: SpokenChapter((sentence(0, 0), sentence(0, 1)), recorded=True),
            1: SpokenChapter((sentence(1, 0, "a.mp3"), sentence(1, 1)), recorded=True),
        }
    )
    one.start()
    one.feed(m.NotSpoken(one.state.turn, AloudTrouble.NO_VOICE))
    one.hear(1)
    assert one.said == ["1.0"]
    one.feed(m.NotSpoken(one.state.turn, AloudTrouble.NO_VOICE))
    assert one.told == [AloudTrouble.NO_VOICE]
    assert one.log[-1] == m.BookEnded(following=False), "the last words were not read"


def test_a_book_of_which_nothing_can_be_played_is_not_read_to_its_end() -> None:
    one = Reading({n: chapter(n, 2, f"{n}.mp3") for n in range(3)})
    one.start()
    while one.state.on:
        one.feed(m.NotSpoken(one.state.turn, AloudTrouble.AUDIO_MISSING))
    assert one.told == [AloudTrouble.AUDIO_MISSING]
    assert not any(isinstance(effect, m.BookEnded | m.Show) for effect in one.log)


def test_starting_elsewhere_hushes_what_is_read() -> None:
    one = two_chapters()
    one.start()
    one.begin()
    one.feed(m.Paused(), m.Started(Place(1, 0), (0, 1), exact=True))
    assert not one.state.paused
    assert one.speaking is not None
    assert one.speaking.utterance == sentence(1, 0)


EVENTS = st.one_of(
    st.builds(
        m.Started, st.builds(Place, st.integers(0, 3), st.integers(0, 60)), st.just((0, 1, 3))
    ),
    st.builds(m.Begun, st.integers(0, 9)),
    st.builds(m.Reached, st.integers(0, 9), st.floats(-1, 2)),
    st.builds(m.Finished, st.integers(0, 9)),
    st.builds(m.NotSpoken, st.integers(0, 9), st.sampled_from(AloudTrouble)),
    st.just(m.Paused()),
    st.just(m.Resumed()),
    st.builds(m.Skipped, st.sampled_from([1, -1])),
    st.just(m.VoiceChanged()),
    st.builds(m.SleepChosen, st.sampled_from([1, 15, *m.Sleep])),
    st.just(m.MinutePassed()),
    st.builds(
        m.ScreenShown,
        st.builds(screen, st.integers(0, 3), st.integers(0, 60), st.integers(0, 99)),
        st.booleans(),
    ),
    st.just(m.ReturnAsked()),
    st.just(m.Stopped()),
)


@given(st.lists(EVENTS, max_size=40))
def test_nothing_is_heard_that_is_not_to_be_heard(events: list[m.Event]) -> None:
    """Paused or off, the speaker is held or silent; no page turns for a reader who is elsewhere."""
    book = {0: chapter(0, 4), 1: SpokenChapter(), 2: chapter(2, 1), 3: chapter(3, 3, "a.mp3")}
    one = Reading(book, page_answers=False)
    held = False
    for event in events:
        away = not one.state.following
        before = len(one.log)
        one.feed(event)
        new = one.log[before:]
        for effect in new:
            if isinstance(effect, m.Hold):
                held = True
            elif isinstance(effect, m.GoOn | m.Speak | m.Hush):
                held = False
        if one.speaking is not None and not held:
            assert one.state.on
            assert not one.state.paused
        if not one.state.on:
            assert one.painted is None
            assert one.speaking is None
        if away and not isinstance(event, m.ReturnAsked | m.Started):
            assert not any(isinstance(effect, m.Show) for effect in new)
