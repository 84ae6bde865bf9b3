"""The tree that KOReader's engine (crengine) builds of a document, as far as xpointers show it.

A view on the source tree, computed only for the elements that are asked about. The rules were
measured against the real engine.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.epub import display, entities
from kios_desktop.epub.display import Display
from kios_desktop.epub.nonspace import nonspace, nth_nonspace
from kios_desktop.epub.source_tree import Element, SourceTree, Text

SPLIT_CHARACTERS = 8192  # a longer run of source without markup becomes several nodes
_SPACES = re.compile("[ \t\r\n]+")
_NONSPACE = re.compile("[^ \t\r\n]")
_LAST_BREAK = re.compile(r" |\r(?!\n)|\n(?!\r)")


class Hints(Protocol):
    """What style sheets say about an element, where it matters here."""

    def display(self, element: Element) -> Display | None: ...

    def floats(self, element: Element) -> bool: ...

    def preformatted(self, element: Element) -> bool | None: ...

    def has_generated(self, element: Element) -> bool: ...


@dataclass(slots=True, eq=False)
class StoredText:
    """A text node of the engine. `content` is what it stores; `ordinal` is that of its start.

    The first `alien` characters of the content are no text to anybody else.
    """

    parent: Element
    position: int  # of the source text among the children of `parent`
    content: str
    ordinal: int
    alien: int = 0

    @property
    def is_blank(self) -> bool:
        return not _NONSPACE.search(self.content)

    def ordinal_at(self, offset: int) -> int:
        """The ordinal of the point `offset` code points into the stored text."""
        return self.ordinal + nonspace(self.content[self.alien : offset])

    def offset_of(self, ordinal: int) -> int | None:
        """The offset of the non-space character with this ordinal; None when it isn't here."""
        wanted = ordinal - self.ordinal
        own = self.content[self.alien :]
        if wanted < 0 or wanted >= len(own):
            return None
        offset = nth_nonspace(own, wanted)
        return self.alien + offset if offset < len(own) else None

    @property
    def end(self) -> tuple[int, int]:
        """(offset, ordinal) just behind the last non-space character."""
        stripped = self.content.rstrip(" \t\r\n")
        return len(stripped), self.ordinal_at(len(stripped))


Node = Element | StoredText


