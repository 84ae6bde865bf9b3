"""Everything conversions need to know about one resource of the reading order.

Built from the raw bytes; parts that not every conversion needs are worked out when asked for.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from kios_desktop.epub import encoding
from kios_desktop.epub.comparable import comparable
from kios_desktop.epub.engine_tree import EngineTree
from kios_desktop.epub.hints import StyleHints
from kios_desktop.epub.kobo_span import Segments
from kios_desktop.epub.source_bytes import SourceBytes
from kios_desktop.epub.source_tree import Element, SourceTree, Text

_SPACE = dict.fromkeys(map(ord, " \t\r\n"))
_STYLE_LINK = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
PICTURES = frozenset({"img", "image", "svg", "object", "video"})
_HREF = re.compile(r"""\bhref\s*=\s*["']([^"']+)""", re.IGNORECASE)


class ContentModel:
    """One content document. `read_sheet` gives the text of a style sheet by href, "" if absent."""

    def __init__(self, data: bytes, read_sheet: Callable[[str], str]) -> None:
        self.size_bytes = len(data)
        self.tree = SourceTree(encoding.decode(data))
        self._read_sheet = read_sheet

    @property
    def total(self) -> int:
        """The ordinal total: non-space code points of the body."""
        return self.tree.total

    @property
    def is_svg(self) -> bool:
        """Whether it is a stand-alone SVG, whose only place for KOReader is its start."""
        return self.tree.body.name == "svg"

    @cached_property
    def stream(self) -> str:
        """The non-space characters of the body: its character at `ordinal` is the place's."""
        characters = self.tree.characters
        return "".join(characters(text) for text in self.tree.texts).translate(_SPACE)

    @cached_property
    def comparable(self) -> tuple[str, list[int] | None]:
        """The stream as quotes are compared, and the ordinal of each character; None: the same."""
        return comparable(self.stream)

    @cached_property
    def elements_by_id(self) -> dict[str, Element]:
        """The elements of the body with an id, the first of equal ids."""
        found: dict[str, Element] = {}
        for element in [self.tree.body, *self.tree.elements]:
            if identity := self.tree.attribute(element, "id"):
                found.setdefault(identity, element)
        return found

    @cached_property
    def targets(self) -> dict[str, Element]:
        """What a fragment of a link can name: elements by id, else an `<a name>`.

        Source: HTML, “find a potential indicated element”.
        """
        found = dict(self.elements_by_id)
        for element in self.tree.elements:
            if element.name == "a" and (name := self.tree.attribute(element, "name")):
                found.setdefault(name, element)
        return found

    @cached_property
    def ids_in_order(self) -> list[tuple[int, str]]:
        """(ordinal, id) of the elements with an id, in document order."""
        return [(element.ordinal, name) for name, element in self.elements_by_id.items()]

    @cached_property
    def segments(self) -> Segments:
        """The koboSpan segments."""
        return Segments(self.tree)

    @cached_property
    def source_bytes(self) -> SourceBytes:
        """Where its characters stand in the file."""
        return SourceBytes(self.tree)

    @property
    def first_picture(self) -> Element | None:
        """The first element that shows a picture: the only place in a document without text."""
        return next((e for e in self.tree.elements if e.name in PICTURES), None)

    @cached_property
    def engine(self) -> EngineTree:
        """KOReader's view of it."""
        return EngineTree(self.engine_source, StyleHints(self.engine_source, self._sheets))

    @cached_property
    def engine_source(self) -> SourceTree:
        """The tree as the engine nests it."""
        if not self.tree.read_differently:
            return self.tree
        return SourceTree(self.tree.source, as_written=True)

    def text_at(self, ordinal: int, tree: SourceTree | None = None) -> Text | None:
        """The text that holds the non-space character `ordinal`; the last one at the end."""
        if tree is None or tree is self.tree:
            at = self.text_index(ordinal)
            return self.tree.texts[at] if at >= 0 else None
        at = bisect_right(tree.texts, ordinal, key=lambda text: text.ordinal) - 1
        return tree.texts[at] if at >= 0 else None

    def text_index(self, ordinal: int) -> int:
        """The index of that text in `tree.texts`; -1 in a document without text."""
        return bisect_right(self._starts, ordinal) - 1

    @cached_property
    def _starts(self) -> list[int]:
        return [text.ordinal for text in self.tree.texts]

    @cached_property
    def _sheets(self) -> Sequence[str]:
        source = self.tree.source[: self.tree.body.start]
        sheets = [
            self._read_sheet(found[1])
            for link in _STYLE_LINK.findall(source)
            if "stylesheet" in link and (found := _HREF.search(link))
        ]
        return [*sheets, *_style_blocks(source)]


def _style_blocks(source: str) -> Iterator[str]:
    """The contents of the `<style>` elements of a head."""
    position = source.find("<style")
    while position >= 0:
        start = source.find(">", position) + 1
        end = source.find("</style", start)
        if not start or end < 0:
            return
        yield source[start:end]
        position = source.find("<style", end)
