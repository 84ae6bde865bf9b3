"""The voice and the speed that the reader has chosen. No Qt."""

from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.sentences import primary_language


class KeptChoices:
    """Those for a language, in the preferences."""

    def __init__(self, live: LivePreferences, language: str) -> None:
        self._live, self._language = live, primary_language(language)

    @property
    def rate(self) -> float:
        return self._live.value.aloud.rate

    @rate.setter
    def rate(self, rate: float) -> None:
        aloud = replace(self._live.value.aloud, rate=rate)
        self._live.change(replace(self._live.value, aloud=aloud))

    @property
    def voice(self) -> str:
        return self._live.value.aloud.voice_for(self._language)

    @voice.setter
    def voice(self, name: str) -> None:
        aloud = self._live.value.aloud.with_voice(self._language, name)
        self._live.change(replace(self._live.value, aloud=aloud))
