"""What two sides have made of one record, joined field by field; what can't be is for a person."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kios_desktop.domain.account_items import (
    BookmarkContent,
    BookNoteContent,
    HighlightContent,
    MarkContent,
    PlaceNoteContent,
    fields_of,
)

_EDITABLE: Final[dict[type[MarkContent], tuple[str, ...]]] = {
    HighlightContent: ("note", "color", "style"),
    PlaceNoteContent: ("note", "color"),
    BookNoteContent: ("title", "note"),
    BookmarkContent: ("note",),
}
_WRITTEN: Final = "note"
"""What a reader wrote: it is never given up for the other side's. Of colours, ours wins."""


class Merged(Struct, frozen=True):
    """`content` has what both sides agree on; of a text on which they differ, ours."""

    content: MarkContent
    differs: bool


def merge(base: MarkContent | None, mine: MarkContent, theirs: MarkContent) -> Merged:
    """`base` is what both had before; None if they were made independently. All of one kind."""
    before = {} if base is None else fields_of(base)
    ours, there = fields_of(mine), fields_of(theirs)
    chosen: dict[str, object] = {}
    differs = False
    for name in _EDITABLE[type(mine)]:
        one, other, was = ours[name], there[name], before.get(name)
        if one == other:
            chosen[name] = one
        elif (base is None and not one) or (base is not None and one == was):
            chosen[name] = other
        else:
            chosen[name] = one
            differs |= name == _WRITTEN and other != (was or "")
    return Merged(replace(theirs, **chosen), differs)


def same_looks(one: MarkContent | None, other: MarkContent) -> bool:
    """Whether all that can be changed is equal."""
    if type(one) is not type(other) or one is None:
        return False
    ours, there = fields_of(one), fields_of(other)
    return all(ours[name] == there[name] for name in _EDITABLE[type(other)])


def with_looks_of(one: MarkContent, other: MarkContent) -> MarkContent:
    """The other one, with all that can be changed as it is in the first."""
    looks = {name: fields_of(one)[name] for name in _EDITABLE[type(other)]}
    return replace(other, **looks)


def joined_note(mine: str, theirs: str, between: str = "\n\n") -> str:
    """Both texts; a text that the other one has already is not repeated."""
    if theirs in mine:
        return mine
    return theirs if mine in theirs else f"{mine}{between}{theirs}"
