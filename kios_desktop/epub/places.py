"""Every notation for a place in a publication, to and from (spine index, ordinal).

All conversions of Kios go through `Places`. Blocking; call it off the GUI thread. Only the chapters
that a conversion needs are parsed.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kios_desktop.domain.locator import Chapter, Locator, Place, Precision, Quote, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import limits, quotes, readium
from kios_desktop.epub.cfi_places import Cfis
from kios_desktop.epub.chapters import Chapters
from kios_desktop.epub.container import Container
from kios_desktop.epub.footnotes import Footnotes
from kios_desktop.epub.kobo_places import KoboProgress, KoboSpans, Outside
from kios_desktop.epub.locator_places import Locators
from kios_desktop.epub.passages import Passages
from kios_desktop.epub.progression import Weights
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.xpointer_places import XPointers

log = logging.getLogger(__name__)

_NOWHERE = Resolution(None, Precision.NONE)
_TRUSTED_DISTANCE = 0.03  # a percentage this far outside a chapter says nothing about it
_REFERENCE_DISTANCE = 0.02
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
        self._cfis = Cfis(publication, self._models)
        self.passages = Passages(publication, self._models, self._cfis, self._chapters)
        self.footnotes = Footnotes(publication, self._models)
        self._spans = KoboSpans(publication, self._models)
        self._locators = Locators(publication, self._models, self._cfis, self._spans)
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
        self.weights = found = tuple(self.totals())
        return found

    def totals(self) -> Iterator[int]:
        """The characters of each spine item in turn; every step may parse a chapter."""
        known: dict[str, int] = {}
        for spine_index in range(len(self._publication.reading_order)):
            link = self._models.link(spine_index)
            if link is None:
                yield 0
                continue
            if link.href not in known:
                known[link.href] = self._models.total(spine_index)
            yield known[link.href]

    def from_xpointer(self, text: str, fraction: float | None = None) -> Resolution:
        """What a KOReader xpointer means here; `fraction` is the percentage (0…1) beside it.

        An address that resolves only in part gives the deepest ancestor, or a place within the
        chapter when the fraction is trustworthy. Without a usable spine item the fraction decides.
        """
        resolution = self._from_xpointer(text, _clean(fraction))
        return self._logged("xpointer", text, resolution)

    def _from_xpointer(self, text: str, clean: float | None) -> Resolution:
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

    def from_cfi(self, text: str, spine_index: int | None = None) -> Resolution:
        """What an EPUB CFI means here; of a range, its start.

        `spine_index` is the item that a CFI without a package path is about.
        """
        return self._logged("cfi", text, self._cfis.read(text, spine_index) or _NOWHERE)

    def from_kobo_span(
        self,
        value: str,
        href: str,
        progression: float | None = None,
        fraction: float | None = None,
    ) -> Resolution:
        """What a koboSpan id in the resource `href` means.

        `progression` (0…1 of the chapter) corrects ids of another converter, as far as it
        contradicts them. `fraction` (0…1 of the book) says which is meant of the spine items that
        are the same resource, and nothing else.
        """
        spine_index = self._locators.spine_index(href)
        if spine_index is None:
            return _NOWHERE
        found = self._spans.read(value, spine_index, _clean(progression))
        if fraction is not None and found.place is not None:
            found = self._nearest_of_the_same(found, found.place, fraction)
        return self._logged("koboSpan", f"{value} in {href}", found)

    def _nearest_of_the_same(self, found: Resolution, place: Place, fraction: float) -> Resolution:
        order = self._publication.reading_order
        own = order[place.spine_index].href
        same = [Place(i, place.ordinal) for i, link in enumerate(order) if link.href == own]
        if len(same) < 2:
            return found
        best = min(same, key=lambda one: abs(self.total_progression(one) - fraction))
        return replace(found, place=best)

    def from_locator(self, document: object) -> Resolution:
        """What a Readium locator (a decoded JSON object, of any server's shape) means here."""
        locator = readium.read(document)
        found = self._locators.read(locator)
        if found is not None:
            return self._logged("locator", locator.href, found)
        if locator.total_progression is not None:
            return self.from_fraction(locator.total_progression)
        if locator.position is not None:
            return self._locators.read_position(locator.position)
        return _NOWHERE

    def from_references(self, references: Sequence[str], fraction: float | None) -> Resolution:
        """What an OPDS progression document means: its first reference near the fraction."""
        clean = _clean(fraction)
        for reference in references:
            for found in self._locators.read_reference(reference):
                where = found.place
                if where is None:
                    continue
                if clean is None or self._is_near(where.spine_index, clean, _REFERENCE_DISTANCE):
                    return found
        return self.from_fraction(clean) if clean is not None else _NOWHERE

    def from_fraction(self, fraction: float) -> Resolution:
        """The place at a fraction 0…1 of the book; NONE for what is no number."""
        clean = _clean(fraction)
        if clean is None or not self._publication.reading_order:
            return _NOWHERE
        spine_index, within = self._table().find(clean)
        total = self._total(spine_index)
        ordinal = min(total, int(within * total + 1e-6))
        return Resolution(Place(spine_index, ordinal), Precision.FRACTION)

    def xpointer(self, place: Place) -> str:
        """The place as KOReader writes it: resolvable, at most 255 characters, DocFragment[n]."""
        return self._xpointers.write(self.clamp(place))

    def cfi(self, place: Place) -> str:
        """The place as an EPUB CFI with real package steps."""
        return self._cfis.write(self.clamp(place))

    def kobo_span(self, place: Place) -> str:
        """The koboSpan id of the segment a place is in; "" where there is none."""
        return self._spans.write(self.clamp(place))

    def kobo_progress(self, place: Place) -> KoboProgress:
        """How far a place is, as Kobo sync counts it."""
        return self._spans.progress(self.clamp(place))

    def readium_locator(self, place: Place) -> dict[str, object]:
        """The place as a Readium locator, ready for JSON."""
        return self._locators.write(self.locator(place))

    def komga_locator(self, place: Place) -> dict[str, object]:
        """As `readium_locator`, with a progression and a file that Komga accepts.

        A place in an item that is missing is given as the nearest one there is.
        """
        return self._locators.write_for_komga(self.locator(self._spans.there(self.clamp(place))))

    def references(self, place: Place) -> list[str]:
        """The place as references of the OPDS progression draft."""
        return self._locators.write_references(self.locator(place))

    def outside(self, value: str, href: str) -> Outside | None:
        """A koboSpan in a document of the manifest that is not in the reading order."""
        return self._spans.outside(value, href)

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
        return quotes.excerpt(model, place.ordinal, characters)

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

    def _is_near(
        self, spine_index: int, fraction: float, distance: float = _TRUSTED_DISTANCE
    ) -> bool:
        begin, end = self._table().range(spine_index)
        return begin - distance <= fraction <= end + distance

    def _within(self, spine_index: int, fraction: float) -> Resolution:
        begin, end = self._table().range(spine_index)
        part = min(1.0, max(0.0, (fraction - begin) / (end - begin))) if end > begin else 0.0
        ordinal = int(part * self._total(spine_index))
        return Resolution(Place(spine_index, ordinal), Precision.FRACTION, file_known=True)

    def _logged(self, kind: str, text: str, found: Resolution) -> Resolution:
        """Leave what a report of a wrong place needs to be replayed."""
        if log.isEnabledFor(logging.DEBUG):
            model = self._models.at(found.place.spine_index) if found.place is not None else None
            after = model.stream[found.place.ordinal :][:12] if found.place and model else ""
            log.debug("%s %.200r is %s (%s) %r", kind, text, found.place, found.precision, after)
        return found

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
            sizes = map(self._models.size_bytes, range(count))
            self._estimate = Weights([size if limits.fits(size) else 0 for size in sizes])
        return self._estimate


def _clean(fraction: float | None) -> float | None:
    """0…1, or None for what is no number."""
    if fraction is None or math.isnan(fraction):
        return None
    return min(1.0, max(0.0, fraction))
