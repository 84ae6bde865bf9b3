"""Komga's grid of positions: which progressions in a resource its server accepts.

Every file of `size` bytes has n = max(1, ceil(size / 1024)) positions at k/n, as 32-bit floats. A
file that is missing has none. In a book of fixed layout every file has one.
Source: Komga, EpubExtractor.computePositions and BookLifecycle.markProgression; confirmed by what
a running Komga accepted.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

_SLICE_BYTES = 1024
_FLOAT32 = 2**-23  # how far a 32-bit float between 0 and 1 may be off


@dataclass(frozen=True, slots=True)
class GridPoint:
    """A position of the grid: fraction of the resource, number in the book from 1, and fraction
    of the book as Komga computes it."""

    progression: float
    position: int
    total_progression: float


class Grid:
    """The positions of one publication.

    `sizes` are uncompressed bytes per spine item, None for one that is missing. `fixed`: the book
    has a fixed layout.
    """

    def __init__(self, sizes: Sequence[int | None], *, fixed: bool = False) -> None:
        self._counts = [
            0 if size is None else 1 if fixed else max(1, math.ceil(size / _SLICE_BYTES))
            for size in sizes
        ]

    @property
    def total(self) -> int:
        return sum(self._counts)

    def snap(self, spine_index: int, progression: float) -> GridPoint:
        """The grid point at or before a fraction 0…1 of a spine item."""
        return self._point(spine_index, math.floor(progression * self._counts[spine_index] + 1e-9))

    def at_byte(self, spine_index: int, byte: int, size: int) -> GridPoint:
        """The grid point at or before a byte of so many."""
        return self._point(spine_index, byte * self._counts[spine_index] // max(1, size))

    def byte(self, spine_index: int, progression: float, size: int) -> int:
        """The byte of so many at which a progression begins: the inverse of `at_byte`.

        What is a point of the grid but for its 32 bits is that point.
        """
        count = self._counts[spine_index]
        slot = round(progression * count)
        if abs(progression * count - slot) <= max(1e-6, count * _FLOAT32):
            return -(-slot * size // max(1, count))
        return math.ceil(progression * size)

    def _point(self, spine_index: int, slot: int) -> GridPoint:
        count = max(1, self._counts[spine_index])
        slot = min(count - 1, max(0, slot))
        position = sum(self._counts[:spine_index]) + slot + 1
        return GridPoint(float32(slot / count), position, position / max(1, self.total))

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
