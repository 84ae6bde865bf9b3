"""How a shelf is, told to those who show it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kios_desktop.domain.shelf import ShelfStatus


class ShelfTold:
    """Holds the status of one shelf."""

    def __init__(self) -> None:
        self.status = ShelfStatus()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Be told of every change; the result ends that."""
        self._listeners.append(tell)
        return lambda: self._listeners.remove(tell)

    def change(self, **new: Any) -> None:
        """Fields of the status that are different now."""
        before, self.status = self.status, replace(self.status, **new)
        if self.status != before:
            for tell in list(self._listeners):
                tell()
