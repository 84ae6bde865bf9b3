"""What the scrubber marks, where there is no room for all of it. No Qt."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

CROWDED = 0.5  # a level of which fewer fit says nothing about where its chapters are


def visible_ticks(ticks: Iterable[tuple[float, int]], apart: float) -> Sequence[float]:
    """The fractions to mark of (fraction, depth), in order, `apart` from each other and the ends.

    Marks that are too close merge into the first of them. A level goes before those below it. One
    that is crowded is left out, but never the first, or a book of many chapters would have no mark.
    """
    levels: dict[int, set[float]] = {}
    for fraction, depth in ticks:
        if apart <= fraction <= 1 - apart:
            levels.setdefault(depth, set()).add(fraction)
    shown: list[float] = []
    for _, level in sorted(levels.items()):
        merged = _merged(shown, sorted(level), apart)
        if not shown or len(merged) - len(shown) >= CROWDED * len(level):
            shown = merged
    return shown


def _merged(shown: Sequence[float], level: Sequence[float], apart: float) -> list[float]:
    found = list(shown)
    for fraction in level:
        at = bisect_left(found, fraction)
        before_is_far = at == 0 or fraction - found[at - 1] >= apart
        if before_is_far and (at == len(found) or found[at] - fraction >= apart):
            found.insert(at, fraction)
    return found


def columns(fractions: Iterable[float], width: float) -> Sequence[int]:
    """The columns 0…`width`, px, in which fractions 0…1 fall; each once, in order."""
    return sorted({round(fraction * width) for fraction in fractions})
