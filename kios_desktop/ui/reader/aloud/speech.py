"""Speaks with a voice of the system, by QtTextToSpeech.

Its libraries are loaded when something is to be spoken, and not before: where the system lacks
them, nothing else of Kios may fail.
"""

import ctypes
import logging
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QObject, Qt, QTimer

from kios_desktop.domain.utterance import AloudTrouble, Utterance
from kios_desktop.ui.reader.aloud.ports import Heard, Silent

if TYPE_CHECKING:
    from PySide6.QtTextToSpeech import QTextToSpeech, QVoice

log = logging.getLogger(__name__)

PATIENCE_MS: Final = 10_000  # until a sentence begins, and beyond its end
_SLOWEST_MS: Final = 400  # for a character
_FOR_TESTS: Final = "mock"  # an engine of Qt that makes no sound
# what says that it can pause, and after that never says again that something was spoken
_STUCK_BY_PAUSES: Final = frozenset({"speechd"})
_VARIANT: Final = "+"  # “English (Great Britain)+Adam”: eSpeak has a hundred of each voice
_NEEDED: Final = {"speechd": "libspeechd.so.2"}  # without it the engine is listed, and fails


def has_engine() -> bool:
    """Whether the system has what speaks. That it does, and in which languages, is not known."""
    try:
        return bool(_engines())
    except Silent:
        return False


def load_engine() -> "QTextToSpeech":
    """The system's engine. Raises Silent. Takes a second where there are many voices."""
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        return _made(_engines())
    finally:
        QGuiApplication.restoreOverrideCursor()


def _engines() -> list[str]:
    """The names of those that can be loaded. Raises Silent."""
    try:
        from PySide6.QtTextToSpeech import QTextToSpeech
    except ImportError as e:
        log.warning("the library for speech can't be loaded: %s", e)
        raise Silent(AloudTrouble.NO_LIBRARY) from e
    names = QTextToSpeech.availableEngines()
    return [name for name in names if name != _FOR_TESTS and _can_load(name)]


def _made(names: Sequence[str]) -> "QTextToSpeech":
    from PySide6.QtTextToSpeech import QTextToSpeech

    for name in names:
        engine = QTextToSpeech(name)
        if engine.state() is not QTextToSpeech.State.Error:
            return engine
        log.warning("the engine %s does not speak: %s", name, engine.errorString())
    raise Silent(AloudTrouble.NO_ENGINE)


def _can_load(engine: str) -> bool:
    """Whether the system has the library that an engine of Qt's loads."""
    if (library := _NEEDED.get(engine)) is None:
        return True
    try:
        ctypes.CDLL(library)
    except OSError as e:
        log.warning("the engine %s can't be loaded: %s", engine, e)
        return False
    return True


