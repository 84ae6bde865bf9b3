"""The message about an error, and phrases that several messages share."""

import math
from enum import Enum, auto
from typing import Final

from msgspec import Struct

from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import marked, tr


class Action(Enum):
    """What the reader can do. A view shows the actions that it supports."""

    NONE = auto()
    TRY_AGAIN = auto()
    RETRY = auto()
    CONTINUE = auto()
    LOOK_AT_CERTIFICATE = auto()
    ENTER_AGAIN = auto()
    CHANGE_ADDRESS = auto()
    USE_LOCATION = auto()
    QUIT = auto()


_ACTION_TEXTS: Final = {
    Action.NONE: "",
    Action.TRY_AGAIN: marked("Try again"),
    Action.RETRY: marked("Retry"),
    Action.CONTINUE: marked("Continue"),
    Action.LOOK_AT_CERTIFICATE: marked("Look at it…"),
    Action.ENTER_AGAIN: marked("Enter again…"),
    Action.CHANGE_ADDRESS: marked("Change the address…"),
    Action.USE_LOCATION: marked("Use the final address"),
    Action.QUIT: marked("Quit"),
}


def button_text(action: Action) -> str:
    """The text of a button for an action; "" for none."""
    text = _ACTION_TEXTS[action]
    return tr(text) if text else ""


class Message(Struct, frozen=True):
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
