"""What became of a file of marks, over all its books, and the sentences that tell it. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kios_desktop.application.mark_exchange import MarkImport
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_differences import Difference, Keep
from kios_desktop.domain.marks import Mark, MarkKind, MarkStyle
from kios_desktop.domain.text import clean_line
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.marks.colours import NAMES

_SHOWN: Final = 5  # of a list
_LONGEST: Final = 80  # characters of a mark in a list
_BEFORE: Final = 20  # characters before those where two long notes differ


@dataclass(slots=True)
class ImportSummary:
    """`missing` are titles of books that were not found, "" for one that the file does not name.

    `failed` are titles of books whose files can't be read, each with the reason.
    """

    results: list[tuple[Book, MarkImport]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether one line tells all."""
        return not (self.stopped or self.missing or self.failed or self.not_found or self.differing)

    @property
    def imported(self) -> list[Mark]:
        return [mark for _book, one in self.results for mark in one.imported]

    @property
    def not_found(self) -> list[Mark]:
        return [mark for _book, one in self.results for mark in one.not_found]

    @property
    def differing(self) -> list[Difference]:
        return [difference for _book, one in self.results for difference in one.differing]

    @property
    def differing_by_book(self) -> dict[BookId, list[Difference]]:
        """A file may have several parts about one book."""
        found: dict[BookId, list[Difference]] = {}
        for book, one in self.results:
            if one.differing:
                found.setdefault(book.id, []).extend(one.differing)
        return found

    @property
    def line(self) -> str:
        """“12 highlights imported, 2 found by their text, 1 couldn’t be placed”."""
        return ", ".join(self._counts())

    def _counts(self) -> list[str]:
        kinds = [mark.kind for mark in self.imported]
        marks = kinds.count(MarkKind.HIGHLIGHT)
        bookmarks = kinds.count(MarkKind.BOOKMARK)
        by_text = sum(one.found_by_text for _book, one in self.results)
        lost, differing = len(self.not_found), len(self.differing)
        here = sum(len(one.already_here) for _book, one in self.results)
        unclear = sum(one.not_understood for _book, one in self.results)
        said: list[str] = []
        if marks or not bookmarks:
            said.append(counted("%Ln highlights imported", "", marks, one="%Ln highlight imported"))
        if bookmarks:
            said.append(
                counted("%Ln bookmarks imported", "", bookmarks, one="%Ln bookmark imported")
            )
        if by_text:
            said.append(
                counted("%Ln found by their text", "", by_text, one="%Ln found by its text")
            )
        if lost:
            said.append(counted("%Ln couldn’t be placed", "", lost, one="%Ln couldn’t be placed"))
        if here:
            said.append(counted("%Ln already here", "", here, one="%Ln already here"))
        if differing:
            said.append(counted("%Ln differ", "", differing, one="%Ln differs"))
        if unclear:
            said.append(counted("%Ln not understood", "", unclear, one="%Ln not understood"))
        return said

    @property
    def title(self) -> str:
        """Of a dialog that tells it."""
        return tr("Import stopped") if self.stopped else tr("Import finished")

    @property
    def text(self) -> str:
        """The same as the line and more, for a dialog."""
        return "\n\n".join(self._paragraphs()) or tr("Nothing was imported.")

    def _paragraphs(self) -> list[str]:
        parts = [f"{self.line}."] if self.results else []
        if self.differing:  # first, as these are asked about
            head = tr("These are here with another note or colour:")
            parts.append(_listed(head, [_both(one) for one in self.differing]))
        if self.not_found:
            head = tr(
                "These are kept, and listed under “Couldn’t be placed in the book”, as their text "
                "was not found:"
            )
            parts.append(_listed(head, [_words(mark) for mark in self.not_found]))
        if self.missing:
            head = tr("For these books no book of your library was chosen:")
            unnamed = tr("A book without a title")
            parts.append(_listed(head, [clean_line(one) or unnamed for one in self.missing]))
        parts += [
            tr("“{title}” was left out. {reason}", title=isolated(clean_line(title)), reason=why)
            for title, why in self.failed[:_SHOWN]
        ]
        return parts


def settled_text(keep: Keep, marks: Sequence[Mark]) -> str:
    """What became of marks that differed, for a toast."""
    n = len(marks)
    if all(mark.kind is MarkKind.HIGHLIGHT for mark in marks):
        if keep is Keep.BOTH:
            return counted("%Ln highlights added", "", n, one="%Ln highlight added")
        return counted("%Ln highlights changed", "", n, one="%Ln highlight changed")
    if keep is Keep.BOTH:
        return counted("%Ln marks added", "", n, one="%Ln mark added")
    return counted("%Ln marks changed", "", n, one="%Ln mark changed")


def _both(difference: Difference) -> str:
    """What is said of a mark here, and in the file."""
    here, theirs = difference.here, difference.theirs
    mine, other = _notes(here.note, theirs.note)
    return tr(
        "“{text}” – here: {here}; in the file: {theirs}",
        text=isolated(_words(here)),
        here=isolated(_looks(here, mine)),
        theirs=isolated(_looks(theirs, other)),
    )


def _notes(one: str, other: str) -> tuple[str, str]:
    """Two notes in a few words each, among them those where they begin to differ."""
    one, other = clean_line(one, len(one)), clean_line(other, len(other))
    cut = 0
    if max(len(one), len(other)) > _LONGEST:
        pairs = enumerate(zip(one, other, strict=False))
        differs = (index for index, (a, b) in pairs if a != b)
        cut = max(0, next(differs, min(len(one), len(other))) - _BEFORE)
    start = "…" if cut else ""
    return start + _short(one[cut:]), start + _short(other[cut:])


def _looks(mark: Mark, note: str) -> str:
    """“Yellow, “A note””; of a bookmark its name."""
    if mark.kind is MarkKind.BOOKMARK:
        return tr("“{note}”", note=note) if note else tr("no name")
    colour = tr(NAMES[mark.colour])
    if mark.style is MarkStyle.UNDERLINE:
        colour = tr("{colour} underline", colour=colour)
    return tr("{colour}, “{note}”", colour=colour, note=note) if note else colour


def _words(mark: Mark) -> str:
    text = mark.text or mark.note or mark.anchor.quote.after
    return _short(text) or tr("A mark without text")


def _short(text: str) -> str:
    whole = clean_line(text)
    return whole if len(whole) <= _LONGEST else f"{clean_line(text, _LONGEST)}…"


def _listed(head: str, lines: Sequence[str]) -> str:
    shown = [f"• {line}" for line in lines[:_SHOWN]]
    if (more := len(lines) - _SHOWN) > 0:
        shown.append(counted("And %Ln more.", "", more, one="And %Ln more."))
    return "\n".join([head, *shown])
