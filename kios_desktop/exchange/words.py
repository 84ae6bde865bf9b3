"""What exported pages say in words of their own, in the language of whoever exports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from kios_desktop.domain.marks import Anchor, Mark, MarkColour, MarkKind, MarkStyle

_COLOURS: Final = MappingProxyType({one: one.value.capitalize() for one in MarkColour})


@dataclass(frozen=True, slots=True)
class ExportWords:
    """The defaults are English.

    `title` heads a page about several books; `nowhere` stands in place of a chapter. `underlined`
    has `{colour}`, `section` (a chapter without a title) `{n}`, `note` `{note}`.
    """

    title: str = "Highlights and notes"
    bookmark: str = "Bookmark"
    nowhere: str = "Not found in the book"
    section: str = "Section {n}"
    note: str = "Note: {note}"
    underlined: str = "{colour} underline"
    colours: Mapping[MarkColour, str] = field(default_factory=lambda: _COLOURS)

    def kind_of(self, mark: Mark) -> str:
        """What a mark looks like, for people."""
        if mark.kind is MarkKind.BOOKMARK:
            return self.bookmark
        colour = self.colours[mark.colour]
        if mark.style is MarkStyle.UNDERLINE:
            return self.underlined.replace("{colour}", colour)
        return colour

    def chapter_of(self, anchor: Anchor) -> str:
        """The title of its chapter; of a spine item without one, its number, when it is known."""
        if anchor.passage is None:
            return self.nowhere
        chapter = anchor.chapter
        if chapter.title or chapter.index >= 0 or not anchor.href:
            return chapter.title
        return self.section.replace("{n}", str(-chapter.index))


ENGLISH: Final = ExportWords()
