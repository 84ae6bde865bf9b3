"""Marks as a file tells them, before they are looked for in a book."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.domain.text import clean_line, mended

LONGEST_TEXT = 64 * 1024
"""Characters of the text of a mark, as many as Kios keeps of a passage."""


_MOST_LINES = 100  # authors or identifiers of a book


@dataclass(frozen=True, slots=True)
class MarkCandidate:
    """A mark with all that its file says of where it is.

    `mark.anchor` has the quote, and the CFI and the places as far as the file has them.
    `xpointers` are KOReader's of the start and the end; one alone is that of a bookmark.
    `partial_cfi` points into the document `mark.anchor.href`. `locator` is a Readium locator of the
    start, in which a `totalProgression` alone is a guess. `text_is_loose`: what the file calls the
    text may be a title, or was edited, so that positions count before it.
    """

    mark: Mark
    xpointers: tuple[str, ...] = ()
    partial_cfi: str = ""
    locator: Mapping[str, object] | None = None
    text_is_loose: bool = False


@dataclass(frozen=True, slots=True)
class MarksOfBook:
    """What a file has of one book. All that tells which book it is may be "".

    `identifiers` are those of the package, `sha256` and `partial_md5` (KOReader's hash) those of
    the file. `not_understood` counts the entries that say nothing: neither where a mark is, nor its
    text, nor a note.
    """

    title: str
    candidates: tuple[MarkCandidate, ...]
    not_understood: int = 0
    partial_md5: str = ""
    authors: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    sha256: str = ""


def text_in(value: object, longest: int = LONGEST_TEXT) -> str:
    """Text as it is, at most `longest` characters; "" for anything else."""
    return mended(value[:longest]) if isinstance(value, str) else ""


def lines_in(value: object) -> tuple[str, ...]:
    """The texts of a value that may be one or a list, each as one line; empty ones are left out."""
    values = value[:_MOST_LINES] if isinstance(value, list) else [value]
    return tuple(filter(None, (clean_line(text_in(one)) for one in values)))


def identity_of(*parts: str) -> MarkId:
    """The id of a mark whose file gives it none like ours: the same for the same parts."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace"))
    return MarkId(digest.hexdigest()[:32])
