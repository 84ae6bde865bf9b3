"""The preferences in memory, shared by all windows. They are saved in the background."""

from collections.abc import Callable

from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.watchers import CallSoon, Watchers

Save = Callable[[Preferences], object]


class LivePreferences:
    """One value, replaced as a whole."""

    def __init__(self, value: Preferences, save: Save, call_soon: CallSoon | None = None) -> None:
        self._value, self._save = value, save
        self._watchers = Watchers(call_soon)

    @property
    def value(self) -> Preferences:
        return self._value

    def change(self, value: Preferences) -> None:
        """Put new preferences in force and have them saved."""
        if value == self._value:
            return
        self._value = value
        self._save(value)
        self._watchers.changed()

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` once per turn of the event loop in which the value has changed.

        Returns a function that ends this.
        """
        return self._watchers.watch(lambda: self._value, lambda _: tell())
