"""The voices of QtTextToSpeech, with its own engine for tests, which makes no sound."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.utterance import AloudTrouble, Utterance
from kios_desktop.ui.reader.aloud.ports import Silent
from kios_desktop.ui.reader.aloud.speech import SystemSpeech, engine_rate, without_variants
from kios_desktop.ui.reader.lookup.voice import Voice
from tests.gui.kios import settled
from tests.gui.waiting import until

try:
    from PySide6.QtTextToSpeech import QTextToSpeech
except ImportError as e:  # the system lacks what it is built on
    pytest.skip(f"QtTextToSpeech can't be loaded: {e}", allow_module_level=True)

pytestmark = pytest.mark.gui

LANGUAGE = "en-GB"  # that of the engine's two voices


@dataclass
class Noted:
    """Implements `ports.Heard`."""

    events: list[tuple[str, int]] = field(default_factory=list)
    fractions: list[float] = field(default_factory=list)
    troubles: list[AloudTrouble] = field(default_factory=list)
    on_finished: Callable[[], None] = lambda: None

    def begun(self, turn: int) -> None:
        self.events.append(("begun", turn))

    def reached(self, turn: int, fraction: float) -> None:
        self.fractions.append(fraction)

    def finished(self, turn: int) -> None:
        self.events.append(("finished", turn))
        self.on_finished()

    def failed(self, turn: int, trouble: AloudTrouble) -> None:
        self.troubles.append(trouble)


def engine() -> QTextToSpeech:
    return QTextToSpeech("mock")


def sentence(text: str) -> Utterance:
    return Utterance(0, 0, len(text), text)


async def test_sentences_are_spoken_one_after_another(qapp: QApplication) -> None:
    heard = Noted()
    speech = SystemSpeech(LANGUAGE, heard, engine)

    def go_on() -> None:
        if len(heard.events) == 2:
            speech.speak(2, sentence("Four."))

    heard.on_finished = go_on
    speech.speak(1, sentence("One two three."))
    await until(lambda: len(heard.events) == 4)
    assert heard.events == [("begun", 1), ("finished", 1), ("begun", 2), ("finished", 2)]
    assert heard.fractions[:3] == [0.0, pytest.approx(4 / 14), pytest.approx(8 / 14)]
    speech.end()


async def test_of_a_sentence_that_is_replaced_nothing_more_is_heard(qapp: QApplication) -> None:
    heard = Noted()
    speech = SystemSpeech(LANGUAGE, heard, engine)
    speech.speak(1, sentence("One two three."))
    await until(lambda: bool(heard.fractions))
    speech.speak(2, sentence("Four."))
    await until(lambda: ("finished", 2) in heard.events)
    assert ("finished", 1) not in heard.events
    speech.end()


async def test_it_pauses_between_words_and_goes_on(qapp: QApplication) -> None:
    heard = Noted()
    speech = SystemSpeech(LANGUAGE, heard, engine)
    speech.speak(1, sentence("One two three four five."))
    await until(lambda: bool(heard.fractions))
    speech.hold()
    await until(lambda: speech._engine.state() is QTextToSpeech.State.Paused)
    speech.go_on()
    await until(lambda: ("finished", 1) in heard.events)
    assert heard.events == [("begun", 1), ("finished", 1)]
    speech.end()


async def test_after_hush_nothing_is_heard(qapp: QApplication) -> None:
    heard = Noted()
    speech = SystemSpeech(LANGUAGE, heard, engine)
    speech.speak(1, sentence("One two three."))
    speech.hush()
    speech.go_on()
    await until(lambda: speech._engine.state() is QTextToSpeech.State.Ready)
    assert heard.events == [("begun", 1)]
    speech.end()


def test_voices_are_those_of_the_language(qapp: QApplication) -> None:
    speech = SystemSpeech(LANGUAGE, Noted(), engine)
    assert speech.speaks_language()
    names = speech.voices()
    assert names[:2] == ("Bob", "Anne"), "those of the book’s own country come first"
    speech.choose(names[1])
    assert speech._engine.voice().name() == names[1]
    speech.choose("a voice that is gone")
    assert speech._engine.voice().name() == names[0]
    speech.end()


def test_a_language_without_a_voice_has_those_of_the_system(qapp: QApplication) -> None:
    speech = SystemSpeech("mi", Noted(), engine)
    assert not speech.speaks_language()
    assert speech.voices()
    speech.end()


@pytest.mark.parametrize("trouble", [AloudTrouble.NO_LIBRARY, AloudTrouble.NO_ENGINE])
def test_without_an_engine_it_says_why(trouble: AloudTrouble, qapp: QApplication) -> None:
    def load() -> QTextToSpeech:
        raise Silent(trouble)

    with pytest.raises(Silent) as raised:
        SystemSpeech(LANGUAGE, Noted(), load)
    assert raised.value.trouble is trouble


@pytest.mark.parametrize(
    ("name", "rate", "wanted"),
    [
        ("speechd", 1.0, 0.0),
        ("speechd", 2.0, 1.0),
        ("speechd", 0.5, -1.0),
        ("winrt", 2.0, 0.2),
        ("winrt", 0.5, -1.0),
        ("sapi", 1.0, 0.0),
        ("darwin", 2.0, 1.0),
    ],
)
def test_a_speed_in_the_scale_of_an_engine(name: str, rate: float, wanted: float) -> None:
    assert engine_rate(name, rate) == pytest.approx(wanted)
    assert all(-1 <= engine_rate(name, one) <= 1 for one in (0.5, 0.75, 1.25, 1.5, 1.75, 2.0))


def test_a_hundred_timbres_of_a_voice_are_one() -> None:
    names = ["English+Adam", "English", "English+Zac", "Deutsch", "English", "C++ voice"]
    assert without_variants(names) == ("English", "Deutsch", "C++ voice")
    assert without_variants(["English+Adam", "English+Zac"]) == ("English+Adam", "English+Zac")


async def test_an_engine_that_does_not_answer_has_failed(qapp: QApplication) -> None:
    heard = Noted()
    speech = SystemSpeech(LANGUAGE, heard, engine, patience_ms=50)
    speech.speak(1, sentence("A b c d"))
    speech._engine.pause()  # as another program may pause all speech
    await until(lambda: heard.troubles == [AloudTrouble.SPEECH_FAILED])
    speech.speak(2, sentence("Two."))
    speech.hold()
    await settled(0.1)
    assert len(heard.troubles) == 1, "it was paused here"
    speech.end()


def silent_times(voice: Voice) -> list[None]:
    times: list[None] = []
    voice.silent.connect(lambda: times.append(None))
    return times


def no_engine() -> QTextToSpeech:
    raise Silent(AloudTrouble.NO_ENGINE)


async def test_a_word_is_pronounced_in_its_language_or_told_to_be_silent(
    qapp: QApplication,
) -> None:
    parent = QObject()
    voice = Voice(parent, LANGUAGE, engine)
    times = silent_times(voice)
    voice.say("harbour")
    made = voice._engine
    assert made is not None
    await until(lambda: made.state() is QTextToSpeech.State.Speaking)
    assert times == []
    for voice in (Voice(parent, "tlh", engine), Voice(parent, LANGUAGE, no_engine)):
        times = silent_times(voice)
        voice.say("harbour")
        voice.say("harbour")
        assert len(times) == 2
