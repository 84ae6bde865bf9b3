"""What speaks, plays, shows and supplies what is read aloud, as the presenter needs it. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.domain.locator import Place
from kios_desktop.domain.utterance import AloudTrouble, SpokenChapter, Utterance
from kios_desktop.ui.reader.engine.wire import Paint


class Heard(Protocol):
    """Hears from a speaker; `turn` is that of `Speaker.speak`."""

    def begun(self, turn: int) -> None: ...
    def reached(self, turn: int, fraction: float) -> None:
        """So much, 0…1, was heard."""

    def finished(self, turn: int) -> None: ...
    def failed(self, turn: int, trouble: AloudTrouble) -> None: ...


class Speaker(Protocol):
    """Speaks one utterance at a time. Of one that was replaced or hushed nothing more is heard."""

    def speak(self, turn: int, utterance: Utterance) -> None: ...
    def hold(self) -> None:
        """Pause; does nothing when nothing is spoken."""

    def go_on(self) -> None: ...
    def hush(self) -> None: ...
    def set_rate(self, rate: float) -> None:
        """0.5 is half as fast as usual. A voice may take it for the next utterance only."""

    def end(self) -> None:
        """It is needed no more."""


class Speech(Speaker, Protocol):
    """A speaker with voices."""

    def voices(self) -> Sequence[str]:
        """The names of those that speak the book's language; of all if none does."""

    def speaks_language(self) -> bool:
        """Whether any does."""

    def choose(self, name: str) -> None:
        """Use a voice; the usual one for "" and for one that is not there."""


class Player(Speaker, Protocol):
    """Plays the book's recording."""

    def can_be_heard(self) -> bool:
        """Whether there is a loudspeaker, or the like."""


class Silent(Exception):
    """Nothing here can speak."""

    def __init__(self, trouble: AloudTrouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


MakeSpeech = Callable[[str, Heard], Speech]
"""Of a language, a BCP 47 tag. Raises Silent."""

MakePlayer = Callable[[Heard], Player]
"""Raises Silent."""

ReadSpoken = Callable[[int], Awaitable[SpokenChapter]]
"""What is read aloud of a spine item. Raises PublicationError."""


@dataclass(frozen=True, slots=True)
class AloudShown:
    """What the bar shows. `voices` is empty while the book's recording is played."""

    paused: bool
    is_away: bool  # the page shows something else
    rate: float
    voices: tuple[str, ...]
    voice: str
    sleep_min: int
    sleep_at_end: bool


class AloudScreen(Protocol):
    """What the presenter shows."""

    def show_aloud(self, shown: AloudShown) -> None: ...
    def hide_aloud(self) -> None: ...
    def paint(self, what: Paint) -> None:
        """Paint on the page, if it has the chapter."""

    def tell(self, trouble: AloudTrouble, over: bool) -> None:
        """Say what could not be read; `over`: and so nothing is."""

    def tell_asleep(self) -> None: ...


class AloudPage(Protocol):
    """The book on the screen: the presenter of its window."""

    def follow(self, place: Place, *, back: bool = False) -> None: ...
    def turn(self, count: int) -> None: ...


class AloudChoices(Protocol):
    """The reader's choices for a book's language."""

    rate: float
    voice: str
