"""A voice that is heard at the test's own pace, on the port of reading aloud."""

from collections.abc import Sequence

from kios_desktop.domain.utterance import AloudTrouble, Utterance
from kios_desktop.ui.reader.aloud.ports import Heard, Silent


class FakeSpeech:
    """Implements `ports.Speech`. Nothing ends before `end_sentence`."""

    def __init__(self, language: str, heard: Heard) -> None:
        self.language, self._heard = language, heard
        self.turn = 0
        self.utterance: Utterance | None = None
        self.said: list[str] = []
        self.rates: list[float] = []
        self.chosen: list[str] = []
        self.is_held = self.has_ended = False
        self.names: tuple[str, ...] = ("Ann", "Bob")

    # -- Speech

    def speak(self, turn: int, utterance: Utterance) -> None:
        self.turn, self.utterance, self.is_held = turn, utterance, False
        self.said.append(utterance.text)
        self._heard.begun(turn)

    def hold(self) -> None:
        self.is_held = True

    def go_on(self) -> None:
        self.is_held = False

    def hush(self) -> None:
        self.utterance = None

    def set_rate(self, rate: float) -> None:
        self.rates.append(rate)

    def end(self) -> None:
        self.has_ended = True

    def voices(self) -> Sequence[str]:
        return self.names

    def speaks_language(self) -> bool:
        return self.language.startswith("en")

    def choose(self, name: str) -> None:
        self.chosen.append(name)

    # -- the test

    @property
    def speaks(self) -> bool:
        return self.utterance is not None and not self.is_held

    def end_sentence(self, count: int = 1) -> None:
        for _ in range(count):
            self._heard.finished(self.turn)

    def reach(self, fraction: float) -> None:
        self._heard.reached(self.turn, fraction)

    def fail(self, trouble: AloudTrouble) -> None:
        self._heard.failed(self.turn, trouble)


class FakeVoices:
    """Makes them, as `Desktop.make_speech`; `trouble` is why there are none."""

    def __init__(self, trouble: AloudTrouble | None = None) -> None:
        self.trouble = trouble
        self.made: list[FakeSpeech] = []

    def __call__(self, language: str, heard: Heard) -> FakeSpeech:
        if self.trouble is not None:
            raise Silent(self.trouble)
        self.made.append(FakeSpeech(language, heard))
        return self.made[-1]

    @property
    def last(self) -> FakeSpeech:
        return self.made[-1]
