"""Reads the marks of KOReader: the JSON of its exporter, and its metadata files.

Source: koreader/koreader plugins/exporter.koplugin (`target/json.lua`, `clip.lua`) and
frontend/apps/reader/modules/readerannotation.lua. The exporter says text, chapter and page, not
where a mark is; metadata files (`metadata.epub.lua`) and exported annotations (`.annotations.lua`)
have the xpointers. Metadata from before version 2024.03 has another shape and is not read.
"""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from kios_desktop.domain.locator import Chapter
from kios_desktop.domain.loose import believable, finite_number, line_of, time_of
from kios_desktop.domain.mark_colours import nearest_colour
from kios_desktop.domain.marks import (
    LONGEST_NOTE,
    Anchor,
    Mark,
    MarkId,
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

ANNOTATIONS: Final = "annotations"
"""The key of a metadata file under which its marks are."""

_LINES = ("underscore", "strikeout")


# -- the exporter's JSON


def is_export(document: object) -> bool:
    if not isinstance(document, Mapping):
        return False
    documents = document.get("documents")
    if isinstance(documents, list):
        return not documents or (isinstance(documents[0], Mapping) and "entries" in documents[0])
    return "entries" in document


def read_export(document: object, now: datetime) -> tuple[MarksOfBook, ...]:
    """One for each book of the export. `now` is the time of what has none."""
    if not isinstance(document, Mapping):
        return ()
    documents = document.get("documents")
    books = documents if isinstance(documents, list) else [document]
    return tuple(_exported(book, now) for book in books if isinstance(book, Mapping))


def _exported(book: Mapping[str, object], now: datetime) -> MarksOfBook:
    pages = finite_number(book.get("number_of_pages")) or 0
    entries = book.get("entries")
    candidates: list[MarkCandidate] = []
    not_understood = 0
    for entry in entries if isinstance(entries, list) else []:
        text = text_in(entry.get("text")) if isinstance(entry, Mapping) else ""
        note = text_in(entry.get("note"), LONGEST_NOTE) if isinstance(entry, Mapping) else ""
        if not isinstance(entry, Mapping) or not (text or note):
            not_understood += 1
            continue
        made_at = time_of(entry.get("time")) or now
        mark_id = identity_of("koreader", line_of(entry.get("time")), text)
        mark = _mark(entry, mark_id, text, note, made_at, made_at)
        page = finite_number(entry.get("page")) or 0
        known = 0 < page <= pages
        locator = {"locations": {"totalProgression": (page - 1) / pages}} if known else None
        candidates.append(MarkCandidate(mark, locator=locator))
    title = clean_line(text_in(book.get("title")))
    authors = _authors(book.get("author"))
    return MarksOfBook(title, tuple(candidates), not_understood, authors=authors)


def _authors(told: object) -> tuple[str, ...]:
    """KOReader writes one a line."""
    return lines_in(text_in(told, LINE).split("\n"))


# -- metadata files


def is_metadata(table: object) -> bool:
    return isinstance(table, Mapping) and ANNOTATIONS in table


def read_metadata(table: object, now: datetime) -> MarksOfBook:
    """Of a table as `lua_table` gives it. `now` is the time of what has none."""
    if not isinstance(table, Mapping):
        return MarksOfBook("", ())
    annotations = table.get(ANNOTATIONS)
    candidates: list[MarkCandidate] = []
    not_understood = 0
    for entry in annotations.values() if isinstance(annotations, Mapping) else []:
        candidate = _annotation(entry, now) if isinstance(entry, Mapping) else None
        if candidate is None:
            not_understood += 1
        else:
            candidates.append(candidate)
    given = table.get("doc_props")
    props: Mapping[Any, object] = given if isinstance(given, Mapping) else {}
    return MarksOfBook(
        clean_line(text_in(props.get("title"))),
        tuple(candidates),
        not_understood,
        text_in(table.get("partial_md5_checksum"), LINE).lower(),
        _authors(props.get("authors")),
    )


def _annotation(entry: Mapping[object, object], now: datetime) -> MarkCandidate | None:
    """A bookmark has no `drawer`, and a `text` that KOReader made of its chapter."""
    is_bookmark = not entry.get("drawer")
    names = ("page",) if is_bookmark else ("pos0", "pos1")
    pointers = tuple(filter(None, (text_in(entry.get(name), LINE) for name in names)))
    text = "" if is_bookmark else text_in(entry.get("text"))
    note = text_in(entry.get("note"), LONGEST_NOTE)
    if not (text or note or pointers):
        return None  # of a PDF
    made = text_in(entry.get("datetime"), LINE)
    made_at = _local_time(made) or now
    changed_at = _local_time(text_in(entry.get("datetime_updated"), LINE)) or made_at
    mark_id = identity_of("koreader", made, *(pointers or (text,)))
    kind = MarkKind.BOOKMARK if is_bookmark else MarkKind.HIGHLIGHT
    mark = _mark(entry, mark_id, text, note, made_at, changed_at, kind)
    return MarkCandidate(mark, pointers, text_is_loose=entry.get("text_edited") is True)


def _local_time(text: str) -> datetime | None:
    """KOReader writes the time of its clock, without a zone: this computer's is the best guess."""
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return believable(datetime.fromisoformat(text.strip()).astimezone(UTC))
    return None


def _mark(
    entry: Mapping[Any, object],
    mark_id: MarkId,
    text: str,
    note: str,
    made_at: datetime,
    changed_at: datetime,
    kind: MarkKind = MarkKind.HIGHLIGHT,
) -> Mark:
    anchor = Anchor(
        passage=None,
        cfi="",
        quote=TextQuote(text),
        href="",
        chapter=Chapter(-1, clean_line(text_in(entry.get("chapter")))),
        sha256="",
    )
    return Mark(
        id=mark_id,
        kind=kind,
        anchor=anchor,
        made_at=made_at,
        changed_at=changed_at,
        colour=nearest_colour(entry.get("color")),
        style=MarkStyle.UNDERLINE if entry.get("drawer") in _LINES else MarkStyle.FILL,
        note=note,
    )