class SystemSpeech(QObject):
    """Implements `ports.Speech`. `load` makes the engine, or raises Silent.

    An engine that does not answer has failed: another program may have paused all speech.
    """

    def __init__(
        self,
        language: str,
        heard: Heard,
        load: "Callable[[], QTextToSpeech]" = load_engine,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        super().__init__()
        self._heard, self._engine = heard, load()
        self._usual, self._voices = _voices(self._engine, language)
        if not (self._usual or self._voices):
            raise Silent(AloudTrouble.NO_VOICE)
        self._names = without_variants([voice.name() for voice in self._voices or self._usual])
        self._turn, self._utterance = 0, _NOTHING
        self._is_on = self._has_begun = self._is_cut = False
        self._patience_ms = patience_ms
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(lambda: self._failed(None, "the engine does not answer"))
        self._engine.stateChanged.connect(self._state_changed)
        self._engine.sayingWord.connect(self._word)
        self._engine.errorOccurred.connect(self._failed)

    # -- voices

    def voices(self) -> Sequence[str]:
        return self._names

    def speaks_language(self) -> bool:
        return bool(self._voices)

    def choose(self, name: str) -> None:
        known = self._voices or self._usual
        voice = next((one for one in known if one.name() == name), known[0])
        self._engine.setLocale(voice.locale())
        self._engine.setVoice(voice)

    def set_rate(self, rate: float) -> None:
        self._engine.setRate(engine_rate(self._engine.engine(), rate))

    # -- speaking

    def speak(self, turn: int, utterance: Utterance) -> None:
        self.hush()
        self._turn, self._utterance = turn, utterance
        self._is_on, self._has_begun = True, False
        self._patience.start(self._patience_ms)
        self._engine.say(utterance.text)

    def hold(self) -> None:
        if not self._is_on:
            return
        self._patience.stop()
        if self._can_pause:
            self._engine.pause()
        else:
            self._is_cut = True
            self._engine.stop()

    def go_on(self) -> None:
        if self._is_cut:  # from the beginning of the sentence
            self.speak(self._turn, self._utterance)
        elif self._is_on:
            self._wait_for_end()
            self._engine.resume()

    def hush(self) -> None:
        from PySide6.QtTextToSpeech import QTextToSpeech

        self._is_on = self._is_cut = False
        self._patience.stop()
        if self._engine.state() is not QTextToSpeech.State.Ready:
            self._engine.stop()

    def end(self) -> None:
        self.hush()
        self._engine.deleteLater()
        self.deleteLater()

    @property
    def _can_pause(self) -> bool:
        from PySide6.QtTextToSpeech import QTextToSpeech

        able = self._engine.engineCapabilities() & QTextToSpeech.Capability.PauseResume
        return bool(able) and self._engine.engine() not in _STUCK_BY_PAUSES

    # -- what the engine says

    def _state_changed(self, state: "QTextToSpeech.State") -> None:
        """It is over when it is ready after it was heard: a late “ready” is of the one before."""
        from PySide6.QtTextToSpeech import QTextToSpeech

        if not self._is_on or self._is_cut:
            return
        if state is QTextToSpeech.State.Speaking and not self._has_begun:
            self._has_begun = True
            self._wait_for_end()
            self._heard.begun(self._turn)
        elif state is QTextToSpeech.State.Ready and self._has_begun:
            self._is_on = False
            self._patience.stop()
            self._heard.finished(self._turn)

    def _wait_for_end(self) -> None:
        self._patience.start(self._patience_ms + _SLOWEST_MS * len(self._utterance.text))

    def _word(self, _word: str, _id: int, start: int, _length: int) -> None:
        if self._is_on and (length := len(self._utterance.text)):
            self._heard.reached(self._turn, start / length)

    def _failed(self, reason: object, words: str) -> None:
        log.warning("a sentence was not spoken: %s", words)
        if self._is_on:
            self._is_on = False
            self._patience.stop()
            self._heard.failed(self._turn, AloudTrouble.SPEECH_FAILED)


_NOTHING: Final = Utterance(0, 0, 0, "")


def _voices(engine: "QTextToSpeech", tag: str) -> "tuple[list[QVoice], list[QVoice]]":
    """(those of the system's own language, those of a language), each with the usual one first."""
    usual = [engine.voice(), *engine.availableVoices()] if engine.availableVoices() else []
    wanted = QLocale(tag.replace("-", "_"))
    fitting = [one for one in engine.availableLocales() if one.language() == wanted.language()]
    fitting.sort(key=lambda one: one != wanted)  # British ones first for a British book
    own = engine.locale()
    found: list[QVoice] = []
    for locale in fitting if tag else ():
        engine.setLocale(locale)
        found += engine.availableVoices()
    engine.setLocale(own)
    return usual, found


def without_variants(names: Sequence[str]) -> tuple[str, ...]:
    """Names of voices, each once, without other timbres of those that are there."""
    known = dict.fromkeys(names)
    return tuple(
        name for name in known if _VARIANT not in name or name.partition(_VARIANT)[0] not in known
    )


def engine_rate(engine: str, rate: float) -> float:
    """A speed, 1.0 the usual one, in Qt's scale of -1…1, which every engine has in its own way."""
    if engine == "winrt":  # -1 is half of the usual speed, 1 is six times as fast
        return (rate - 1) / 5 if rate > 1 else 2 * (rate - 1)
    if engine == "sapi":  # 1 is three times as fast
        return math.log(rate, 3)
    return max(-1.0, min(1.0, math.log2(rate)))
