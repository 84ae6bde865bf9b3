"""Converts rows of `marks` to marks and back."""

from typing import Any, Final

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.marks import (
    Anchor,
    Mark,
    MarkColour,
    MarkId,
    MarkKind,
    MarkStyle,
    Passage,
    TextQuote,
)
from kios_desktop.domain.text import fold
from kios_desktop.storage.damage import Cells, NamedCells
from kios_desktop.storage.encoding import from_ms, to_ms

_MARK: Final = Cells("marks")


def mark_cells(book_id: BookId, mark: Mark) -> dict[str, Any]:
    anchor, passage = mark.anchor, mark.passage
    return {
        "id": mark.id,
        "book_id": book_id,
        "kind": mark.kind.value,
        "colour": mark.colour.value,
        "style": mark.style.value,
        "note": mark.note,
        "start_spine": passage and passage.start.spine_index,
        "start_ordinal": passage and passage.start.ordinal,
        "end_spine": passage and passage.end.spine_index,
        "end_ordinal": passage and passage.end.ordinal,
        "cfi": anchor.cfi,
        "quote": anchor.quote.exact,
        "quote_before": anchor.quote.before,
        "quote_after": anchor.quote.after,
        "href": anchor.href,
        "chapter_index": anchor.chapter.index,
        "chapter_title": anchor.chapter.title,
        "sha256": anchor.sha256,
        "made_at": to_ms(mark.made_at),
        "changed_at": to_ms(mark.changed_at),
        "search_key": fold(f"{anchor.quote.exact} {mark.note}"),
    }


def mark_of(row: NamedCells) -> Mark:
    """Raises ValueError for a damaged row."""
    _MARK.check(row)
    passage = None
    if row["start_spine"] is not None:
        start = Place(row["start_spine"], row["start_ordinal"])
        passage = Passage(start, Place(row["end_spine"], row["end_ordinal"]))
    anchor = Anchor(
        passage=passage,
        cfi=row["cfi"],
        quote=TextQuote(row["quote"], row["quote_before"], row["quote_after"]),
        href=row["href"],
        chapter=Chapter(row["chapter_index"], row["chapter_title"]),
        sha256=row["sha256"],
    )
    return Mark(
        id=MarkId(row["id"]),
        kind=MarkKind(row["kind"]),
        anchor=anchor,
        made_at=from_ms(row["made_at"]),
        changed_at=from_ms(row["changed_at"]),
        colour=MarkColour(row["colour"]),
        style=MarkStyle(row["style"]),
        note=row["note"],
    )
