"""Converts a row of `books` to a `Book`, also where cells are damaged."""

from datetime import datetime
from typing import TypeVar

import msgspec

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.library import RATINGS, Book, BookId, DocumentHashes
from kios_desktop.domain.path_text import text_to_path
from kios_desktop.domain.text import clean_line
from kios_desktop.storage.damage import NamedCells
from kios_desktop.storage.encoding import from_json, from_ms

T = TypeVar("T")


def book_of(cells: NamedCells) -> Book:
    """Damaged cells count as empty: the book can still be read.

    Texts are cleaned again: an earlier version, or damage, may have left unfit characters.

    Raises ValueError when neither the file nor its hash is known.
    """

    def cell(name: str, kind: type[T], otherwise: T) -> T:
        value = cells[name]
        return value if isinstance(value, kind) else otherwise

    def text(name: str) -> str:
        return cell(name, str, "")

    def words(name: str) -> str:
        return clean_line(text(name))

    def names(name: str) -> tuple[str, ...]:
        try:
            return tuple(filter(None, map(clean_line, from_json(text(name), tuple[str, ...]))))
        except msgspec.MsgspecError:
            return ()

    file, sha256 = text("file"), text("sha256")
    if not file:
        if len(sha256) != _SHA256:
            raise ValueError("neither the file nor its hash is known")
        file = f"books/{sha256[:2]}/{sha256}.epub"  # as it was named when it was added
    progression = cells["total_progression"]
    return Book(
        id=BookId(cells["id"]),
        title=words("title") or _named_after(text("file_name")),
        authors=names("authors"),
        language=words("language"),
        series=words("series"),
        series_index=_number(cells["series_index"]),
        identifier=words("identifier"),
        file=file,
        file_name=text("file_name"),
        size_bytes=cell("size_bytes", int, 0),
        hashes=DocumentHashes(
            sha256, text("partial_md5"), text("partial_md5_komga"), text("partial_md5_stump")
        ),
        cover=text("cover"),
        added_at=_time(cells["added_at"]) or from_ms(0),
        read_at=_time(cells["read_at"]),
        finished_at=_time(cells["finished_at"]),
        total_progression=None if progression is None else _fraction(progression),
        chapter_title=words("chapter_title"),
        device=words("device"),
        defects=tuple(filter(None, map(defect_of, names("defects")))),
        rating=cells["rating"] if cells["rating"] in RATINGS else None,
    )


def defect_code(defect: Defect) -> str:
    """As it is stored: the kind, with the count where there is one."""
    return f"{defect.kind}:{defect.count}" if defect.count else str(defect.kind)


def defect_of(code: str) -> Defect | None:
    """The defect of a stored code; None for one that is damaged."""
    kind, _, digits = code.partition(":")
    try:
        count = int(digits or 0)
        return Defect(DefectKind(kind), count) if 0 <= count <= _MOST_FILES else None
    except ValueError:
        return None


_MOST_FILES = 10**6  # in a book; a larger count is damage
_SHA256 = 64  # characters
_BEFORE_KIOS_MS = 946_684_800_000  # the year 2000: a book that was removed earlier is damage


def was_removed(removed_at: object) -> bool:
    """Whether a book was removed. Raises ValueError for a damaged cell."""
    if removed_at is None:
        return False
    if not isinstance(removed_at, int) or removed_at < _BEFORE_KIOS_MS:
        raise ValueError("a book was removed before there was Kios")
    return True


def _named_after(file_name: str) -> str:
    """The title of a book without one: its file name."""
    return clean_line(str(text_to_path(file_name))).removesuffix(".epub") if file_name else ""


def _number(value: object) -> float | None:
    return value if isinstance(value, float) and abs(value) < 1e9 else None


def _fraction(value: object) -> float:
    return value if isinstance(value, float) and 0 <= value <= 1 else 0.0


def _time(value: object) -> datetime | None:
    try:
        return from_ms(value) if isinstance(value, int) else None
    except OverflowError:
        return None
