"""Search inside all books: what the index knows, what it finds, and how far it has been built."""

from dataclasses import dataclass
from enum import StrEnum

from kios_desktop.domain.errors import KiosError
from kios_desktop.domain.library import BookId


@dataclass(frozen=True, slots=True)
class BookFile:
    """A book of the library as the index wants it; `file` is relative to the library folder."""

    id: BookId
    sha256: str
    file: str


class Unindexed(StrEnum):
    """Why there is no text of a book in the index."""

    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too large"
    LOST = "lost"  # whatever read it died of it, or took too long


@dataclass(frozen=True, slots=True)
class IndexedBook:
    """A book that was read for the index. `why_not` is None when its text is in it."""

    id: BookId
    sha256: str
    why_not: Unindexed | None = None


class IndexStage(StrEnum):
    """What becomes of the index at the moment."""

    OFF = "off"
    BUILDING = "building"
    PAUSED = "paused"  # by the reader, or by a `problem`
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far the index is: `read` books of `total`, of which `unread` could not be read.

    `size_bytes` is its size on the disk. `problem` keeps it from going on.
    """

    stage: IndexStage = IndexStage.OFF
    read: int = 0
    total: int = 0
    unread: int = 0
    size_bytes: int = 0
    problem: KiosError | None = None

    @property
    def is_incomplete(self) -> bool:
        """Whether it is wanted, and books are missing from it."""
        return self.stage in (IndexStage.BUILDING, IndexStage.PAUSED)


@dataclass(frozen=True, slots=True)
class BookHits:
    """A book with the words that were asked for: which pieces of its text have them, in order."""

    book_id: BookId
    pieces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Where the words are in a book, and what is around them.

    `start` counts the characters of the text of a spine item, as the index has it. `before`, `text`
    and `after` are of one block; `begins_inside` says that there is more of it before `before`.
    """

    book_id: BookId
    spine_index: int
    start: int
    chapter: str
    before: str
    text: str
    after: str
    begins_inside: bool


@dataclass(frozen=True, slots=True)
class BookExcerpts:
    """The first excerpts in a book, of as many as `count`; None while they are not counted."""

    hits: BookHits
    excerpts: tuple[Excerpt, ...]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class FoundInside:
    """All books that have the words, in order, and excerpts of the first ones.

    With `is_cut` the words are so frequent that only books added last were looked at.
    """

    books: tuple[BookHits, ...] = ()
    first: tuple[BookExcerpts, ...] = ()
    is_cut: bool = False
