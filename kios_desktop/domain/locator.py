"""Places in a publication.

The neutral coordinate is `Place`: (spine index, ordinal). Every foreign notation (KOReader
xpointer, EPUB CFI, koboSpan, Readium locator, fraction) is converted to it and from it; places
are compared as `Place` only, never as percentages of different programs.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

ALMOST = 0.9999  # of the publication; exactly 1 means that it was read to the end
READ_ON = 0.01  # of the publication; a finished book that moved by less is not being read again


class Place(Struct, frozen=True, order=True):
    """A point in a publication.

    `spine_index` is 0-based over the itemrefs whose idref is in the manifest. `ordinal` counts the
    non-space code points before the point inside `<body>`; space, tab, CR and LF are space,
    nothing else is.
    """

    spine_index: int
    ordinal: int

    def __post_init__(self) -> None:
        if self.spine_index < 0 or self.ordinal < 0:
            raise ValueError(f"negative place {self.spine_index}, {self.ordinal}")


class Precision(StrEnum):
    """How well a foreign notation could be resolved."""

    EXACT = "exact"
    ELEMENT = "element"
    ITEM = "item"
    FRACTION = "fraction"
    NONE = "none"


class Quote(Struct, frozen=True):
    """Text on both sides of a place, white space folded; 32 characters or more where possible."""

    before: str = ""
    after: str = ""


class Chapter(Struct, frozen=True):
    """The nearest table-of-contents entry at or before a place, else the spine item.

    `index` numbers the entries of the flattened table of contents from 0; for a place that no
    entry covers it is `-1 - spine_index`, so two such spine items still differ.
    """

    index: int
    title: str


class Locator(Struct, frozen=True):
    """A place with what people and other programs need to know about it.

    `href` is the path in the zip, without fragment. `ordinal_total` counts the non-space code
    points of the resource. `total_progression` is 0…1 of the publication, by character counts; of
    a place of this reader it is 1 only where the book was read to its end.
    """

    place: Place
    href: str
    ordinal_total: int
    total_progression: float
    chapter: Chapter
    quote: Quote = Quote()

    @property
    def at_end(self) -> bool:
        """Whether the last words were read. Only a page turn sets this, never a place alone."""
        return self.total_progression >= 1

    @property
    def not_at_end(self) -> "Locator":
        """The same place without the statement that the book was read to its end."""
        return replace(self, total_progression=min(self.total_progression, ALMOST))

    @property
    def progression(self) -> float:
        """Fraction 0…1 of the resource."""
        return min(1.0, self.place.ordinal / self.ordinal_total) if self.ordinal_total else 0.0


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a foreign notation resolved to. `place` is None exactly when `NONE`.

    `file_known`: of a fraction, that the file it lies in is known.
    """

    place: Place | None
    precision: Precision
    file_known: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if (self.place is None) != (self.precision is Precision.NONE):
            raise ValueError(f"{self.precision} with {self.place}")


class Position(Struct, frozen=True):
    """Where somebody is: a locator, when (aware UTC) and on which device."""

    locator: Locator
    at: datetime
    device: str
