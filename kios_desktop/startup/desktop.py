"""Differences between desktops, in one place."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from kios_desktop.ui.reader.aloud.ports import Heard, MakeSpeech, Speech


def speak_by_system(language: str, heard: "Heard") -> "Speech":
    """The system's voices; imported when something is to be spoken. Raises Silent."""
    from kios_desktop.ui.reader.aloud.speech import SystemSpeech

    return SystemSpeech(language, heard)


@dataclass(frozen=True, slots=True)
class Desktop:
    """Features of a desktop. Tests may describe another desktop than theirs."""

    has_menu_bar: bool = False  # one bar for all windows, as on macOS
    make_speech: "MakeSpeech" = speak_by_system

    @classmethod
    def of_this_system(cls) -> Self:
        return cls(has_menu_bar=sys.platform == "darwin")
