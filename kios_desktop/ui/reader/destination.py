"""Parses what is typed into “Go to…”. No Qt."""

import re
from collections.abc import Sequence

from msgspec import Struct

from kios_desktop.ui.reader.contents_line import ContentsLine

_PERCENT = re.compile(r"^(\d{1,3}(?:[.,]\d+)?)\s*%$")
_PAGE = re.compile(r"^(?:p\.?|page)?\s*(\d{1,5})$", re.IGNORECASE)
_PRINTED_PAGE = re.compile(r"^(?:p\.?|page)?\s*(\S+)$", re.IGNORECASE)


class ToFraction(Struct, frozen=True):
    """A fraction, 0…1 of the publication."""

    fraction: float


class ToPage(Struct, frozen=True):
    """A page of the chapter on screen, from 0."""

    page: int


def parse_destination(
    words: str,
    lines: Sequence[ContentsLine],
    pages: int,
    printed_pages: Sequence[ContentsLine] = (),
) -> ToFraction | ToPage | ContentsLine | None:
    """A percentage (“34%”), a page (“12”, “page 12”) or a contents entry; None for anything else.

    `pages` is the number of pages of the chapter on screen: a number up to it is a page, unless the
    book names a page of its printed edition so. Of
    titles, an equal one goes before one that starts with `words` or only contains them.
    """
    text = " ".join(words.split())
    if not text:
        return None
    if found := _PERCENT.match(text):
        fraction = float(found[1].replace(",", ".")) / 100
        return ToFraction(fraction) if fraction <= 1 else None
    if found := _PRINTED_PAGE.match(text):
        label = found[1].casefold()
        for line in printed_pages:
            if line.title.casefold() == label:
                return line
    if (found := _PAGE.match(text)) and 1 <= int(found[1]) <= pages:
        return ToPage(int(found[1]) - 1)
    wanted = text.casefold()
    titled = [line for line in lines if line.spine_index is not None]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for line in titled:
            if fits(line.title.casefold(), wanted):
                return line
    return None
