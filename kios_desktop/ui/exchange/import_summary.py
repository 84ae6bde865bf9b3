"""What became of a file of marks, over all its books, and the sentences that tell it. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kios_desktop.application.mark_exchange import MarkImport
from kios_desktop.domain.marks import Mark, MarkKind
from kios_desktop.domain.text import clean_line
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import counted, tr

_SHOWN: Final = 5  # of a list
_LONGEST: Final = 80  # characters of a mark in a list


@dataclass(slots=True)
class ImportSummary:
    """`missing` are titles of books that were not found, "" for one that the file does not name.

    `failed` are titles of books whose files can't be read, each with the reason.
    """

    results: list[MarkImport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether one line tells all."""
        return not (self.stopped or self.missing or self.failed or self.not_found or self.differing)

    @property
    def imported(self) -> list[Mark]:
        return [mark for one in self.results for mark in one.imported]

    @property
    def not_found(self) -> list[Mark]:
        return [mark for one in self.results for mark in one.not_found]

    @property
    def differing(self) -> list[Mark]:
        return [mark for one in self.results for mark in one.differing]

    @property
    def line(self) -> str:
        """“12 highlights imported, 2 found by their text, 1 couldn’t be placed”."""
        return ", ".join(self._counts())

    def _counts(self) -> list[str]:
        kinds = [mark.kind for mark in self.imported]
        marks = kinds.count(MarkKind.HIGHLIGHT)
        bookmarks = kinds.count(MarkKind.BOOKMARK)
        by_text = sum(one.found_by_text for one in self.results)
        lost, differing = len(self.not_found), len(self.differing)
        here = sum(len(one.already_here) for one in self.results)
        unclear = sum(one.not_understood for one in self.results)
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
    def paragraphs(self) -> list[str]:
        """The same and more, for a dialog."""
        parts = [f"{self.line}."] if self.results else []
        if self.not_found:
            head = tr(
                "These are kept, and listed under “Couldn’t be placed in the book”, as their text "
                "was not found:"
            )
            parts.append(_listed(head, [_words(mark) for mark in self.not_found]))
        if self.differing:
            head = tr("These are here with another note or colour, which stays:")
            parts.append(_listed(head, [_words(mark) for mark in self.differing]))
        if self.missing:
            head = tr("For these books no book of your library was chosen:")
            unnamed = tr("A book without a title")
            parts.append(_listed(head, [clean_line(one) or unnamed for one in self.missing]))
        parts += [
            tr("“{title}” was left out. {reason}", title=isolated(clean_line(title)), reason=why)
            for title, why in self.failed[:_SHOWN]
        ]
        return parts


def _words(mark: Mark) -> str:
    text = mark.text or mark.note or mark.anchor.quote.after
    return clean_line(text, _LONGEST) or tr("A mark without text")


def _listed(head: str, lines: Sequence[str]) -> str:
    shown = [f"• {line}" for line in lines[:_SHOWN]]
    if (more := len(lines) - _SHOWN) > 0:
        shown.append(counted("And %Ln more.", "", more, one="And %Ln more."))
    return "\n".join([head, *shown])
