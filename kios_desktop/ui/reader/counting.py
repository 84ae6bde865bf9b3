"""Counting the characters of a book in small slices, so that nobody who reads notices."""

import time
from collections.abc import Callable, Iterator

SLICE_S = 0.01  # a chapter that takes longer is a slice of its own


class Counting:
    """The counts so far. `totals` gives one count per spine item; each step takes its time."""

    def __init__(
        self, totals: Callable[[], Iterator[int]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._totals, self._clock = totals, clock
        self._steps: Iterator[int] | None = None
        self.found: list[int] = []
        self.done = False

    def go_on(self) -> None:
        """One slice. Blocking; one call at a time, in any thread."""
        if self._steps is None:
            self._steps = self._totals()
        until = self._clock() + SLICE_S
        for count in self._steps:
            self.found.append(count)
            if self._clock() >= until:
                return
        self.done = True
