"""The place of a reading state, which has a span and percentages that may disagree.

A span names a sentence; but a device with a plain EPUB sends `kobo.1.1` for any place in a chapter,
and some servers update a percentage and keep the old span. Only a comparison with the state seen
before tells: the distance between percentage and span does not, since Komga counts pages.
"""

from typing import Final, Protocol

from kios_desktop.domain.locator import Precision, Resolution
from kios_desktop.domain.shelf import ReadingState

FIRST_SPAN: Final = "kobo.1.1"

_NOWHERE = Resolution(None, Precision.NONE)


class SpanConversion(Protocol):
    """The part of `epub.places.Places` used here. Blocking."""

    def from_kobo_span(
        self,
        value: str,
        href: str,
        progression: float | None = None,
        fraction: float | None = None,
    ) -> Resolution: ...
    def from_fraction(self, fraction: float) -> Resolution: ...


def resolved(
    places: SpanConversion, state: ReadingState, before: ReadingState | None
) -> Resolution:
    """The place of a state; `before` is the state seen or written last. Blocking."""
    fraction = None if state.percent is None else state.percent / 100
    overall = None if fraction is None else places.from_fraction(fraction)
    if state.spot is None:
        return overall or _NOWHERE
    if overall is not None and left_behind(state, before):
        return overall
    found = places.from_kobo_span(
        state.spot.value.lower(), state.spot.source, _chapter_fraction(state), fraction
    )
    if found.place is None:
        return overall or found
    if overall is None or overall.place is None or found.precision is not Precision.ITEM:
        return found
    inside = overall.place.spine_index == found.place.spine_index
    return overall if inside else found  # the span gives no more than the file


def _chapter_fraction(state: ReadingState) -> float | None:
    """0…1 of the chapter; None if it repeats the percentage of the book (Kavita)."""
    percent, spot = state.chapter_percent, state.spot
    if percent is None or spot is None:
        return None
    doubled = percent == state.percent and spot.value.lower() != FIRST_SPAN
    return None if doubled else percent / 100


def left_behind(state: ReadingState, before: ReadingState | None) -> bool:
    """Whether only the percentage was updated, by KOReader or a web reader: the span is old."""
    if before is None or before.spot != state.spot or state.percent is None:
        return False
    same_chapter = before.chapter_percent == state.chapter_percent
    return before.percent is not None and same_chapter and before.percent != state.percent
