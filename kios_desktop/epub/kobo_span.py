"""koboSpan segments: kepubify's numbering computed for a plain document, or the ids of a KEPUB.

kepubify wraps text in elements and changes no characters, so a segment is a range of ordinals.
Source: measured against the compiled kepubify.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kios_desktop.epub.nonspace import nonspace
from kios_desktop.epub.source_tree import Element, SourceTree, Text

_ID = re.compile(r"kobo\.(\d{1,9})\.(\d{1,9})", re.IGNORECASE)
_END = re.compile("[.!?]['\"”’“…]?[\t\n\f\r ]+")
_SKIPPED = frozenset({"script", "style", "pre", "audio", "video", "svg", "math"})
_RAISING = frozenset({"p", "ol", "ul", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
_ENDING_P = frozenset(
    {
        "address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div",
        "dl", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "header", "hgroup", "hr", "listing", "main", "menu", "nav", "ol", "p", "plaintext",
        "pre", "section", "summary", "table", "ul", "xmp",
    }
)  # fmt: skip
_CLASS = "koboSpan"


@dataclass(frozen=True, slots=True)
class Segment:
    """`kobo.P.S`: the characters from `ordinal` up to `end`. Pictures and spaces are empty."""

    paragraph: int
    number: int
    ordinal: int
    end: int
    text: str

    @property
    def name(self) -> str:
        return f"kobo.{self.paragraph}.{self.number}"


class Segments:
    """The segments of one document, in order."""

    def __init__(self, tree: SourceTree) -> None:
        self.is_kepub = _CLASS in tree.source and any(
            _is_span(tree, element) for element in tree.elements
        )
        self.all: Sequence[Segment] = tuple(_marked(tree) if self.is_kepub else _computed(tree))
        self._filled = [segment for segment in self.all if segment.end > segment.ordinal]
        self._starts = [segment.ordinal for segment in self._filled]
        self._ordinals: dict[tuple[int, int], int] = {}
        for segment in self.all:
            self._ordinals.setdefault((segment.paragraph, segment.number), segment.ordinal)

    def at(self, ordinal: int) -> str:
        """The id of the segment with this character; in skipped content that of the next one.

        "" where there is no segment at all.
        """
        index = bisect_right(self._starts, ordinal) - 1
        if index >= 0 and ordinal < self._filled[index].end:
            return self._filled[index].name
        following = bisect_left(self._starts, ordinal)
        if following < len(self._filled):
            return self._filled[following].name
        if self._filled:
            return self._filled[-1].name
        return self.all[0].name if self.all else ""

    def find(self, value: str) -> tuple[int, bool] | None:
        """(ordinal, whether the segment exists) of an id; None when it is no such id.

        A missing number gives the last segment of its paragraph, a missing paragraph the one
        before it, and nothing at all the start.
        """
        match = _ID.search(value)
        if match is None:
            return None
        wanted = int(match[1]), int(match[2])
        if wanted in self._ordinals:
            return self._ordinals[wanted], True
        before = max((key for key in self._ordinals if key < wanted), default=None)
        return (0 if before is None else self._ordinals[before]), False


def _is_span(tree: SourceTree, element: Element) -> bool:
    return _CLASS in tree.attribute(element, "class").split()


def _marked(tree: SourceTree) -> Iterator[Segment]:
    """The segments a KEPUB has already. One inside another has no `text`: it is the outer one's."""
    found: list[tuple[int, int, Element]] = []
    for element in tree.elements:
        match = _ID.fullmatch(tree.attribute(element, "id")) if _is_span(tree, element) else None
        if match is not None:
            found.append((int(match[1]), int(match[2]), element))
    if not found:
        return
    ends = _ends(tree)
    behind = -1  # where the outermost segment ends in the source
    for paragraph, number, element in found:
        start, (end, source_end) = element.ordinal, ends[id(element)]
        outermost = element.start >= behind
        text = "".join(tree.characters(t) for t in _texts(element)) if outermost else ""
        behind = max(behind, source_end)
        yield Segment(paragraph, number, start, end, text)


def _ends(tree: SourceTree) -> dict[int, tuple[int, int]]:
    """Where each element ends: (ordinal, offset in the source) behind its last text."""
    ends: dict[int, tuple[int, int]] = {}
    ordinal = offset = 0
    stack: list[tuple[Element | Text, bool]] = [(tree.body, False)]
    while stack:
        node, leaving = stack.pop()
        if isinstance(node, Text):
            ordinal = node.ordinal + nonspace(tree.characters(node))
            offset = node.end
        elif leaving:
            ends[id(node)] = ordinal, offset
        else:
            ordinal, offset = node.ordinal, node.tag_end
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.children))
    return ends


def _texts(element: Element) -> Iterator[Text]:
    stack: list[Element | Text] = list(reversed(element.children))
    while stack:
        node = stack.pop()
        if isinstance(node, Text):
            yield node
        else:
            stack.extend(reversed(node.children))


def _computed(tree: SourceTree) -> Iterator[Segment]:
    paragraph = number = 0
    pending = False
    ended: set[int] = set()  # p elements that HTML would have closed before this point
    around = _above_body(tree)  # the nearest p around an element inside one
    stack: list[Element | Text] = list(reversed(tree.body.children))
    while stack:
        node = stack.pop()
        if isinstance(node, Element):
            nearest = _paragraph_around(node, around)
            if nearest is not None:
                around[id(node)] = nearest
                if node.name in _ENDING_P:
                    ended.add(nearest)
            if node.name == "img":
                paragraph, number, pending = paragraph + 1, 1, False
                yield Segment(paragraph, 1, node.ordinal, node.ordinal, "")
            elif node.name not in _SKIPPED and not node.is_instruction:
                pending = pending or node.name in _RAISING
                stack.extend(reversed(node.children))
            continue
        in_p = node.parent.name == "p" and id(node.parent) not in ended
        ordinal = node.ordinal
        text = tree.characters(node)
        last = node
        while stack and isinstance(following := stack[-1], Text) and _continues(last, following):
            text += tree.characters(following)  # CDATA is no border
            last = following
            stack.pop()
        for piece in pieces(text):
            if in_p or piece.strip():
                if pending:
                    paragraph, number, pending = paragraph + 1, 0, False
                number += 1
                yield Segment(paragraph, number, ordinal, ordinal + nonspace(piece), piece)
            ordinal += nonspace(piece)


def pieces(text: str) -> Iterator[str]:
    """The sentences a text is cut into, each with the white space behind it."""
    start = 0
    for match in _END.finditer(text):
        yield text[start : match.end()]
        start = match.end()
    if start < len(text):
        yield text[start:]


def _continues(text: Text, following: Text) -> bool:
    """Whether two texts are one to a parser that does not tell CDATA from other text."""
    return (
        following.parent is text.parent
        and following.position == text.position + 1
        and not following.bordered
    )


def _above_body(tree: SourceTree) -> dict[int, int]:
    """The nearest p around the body itself, which only a broken document has."""
    above = tree.body.parent
    while above is not None:
        if above.name == "p":
            return {id(tree.body): id(above)}
        above = above.parent
    return {}


def _paragraph_around(element: Element, around: Mapping[int, int]) -> int | None:
    """The id of the nearest p above, from what is known of the parent: one look per element."""
    parent = element.parent
    if parent is None:
        return None
    return id(parent) if parent.name == "p" else around.get(id(parent))
