"""The message about an error, and phrases that several messages share."""

import math
from dataclasses import dataclass
from enum import Enum

from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr


class Action(Enum):
    """What the reader can do. A view shows the actions that it supports."""

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
    """A short title, one or two sentences, and an action.

    `said` is the server's own explanation as a sentence, for views with room for details.
    """

    title: str
    text: str
    action: Action = Action.NONE
    said: str = ""

    @property
    def rest(self) -> str:
        """The text without a first sentence that repeats the title."""
        return self.text.removeprefix(f"{self.title}.").lstrip()

    @property
    def line(self) -> str:
        """Title and text in one line."""
        return f"{self.title}. {self.rest}".rstrip()


def says(said: str) -> str:
    """A server's explanation as a sentence; "" without one."""
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
