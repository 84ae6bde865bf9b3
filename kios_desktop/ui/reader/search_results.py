"""The results of a search in an open book. No Qt."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.epub.search import Match
from kios_desktop.epub.search_slices import Found


@dataclass(slots=True)
class ResultGroup:
    """The results of one chapter, which follow each other."""

    chapter: Chapter
    first: int
    count: int


@dataclass(slots=True)
class BookResults:
    """Results in reading order, by their number from 0."""

    matches: list[Match] = field(default_factory=list)
    groups: list[ResultGroup] = field(default_factory=list)

    def add(self, found: Sequence[Found], most: int) -> Sequence[Match]:
        """Add results as long as there are not more than `most`. Returns those that were added."""
        before = len(self.matches)
        for one in found:
            matches = one.matches[: most - len(self.matches)]
            if not matches:
                break
            last = self.groups[-1] if self.groups else None
            if last is not None and last.chapter == one.chapter:
                last.count += len(matches)
            else:
                group = ResultGroup(one.chapter, len(self.matches), len(matches))
                self.groups.append(group)
            self.matches += matches
        return self.matches[before:]

    def place(self, number: int) -> Place:
        match = self.matches[number]
        return Place(match.spine_index, match.start)

    def after(self, place: Place | None, step: int) -> int:
        """The next result at or after a place (1), or the last one before it (-1), all round."""
        where = (place.spine_index, place.ordinal) if place is not None else (0, 0)
        at = bisect_left(self.matches, where, key=lambda match: (match.spine_index, match.start))
        return (at if step > 0 else at - 1) % len(self.matches)

    def ranges(self, spine_index: int) -> list[tuple[int, int]]:
        """The ordinals [start, end) of the results in a spine item."""
        by_item = [bisect_left(self.matches, (n,)) for n in (spine_index, spine_index + 1)]
        return [(match.start, match.end) for match in self.matches[slice(*by_item)]]
