"""CFI ↔ place. Offsets are those of a DOM parsed from XHTML: raw text, UTF-16 code units.

Source: EPUB Canonical Fragment Identifiers 1.1, section 3.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from kios_desktop.domain.locator import Place, Precision, Resolution
from kios_desktop.domain.marks import Passage
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import cfi
from kios_desktop.epub.cfi import CfiStep, Path
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.link_targets import cfi_spine_index
from kios_desktop.epub.nonspace import nonspace, nth_nonspace
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.source_tree import Element, SourceTree, Text


class Cfis:
    """Reads and writes the CFIs of one publication."""

    def __init__(self, publication: Publication, models: ContentModels) -> None:
        self._publication, self._models = publication, models

    def read(self, text: str, spine_index: int | None = None) -> Resolution | None:
        """What a CFI means, of a range its start; None when it names no spine item.

        `spine_index` is the item that a CFI without a package path is about.
        """
        parsed = cfi.parse(text)
        if parsed is None:
            return None
        if spine_index is not None and not parsed.start.indirections:
            return self.read_partial(text, spine_index)
        return self._read(parsed.start)

    def read_partial(self, text: str, spine_index: int) -> Resolution | None:
        """What the part of a CFI after "!" means in a spine item; a whole CFI will do."""
        parsed = cfi.parse(text)
        if parsed is None:
            return None
        path = parsed.start
        steps = path.content if path.indirections else path.steps
        return self._in_item(spine_index, steps, path.offset)

    def write(self, place: Place) -> str:
        """The CFI of a place that is in the book."""
        return cfi.format_point(self._path(place))

    def read_range(self, text: str) -> tuple[Resolution, Resolution] | None:
        """Where a range begins and ends; a point does both. None when it names no spine item."""
        parsed = cfi.parse(text)
        if parsed is None:
            return None
        start = self._read(parsed.start)
        end = start if parsed.end is None else self._read(parsed.end)
        return None if start is None or end is None else (start, end)

    def write_range(self, passage: Passage) -> str:
        """The range of a passage that is in the book; the point where it is empty."""
        start = self._path(passage.start)
        if passage.start == passage.end:
            return cfi.format_point(start)
        return cfi.format_range(start, self._path(passage.end, behind=True))

    def write_partial(self, place: Place) -> str:
        """The part of the CFI after "!"; "" when the item has no content to point into."""
        path = self._path(place)
        return cfi.format_path(Path(path.content, offset=path.offset))

    def _read(self, path: Path) -> Resolution | None:
        spine_index = cfi_spine_index(self._publication, path.package)
        if spine_index is None:
            return None
        if not path.content:
            return Resolution(Place(spine_index, 0), Precision.ITEM)
        return self._in_item(spine_index, path.content, path.offset)

    def _in_item(
        self, spine_index: int, steps: tuple[CfiStep, ...], offset: int | None
    ) -> Resolution:
        model = self._models.at(spine_index)
        start = Resolution(Place(spine_index, 0), Precision.ITEM)
        if model is None:
            return start
        found = resolve(model, steps, offset)
        if not found.depth:
            return start
        precision = Precision.EXACT if found.exact else Precision.ELEMENT
        return Resolution(Place(spine_index, min(found.ordinal, model.total)), precision)

    def _path(self, place: Place, *, behind: bool = False) -> Path:
        """`behind` the last character before a place, not before the first one after it."""
        link = self._publication.reading_order[place.spine_index]
        package = (CfiStep(self._publication.spine_step), CfiStep(link.cfi_step))
        model = self._models.at(place.spine_index)
        if model is None:
            return Path(package)
        found = content_path_behind if behind and place.ordinal else content_path
        return Path(package, (len(package),)) + found(model, place.ordinal)


@dataclass(frozen=True, slots=True)
class CfiMatch:
    """Where steps lead. `depth` counts those below the document element that resolved."""

    ordinal: int
    exact: bool
    depth: int


def resolve(model: ContentModel, steps: tuple[CfiStep, ...], offset: int | None) -> CfiMatch:
    """The place of a content path, or of its deepest ancestor that is there."""
    tree = model.tree
    at = _document_element(tree)
    exact = True
    for depth, step in enumerate(steps):
        if step.number % 2:
            ordinal, inside = _in_chunk(tree, at, step.number // 2, offset or 0)
            last = depth == len(steps) - 1
            return CfiMatch(ordinal, exact and inside and last, depth + 1)
        following = _element(at, step.number)
        if step.id and (following is None or tree.attribute(following, "id") != step.id):
            named = model.elements_by_id.get(step.id)
            following, exact = (following, False) if named is None else (named, exact)
        if following is None:
            return CfiMatch(at.ordinal, step.number == 0 and exact, depth)
        at = following
    return CfiMatch(at.ordinal, exact, len(steps))


def content_path(model: ContentModel, ordinal: int) -> Path:
    """The steps and offset of the non-space character with this ordinal in its document."""
    tree = model.tree
    text = model.text_at(min(ordinal, max(0, model.total - 1))) if model.total else None
    if text is None:
        return Path(_steps(tree, model.first_picture or tree.body))
    characters = tree.characters(text)
    wanted = ordinal - text.ordinal
    within = nth_nonspace(characters, wanted)
    if within == len(characters):  # the very end: behind the last character
        within = len(characters.rstrip(" \t\r\n"))
    elements = 0
    units = 0
    for sibling in text.parent.children:
        if sibling is text:
            break
        if isinstance(sibling, Text):
            units += _utf16(tree.characters(sibling))
        elif not sibling.is_instruction:
            elements += 1
            units = 0
    steps = (*_steps(tree, text.parent), CfiStep(2 * elements + 1))
    return Path(steps, offset=units + _utf16(characters[:within]))


def content_path_behind(model: ContentModel, ordinal: int) -> Path:
    """The steps and offset just behind the non-space character before an ordinal above 0."""
    path = content_path(model, min(ordinal, model.total) - 1)
    if path.offset is None:
        return path
    last = model.stream[min(ordinal, model.total) - 1]
    return replace(path, offset=path.offset + _utf16(last))


def _document_element(tree: SourceTree) -> Element:
    """What steps start from: the element at the top that has the body in it.

    Without a body it is the only element at the top, or the root that is not in the source.
    """
    current = tree.body
    while current.parent is not None and current.parent is not tree.root:
        current = current.parent
    if current.parent is not None:
        return current if current is not tree.body or current.name == "svg" else tree.root
    top = [c for c in tree.root.children if not isinstance(c, Element) or not c.is_instruction]
    elements = [c for c in top if isinstance(c, Element)]
    if len(elements) != 1 or any(isinstance(c, Text) and nonspace(tree.characters(c)) for c in top):
        return tree.root
    return elements[0]


def _element(parent: Element, number: int) -> Element | None:
    wanted = number // 2
    for child in parent.children:
        if isinstance(child, Element) and not child.is_instruction:
            wanted -= 1
            if wanted == 0:
                return child
    return None


def _in_chunk(tree: SourceTree, parent: Element, index: int, offset: int) -> tuple[int, bool]:
    """(ordinal, whether it is there) of an offset in the text after `index` elements."""
    elements = 0
    left = offset
    end: int | None = None
    for child in parent.children:
        if isinstance(child, Element):
            if child.is_instruction:
                continue
            if elements == index:
                return (child.ordinal if end is None else end), left == 0
            elements += 1
        elif elements == index:
            characters = tree.characters(child)
            units = _utf16(characters)
            if left < units:
                return child.ordinal + nonspace(_prefix(characters, left)), True
            left -= units
            end = child.ordinal + nonspace(characters)
    if elements < index:
        return _end(tree, parent), False
    return (_end(tree, parent) if end is None else end), left == 0


def _end(tree: SourceTree, element: Element) -> int:
    """The ordinal behind an element: that of whatever comes next."""
    current: Element | None = element
    while current is not None and current.parent is not None and current is not tree.body:
        siblings = current.parent.children
        if current.position + 1 < len(siblings):
            return siblings[current.position + 1].ordinal
        current = current.parent
    return tree.total


def _steps(tree: SourceTree, element: Element) -> tuple[CfiStep, ...]:
    top = _document_element(tree)
    steps: list[CfiStep] = []
    current = element
    while current is not top and current.parent is not None:
        before = sum(
            isinstance(sibling, Element) and not sibling.is_instruction
            for sibling in current.parent.children[: current.position]
        )
        steps.append(CfiStep(2 * before + 2, tree.attribute(current, "id")))
        current = current.parent
    return tuple(reversed(steps))


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _prefix(text: str, units: int) -> str:
    """The first `units` UTF-16 code units, as characters."""
    if text.isascii():
        return text[:units]
    raw = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return raw.decode("utf-16-le", "ignore")
