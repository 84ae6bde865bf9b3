"""Speaks a word with a voice of the system, where it has one for the language."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Signal

from kios_desktop.ui.reader.aloud.ports import Silent
from kios_desktop.ui.reader.aloud.speech import has_engine, load_engine

if TYPE_CHECKING:
    from PySide6.QtTextToSpeech import QTextToSpeech


class Voice(QObject):
    """The engine is made for the first word that is to be heard: with many voices that takes a
    second. `silent` is emitted where there is no voice for the language.
    """

    silent = Signal()

    def __init__(
        self,
        parent: QObject,
        language: str,
        load: "Callable[[], QTextToSpeech]" = load_engine,
    ) -> None:
        """`load` makes the engine, or raises Silent."""
        super().__init__(parent)
        self._load = load
        self._locale = QLocale(language) if language else QLocale()
        self._engine: QTextToSpeech | None = None
        self._asked = False

    @cached_property
    def may_speak(self) -> bool:
        """Whether the system has what speaks; in which languages is not known before `say`."""
        return has_engine()

    def say(self, words: str) -> None:
        engine = self._made()
        if engine is None or not self._knows_language(engine):
            self.silent.emit()
            return
        engine.setLocale(self._locale)
        engine.say(words)

    def _knows_language(self, engine: "QTextToSpeech") -> bool:
        wanted = self._locale.language()
        return any(one.language() is wanted for one in engine.availableLocales())

    def _made(self) -> "QTextToSpeech | None":
        if not self._asked:
            self._asked = True
            try:
                self._engine = self._load()
            except Silent:  # the log says why
                return None
            self._engine.setParent(self)
        return self._engine
