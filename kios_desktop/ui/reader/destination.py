"""What somebody may type into “Go to…”: a percentage, a page of this chapter, a chapter. No Qt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kios_desktop.ui.reader.book_map import ContentsLine

_PERCENT = re.compile(r"^(\d{1,3}(?:[.,]\d+)?)\s*%$")
_PAGE = re.compile(r"^(?:p\.?|page)?\s*(\d{1,5})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ToFraction:
    """0…1 of the book."""

    fraction: float


@dataclass(frozen=True, slots=True)
class ToPage:
    """0-based within this chapter."""

    page: int


def parse_destination(
    words: str, lines: Sequence[ContentsLine], pages: int
) -> ToFraction | ToPage | ContentsLine | None:
    """Where the words lead; None when they lead nowhere.

    `pages` is the number of pages of the chapter on screen. A title that begins with the words
    wins over one that only contains them; a number is a page before it is part of a title.
    """
    text = " ".join(words.split())
    if not text:
        return None
    if found := _PERCENT.match(text):
        fraction = float(found[1].replace(",", ".")) / 100
        return ToFraction(fraction) if fraction <= 1 else None
    if (found := _PAGE.match(text)) and 1 <= int(found[1]) <= pages:
        return ToPage(int(found[1]) - 1)
    wanted = text.casefold()
    titled = [line for line in lines if line.spine_index is not None]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for line in titled:
            if fits(line.title.casefold(), wanted):
                return line
    return None
