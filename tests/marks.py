"""Marks for tests, with as little said as a test needs."""

from datetime import UTC, datetime
from itertools import count

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

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_ids = count(1)


def highlight(
    start: int,
    end: int,
    *,
    spine: int = 0,
    end_spine: int | None = None,
    colour: MarkColour = MarkColour.YELLOW,
    style: MarkStyle = MarkStyle.FILL,
    note: str = "",
    text: str = "some words",
    made_at: datetime = AT,
    sha256: str = "",
) -> Mark:
    last = spine if end_spine is None else end_spine
    anchor = Anchor(
        passage=Passage(Place(spine, start), Place(last, end)),
        cfi=f"epubcfi(/6/{2 * spine + 2}!/4/2,/1:{start},/1:{end})",
        quote=TextQuote(text, "before it", "after it"),
        href=f"EPUB/chapter{spine + 1:04}.xhtml",
        chapter=Chapter(spine, f"Chapter {spine + 1}"),
        sha256=sha256,
    )
    number = MarkId(f"{next(_ids):032x}")
    return Mark(number, MarkKind.HIGHLIGHT, anchor, made_at, made_at, colour, style, note)
