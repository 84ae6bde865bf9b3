"""Total progression from the weights of the spine items, and its exact inverse.

An item's weight is its ordinal total. An item without text still counts as one character, so that
every place has a progression of its own.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Weights:
    """The weights of all spine items, in order."""

    def __init__(self, totals: Sequence[int]) -> None:
        self._weights = [max(1, total) for total in totals]
        self._starts = [0, *accumulate(self._weights)]

    def total_progression(self, spine_index: int, within: float) -> float:
        """0…1; `within` is the fraction of the item that lies before the place."""
        whole = self._starts[-1]
        if not whole:
            return 0.0
        at = self._starts[spine_index] + min(1.0, within) * self._weights[spine_index]
        return min(1.0, at / whole)

    def find(self, total_progression: float) -> tuple[int, float]:
        """(spine index, fraction of that item). Values outside 0…1 are taken as the ends."""
        last = len(self._weights) - 1
        if last < 0 or math.isnan(total_progression) or total_progression <= 0:
            return 0, 0.0
        if total_progression >= 1:
            return last, 1.0
        # a hair further, so that a place finds itself again in spite of rounding
        at = total_progression * self._starts[-1] + 1e-6
        index = min(last, bisect_right(self._starts, at) - 1)
        return index, min(1.0, (at - self._starts[index]) / self._weights[index])

    def range(self, spine_index: int) -> tuple[float, float]:
        """The total progressions at which an item begins and ends."""
        whole = self._starts[-1]
        return self._starts[spine_index] / whole, self._starts[spine_index + 1] / whole
