"""Finds contents entries that are numbered, for “Chapter 9 of 61”. No Qt."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from kios_desktop.ui.reader.contents_line import ContentsLine

# a number, alone or after one word; not “Chapter 9. The Sermon”, whose title says more
_TITLE: Final = re.compile(r"(?:(\w+) )?(?:(\d{1,4})|([ivxlc]{1,9}))\.?", re.IGNORECASE)
_LETTERS: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def chapter_counts(lines: Sequence[ContentsLine]) -> dict[int, int]:
    """The highest number in the sequence of a numbered entry, by the entry's index.

    A sequence is two or more entries under one heading whose numbers start at 1 and increase.
    """
    found: dict[int, int] = {}
    for siblings in _families(lines):
        runs: dict[str, list[tuple[int, int]]] = {}  # by word: (index, number)
        for line in siblings:
            if match := _TITLE.fullmatch(line.title.strip()):
                word, digits, letters = match.groups()
                number = int(digits) if digits else _roman(letters.lower())
                runs.setdefault((word or "").casefold(), []).append((line.index, number))
        for run in runs.values():
            numbers = [number for _index, number in run]
            if len(run) > 1 and numbers[0] == 1 and all(a < b for a, b in pairwise(numbers)):
                found.update((index, numbers[-1]) for index, _number in run)
    return found


def _families(lines: Sequence[ContentsLine]) -> Iterator[list[ContentsLine]]:
    """Groups of entries at one depth under one heading."""
    open_: list[list[ContentsLine]] = []
    for line in lines:
        while len(open_) > line.depth + 1:
            yield open_.pop()
        while len(open_) <= line.depth:
            open_.append([])
        open_[line.depth].append(line)
    yield from open_


def _roman(letters: str) -> int:
    values = [_LETTERS[letter] for letter in letters]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
