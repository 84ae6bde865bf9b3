"""Readium locators and progression references ↔ places.

Source: specs/positions.md section 5, specs/opds.md sections 10.5 to 10.7.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from urllib.parse import unquote

from kios_desktop.domain.locator import Locator, Place, Precision, Quote, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import css_path, display, entities, href_match, quotes
from kios_desktop.epub.cfi_places import Cfis
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.display import Display
from kios_desktop.epub.grid import Grid
from kios_desktop.epub.readium import ReadiumLocator
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.source_tree import Element

_TEXT_DIRECTIVE = ":~:text="
_FRAGMENT_DISTANCE = 0.05
_CFI = "epubcfi("


class Locators:
    """Reads and writes the Readium locators of one publication."""

    def __init__(self, publication: Publication, models: ContentModels, cfis: Cfis) -> None:
        self._publication, self._models, self._cfis = publication, models, cfis

    def read(self, locator: ReadiumLocator) -> Resolution | None:
        """What a locator means within its resource; None when that is not in the book."""
        spine_index = self.spine_index(locator.href)
        if spine_index is None:
            cfis = (f for f in locator.fragments if f.startswith(_CFI))
            return next(filter(None, map(self._cfis.read, cfis)), None)
        return self._in_item(spine_index, locator)

    def spine_index(self, text: str) -> int | None:
        """The first place in the reading order of the resource an href means."""
        found = href_match.match(self._publication, text) if text else None
        return None if found is None else self._publication.spine_index_of(found[0].href)

    def read_position(self, position: int) -> tuple[int, float]:
        """(spine index, fraction of it) of Komga's position number."""
        return self._grid.find(position)

    def read_reference(self, text: str) -> Resolution | None:
        """A package path with an optional id or text fragment."""
        path, _, fragment = text.partition("#")
        spine_index = self.spine_index(path)
        if spine_index is None:
            return None
        if fragment.startswith(_TEXT_DIRECTIVE):
            after = unquote(fragment.removeprefix(_TEXT_DIRECTIVE).partition(",")[0])
            return self._in_item(spine_index, ReadiumLocator(quote=Quote(after=after)))
        fragments = (unquote(fragment),) if fragment else ()
        return self._in_item(spine_index, ReadiumLocator(fragments=fragments))

    def write(self, locator: Locator) -> dict[str, object]:
        """The whole locator as a JSON object."""
        place = locator.place
        locations: dict[str, object] = {
            "progression": locator.progression,
            "totalProgression": locator.total_progression,
            "position": self._grid.snap(place.spine_index, locator.progression).position,
        }
        model = self._models.at(place.spine_index)
        if model is not None:
            element = _element_at(model, place.ordinal)
            if element is not model.tree.body:
                locations["cssSelector"] = css_path.write(model.tree, element)
            if partial := self._cfis.write_partial(place):
                locations["partialCfi"] = partial
            if identity := _id_before(model, place.ordinal):
                locations["fragments"] = [identity]
        return {
            "href": href_match.encoded(locator.href),
            "type": self._publication.reading_order[place.spine_index].media_type,
            "title": locator.chapter.title,
            "locations": locations,
            "text": {"before": locator.quote.before, "after": locator.quote.after},
        }

    def write_for_komga(self, locator: Locator) -> dict[str, object]:
        """As `write`, with the progression on Komga's grid, measured in bytes as Komga does."""
        place = locator.place
        model = self._models.at(place.spine_index)
        fraction = source_fraction(model, place.ordinal) if model is not None else 0.0
        point = self._grid.snap(place.spine_index, fraction)
        document = self.write(locator)
        locations = document["locations"]
        if isinstance(locations, dict):
            locations |= {
                "progression": point.progression,
                "position": point.position,
                "totalProgression": point.total_progression,
            }
        return document

    def write_references(self, locator: Locator) -> list[str]:
        """References for the OPDS progression draft, the plainest one first."""
        path = href_match.encoded(locator.href)
        model = self._models.at(locator.place.spine_index)
        identity = _id_before(model, locator.place.ordinal) if model is not None else ""
        return [f"{path}#{href_match.encoded(identity)}" if identity else path]

    @cached_property
    def _grid(self) -> Grid:
        count = len(self._publication.reading_order)
        return Grid([self._models.file_bytes(index) for index in range(count)])

    def _in_item(self, spine_index: int, locator: ReadiumLocator) -> Resolution:
        model = self._models.at(spine_index)
        if model is None:
            return Resolution(Place(spine_index, 0), Precision.ITEM)
        near = round((locator.progression or 0.0) * model.total)
        pointed = self._pointed(spine_index, model, locator)
        if pointed is not None and pointed.place is not None:
            if quotes.agrees(model, pointed.place.ordinal, locator.quote):
                return pointed
            near = pointed.place.ordinal
        quoted = quotes.find(model, locator.quote, near)
        if quoted is not None:
            return Resolution(Place(spine_index, quoted), Precision.EXACT)
        if pointed is not None:
            return pointed
        marked = self._marked(model, locator)
        if marked is not None:
            return Resolution(Place(spine_index, marked), Precision.ELEMENT)
        if locator.progression:
            return Resolution(Place(spine_index, near), Precision.FRACTION)
        return Resolution(Place(spine_index, 0), Precision.ITEM)

    def _pointed(
        self, spine_index: int, model: ContentModel, locator: ReadiumLocator
    ) -> Resolution | None:
        """The exact address in a locator, if it has one that resolves."""
        for cfi in (locator.partial_cfi, *locator.fragments):
            if cfi and (cfi is locator.partial_cfi or cfi.startswith(_CFI)):
                found = self._cfis.read_partial(cfi, spine_index)
                if found is not None and found.precision is Precision.EXACT:
                    return found
        if locator.kobo_span:
            span = model.segments.find(locator.kobo_span)
            if span is not None and span[1]:
                return Resolution(Place(spine_index, span[0]), Precision.EXACT)
        return None

    def _marked(self, model: ContentModel, locator: ReadiumLocator) -> int | None:
        """The ordinal of the element a locator names."""
        if locator.css_selector:
            element = css_path.find(model.tree, locator.css_selector)
            if element is not None:
                return element.ordinal
        for fragment in locator.fragments:
            element = model.elements_by_id.get(fragment)
            if element is not None:
                distance = abs(element.ordinal / max(1, model.total) - (locator.progression or 0))
                if locator.progression is None or distance <= _FRAGMENT_DISTANCE:
                    return element.ordinal
        return None


