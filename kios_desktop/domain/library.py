"""The books of the library, and the queries of the library view."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, NewType

from msgspec import Struct

from kios_desktop.domain.defect import Defect
from kios_desktop.domain.locator import Position
from kios_desktop.domain.path_text import text_to_path
from kios_desktop.domain.text import clean_line

BookId = NewType("BookId", int)


BOOK_FILES: Final = "books/*/*.epub"  # in the library folder, each under the name of its SHA-256


class ReadingStatus(StrEnum):
    """How far a book is."""

    UNREAD = "unread"
    READING = "reading"
    FINISHED = "finished"


class DocumentHashes(Struct, frozen=True):
    """The hashes by which servers identify this file.

    `sha256` is over all bytes. `partial_md5` is KOReader's; the Komga and Stump variants differ
    from it only when the last sample is short: see `epub/document_hash.py`.
    """

    sha256: str
    partial_md5: str
    partial_md5_komga: str
    partial_md5_stump: str


RATINGS: Final = range(1, 11)
"""Half stars."""


class Book(Struct, frozen=True):
    """A publication in the library. `file` and `cover` are relative to the library folder.

    `total_progression` and `chapter_title` describe the last place; None and "" before the first.
    """

    id: BookId
    title: str
    authors: tuple[str, ...]
    language: str
    series: str
    series_index: float | None
    identifier: str
    file: str
    file_name: str  # as it was called when added, as `path_text` writes it
    size_bytes: int
    hashes: DocumentHashes
    cover: str
    added_at: datetime
    read_at: datetime | None = None
    finished_at: datetime | None = None
    total_progression: float | None = None
    chapter_title: str = ""
    device: str = ""  # "" is this computer
    defects: tuple[Defect, ...] = ()
    rating: int | None = None  # half stars, within `RATINGS`

    @property
    def original_name(self) -> str:
        """The name of the file that was added, of which KOReader's file-name id is made."""
        return str(text_to_path(self.file_name)) if self.file_name else ""

    @property
    def status(self) -> ReadingStatus:
        """A finished book that is opened again stays finished."""
        if self.finished_at is not None:
            return ReadingStatus.FINISHED
        return ReadingStatus.UNREAD if self.read_at is None else ReadingStatus.READING


class NewBook(Struct, frozen=True):
    """A book to be added: a `Book` without what the database adds."""

    title: str
    authors: tuple[str, ...]
    language: str
    series: str
    series_index: float | None
    identifier: str
    file: str
    file_name: str
    size_bytes: int
    hashes: DocumentHashes
    cover: str
    defects: tuple[Defect, ...] = ()


class Shelf(StrEnum):
    """The four lists of the sidebar."""

    ALL = "all"
    READING = "reading"
    UNREAD = "unread"
    FINISHED = "finished"


class Sort(StrEnum):
    """Orders of the library; each has a natural direction that `reverse` turns round."""

    RECENTLY_READ = "recently read"
    RECENTLY_ADDED = "recently added"
    TITLE = "title"
    AUTHOR = "author"
    SERIES = "series"
    PROGRESS = "progress"


class Query(Struct, frozen=True):
    """What the library view shows. `words` match title, author and series, accents ignored."""

    shelf: Shelf = Shelf.ALL
    sort: Sort = Sort.RECENTLY_READ
    reverse: bool = False
    words: str = ""


class ShelfCounts(Struct, frozen=True):
    """How many books each list of the sidebar holds."""

    all: int = 0
    reading: int = 0
    unread: int = 0
    finished: int = 0


class ImportOutcome(StrEnum):
    """What became of one file."""

    ADDED = "added"
    ALREADY_HERE = "already here"
    FAILED = "failed"


class Imported(Struct, frozen=True):
    """One line of the import report. `error` is set exactly when the file failed.

    `same_as` is the title of the book that already has these bytes. `defects` are those of a
    book that was added nevertheless.
    """

    path: str
    outcome: ImportOutcome
    book_id: BookId | None = None
    title: str = ""
    same_as: str = ""
    error: Exception | None = None
    defects: tuple[Defect, ...] = ()

    @property
    def name(self) -> str:
        """The name of the file, to be shown."""
        return clean_line(Path(self.path).name)


class ImportReport(Struct, frozen=True):
    """The end of one import, in the order the files were met. `cancelled` when it was stopped."""

    items: tuple[Imported, ...]
    cancelled: bool = False

    def count(self, outcome: ImportOutcome) -> int:
        return sum(item.outcome is outcome for item in self.items)


class Visit(Struct, frozen=True):
    """One entry of a book's timeline. `how` is "read", "stayed", "moved by sync", "restored"…"""

    position: Position
    how: str
