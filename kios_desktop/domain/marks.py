"""Marks that a reader makes in a book: highlights, with or without a note, and bookmarks.

A mark is kept in three ways, each of which finds it again when the others fail: as a CFI, as its
text with what surrounds it, and as neutral places. The places count only in the file whose SHA-256
is kept with them; in any other the mark is found by its text.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from msgspec import Struct

from kios_desktop.domain.locator import Chapter, Place

MarkId = NewType("MarkId", str)
"""32 hexadecimal digits."""

LONGEST_NOTE: Final = 256 * 1024
"""Characters of a note."""


class MarkKind(StrEnum):
    """A highlight has text; a bookmark is a place."""

    HIGHLIGHT = "highlight"
    BOOKMARK = "bookmark"


class MarkColour(StrEnum):
    """The colours of highlights."""

    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PINK = "pink"
    PURPLE = "purple"


class MarkStyle(StrEnum):
    """How a highlight is drawn: behind its text, or as a line under it."""

    FILL = "fill"
    UNDERLINE = "underline"


class Passage(Struct, frozen=True, order=True):
    """The text from `start` to before `end`, also of another chapter; empty for a bookmark."""

    start: Place
    end: Place

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a passage from {self.start} back to {self.end}")

    def contains(self, place: Place) -> bool:
        return self.start <= place < self.end

    def overlaps(self, other: "Passage") -> bool:
        return self.start < other.end and other.start < self.end

    def within(self, spine_index: int) -> tuple[int, int | None] | None:
        """The ordinals in one chapter, None for its end; None when it has none of the passage."""
        if not self.start.spine_index <= spine_index <= self.end.spine_index:
            return None
        first = self.start.ordinal if spine_index == self.start.spine_index else 0
        last = self.end.ordinal if spine_index == self.end.spine_index else None
        return None if last is not None and last <= first else (first, last)

    def part(self, spine_index: int, total: int) -> "Passage | None":
        """What a chapter of `total` ordinals has of it."""
        inside = self.within(spine_index)
        if inside is None:
            return None
        first, last = inside
        end = total if last is None else last
        return Passage(Place(spine_index, first), Place(spine_index, end))

    def with_part(self, part: "Passage", total: int) -> "Passage":
        """With another part of a chapter of `total` ordinals.

        It goes on into the chapter before and the one behind where it did, and still reaches there.
        """
        start, end = part.start, part.end
        goes_back = self.start.spine_index < start.spine_index and start.ordinal == 0
        goes_on = self.end.spine_index > end.spine_index and end.ordinal >= total
        return Passage(self.start if goes_back else start, self.end if goes_on else end)


class TextQuote(Struct, frozen=True):
    """The text of a passage and about 48 characters on both sides, white space folded."""

    exact: str
    before: str = ""
    after: str = ""


class Anchor(Struct, frozen=True):
    """Where a mark is. `passage` is None when the book's file has no such text any more.

    `cfi` is a range, for bookmarks a point; `href` is the path in the zip of the start's chapter.
    `sha256` is that of the file in which passage and CFI were found.
    """

    passage: Passage | None
    cfi: str
    quote: TextQuote
    href: str
    chapter: Chapter
    sha256: str


class Mark(Struct, frozen=True):
    """One mark. `note` is the reader's text; of a bookmark, its name. Times are aware, UTC."""

    id: MarkId
    kind: MarkKind
    anchor: Anchor
    made_at: datetime
    changed_at: datetime
    colour: MarkColour = MarkColour.YELLOW
    style: MarkStyle = MarkStyle.FILL
    note: str = ""

    @property
    def passage(self) -> Passage | None:
        return self.anchor.passage

    @property
    def text(self) -> str:
        return self.anchor.quote.exact


def in_reading_order(marks: Iterable[Mark]) -> list[Mark]:
    """By place; those that can't be found come last, by time."""

    def key(mark: Mark) -> tuple[bool, Place, datetime]:
        nowhere = mark.passage is None
        return nowhere, Place(0, 0) if mark.passage is None else mark.passage.start, mark.made_at

    return sorted(marks, key=key)


def marks_at(marks: Sequence[Mark], place: Place) -> list[Mark]:
    """The highlights that a place lies in, the shortest first: it is the one on top."""

    def length(mark: Mark) -> tuple[int, int]:
        passage = mark.passage
        assert passage is not None  # noqa: S101 (it contains the place)
        chapters = passage.end.spine_index - passage.start.spine_index
        return chapters, passage.end.ordinal - passage.start.ordinal

    found = [m for m in marks if m.passage is not None and m.passage.contains(place)]
    return sorted(found, key=length)
