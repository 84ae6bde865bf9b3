"""Komga's grid of positions: which progressions in a resource its server accepts.

Every file of `size` bytes has n = max(1, ceil(size / 1024)) positions at k/n, as 32-bit floats.
Source: Komga EpubExtractor.computePositions and BookLifecycle.markProgression, by way of
specs/positions.md section 5 and specs/opds.md section 10.5.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

_SLICE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class GridPoint:
    """A position of the grid: fraction of the resource, number in the book from 1, and fraction
    of the book as Komga computes it."""

    progression: float
    position: int
    total_progression: float


class Grid:
    """The positions of one publication. `sizes` are uncompressed bytes per spine item."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._counts = [max(1, math.ceil(size / _SLICE_BYTES)) for size in sizes]

    @property
    def total(self) -> int:
        return sum(self._counts)

    def snap(self, spine_index: int, progression: float) -> GridPoint:
        """The grid point at or before a fraction 0…1 of a spine item."""
        count = self._counts[spine_index]
        slot = min(count - 1, max(0, math.floor(progression * count + 1e-9)))
        position = sum(self._counts[:spine_index]) + slot + 1
        return GridPoint(float32(slot / count), position, position / self.total)

    def find(self, position: int) -> tuple[int, float]:
        """(spine index, fraction) of a position's number; values outside are taken as the ends."""
        left = min(self.total, max(1, position)) - 1
        for spine_index, count in enumerate(self._counts):
            if left < count:
                return spine_index, left / count
            left -= count
        return 0, 0.0


def float32(value: float) -> float:
    """The nearest 32-bit float."""
    nearest: float = struct.unpack("f", struct.pack("f", value))[0]
    return nearest
