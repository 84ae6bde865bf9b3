"""Reads what Readest exports, and the notes of the `config.json` that it keeps for each book.

Source: readest/readest apps/readest-app/src/types/book.ts (`BookNote`), and its pull request 5440:
an object with `"$format": "readest-annotations"`, `book` and `annotations`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kios_desktop.domain.locator import Chapter
from kios_desktop.domain.loose import time_of
from kios_desktop.domain.mark_colours import nearest_colour
from kios_desktop.domain.marks import (
    LONGEST_NOTE,
    Anchor,
    Mark,
    MarkKind,
    MarkStyle,
    TextQuote,
)
from kios_desktop.domain.text import LINE, clean_line
from kios_desktop.exchange.candidates import (
    MarkCandidate,
    MarksOfBook,
    identity_of,
    lines_in,
    text_in,
)

_FORMAT: Final = "readest-annotations"
_LINES = ("underline", "squiggly")


def is_readest(document: object) -> bool:
    if isinstance(document, list):  # the notes alone
        return bool(document) and isinstance(document[0], Mapping) and "cfi" in document[0]
    if not isinstance(document, Mapping):
        return False
    return document.get("$format") == _FORMAT or isinstance(document.get("booknotes"), list)


def read(document: object, now: datetime) -> MarksOfBook:
    """`now` is the time of what has none. What was deleted in Readest is left out."""
    book: Mapping[str, object] = {}
    entries: object = document
    if isinstance(document, Mapping):
        given = document.get("book")
        book = given if isinstance(given, Mapping) else {}
        entries = document.get("annotations", document.get("booknotes"))
    candidates: list[MarkCandidate] = []
    not_understood = 0
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, Mapping) and entry.get("deletedAt"):
            continue
        candidate = _candidate(entry, now) if isinstance(entry, Mapping) else None
        if candidate is None:
            not_understood += 1
        else:
            candidates.append(candidate)
    title, authors = clean_line(text_in(book.get("title"))), lines_in(book.get("author"))
    return MarksOfBook(title, tuple(candidates), not_understood, authors=authors)


def _candidate(entry: Mapping[str, object], now: datetime) -> MarkCandidate | None:
    is_bookmark = entry.get("type") == "bookmark"
    text, note = text_in(entry.get("text")), text_in(entry.get("note"), LONGEST_NOTE)
    cfi = text_in(entry.get("cfi")).strip()
    ends = [text_in(entry.get(key), LINE) for key in ("xpointer0", "xpointer1")]
    if not (text or note or cfi):
        return None
    made_at = time_of(entry.get("createdAt")) or now
    mark = Mark(
        id=identity_of("readest", text_in(entry.get("id"), LINE), cfi, text),
        kind=MarkKind.BOOKMARK if is_bookmark else MarkKind.HIGHLIGHT,
        anchor=Anchor(
            passage=None,
            cfi=cfi,
            quote=TextQuote("", "", text) if is_bookmark else TextQuote(text),
            href="",
            chapter=Chapter(-1, ""),
            sha256="",
        ),
        made_at=made_at,
        changed_at=time_of(entry.get("updatedAt")) or made_at,
        colour=nearest_colour(entry.get("color")),
        style=MarkStyle.UNDERLINE if entry.get("style") in _LINES else MarkStyle.FILL,
        note=note,
    )
    # the text of a bookmark may be the name of its chapter
    return MarkCandidate(mark, tuple(filter(None, ends)), text_is_loose=is_bookmark)
