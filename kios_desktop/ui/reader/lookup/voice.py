"""Speaks a word with a voice of the system, where it has one for the language."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject

from kios_desktop.ui.reader.aloud.ports import Silent
from kios_desktop.ui.reader.aloud.speech import load_engine

if TYPE_CHECKING:
    from PySide6.QtTextToSpeech import QTextToSpeech


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
            try:
                self._engine = load_engine()
            except Silent:  # the log says why
                return None
            self._engine.setParent(self)
        return self._engine
