"""koboSpan ids ↔ places, and the percentages that Kobo sync keeps beside them."""

import math
from dataclasses import dataclass
from functools import cached_property

from kios_desktop.domain.locator import Place, Precision, Quote, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import href_match, quotes
from kios_desktop.epub.resources import ContentModels

FIRST_SPAN = "kobo.1.1"
START_PROGRESSION = 0.03  # "kobo.1.1" this far into a chapter only stands for "no span known"
_CONTRADICTION = 0.20
_ROUNDING = 0.02  # whole percents, and Komga's limit of a file in them
_MIN_SEGMENTS = 20
_SLICE_BYTES = 1024  # Komga counts a position for each


@dataclass(frozen=True, slots=True)
class Outside:
    """A place in a document outside the reading order: it has no spine index."""

    href: str
    ordinal: int
    ordinal_total: int
    precision: Precision
    quote: Quote
    kobo_span: str


@dataclass(frozen=True, slots=True)
class KoboProgress:
    """How far a place is, as an e-reader's servers count it.

    `book` is 0…1 with the files of the linear reading order weighed by size, `chapter` 0…1 of the
    place's own file by characters. `href` is the spine item's own file, whatever is shown for it,
    and `file_bytes` its uncompressed size. `place` is the place itself, or where its item is
    missing the nearest that servers know.
    """

    book: float
    chapter: float
    href: str
    file_bytes: int
    place: Place


class KoboSpans:
    """Reads and writes the koboSpan ids of one publication."""

    def __init__(self, publication: Publication, models: ContentModels) -> None:
        self._publication, self._models = publication, models

    def read(self, value: str, spine_index: int, progression: float | None) -> Resolution:
        """What an id means in a spine item, unless the progression contradicts it."""
        model = self._models.at(spine_index)
        start = Resolution(Place(spine_index, 0), Precision.ITEM)
        if model is None:
            return start
        found = model.segments.find(value)
        if progression is not None:
            at = found[0] / model.total if found is not None and model.total else 0.0
            if (
                found is None
                or (value == FIRST_SPAN and progression >= START_PROGRESSION)
                or (
                    self._contradict(at, progression, spine_index)
                    and not (model.segments.is_kepub and found[1])
                    and len(model.segments.all) > _MIN_SEGMENTS
                )
            ):
                ordinal = int(progression * model.total)
                return Resolution(Place(spine_index, ordinal), Precision.FRACTION, file_known=True)
        if found is None:
            return start
        precision = Precision.EXACT if found[1] else Precision.ELEMENT
        return Resolution(Place(spine_index, found[0]), precision)

    def _contradict(self, at: float, progression: float, spine_index: int) -> bool:
        """Whether the percentage beside a span belongs to another place, as with another converter.

        Komga snaps it down to a position of the file, or it was cut off behind the last of them,
        or is 0 where it would take no other; so in a small file it may well be too small.
        """
        if progression >= at:
            return progression - at > _CONTRADICTION
        positions = max(1, math.ceil(self._models.file_bytes(spine_index) / _SLICE_BYTES))
        return progression > 0 and at - progression > max(_CONTRADICTION, 1 / positions + _ROUNDING)

    def write(self, place: Place) -> str:
        """The id of the segment a place is in; "" where there is none."""
        model = self._models.at(place.spine_index)
        return "" if model is None else model.segments.at(place.ordinal)

    def progress(self, place: Place) -> KoboProgress:
        """Places in documents beside the linear order count as the end of what is before them."""
        place = self.there(place)
        model = self._models.at(place.spine_index)
        chapter = min(1.0, place.ordinal / model.total) if model is not None and model.total else 0
        before = sum(self._linear_bytes[: place.spine_index])
        own = self._linear_bytes[place.spine_index]
        book = (before + chapter * own) / (sum(self._linear_bytes) or 1)
        href = self._publication.reading_order[place.spine_index].href
        size = self._models.file_bytes(place.spine_index)
        return KoboProgress(book, chapter, href, size, place)

    def there(self, place: Place) -> Place:
        """The place itself, or beside an item that is missing the start of the next that is not.

        Servers know nothing of such an item. Behind the last that is there, it is its end.
        """
        order = self._publication.reading_order
        if order[place.spine_index].exists:
            return place
        for index in range(place.spine_index + 1, len(order)):
            if order[index].exists:
                return Place(index, 0)
        for index in range(place.spine_index - 1, -1, -1):
            if order[index].exists:
                return Place(index, self._models.total(index))
        return place

    @cached_property
    def _linear_bytes(self) -> tuple[int, ...]:
        order = self._publication.reading_order
        return tuple(
            self._models.size_bytes(index) if link.linear else 0 for index, link in enumerate(order)
        )

    def outside(self, value: str, href: str) -> Outside | None:
        """An id in a document of the manifest; None when there is none or it has no such id."""
        match = href_match.match(self._publication, href)
        model = None if match is None else self._models.of(match[0])
        found = None if model is None else model.segments.find(value)
        if match is None or model is None or found is None:
            return None
        return Outside(
            href=match[0].href,
            ordinal=found[0],
            ordinal_total=model.total,
            precision=Precision.EXACT if found[1] else Precision.ELEMENT,
            quote=quotes.quote(model, found[0]),
            kobo_span=model.segments.at(found[0]),
        )
