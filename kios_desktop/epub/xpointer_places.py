"""Xpointer ↔ place. Only xpointers that our model of the engine resolves are ever written.

KOReader opens page 1 when an xpointer does not resolve, and pushes that. So every xpointer is read
back before it is returned; in doubt the enclosing block is named, then the spine item alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kios_desktop.domain.locator import Place, Precision, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import media_types, xpointer
from kios_desktop.epub.content_model import PICTURES, ContentModel
from kios_desktop.epub.engine_tree import EngineTree, Node, StoredText
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.source_tree import Element, Flaw, SourceTree, Text

_MAX_READ_CHARACTERS = 20_000
_HARMLESS = Flaw.REFERENCES  # what the engine reads as we do, in any case
_MAX_DEPTH = xpointer.MAX_CHARACTERS // 2  # a step takes two characters at the least


@dataclass(frozen=True, slots=True)
class Read:
    """What an xpointer means. `lost_at_the_top`: it had a path, but nothing below body resolved."""

    resolution: Resolution
    lost_at_the_top: bool = False


class XPointers:
    """Reads and writes the xpointers of one publication."""

    def __init__(self, publication: Publication, models: ContentModels) -> None:
        self._order, self._models = publication.reading_order, models

    def read(self, text: str) -> Read | None:
        """What an xpointer means; None when it names no spine item of this book."""
        pointer = xpointer.parse(text[:_MAX_READ_CHARACTERS].strip())
        return None if pointer is None else self._read(pointer, pointer.fragment - 1)

    def read_old_numbering(self, text: str) -> Resolution | None:
        """As KOReader numbered before DOM version 20240114: only XHTML items had a fragment.

        None unless the path resolves that way and the book has other items.
        """
        pointer = xpointer.parse(text[:_MAX_READ_CHARACTERS].strip())
        numbered = [i for i, x in enumerate(self._order) if x.label == media_types.XHTML]
        if pointer is None or len(numbered) == len(self._order):
            return None
        if not 0 < pointer.fragment <= len(numbered):
            return None
        found = self._read(pointer, numbered[pointer.fragment - 1])
        if found is None or found.resolution.precision is not Precision.EXACT:
            return None
        return found.resolution

    def write(self, place: Place) -> str:
        """The xpointer of a place that is in the book."""
        model = self._model(place.spine_index)
        head = f"/body/DocFragment[{place.spine_index + 1}]"
        if model is None:
            return head + ".0"
        if model.is_svg:  # under another name the engine finds no body in it
            drawing = self._order[place.spine_index].label == media_types.SVG
            return head + ("/body/autoboxing/svg.0" if drawing else ".0")
        return written(model, place.ordinal, head)

    def _read(self, pointer: xpointer.XPointer, spine_index: int) -> Read | None:
        if not 0 <= spine_index < len(self._order):
            return None
        start = Resolution(Place(spine_index, 0), Precision.ITEM)
        model = self._model(spine_index)
        if model is None or model.is_svg:
            return Read(start)
        if pointer.target:
            element = model.targets.get(pointer.target)
            if element is None:
                return Read(start, lost_at_the_top=True)
            return Read(Resolution(Place(spine_index, element.ordinal), Precision.EXACT))
        if not pointer.steps:
            return Read(start, lost_at_the_top=not pointer.complete)
        found = xpointer.resolve(model.engine, model.engine_source.body, pointer)
        if not found.depth:
            return Read(start, lost_at_the_top=True)
        precision = Precision.EXACT if found.exact else Precision.ELEMENT
        return Read(Resolution(Place(spine_index, found.ordinal), precision))

    def _model(self, spine_index: int) -> ContentModel | None:
        """The model of an item that KOReader's engine can read too."""
        link = self._order[spine_index]
        shown = self._models.link(spine_index)
        if not link.exists or link.fragment or shown is None or shown.href != link.href:
            return None
        model = self._models.of(link)
        return model if model is not None and model.tree.has_body else None


def written(model: ContentModel, ordinal: int, head: str) -> str:
    """The xpointer of a place in the chapter whose `DocFragment` is `head`."""
    tree = model.engine_source
    for node, offset, expected in _candidates(model, tree, min(ordinal, model.total)):
        result = head + xpointer.path(model.engine, tree.body, node)
        if offset is not None:
            result += f".{offset}"
        if len(result) <= xpointer.MAX_CHARACTERS and _leads_to(model, result, expected):
            return result
    return head + ".0"


def _candidates(
    model: ContentModel, tree: SourceTree, ordinal: int
) -> Iterator[tuple[Node, int | None, int]]:
    """(node, offset, the ordinal it must resolve to), best first."""
    engine = model.engine
    if model.total == 0:
        picture = next((e for e in tree.elements if e.name in PICTURES), None)
        if picture is not None and _depth(picture, tree.body) > _MAX_DEPTH:
            return
        if picture is not None:
            yield picture, 0, 0
        return
    text = model.text_at(ordinal, tree)
    if text is None:
        return
    inside: Element | None = text.parent
    outside = _foreign(text.parent, tree.body)
    if outside is not None:  # the engine rewrites formulas: end up right before them
        yield from _before(engine, outside)
        inside = outside.parent
    elif not model.tree.flaws & ~_HARMLESS and _depth(text.parent, tree.body) <= _MAX_DEPTH:
        yield from _in_text(engine, tree, text, ordinal)
    for block in _blocks(engine, inside, tree.body):
        yield block, None, block.ordinal


def _in_text(
    engine: EngineTree, tree: SourceTree, text: Text, ordinal: int
) -> Iterator[tuple[Node, int | None, int]]:
    for stored in engine.texts(text.parent):
        offset = stored.offset_of(ordinal)
        if offset is not None:
            yield stored, offset, ordinal
            return
    if ordinal >= tree.total:  # the very end: behind the last character that is stored
        for last in reversed(tree.texts):
            for stored in reversed(engine.texts(last.parent)):
                if not stored.is_blank:
                    offset, reached = stored.end
                    yield stored, offset, reached
                    return


def _before(engine: EngineTree, foreign: Element) -> Iterator[tuple[Node, int | None, int]]:
    """Behind the last character before a formula or drawing, if that is beside it."""
    parent = foreign.parent
    if parent is None:
        return
    previous: Node | None = None
    for node in engine.children(parent):
        if node is foreign:
            break
        previous = node
    if isinstance(previous, StoredText) and not previous.is_blank:
        offset, reached = previous.end
        yield previous, offset, reached


def _foreign(element: Element, body: Element) -> Element | None:
    """The outermost formula or drawing around an element."""
    found: Element | None = None
    current: Element | None = element
    while current is not None and current is not body:
        if current.name in ("math", "svg"):
            found = current
        current = current.parent
    return found


def _blocks(engine: EngineTree, element: Element | None, body: Element) -> Iterator[Element]:
    """The blocks around an element that can be named, the nearest first, the body left out."""
    depth = _depth(element, body)
    while element is not None and element is not body:
        if depth <= _MAX_DEPTH and engine.is_block(element):
            yield element
        element = element.parent
        depth -= 1


def _depth(element: Element | None, body: Element) -> int:
    depth = 0
    while element is not None and element is not body:
        element = element.parent
        depth += 1
    return depth


def _leads_to(model: ContentModel, result: str, expected: int) -> bool:
    pointer = xpointer.parse(result)
    if pointer is None:
        return False
    found = xpointer.resolve(model.engine, model.engine_source.body, pointer)
    return found.exact and found.ordinal == expected
