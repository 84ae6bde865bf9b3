"""What is asked about the highlights of all books of the library."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.marks import Mark, MarkId

_ALL: Final = MarkFilter()


@dataclass(frozen=True, slots=True)
class MarkQuery:
    """The highlights of one book, or of all without one, that the filter admits."""

    book_id: BookId | None = None
    wanted: MarkFilter = _ALL
    order: MarkOrder = MarkOrder.PLACE


@dataclass(frozen=True, slots=True)
class KeptMark:
    """A mark, and the book that it is in."""

    book_id: BookId
    mark: Mark


def by_book(marks: Iterable[KeptMark]) -> dict[BookId, list[Mark]]:
    """In the order in which the books come first."""
    found: dict[BookId, list[Mark]] = {}
    for one in marks:
        found.setdefault(one.book_id, []).append(one.mark)
    return found


class HighlightKey(NamedTuple):
    """One of the highlights that a query finds, of which there may be tens of thousands.

    `letters` and `note_letters` are the lengths of its text and its note.
    """

    book_id: BookId
    mark_id: MarkId
    letters: int
    note_letters: int


@dataclass(frozen=True, slots=True)
class HighlightCount:
    """How many highlights of a book there are, and how many of them have notes."""

    book_id: BookId
    highlights: int
    notes: int