class EngineTree:
    """The engine's view of one content document."""

    def __init__(self, tree: SourceTree, hints: Hints) -> None:
        self._tree, self._hints = tree, hints
        self._children: dict[int, list[Node]] = {}

    def children(self, element: Element) -> list[Node]:
        """The surviving children of an element, in order, as paths count them."""
        found = self._children.get(id(element))
        if found is None:
            found = self._children[id(element)] = self._survivors(element)
        return found

    def texts(self, element: Element) -> list[StoredText]:
        """The text nodes of an element, as `text()[k]` counts them."""
        return [node for node in self.children(element) if isinstance(node, StoredText)]

    def display(self, element: Element) -> Display:
        """How the engine shows an element."""
        hinted = self._hints.display(element)
        if hinted is not None:
            return hinted
        if element.name == "math" and self._tree.attribute(element, "display") == "block":
            return Display.BLOCK
        return display.default(element.name)

    def is_block(self, element: Element) -> bool:
        return self.display(element) in (Display.BLOCK, Display.TABLE)

    def preformatted(self, element: Element) -> bool:
        """Whether white space is kept in it: its own style's word, else that of its parents."""
        current: Element | None = element
        while current is not None:
            hinted = self._hints.preformatted(current)
            if hinted is not None:
                return hinted
            if current.name in display.PREFORMATTED:
                return True
            current = current.parent
        return False

    def _survivors(self, element: Element) -> list[Node]:
        if not _holds_text(element):
            return [child for child in element.children if isinstance(child, Element)]
        keeps_space = self.preformatted(element)
        shown = self.display(element)
        # what is generated before or after counts as a child
        may_open_blank = keeps_space or shown in (Display.INLINE, Display.NONE, Display.RUBY)
        may_open_blank = may_open_blank or self._hints.has_generated(element)
        kept: list[Node] = []
        for child in element.children:
            if isinstance(child, Element):
                kept.append(child)
                continue
            for stored in self._stored(child, keeps_space, first=not kept):
                if kept or may_open_blank or not stored.is_blank:
                    kept.append(stored)
        if keeps_space:
            return kept
        if shown is Display.TABLE:
            return [n for n in kept if isinstance(n, Element) or not n.is_blank]
        if not any(isinstance(n, StoredText) and n.is_blank for n in kept):
            return kept
        if shown in (Display.BLOCK, Display.INLINE_BLOCK):
            return self._tidied_block(kept)
        return self._tidied_inline(kept)

    def _stored(self, text: Text, keeps_space: bool, first: bool) -> list[StoredText]:
        """The nodes one source text becomes, before blank ones are dropped."""
        raw = self._tree.source[text.start : text.end]
        found: list[StoredText] = []
        ordinal = text.ordinal
        alien = len(_collapsed(raw[: text.alien], text.cdata))
        for piece in split(raw):
            content = _kept(piece, text.cdata) if keeps_space else _collapsed(piece, text.cdata)
            if (
                first
                and not found
                and keeps_space
                and text.parent.name in display.LINE_FEED_DROPPED
                and not self._hints.has_generated(text.parent)
            ):
                content = content.removeprefix("\n")
            if content:
                stored = StoredText(text.parent, text.position, content, ordinal, alien)
                found.append(stored)
                ordinal, alien = stored.ordinal_at(len(content)), 0
        return found

    def _tidied_block(self, nodes: list[Node]) -> list[Node]:
        """A closed block: blank texts next to blocks, or beside nothing but floats, go."""
        kinds = [self._kind(node) for node in nodes]
        if "block" not in kinds:
            if "inline" in kinds or "float" not in kinds:
                return nodes
            return [n for n, kind in zip(nodes, kinds, strict=True) if kind != "blank"]
        kept: list[Node] = []
        run: list[tuple[Node, str]] = []
        for node, kind in zip(nodes, kinds, strict=True):
            if kind in ("block", "hidden"):
                kept += _tidied_run(run)
                kept.append(node)
                run = []
            else:
                run.append((node, kind))
        return kept + _tidied_run(run)

    def _tidied_inline(self, nodes: list[Node]) -> list[Node]:
        """An inline element with blocks inside loses blank texts beside those."""
        kinds = [self._kind(node) for node in nodes]
        if "block" not in kinds or "inline" not in kinds:
            return nodes
        beside = {i + step for i, kind in enumerate(kinds) if kind == "block" for step in (-1, 1)}
        return [
            node
            for i, (node, kind) in enumerate(zip(nodes, kinds, strict=True))
            if kind != "blank" or i not in beside
        ]

    def _kind(self, node: Node) -> str:
        if isinstance(node, StoredText):
            return "blank" if node.is_blank else "inline"
        if self._hints.floats(node):
            return "float"
        shown = self.display(node)
        if shown is Display.NONE:
            return "hidden"
        return "block" if shown in (Display.BLOCK, Display.TABLE) else "inline"


def split(raw: str) -> Sequence[str]:
    """The pieces the engine reads one run of source in."""
    if len(raw) <= SPLIT_CHARACTERS:
        return (raw,)
    pieces: list[str] = []
    start = 0
    while len(raw) - start > SPLIT_CHARACTERS:
        window = raw[start : start + SPLIT_CHARACTERS + 1]
        cut = SPLIT_CHARACTERS
        for position in range(SPLIT_CHARACTERS - 1, -1, -1):
            if window[position] in " \r\n" and _LAST_BREAK.match(window, position):
                cut = position + 1
                break
        pieces.append(raw[start : start + cut])
        start += cut
    pieces.append(raw[start:])
    return pieces


def _tidied_run(run: list[tuple[Node, str]]) -> list[Node]:
    if not any(kind == "inline" for _, kind in run):
        return [node for node, kind in run if kind != "blank"]
    start, end = 0, len(run)
    while run[start][1] == "blank":
        start += 1
    while run[end - 1][1] == "blank":
        end -= 1
    return [node for node, _ in run[start:end]]


def _holds_text(element: Element) -> bool:
    if element.in_svg:
        return element.name in display.SVG_WITH_TEXT
    return element.name not in display.TEXTLESS and not element.is_instruction


def _collapsed(raw: str, cdata: bool) -> str:
    """Runs of space become one; space written as a reference is left alone."""
    folded = _SPACES.sub(" ", raw)
    return folded if cdata else entities.decode(folded)


def _kept(raw: str, cdata: bool) -> str:
    """Preformatted text: line ends unified, tabs expanded as the engine does it."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = text if cdata else entities.decode(text)
    if "\t" not in text:
        return text
    parts: list[str] = []
    column = 0
    for character in text:
        if character == "\n":
            column = 0
        if character == "\t":
            width = 8 - column % 8
            parts.append(" " * width)
            column += width
        else:
            parts.append(character)
            column += 1  # also for the line feed: tabs after it are one shorter than expected
    return "".join(parts)
