"""Speaks a word with a voice of the system, where it has one for the language."""

import ctypes
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QObject

if TYPE_CHECKING:
    from PySide6.QtTextToSpeech import QTextToSpeech

_NO_VOICE: Final = ("mock", "")  # Qt's own stand-in for tests
_SPEECH_DISPATCHER: Final = "libspeechd.so.2"  # without it Qt's engine is listed, and fails


class Voice(QObject):
    """Asks the system at the first look-up; without a voice nothing offers to speak."""

    def __init__(self, parent: QObject, language: str) -> None:
        super().__init__(parent)
        self._locale = QLocale(language) if language else QLocale()
        self._engine: QTextToSpeech | None = None
        self._asked = False

    @property
    def speaks(self) -> bool:
        """Whether there is a voice for the language."""
        engine = self._made()
        if engine is None or engine.state() is engine.State.Error:
            return False
        wanted = self._locale.language()
        return any(one.language() is wanted for one in engine.availableLocales())

    def say(self, words: str) -> None:
        if self._engine is not None:
            self._engine.setLocale(self._locale)
            self._engine.say(words)

    def _made(self) -> "QTextToSpeech | None":
        if not self._asked:
            self._asked = True
            if not _can_speak():
                return None
            try:
                from PySide6.QtTextToSpeech import QTextToSpeech
            except ImportError:  # the system lacks a library of sound that it needs
                return None
            if any(name not in _NO_VOICE for name in QTextToSpeech.availableEngines()):
                self._engine = QTextToSpeech(self)
        return self._engine


def _can_speak() -> bool:
    """Whether the system has what Qt's engine needs."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL(_SPEECH_DISPATCHER)
    except OSError:
        return False
    return True
