"""What a reading state means in a book: which of its witnesses is to be believed (kobo.md 10).

A span names a sentence, but a device with a plain EPUB says `kobo.1.1` for anything in a chapter,
and some servers renew only a percentage and leave an old span beside it. That is known by what the
server held before; how far a percentage is from its place says nothing: Komga counts pages.
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
    """The place of a state; `before` is the one seen or written last. Blocking."""
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
    return overall if inside else found  # no more than the file is known


def _chapter_fraction(state: ReadingState) -> float | None:
    """0…1 of the chapter; None for what is the percentage of the book a second time (Kavita)."""
    percent, spot = state.chapter_percent, state.spot
    if percent is None or spot is None:
        return None
    doubled = percent == state.percent and spot.value.lower() != FIRST_SPAN
    return None if doubled else percent / 100


def left_behind(state: ReadingState, before: ReadingState | None) -> bool:
    """Whether only the percentage was renewed: KOReader or a web reader was here since."""
    if before is None or before.spot != state.spot or state.percent is None:
        return False
    same_chapter = before.chapter_percent == state.chapter_percent
    return before.percent is not None and same_chapter and before.percent != state.percent
