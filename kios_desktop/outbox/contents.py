"""What a mark is on the server, and what becomes of a mark when that changes there."""

from typing import Final

from msgspec.structs import replace

from kios_desktop.domain.account_items import (
    BookmarkContent,
    BookNoteContent,
    HighlightContent,
    ItemKind,
    MarkContent,
    PlaceNoteContent,
)
from kios_desktop.domain.mark_colours import SENT_AS, nearest_colour
from kios_desktop.domain.marks import Mark, MarkColour, MarkKind, MarkStyle
from kios_desktop.domain.text import clean_line, clean_text, cut_utf16, utf16_length
from kios_desktop.outbox.merging import joined_note

LONGEST_TEXT: Final = 5000  # UTF-16 units
_LONGEST_CHAPTER: Final = 500
_LONGEST_TITLE: Final = 255
_LONGEST_CFI: Final = 1000
_LONGEST_PAGE_NOTE: Final = 65_535  # bytes
_TITLE: Final = 80  # characters of a note's title that come from its passage

_STYLES: Final = {MarkStyle.FILL: "highlight", MarkStyle.UNDERLINE: "underline"}


def content_of(mark: Mark, kind: ItemKind, sent: MarkContent | None) -> MarkContent:
    """What the server should have of a mark. `sent` is what it has already, of the same kind.

    A colour and a style of the server's own stay, as long as ours are the nearest to them.
    """
    cfi, chapter = mark.anchor.cfi, cut_utf16(mark.anchor.chapter.title, _LONGEST_CHAPTER)
    text, note = cut_utf16(clean_text(mark.text), LONGEST_TEXT), clean_text(mark.note)
    known = getattr(sent, "color", "")
    match kind:
        case ItemKind.HIGHLIGHT:
            style = _style(mark, sent.style if isinstance(sent, HighlightContent) else "")
            return HighlightContent(cfi, text, note, _color(mark, known), style, chapter)
        case ItemKind.PLACE_NOTE:
            return PlaceNoteContent(cfi, text, note, _color(mark, known), chapter)
        case ItemKind.BOOK_NOTE:
            title = sent.title if isinstance(sent, BookNoteContent) else _title(mark)
            return BookNoteContent(title, note)
        case _:
            return BookmarkContent(cfi, cut_utf16(clean_line(mark.note), _LONGEST_TITLE))


def with_content(mark: Mark, before: MarkContent, now: MarkContent) -> Mark:
    """The mark after what the server has of it changed from `before` to `now`."""
    changes: dict[str, object] = {}
    if now.note != before.note:  # a note that went elsewhere is not replaced
        is_same = clean_text(mark.note) == before.note
        changes["note"] = now.note if is_same else joined_note(mark.note, now.note)
    color = getattr(now, "color", "")
    if color and color != getattr(before, "color", ""):
        changes["colour"] = nearest_colour(color)
    if isinstance(now, HighlightContent) and now.style != getattr(before, "style", ""):
        changes["style"] = style_of(now.style)
    return replace(mark, **changes) if changes else mark


def about(content: MarkContent, mine: MarkContent) -> MarkContent:
    """The content with our own words for its passage, by which a move is noticed later."""
    if isinstance(content, HighlightContent | PlaceNoteContent):
        return replace(content, text=getattr(mine, "text", content.text))
    return content


def is_moved(mine: MarkContent, sent: MarkContent) -> bool:
    """Whether the reader gave the mark another passage.

    The same words at another CFI are the same passage in another file of the book. Bookmarks are
    never moved.
    """
    return mine.cfi != sent.cfi and getattr(mine, "text", "") != getattr(sent, "text", "")


def is_wanted(content: MarkContent, kind: ItemKind) -> bool:
    """Whether there is anything to have: a note needs words."""
    return bool(content.note) or kind in (ItemKind.HIGHLIGHT, ItemKind.BOOKMARK)


def can_be_sent(mark: Mark, sha256: str) -> bool:
    """Whether its passage is known, and is in the present file of the book: that with `sha256`.

    One that came from another edition is looked for when the book is opened.
    """
    is_there = mark.passage is not None and bool(mark.anchor.cfi)
    return (
        is_there
        and mark.anchor.sha256 == sha256
        and (mark.kind is MarkKind.BOOKMARK or bool(mark.text.strip()))
    )


def is_too_long(content: MarkContent) -> bool:
    """Whether the server would not take it whole."""
    if isinstance(content, BookNoteContent):
        return len(content.note.encode()) > _LONGEST_PAGE_NOTE
    return len(content.cfi) > _LONGEST_CFI or utf16_length(content.note) > LONGEST_TEXT


def looks_of(content: MarkContent) -> tuple[MarkColour, MarkStyle]:
    """The colour and style of a mark that was made on the server."""
    colour = nearest_colour(getattr(content, "color", ""))
    return colour, style_of(getattr(content, "style", ""))


def style_of(word: str) -> MarkStyle:
    """The server's word for a style; all its lines are one here."""
    return MarkStyle.FILL if word in ("", "highlight") else MarkStyle.UNDERLINE


def kind_of(mark: Mark) -> ItemKind:
    """What a mark of our own is there."""
    return ItemKind.BOOKMARK if mark.kind is MarkKind.BOOKMARK else ItemKind.HIGHLIGHT


def _color(mark: Mark, known: str) -> str:
    if known and nearest_colour(known) is mark.colour:
        return known
    return SENT_AS[mark.colour]


def _style(mark: Mark, known: str) -> str:
    return known if known and style_of(known) is mark.style else _STYLES[mark.style]


def _title(mark: Mark) -> str:
    """The title of a note on the book's page: its chapter, and how its passage begins."""
    passage = clean_line(mark.text, _TITLE)
    chapter = clean_line(mark.anchor.chapter.title)
    parts = [chapter, f"“{passage}”" if passage else ""]
    return cut_utf16(": ".join(filter(None, parts)), _LONGEST_TITLE)
