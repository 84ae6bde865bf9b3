"""A book reduced to the lengths of its chapters: it has places, chapters and reports."""

import re
from bisect import bisect_right
from itertools import accumulate

from kios_desktop.domain.locator import Chapter, Locator, Place, Precision, Resolution
from kios_desktop.domain.progress import Report

ITEMS = (2000, 3000, 10, 5000)
TOTAL = sum(ITEMS)
SCREEN = 40
CHAPTER = 1000  # ordinals; a chapter never crosses an item
_STARTS = (0, *accumulate(ITEMS))


def locator(spine_index: int, ordinal: int) -> Locator:
    """Any place of the book; ordinals beyond the end of an item are its end."""
    ordinal = min(ordinal, ITEMS[spine_index])
    at = _STARTS[spine_index] + ordinal
    chapter = spine_index * 100 + min(ordinal, ITEMS[spine_index] - 1) // CHAPTER
    return Locator(
        place=Place(spine_index, ordinal),
        href=f"item{spine_index}.xhtml",
        ordinal_total=ITEMS[spine_index],
        total_progression=at / TOTAL,
        chapter=Chapter(chapter, f"Chapter {chapter}"),
    )


def at(position: int) -> Locator:
    """The place after `position` ordinals of the whole book."""
    item = min(bisect_right(_STARTS, position) - 1, len(ITEMS) - 1)
    return locator(item, position - _STARTS[item])


def report(
    where: Locator | None,
    key: str = "key",
    *,
    precision: Precision = Precision.EXACT,
    fraction: float | None = None,
    device: str = "Kobo",
    finished: bool = False,
) -> Report:
    """What another device left on the server."""
    if where is None and fraction is None:
        precision = Precision.NONE
    elif where is not None and fraction is None:
        fraction = where.total_progression
    return Report("source", key, where, precision, fraction, None, device, f"raw {key}", finished)


PARAGRAPH = 100  # ordinals
_XPOINTER = re.compile(
    r"/body/DocFragment\[(?P<item>\d+)\]"
    r"(?:/body(?:/p(?:\[(?P<p>\d+)\])?)?)?(?P<text>/text\(\))?(?:\.(?P<offset>\d+))?"
)


class FakePlaces:
    """Converts like `epub.places.Places`, for the book above, whose paragraphs are all alike."""

    def from_xpointer(self, text: str, fraction: float | None = None) -> Resolution:
        match = _XPOINTER.fullmatch(text)
        number = int(match["item"]) - 1 if match else -1
        if match is None or not 0 <= number < len(ITEMS):
            return Resolution(None, Precision.NONE)
        if "/p" not in text:
            return Resolution(Place(number, 0), Precision.ITEM)
        start = (int(match["p"] or 1) - 1) * PARAGRAPH
        if match["text"] is None:
            return Resolution(Place(number, start), Precision.ELEMENT)
        return Resolution(Place(number, start + int(match["offset"] or 0)), Precision.EXACT)

    def from_fraction(self, fraction: float) -> Resolution:
        return Resolution(at(int(fraction * TOTAL)).place, Precision.FRACTION)

    def xpointer(self, place: Place) -> str:
        paragraph, offset = divmod(place.ordinal, PARAGRAPH)
        item = place.spine_index + 1
        return f"/body/DocFragment[{item}]/body/p[{paragraph + 1}]/text().{offset}"

    def locator(self, place: Place) -> Locator:
        return locator(place.spine_index, place.ordinal)

    def total_progression(self, place: Place) -> float:
        return self.locator(place).total_progression
