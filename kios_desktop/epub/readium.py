"""Readium locators as JSON: servers' variants are read leniently, our own are written in full.

`read` only takes a locator apart; `locator_places.py` works out what it means.
Source: readium/architecture, models/locators; Komga's and Stump's variants as their servers send
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kios_desktop.domain.locator import Quote
from kios_desktop.domain.loose import finite_number

_MAX_TEXT_CHARACTERS = 4000
_MAX_FRAGMENTS = 20


@dataclass(frozen=True, slots=True)
class ReadiumLocator:
    """The parts of a foreign locator that say where; fractions are 0…1, `position` is ≥ 1."""

    href: str = ""
    progression: float | None = None
    total_progression: float | None = None
    position: int | None = None
    fragments: tuple[str, ...] = ()
    partial_cfi: str = ""
    css_selector: str = ""
    kobo_span: str = ""
    quote: Quote = field(default_factory=Quote)


def read(document: object) -> ReadiumLocator:
    """Take a locator apart; whatever has the wrong shape or range is left out."""
    locator = _mapping(document)
    locations = _mapping(locator.get("locations"))
    text = _mapping(locator.get("text"))
    highlight = _text(text.get("highlight"))
    position = finite_number(locations.get("position"))
    fragments = _texts(locations.get("fragments")) + _texts(locations.get("fragment"))
    return ReadiumLocator(
        href=_text(locator.get("href")),
        progression=_fraction(locations.get("progression")),
        total_progression=_fraction(locations.get("totalProgression")),
        position=int(position) if position is not None and 1 <= position < 1e9 else None,
        fragments=tuple(fragment.removeprefix("#") for fragment in fragments[:_MAX_FRAGMENTS]),
        partial_cfi=_text(locations.get("partialCfi")),
        css_selector=_text(locations.get("cssSelector")),
        kobo_span=_text(locations.get("koboSpan")) or _text(locator.get("koboSpan")),
        quote=Quote(_text(text.get("before")), highlight + _text(text.get("after"))),
    )


def _mapping(value: object) -> Mapping[str, object]:
    """An object, or the first one of an array, as Stump sent it until mid-2025."""
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        value = value[0]
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value[:_MAX_TEXT_CHARACTERS] if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence):
        return tuple(_text(item) for item in value if isinstance(item, str) and item)
    return ()


def _fraction(value: object) -> float | None:
    number = finite_number(value)
    return number if number is not None and 0 <= number <= 1 else None
