"""The preferences in memory, shared by all windows. Changes act at once and are saved behind."""

from collections.abc import Callable

from kios_desktop.domain.preferences import Preferences

Save = Callable[[Preferences], object]


class LivePreferences:
    """One value, replaced as a whole; whoever listens is told after each change."""

    def __init__(self, value: Preferences, save: Save) -> None:
        self._value, self._save = value, save
        self._listeners: list[Callable[[], None]] = []

    @property
    def value(self) -> Preferences:
        return self._value

    def change(self, value: Preferences) -> None:
        """Put new preferences in force and have them saved."""
        if value == self._value:
            return
        self._value = value
        self._save(value)
        for tell in list(self._listeners):
            tell()

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Be told of changes; the result ends that."""
        self._listeners.append(tell)
        return lambda: self._listeners.remove(tell) if tell in self._listeners else None
