"""What is written to a BookLore or Grimmory server.

Times are aware; places in a book are EPUB CFIs, shares are fractions of 0…1. A value that no server
would take is a mistake of the caller: it raises ValueError.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from kios_desktop.domain.loose import believable, line_of, passage_of
from kios_desktop.domain.text import exact, fold, utf16_length

LONGEST_CFI: Final = 1000
LONGEST_TEXT: Final = 5000  # of a highlighted passage, and of a note on it, in UTF-16 units
LONGEST_CHAPTER: Final = 500
LONGEST_LOCATION: Final = 500
LONGEST_TITLE: Final = 255
LONGEST_NOTE_BYTES: Final = 65_535
BATCH: Final = 100
"""The most sessions in one request."""

YELLOW: Final = "#FACC15"
NOTE_YELLOW: Final = "#FFC107"

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_POINT = re.compile(r"epubcfi\([^,()]+\)")
_RANGE = re.compile(r"epubcfi\((?:[^,^]|\^.)+,(?:[^,^]|\^.)+,(?:[^,^]|\^.)+\)", re.DOTALL)

SessionKey = tuple[datetime, datetime, int]
NoteKey = tuple[str, str]


class AnnotationStyle(StrEnum):
    """How a highlight is drawn."""

    HIGHLIGHT = "highlight"
    UNDERLINE = "underline"
    STRIKETHROUGH = "strikethrough"
    SQUIGGLY = "squiggly"


class NewSession(Struct, frozen=True):
    """A reading session. `start_page` and `end_page` are shown by the server as they are.

    Fractions of a second are cut, for the server cuts them.
    """

    start_at: datetime
    end_at: datetime
    start_fraction: float
    end_fraction: float
    start_page: str
    end_page: str

    def __post_init__(self) -> None:
        _require(self.start_at.tzinfo is not None and self.end_at.tzinfo is not None, "no zone")
        _require(self.end_at >= self.start_at, "it ends before it starts")
        for at in (self.start_at, self.end_at):  # another would not be found again in the list
            _require(believable(at) is not None, "a time of no clock that is set")
        for fraction in (self.start_fraction, self.end_fraction):
            _require(0 <= fraction <= 1, "no share of the book")
        for page in (self.start_page, self.end_page):
            _require_text(page, LONGEST_LOCATION, "a page name is too long")

    @property
    def key(self) -> SessionKey:
        """What identifies it: start and end in whole seconds, and its length in seconds."""
        start_at, end_at = (whole_second(at) for at in (self.start_at, self.end_at))
        return start_at, end_at, int((end_at - start_at).total_seconds())


class NewAnnotation(Struct, frozen=True):
    """A highlight, with or without a note.

    `cfi` is a range of three parts, in the form of foliate: the server's own reader draws no other.
    """

    book_id: int
    cfi: str
    text: str
    note: str = ""
    color: str = YELLOW
    style: AnnotationStyle = AnnotationStyle.HIGHLIGHT
    chapter: str = ""

    def __post_init__(self) -> None:
        _require(_RANGE.fullmatch(self.cfi) is not None, "no range of three parts")
        _require_cfi(self.cfi)
        _require(bool(self.text), "no text")
        _require_text(self.text, LONGEST_TEXT, "there is too much text")
        check_annotation_note(self.note)
        _require_text(self.chapter, LONGEST_CHAPTER, "the chapter is too long")
        check_color(self.color)

    @property
    def key(self) -> str:
        """What identifies it in its book: see `place_key`."""
        return place_key(self.cfi)


class NewPlaceNote(Struct, frozen=True):
    """A note at a place of the book (v2): listed by the server's reader, not drawn in the text."""

    book_id: int
    cfi: str
    content: str
    selected: str = ""
    color: str = NOTE_YELLOW
    chapter: str = ""

    def __post_init__(self) -> None:
        _require_cfi(self.cfi)
        check_content(self.content)
        _require_text(self.selected, LONGEST_TEXT, "the text is too long")
        _require_text(self.chapter, LONGEST_CHAPTER, "the chapter is too long")
        check_color(self.color)

    @property
    def key(self) -> str:
        """What identifies it in its book: see `place_key`."""
        return place_key(self.cfi)


class NewBookNote(Struct, frozen=True):
    """A note on the book's page (v1). Sent twice, it is there twice."""

    book_id: int
    title: str
    content: str

    def __post_init__(self) -> None:
        check_title(self.title)
        check_content(self.content)

    @property
    def key(self) -> NoteKey:
        """What identifies it in its book: two that are equal can't be told apart."""
        return note_key(self.title, self.content)


class NewBookmark(Struct, frozen=True):
    """A marked place; `cfi` is a point."""

    book_id: int
    cfi: str
    title: str = ""

    def __post_init__(self) -> None:
        _require(_POINT.fullmatch(self.cfi.replace("^,", "")) is not None, "no point")
        _require_cfi(self.cfi)
        check_title(self.title)

    @property
    def key(self) -> str:
        """What identifies it in its book: see `place_key`."""
        return place_key(self.cfi)


def place_key(cfi: str) -> str:
    """What the servers take for one place: CFIs of other letter case or with other accents too.

    The row that stands in the way of ours may therefore have another CFI than ours.
    """
    return fold(cfi.strip())


def note_key(title: str, content: str) -> NoteKey:
    """Title and content as they are when they come back: cleaned, and without blanks around."""
    return line_of(title), passage_of(content)


def whole_second(at: datetime) -> datetime:
    """In UTC, without the fraction of a second."""
    return at.astimezone(UTC).replace(microsecond=0)


def check_rating(rating: int) -> None:
    """Raises ValueError outside 1…10: the server takes −128…127 as well."""
    _require(1 <= rating <= 10, "no rating")


def check_title(title: str) -> None:
    """Raises ValueError for one that is too long."""
    _require_text(title, LONGEST_TITLE, "the title is too long")


def check_annotation_note(note: str) -> None:
    """Raises ValueError for one that is too long for a highlight."""
    _require_text(note, LONGEST_TEXT, "the note is too long")


def check_content(content: str) -> None:
    """Raises ValueError for nothing, which the servers would take, and for too much."""
    _require(bool(passage_of(content)), "nothing is in the note")
    _require(len(content.encode()) <= LONGEST_NOTE_BYTES, "the note is too long")


def check_color(color: str) -> None:
    """Raises ValueError for anything but `#rrggbb`."""
    _require(_COLOR.fullmatch(color) is not None, "no color")


def _require_cfi(cfi: str) -> None:
    _require(0 < len(cfi) <= LONGEST_CFI, "no CFI, or a long one")
    _require(exact(cfi) == cfi, "it would come back as another CFI")


def _require_text(text: str, longest: int, otherwise: str) -> None:
    text.encode()  # raises ValueError for half a character
    _require(utf16_length(text) <= longest, otherwise)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
