"""What is painted of the marks in a chapter: ranges in layers, of which no two fills overlap.

Where highlights overlap the shorter one lies on top, so that some of the other is seen beside it.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from kios_desktop.domain.marks import Mark, MarkKind, MarkStyle

LINE = "-line"
"""Added to the name of a colour: a line under the text."""

Layers = dict[str, list[tuple[int, int]]]
"""Ranges of ordinals, the second exclusive, by layer."""


def layers_of(marks: Iterable[Mark], spine_index: int, total: int) -> Layers:
    """The layers of one chapter of `total` ordinals. Layers without ranges are left out."""
    fills: list[tuple[int, int, str]] = []
    layers: Layers = {}
    for mark in marks:
        if mark.kind is not MarkKind.HIGHLIGHT or mark.passage is None:
            continue
        inside = mark.passage.within(spine_index)
        if inside is None:
            continue
        start, end = inside[0], total if inside[1] is None else min(inside[1], total)
        if start >= end:
            continue
        if mark.style is MarkStyle.UNDERLINE:
            layers.setdefault(mark.colour + LINE, []).append((start, end))
        else:
            fills.append((start, end, mark.colour))
    for start, end, colour in _flat(fills):
        layers.setdefault(colour, []).append((start, end))
    return layers


def _flat(fills: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The same without overlaps: the shorter one lies on top, of equal ones the later."""
    begins: dict[int, list[int]] = {}
    for number, (start, _end, _colour) in enumerate(fills):
        begins.setdefault(start, []).append(number)
    pieces: list[tuple[int, int, str]] = []
    open_ones: list[int] = []
    top = -1
    for left, right in pairwise(sorted({edge for fill in fills for edge in fill[:2]})):
        open_ones = [n for n in open_ones if fills[n][1] > left] + begins.get(left, [])
        if not open_ones:
            top = -1
            continue
        before, top = top, min(open_ones, key=lambda n: (fills[n][1] - fills[n][0], -n))
        start = pieces.pop()[0] if top == before else left
        pieces.append((start, right, fills[top][2]))
    return pieces