def source_fraction(model: ContentModel, ordinal: int) -> float:
    """How far into the file, 0…1 of its characters, the source of a place is."""
    text = model.text_at(ordinal)
    if text is None or not model.tree.source:
        return 0.0
    raw = model.tree.source[text.start : text.end]
    left = ordinal - text.ordinal
    position = 0
    while position < len(raw):
        match = None if text.cdata else entities.REFERENCE.match(raw, position)
        meant = entities.character(match) if match is not None else raw[position]
        counted = sum(character not in " \t\r\n" for character in meant)
        if counted and left <= 0:
            break
        left -= counted
        position = match.end() if match is not None else position + 1
    return (text.start + position) / len(model.tree.source)


def _element_at(model: ContentModel, ordinal: int) -> Element:
    """The block around a place."""
    text = model.text_at(ordinal)
    element = model.tree.body if text is None else text.parent
    while (
        element is not model.tree.body
        and element.parent is not None
        and display.default(element.name) not in (Display.BLOCK, Display.TABLE)
    ):
        element = element.parent
    return element


def _id_before(model: ContentModel, ordinal: int) -> str:
    """The id of the nearest element with one that begins at or before a place."""
    marked: Sequence[tuple[int, str]] = model.ids_in_order
    at = bisect_right(marked, ordinal, key=lambda pair: pair[0]) - 1
    return marked[at][1] if at >= 0 else ""
