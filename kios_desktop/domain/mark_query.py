"""What is asked about the highlights of all books of the library."""

from dataclasses import dataclass
from typing import Final

from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.marks import Mark

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


@dataclass(frozen=True, slots=True)
class HighlightCount:
    """How many highlights of a book there are, and how many of them have notes."""

    book_id: BookId
    highlights: int
    notes: int
