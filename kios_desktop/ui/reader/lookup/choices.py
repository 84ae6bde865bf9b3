"""The reader's preferences about look-ups, and the consent to send words. No Qt."""

from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.preferences import LookUpPreferences
from kios_desktop.ui.reader.lookup.screen import LookUpTab


class LiveLookUpChoices:
    """Implements `screen.LookUpChoices`."""

    def __init__(self, live: LivePreferences) -> None:
        self._live = live

    @property
    def value(self) -> LookUpPreferences:
        return self._live.value.look_ups

    def allow(self, tab: LookUpTab) -> None:
        wanted = self.value
        wikipedia, translation = wanted.wikipedia, wanted.translation
        if tab is LookUpTab.WIKIPEDIA:
            wikipedia = replace(wikipedia, allowed=wikipedia.address)
        elif tab is LookUpTab.TRANSLATION:
            translation = replace(translation, allowed=translation.address)
        changed = replace(wanted, wikipedia=wikipedia, translation=translation)
        self._live.change(replace(self._live.value, look_ups=changed))
