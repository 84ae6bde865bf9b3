"""KOReader's xpointers: their grammar, and the way from a path to a node and back.

Source: crengine, lvtinydom.cpp (createXPointer).
"""

import re
from dataclasses import dataclass

from kios_desktop.epub.engine_tree import EngineTree, Node, StoredText
from kios_desktop.epub.source_tree import Element

MAX_CHARACTERS = 255  # what Calibre-Web-Automated stores
_MAX_INDEX_DIGITS = 9
_HEAD = re.compile(r"/body/DocFragment(?:\[(\d{1,9})\])?(?=[/.]|$)")
_TARGET = re.compile(r"#_doc_fragment_(\d{1,9})(?:_ (.+))?$", re.DOTALL)
_STEP = re.compile(r"/([^/\[\]()]*?)(\(\))?(?:\[(\d{1,9})\])?(?:\.(\d{1,9}))?(?=/|$)")
_BOXES = frozenset(
    {
        "autoBoxing", "floatBox", "inlineBox", "tabularBox", "rubyBox", "mathBox", "pseudoElem",
        "cloneNode",
    }
)  # fmt: skip
_TEXT = "text()"


@dataclass(frozen=True, slots=True)
class XPointerStep:
    """One step of a path. `index` is 1-based; None when it isn't written."""

    name: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class XPointer:
    """A parsed xpointer. `fragment` is the 1-based number of the spine item.

    `steps` begin below `body`. `complete` is False when the rest could not be parsed.
    `target` is the id of `#_doc_fragment_N_ id`.
    """

    fragment: int
    steps: tuple[XPointerStep, ...] = ()
    offset: int | None = None
    target: str = ""
    complete: bool = True
    boxed: bool = False


def parse(text: str) -> XPointer | None:
    """The parts of an xpointer; None when it does not name a spine item."""
    if (match := _TARGET.match(text)) is not None:
        return XPointer(int(match[1]) + 1, target=match[2] or "")
    head = _HEAD.match(text)
    if head is None:
        return None
    fragment = int(head[1] or 1)
    position = head.end()
    if text.startswith(".", position):
        return XPointer(fragment, complete=text[position + 1 :].isdecimal())
    steps: list[XPointerStep] = []
    offset: int | None = None
    boxed = False
    while position < len(text) and offset is None:
        match = _STEP.match(text, position)
        if match is None or not match[1]:
            break
        name, call, index, last = match.groups()
        offset = None if last is None else int(last)
        position = match.end()
        if name in _BOXES:
            boxed = True
        else:
            steps.append(XPointerStep(name + (call or ""), int(index) if index else None))
    complete = position >= len(text)
    if not steps:
        return XPointer(fragment, offset=offset, complete=complete, boxed=boxed)
    if steps[0].name != "body":
        return XPointer(fragment, complete=False)
    return XPointer(fragment, tuple(steps[1:]), offset, complete=complete, boxed=boxed)


@dataclass(frozen=True, slots=True)
class XPointerMatch:
    """Where a path leads. `depth` counts the steps that resolved; `exact` when all of them did."""

    ordinal: int
    exact: bool
    depth: int


def resolve(tree: EngineTree, body: Element, pointer: XPointer) -> XPointerMatch:
    """The place of a pointer in its chapter, or of its deepest ancestor that is there."""
    node: Node = body
    for depth, step in enumerate(pointer.steps):
        following = child(tree, node, step)
        if following is None:
            return XPointerMatch(_ordinal(node), exact=False, depth=depth)
        node = following
    depth = len(pointer.steps)
    exact = pointer.complete and not pointer.boxed
    if pointer.offset is None:
        return XPointerMatch(_ordinal(node), exact, depth)
    if isinstance(node, StoredText):
        inside = pointer.offset <= len(node.content)
        return XPointerMatch(node.ordinal_at(pointer.offset), exact and inside, depth)
    children = tree.children(node)
    if pointer.offset < len(children):
        return XPointerMatch(_ordinal(children[pointer.offset]), exact, depth)
    if pointer.offset == 0:
        return XPointerMatch(node.ordinal, exact, depth)
    return XPointerMatch(node.ordinal, exact=False, depth=depth)


def path(tree: EngineTree, body: Element, node: Node) -> str:
    """The path of a node below `DocFragment[n]`, with indices where the engine prints them."""
    parts: list[str] = []
    current: Node = node
    while current is not body:
        parent = current.parent
        if parent is None:
            raise ValueError("node outside the body")
        siblings = tree.children(parent)
        if isinstance(current, StoredText):
            alike: list[Node] = [n for n in siblings if isinstance(n, StoredText)]
            name = _TEXT
        else:
            name = current.name
            alike = [n for n in siblings if isinstance(n, Element) and n.name == name]
        number = next(i for i, n in enumerate(alike, 1) if n is current)
        parts.append(f"{name}[{number}]" if len(alike) > 1 else name)
        current = parent
    return "/body" + "".join(f"/{part}" for part in reversed(parts))


def child(tree: EngineTree, node: Node, step: XPointerStep) -> Node | None:
    """The child a step leads to; None when it is not there."""
    if isinstance(node, StoredText):
        return None
    children = tree.children(node)
    number = 1 if step.index is None else step.index
    if step.name == _TEXT:
        alike: list[Node] = [n for n in children if isinstance(n, StoredText)]
    elif step.name.isdecimal():
        alike, number = children, int(step.name)
    else:
        alike = [n for n in children if isinstance(n, Element) and n.name == step.name]
    return alike[number - 1] if 0 < number <= len(alike) else None


def _ordinal(node: Node) -> int:
    return node.ordinal
