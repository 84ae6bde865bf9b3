"""Counting the characters of a book in small slices, so that nobody who reads notices."""

import time
from collections.abc import Callable, Iterator

from kios_desktop.domain.errors import PublicationError

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
        """One slice. Blocking; one call at a time, in any thread.

        Raises PublicationError for a file that can't be read now; then nothing was counted.
        """
        if self._steps is None:
            self._steps = self._totals()
        until = self._clock() + SLICE_S
        try:
            for count in self._steps:
                self.found.append(count)
                if self._clock() >= until:
                    return
        except PublicationError:
            self.found.clear()
            self._steps = None  # a generator that has failed would only seem to be at its end
            raise
        self.done = True
