"""What is exported."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from kios_desktop.domain.locator import Chapter
from kios_desktop.domain.marks import Mark, in_reading_order
from kios_desktop.exchange.words import ENGLISH, ExportWords


@dataclass(frozen=True, slots=True)
class MarkedBook:
    """The marks of one book, or some of them, with what tells which book it is.

    `sha256` is that of its file, 64 lower-case hex digits; `identifier` is the package's.
    """

    title: str
    authors: tuple[str, ...]
    identifier: str
    sha256: str
    marks: tuple[Mark, ...]

    def in_order(self) -> list[Mark]:
        """By place; those that can't be found come last."""
        return in_reading_order(self.marks)

    def by_chapter(self) -> Iterator[tuple[Chapter | None, list[Mark]]]:
        """The marks of each chapter in order; last, for None, those that can't be found."""
        ordered = self.in_order()
        placed = [mark for mark in ordered if mark.passage is not None]
        for chapter, marks in groupby(placed, lambda mark: mark.anchor.chapter):
            yield chapter, list(marks)
        if len(placed) < len(ordered):
            yield None, ordered[len(placed) :]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`group_by_chapter` concerns pages for people: Markdown and HTML."""

    include_notes: bool = True
    group_by_chapter: bool = True
    words: ExportWords = ENGLISH
