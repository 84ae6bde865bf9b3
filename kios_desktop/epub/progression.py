"""Total progression from the weights of the spine items, and its inverse.

The weight of an item is its number of characters. An item without characters weighs as much as a
page of text in a book of pictures, so that its pages spread over 0…1, and nothing in a book of
text, so that plates do not move any percentage. A place in such a plate still has a progression of
its own, within the last character before it.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

PAGE: Final = 1000  # characters that a picture stands for: about a page of text
_HAIR: Final = 1e-6  # characters further, so that a place finds itself again in spite of rounding


class Weights:
    """The weights of all spine items, in order.

    `totals` are their characters, 0 for those without any: pictures, and what is missing. Bytes do
    as an estimate.
    """

    def __init__(self, totals: Sequence[int]) -> None:
        self.totals = tuple(totals)
        empty = PAGE if is_of_pictures(totals) else 0
        self._weights = [total or empty for total in totals]
        self._starts = [0, *accumulate(self._weights)]
        self.whole = self._starts[-1]  # of the publication

    def total_progression(self, spine_index: int, within: float) -> float:
        """0…1; `within` is the fraction of the item that lies before the place."""
        if not self.whole:
            return 0.0
        weight = self._weights[spine_index]
        start = self._starts[spine_index]
        at = start + min(1.0, within) * weight if weight else self._beside(spine_index)
        return min(1.0, at / self.whole)

    def find(self, total_progression: float) -> tuple[int, float]:
        """(spine index, fraction of that item). Values outside 0…1 are taken as the ends."""
        last = len(self._weights) - 1
        if last < 0 or math.isnan(total_progression) or total_progression <= 0:
            return 0, 0.0
        if total_progression >= 1:
            return last, 1.0
        at = total_progression * self.whole + _HAIR
        index = min(last, bisect_right(self._starts, at) - 1)
        weight = self._weights[index]
        if not weight:
            return index, 0.0
        inside = at - self._starts[index]
        first, end = self._run(index + 1)
        plate = math.floor((inside - weight + 1) * (end - first + 1)) - 1
        if first < end and plate >= 0:
            return min(end - 1, first + plate), 0.0
        return index, min(1.0, inside / weight)

    def range(self, spine_index: int) -> tuple[float, float]:
        """The total progressions at which an item begins and ends."""
        whole = self.whole or 1
        return self._starts[spine_index] / whole, self._starts[spine_index + 1] / whole

    def _beside(self, spine_index: int) -> float:
        """Where an item that weighs nothing is: its share of the last character before it."""
        start = self._starts[spine_index]
        first = spine_index
        while first > 0 and not self._weights[first - 1]:
            first -= 1
        _, end = self._run(first)
        return start - 1 + (spine_index - first + 1) / (end - first + 1) if start else 0.0

    def _run(self, first: int) -> tuple[int, int]:
        """The items from `first` on that weigh nothing, up to the end of what is returned."""
        end = first
        while end < len(self._weights) and not self._weights[end]:
            end += 1
        return first, end


def is_of_pictures(totals: Sequence[int]) -> bool:
    """Whether most items have no characters, and would be the greater part as pages of text."""
    empty = sum(not total for total in totals)
    return empty > len(totals) - empty and empty * PAGE > sum(totals)
