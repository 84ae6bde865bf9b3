"""Ordinal → xpointer in one chapter, never one that our model of the engine can't resolve.

KOReader opens page 1 when an xpointer does not resolve, and pushes that. So every pointer is read
back before it is given out; in doubt the enclosing block is named, then the spine item alone.
"""

from collections.abc import Iterator

from kios_desktop.epub import xpointer
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.engine_tree import EngineTree, Node, StoredText
from kios_desktop.epub.source_tree import Element, Flaw, SourceTree, Text

_PICTURES = frozenset({"img", "image", "svg", "object", "video"})


def write(model: ContentModel, ordinal: int, fragment: int) -> str:
    """The xpointer of a place in the spine item with the 1-based number `fragment`."""
    head = f"/body/DocFragment[{fragment}]"
    tree = model.engine_source
    for node, offset, expected in _candidates(model, tree, min(ordinal, model.total)):
        written = head + xpointer.path(model.engine, tree.body, node)
        if offset is not None:
            written += f".{offset}"
        if len(written) <= xpointer.MAX_CHARACTERS and _leads_to(model, written, expected):
            return written
    return head + ".0"


def _candidates(
    model: ContentModel, tree: SourceTree, ordinal: int
) -> Iterator[tuple[Node, int | None, int]]:
    """(node, offset, the ordinal it must resolve to), best first."""
    engine = model.engine
    if model.total == 0:
        picture = next((e for e in tree.elements if e.name in _PICTURES), None)
        if picture is not None:
            yield picture, 0, 0
        return
    text = model.text_at(ordinal, tree)
    if text is None:
        return
    outside = _foreign(text.parent)
    if outside is not None:  # the engine rewrites formulas: end up right before them
        yield from _before(engine, outside)
        block = _block(engine, outside.parent)
    else:
        if not tree.flaws & (Flaw.TEXT | Flaw.TAGS | Flaw.NESTING):
            yield from _in_text(engine, tree, text, ordinal)
        block = _block(engine, text.parent)
    while block is not None and block is not tree.body:
        yield block, None, block.ordinal
        block = _block(engine, block.parent)


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


def _foreign(element: Element) -> Element | None:
    """The outermost formula or drawing around an element."""
    found: Element | None = None
    current: Element | None = element
    while current is not None:
        if current.name in ("math", "svg"):
            found = current
        current = current.parent
    return found


def _block(engine: EngineTree, element: Element | None) -> Element | None:
    while element is not None and not engine.is_block(element):
        element = element.parent
    return element


def _leads_to(model: ContentModel, written: str, expected: int) -> bool:
    pointer = xpointer.parse(written)
    if pointer is None:
        return False
    found = xpointer.resolve(model.engine, model.engine_source.body, pointer)
    return found.exact and found.ordinal == expected
