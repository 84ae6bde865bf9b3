"""What is said about an error: the shape of it, and the phrases that many have in common."""

import math
from dataclasses import dataclass
from enum import Enum

from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr


class Action(Enum):
    """What the reader can do. A view offers those it can carry out."""

    NONE = ""
    TRY_AGAIN = "Try again"
    RETRY = "Retry"
    CONTINUE = "Continue"
    LOOK_AT_CERTIFICATE = "Look at it…"
    ENTER_AGAIN = "Enter again…"
    CHANGE_ADDRESS = "Change the address…"
    USE_LOCATION = "Use the final address"
    QUIT = "Quit"


@dataclass(frozen=True, slots=True)
class Message:
    """A short title, one or two sentences, and what to offer beside them.

    `said`: what the server itself has to say, as a sentence, where there is room for details.
    """

    title: str
    text: str
    action: Action = Action.NONE
    said: str = ""

    @property
    def rest(self) -> str:
        """The text below its title, where what the title says is not said again."""
        return self.text.removeprefix(f"{self.title}.").lstrip()

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.title}. {self.rest}".rstrip()


def says(said: str) -> str:
    """What a server said, as a sentence; "" for nothing."""
    return tr("The server says: “{said}”", said=isolated(said)) if said else ""


def minutes(seconds: float) -> int:
    return max(1, math.ceil(seconds / 60))


def not_reachable(source: str) -> str:
    if source:
        return tr("{source} is not reachable", source=isolated(source))
    return tr("The server is not reachable")


def needs_attention(source: str) -> str:
    if source:
        return tr("{source} needs attention", source=isolated(source))
    return tr("The server needs attention")


def locked_text() -> str:
    return tr("The password store of this computer is locked. Unlock it, then try again.")
