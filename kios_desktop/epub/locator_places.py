"""Readium locators and progression references ↔ places.

A progression in a resource is a fraction of its bytes, in both directions: see `grid` and
`source_bytes`. Source: Readium's locator model, the OPDS progression draft, and Komga's code.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from urllib.parse import unquote

from kios_desktop.domain.locator import Locator, Place, Precision, Quote, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import css_path, display, fallback, href_match, quotes
from kios_desktop.epub.cfi_places import Cfis
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.display import Display
from kios_desktop.epub.grid import Grid, GridPoint
from kios_desktop.epub.kobo_places import FIRST_SPAN, START_PROGRESSION, KoboSpans
from kios_desktop.epub.readium import ReadiumLocator
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.source_tree import Element

_TEXT_DIRECTIVE = ":~:text="
_FRAGMENT_DISTANCE = 0.05
_CFI = "epubcfi("


class Locators:
    """Reads and writes the Readium locators of one publication."""

    def __init__(
        self, publication: Publication, models: ContentModels, cfis: Cfis, spans: KoboSpans
    ) -> None:
        self._publication, self._models = publication, models
        self._cfis, self._spans = cfis, spans

    def read(self, locator: ReadiumLocator) -> Resolution | None:
        """What a locator means within its resource; None when that is not in the book."""
        spine_index = self._occurrence(locator)
        if spine_index is None:
            cfis = (f for f in locator.fragments if f.startswith(_CFI))
            return next(filter(None, map(self._cfis.read, cfis)), None)
        return self._in_item(spine_index, locator)

    def spine_index(self, text: str) -> int | None:
        """The first place in the reading order of the resource an href means."""
        return next(iter(self.spine_indexes(text)), None)

    def spine_indexes(self, text: str) -> Sequence[int]:
        """Every place in the reading order of the resource an href means.

        What is shown in place of a foreign spine item counts as that item.
        """
        found = href_match.match(self._publication, text) if text else None
        if found is None:
            return ()
        path = found[0].href
        return self._by_href.get(path, ()) or self._by_shown.get(path, ())

    def read_position(self, position: int) -> Resolution:
        """What Komga's position number means."""
        spine_index, progression = self._grid.find(position)
        return Resolution(self._at(spine_index, progression), Precision.FRACTION, file_known=True)

    def read_reference(self, text: str) -> Sequence[Resolution]:
        """A package path with an optional id or text fragment, wherever it occurs."""
        path, _, fragment = text.partition("#")
        if fragment.startswith(_TEXT_DIRECTIVE):
            after = unquote(fragment.removeprefix(_TEXT_DIRECTIVE).partition(",")[0])
            locator = ReadiumLocator(quote=Quote(after=after))
        else:
            locator = ReadiumLocator(fragments=(unquote(fragment),) if fragment else ())
        return [self._in_item(index, locator) for index in self.spine_indexes(path)]

    def _occurrence(self, locator: ReadiumLocator) -> int | None:
        """The spine item a locator is about: the same file may be there more than once.

        Only the number of the position tells them apart, or the progression of the book; Komga
        computes that one anew, from the first of them.
        """
        found = self.spine_indexes(locator.href)
        if len(found) < 2:
            return next(iter(found), None)
        points = {index: self._grid.snap(index, locator.progression or 0.0) for index in found}
        if locator.position is not None:
            position = locator.position
            return min(found, key=lambda index: abs(points[index].position - position))
        if locator.total_progression is not None:
            total = locator.total_progression
            return min(found, key=lambda index: abs(points[index].total_progression - total))
        return found[0]

    def write(self, locator: Locator) -> dict[str, object]:
        """The whole locator as a JSON object."""
        place = locator.place
        byte, size = self._byte(place)
        locations: dict[str, object] = {
            "progression": byte / size if size else 0.0,
            "totalProgression": locator.total_progression,
            "position": self._point(place).position,
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
            "href": href_match.encoded(self._publication.reading_order[place.spine_index].href),
            "type": self._publication.reading_order[place.spine_index].media_type,
            "title": locator.chapter.title,
            "locations": locations,
            "text": {"before": locator.quote.before, "after": locator.quote.after},
        }

    def write_for_komga(self, locator: Locator) -> dict[str, object]:
        """As `write`, with the progression on Komga's grid, and the koboSpan for e-readers.

        `locator` is of a place where there is a file.
        """
        point = self._point(locator.place)
        document = self.write(locator)
        if self._is_shown_itself(locator.place.spine_index):
            span = self._spans.write(locator.place)
            document |= {"koboSpan": span} if span else {}
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
        index = locator.place.spine_index
        path = href_match.encoded(self._publication.reading_order[index].href)
        model = self._models.at(locator.place.spine_index)
        identity = _id_before(model, locator.place.ordinal) if model is not None else ""
        return [f"{path}#{href_match.encoded(identity)}" if identity else path]

    @cached_property
    def _grid(self) -> Grid:
        order = self._publication.reading_order
        fixed = self._publication.rendition.get("layout", "").strip() == "pre-paginated"
        sizes = [self._models.file_bytes(n) if x.exists else None for n, x in enumerate(order)]
        return Grid(sizes, fixed=fixed)

    @cached_property
    def _by_href(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, link in enumerate(self._publication.reading_order):
            found.setdefault(link.href, []).append(index)
        return found

    @cached_property
    def _by_shown(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, link in enumerate(self._publication.reading_order):
            shown = fallback.shown(self._publication, link)
            if shown is not None:
                found.setdefault(shown.href, []).append(index)
        return found

    def _is_shown_itself(self, spine_index: int) -> bool:
        link = self._models.link(spine_index)
        own = self._publication.reading_order[spine_index]
        return link is not None and link.href == own.href

    def _byte(self, place: Place) -> tuple[int, int]:
        """(byte of a place in what is shown, all of them); (0, 0) where it has no characters."""
        model = self._models.at(place.spine_index)
        if model is None:
            return 0, 0
        return model.source_bytes.of(place.ordinal), model.source_bytes.size

    def _point(self, place: Place) -> GridPoint:
        return self._grid.at_byte(place.spine_index, *self._byte(place))

    def _at(self, spine_index: int, progression: float) -> Place:
        """The place at a progression of a spine item."""
        model = self._models.at(spine_index)
        if model is None:
            return Place(spine_index, 0)
        source = model.source_bytes
        byte = self._grid.byte(spine_index, progression, source.size)
        return Place(spine_index, source.ordinal(byte))

    def _in_item(self, spine_index: int, locator: ReadiumLocator) -> Resolution:
        model = self._models.at(spine_index)
        if model is None:
            return Resolution(Place(spine_index, 0), Precision.ITEM)
        at = near = self._at(spine_index, locator.progression or 0.0).ordinal
        pointed = self._pointed(spine_index, model, locator, at)
        if pointed is not None and pointed.place is not None:
            if quotes.agrees(model, pointed.place.ordinal, locator.quote):
                return pointed
            near = pointed.place.ordinal
        quoted = quotes.find(model, locator.quote, near)
        if quoted is not None:
            return Resolution(Place(spine_index, quoted), Precision.EXACT)
        if pointed is not None:
            return pointed
        marked = self._marked(model, locator, at)
        if marked is not None:
            return Resolution(Place(spine_index, marked), Precision.ELEMENT)
        started = locator.kobo_span == FIRST_SPAN and at < START_PROGRESSION * model.total
        if locator.progression and not started:
            return Resolution(Place(spine_index, at), Precision.FRACTION, file_known=True)
        return Resolution(Place(spine_index, 0), Precision.ITEM)

    def _pointed(
        self, spine_index: int, model: ContentModel, locator: ReadiumLocator, at: int
    ) -> Resolution | None:
        """The exact address in a locator, if it has one that resolves."""
        for cfi in (locator.partial_cfi, *locator.fragments):
            if cfi and (cfi is locator.partial_cfi or cfi.startswith(_CFI)):
                found = self._cfis.read_partial(cfi, spine_index)
                if found is not None and found.precision is Precision.EXACT:
                    return found
        # Komga puts the first span beside every start, and into every book of fixed layout
        if locator.kobo_span and locator.kobo_span != FIRST_SPAN:
            within = at / model.total if locator.progression is not None and model.total else None
            span = self._spans.read(locator.kobo_span, spine_index, within)
            if span.precision is Precision.EXACT:
                return span
        return None

    def _marked(self, model: ContentModel, locator: ReadiumLocator, at: int) -> int | None:
        """The ordinal of the element a locator names."""
        if locator.css_selector:
            element = css_path.find(model.tree, locator.css_selector)
            if element is not None:
                return element.ordinal
        for fragment in locator.fragments:
            element = model.targets.get(fragment)
            if element is not None:
                distance = abs(element.ordinal - at) / max(1, model.total)
                if locator.progression is None or distance <= _FRAGMENT_DISTANCE:
                    return element.ordinal
        return None


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
