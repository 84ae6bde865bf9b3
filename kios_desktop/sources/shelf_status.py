"""The status of a Kobo shelf, with listeners."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kios_desktop.domain.shelf import ShelfStatus


class ObservableShelfStatus:
    """Holds the status of one shelf."""

    def __init__(self) -> None:
        self.status = ShelfStatus()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Calls `tell` after every change; returns a function that stops it."""
        self._listeners.append(tell)
        return lambda: self._listeners.remove(tell)

    def change(self, **new: Any) -> None:
        """Changes fields of the status, and calls the listeners if it differs then."""
        before, self.status = self.status, replace(self.status, **new)
        if self.status != before:
            for tell in list(self._listeners):
                tell()
