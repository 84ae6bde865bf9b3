"""Which marks a list shows, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kios_desktop.domain.marks import Mark, MarkColour, in_reading_order
from kios_desktop.domain.text import fold


class MarkOrder(StrEnum):
    """By place in the book, or the newest first."""

    PLACE = "place"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class MarkFilter:
    """Marks of any of `colours` (of all, when there are none) whose text and note have all `words`.

    Case and accents of the words don't matter. `noted` is for marks with a note only.
    """

    colours: frozenset[MarkColour] = frozenset()
    noted: bool = False
    words: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it admits every mark."""
        return not self.colours and not self.noted and not self.terms

    @property
    def terms(self) -> list[str]:
        """The words, as they are compared."""
        return fold(self.words).split()

    def with_colour_toggled(self, colour: MarkColour) -> "MarkFilter":
        return MarkFilter(self.colours ^ {colour}, self.noted, self.words)

    def admitted(self, marks: Iterable[Mark]) -> list[Mark]:
        terms = self.terms

        def has_words(mark: Mark) -> bool:
            text = fold(f"{mark.text} {mark.note}")
            return all(term in text for term in terms)

        return [
            mark
            for mark in marks
            if (not self.colours or mark.colour in self.colours)
            and (not self.noted or mark.note)
            and (not terms or has_words(mark))
        ]


def in_order(marks: Iterable[Mark], order: MarkOrder) -> list[Mark]:
    if order is MarkOrder.PLACE:
        return in_reading_order(marks)
    return sorted(marks, key=lambda mark: (mark.made_at, mark.id), reverse=True)
