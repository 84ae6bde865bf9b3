"""Every notation for a place in a publication, to and from (spine index, ordinal).

This is the one door: all conversions of Kios go through `Places`. Blocking; call it off the GUI
thread. Only the chapters a conversion is about are parsed.
"""

import math
from collections.abc import Sequence

from kios_desktop.domain.locator import Chapter, Locator, Place, Precision, Quote, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import quotes
from kios_desktop.epub.chapters import Chapters
from kios_desktop.epub.container import Container
from kios_desktop.epub.progression import Weights
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.xpointer_places import XPointers

_NOWHERE = Resolution(None, Precision.NONE)
_TRUSTED_DISTANCE = 0.03  # a percentage this far outside a chapter says nothing about it
_OLD_NUMBERING_DISTANCE = 0.05


class Places:
    """Converts places of one publication. Thread-safe."""

    def __init__(
        self,
        container: Container,
        publication: Publication,
        weights: Sequence[int] | None = None,
    ) -> None:
        self._publication = publication
        self._models = ContentModels(container, publication)
        self._chapters = Chapters(publication, self._models)
        self._xpointers = XPointers(publication, self._models)
        self._measured: tuple[int, ...] | None = None
        self._estimate: Weights | None = None
        self._weighed: Weights | None = None
        if weights is not None:
            self.weights = tuple(weights)

    @property
    def weights(self) -> tuple[int, ...] | None:
        """The ordinal total of every spine item, once `measure` has found or somebody set them.

        Setting a value of another length is a ValueError.
        """
        return self._measured

    @weights.setter
    def weights(self, totals: tuple[int, ...]) -> None:
        if len(totals) != len(self._publication.reading_order):
            raise ValueError(f"{len(totals)} weights for another number of spine items")
        self._weighed = Weights(totals)
        self._measured = totals

    def measure(self) -> tuple[int, ...]:
        """Count the characters of the whole book and remember them. Slow: parses every chapter."""
        totals: dict[str, int] = {}
        found: list[int] = []
        for spine_index in range(len(self._publication.reading_order)):
            link = self._models.link(spine_index)
            if link is None:
                found.append(0)
                continue
            if link.href not in totals:
                totals[link.href] = self._models.total(spine_index)
            found.append(totals[link.href])
        self.weights = tuple(found)
        return tuple(found)

    def from_xpointer(self, text: str, fraction: float | None = None) -> Resolution:
        """What a KOReader xpointer means here; `fraction` is the percentage (0…1) beside it.

        An address that resolves only in part gives the deepest ancestor, or a place within the
        chapter when the fraction is trustworthy. Without a usable spine item the fraction decides.
        """
        clean = _clean(fraction)
        found = self._xpointers.read(text)
        if found is not None and found.resolution.precision is Precision.EXACT:
            return found.resolution
        if clean is not None:
            old = self._xpointers.read_old_numbering(text)
            if old is not None and old.place is not None:
                distance = abs(self.total_progression(old.place) - clean)
                if distance <= _OLD_NUMBERING_DISTANCE:
                    return old
        if found is None or found.resolution.place is None:
            return self.from_fraction(clean) if clean is not None else _NOWHERE
        spine_index = found.resolution.place.spine_index
        if clean is not None and found.lost_at_the_top and self._is_near(spine_index, clean):
            return self._within(spine_index, clean)
        return found.resolution

    def from_fraction(self, fraction: float) -> Resolution:
        """The place at a fraction 0…1 of the book; NONE for what is no number."""
        clean = _clean(fraction)
        if clean is None or not self._publication.reading_order:
            return _NOWHERE
        spine_index, within = self._table().find(clean)
        total = self._total(spine_index)
        ordinal = min(total, int(within * max(1, total) + 1e-6))
        return Resolution(Place(spine_index, ordinal), Precision.FRACTION)

    def xpointer(self, place: Place) -> str:
        """The place as KOReader writes it: resolvable, at most 255 characters, DocFragment[n]."""
        return self._xpointers.write(self.clamp(place))

    def locator(self, place: Place) -> Locator:
        """The place with quote, chapter and totals. A place outside the book is clamped."""
        place = self.clamp(place)
        model = self._models.at(place.spine_index)
        link = self._models.link(place.spine_index)
        return Locator(
            place=place,
            href=(link or self._publication.reading_order[place.spine_index]).href,
            ordinal_total=model.total if model is not None else 0,
            total_progression=self.total_progression(place),
            chapter=self.chapter(place),
            quote=quotes.quote(model, place.ordinal) if model is not None else Quote(),
        )

    def excerpt(self, place: Place, characters: int) -> str:
        """About so many characters of whole words after a place, for people to recognise it by."""
        place = self.clamp(place)
        model = self._models.at(place.spine_index)
        if model is None:
            return ""
        text = quotes.quote(model, place.ordinal, characters).after
        return text.rpartition(" ")[0] or text

    def total_progression(self, place: Place) -> float:
        """0…1 by characters; estimated from file sizes until the weights are known."""
        place = self.clamp(place)
        total = self._total(place.spine_index)
        return self._table().total_progression(
            place.spine_index, place.ordinal / total if total else 0.0
        )

    def chapter(self, place: Place) -> Chapter:
        """The nearest entry of the table of contents at or before a place."""
        return self._chapters.of(self.clamp(place))

    def clamp(self, place: Place) -> Place:
        """The nearest place that exists in this publication."""
        spine_index = min(place.spine_index, len(self._publication.reading_order) - 1)
        if spine_index < place.spine_index:
            return Place(spine_index, self._total(spine_index))
        if place.ordinal == 0:
            return place
        return Place(spine_index, min(place.ordinal, self._total(spine_index)))

    def _is_near(self, spine_index: int, fraction: float) -> bool:
        begin, end = self._table().range(spine_index)
        return begin - _TRUSTED_DISTANCE <= fraction <= end + _TRUSTED_DISTANCE

    def _within(self, spine_index: int, fraction: float) -> Resolution:
        begin, end = self._table().range(spine_index)
        part = min(1.0, max(0.0, (fraction - begin) / (end - begin)))
        ordinal = int(part * self._total(spine_index))
        return Resolution(Place(spine_index, ordinal), Precision.FRACTION)

    def _total(self, spine_index: int) -> int:
        if self._measured is not None:
            return self._measured[spine_index]
        model = self._models.at(spine_index)
        return model.total if model is not None else 0

    def _table(self) -> Weights:
        if self._weighed is not None:
            return self._weighed
        if self._estimate is None:
            count = len(self._publication.reading_order)
            self._estimate = Weights([self._models.size_bytes(i) for i in range(count)])
        return self._estimate


def _clean(fraction: float | None) -> float | None:
    """0…1, or None for what is no number."""
    if fraction is None or math.isnan(fraction):
        return None
    return min(1.0, max(0.0, fraction))
