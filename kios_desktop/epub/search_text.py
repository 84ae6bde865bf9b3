"""The text of one chapter as a reader sees it, with the way back to ordinals.

White space is one space, and none at the borders of a block (a paragraph, a cell, a heading), which
`BORDER` separates. Left out is what is never seen (scripts, styles, what is `hidden`), what only
annotates (ruby), and what has no width. A line break is a space.
"""

import re
from array import array
from bisect import bisect_right
from functools import cache

from kios_desktop.epub import display
from kios_desktop.epub.display import Display
from kios_desktop.epub.nonspace import nonspace
from kios_desktop.epub.source_tree import Element, SourceTree, Text

BORDER = "\n"

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
SPACES = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Members of character classes: characters without width, and spaces that count as ordinals."""

_ODD = re.compile(f"[{INVISIBLE}{SPACES}]")
_SPACE = re.compile(f"[{SPACES}]")
_STRETCH = 4096  # characters between which the way back counts at most

# what the page never shows, beside what `display` knows
_UNSEEN = frozenset({"template", "datalist", "iframe", "annotation", "annotation-xml"})
_UNSEEN_IN_SVG = frozenset({"title", "desc", "metadata", "style", "script", "defs"})
_ANNOTATING = frozenset({"rt", "rp", "rtc"})
_HIDDEN_BY_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)


class SearchText:
    """`text` is what can be searched. Indexes are those of its characters."""

    def __init__(self, tree: SourceTree) -> None:
        made = _Walk(tree)
        self.text = "".join(made.parts)
        self._starts, self._ordinals = made.starts, made.ordinals

    def ordinal(self, index: int) -> int:
        """The ordinal of a character; of a space or border, that of the next character seen."""
        at = bisect_right(self._starts, index) - 1
        start = self._starts[at]
        return self._ordinals[at] + nonspace(self.text[start:index])

    def ordinals(self, start: int, end: int) -> tuple[int, int]:
        """The ordinals [start, end) of a part of the text that begins and ends with no space."""
        return self.ordinal(start), self.ordinal(end - 1) + 1

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        widest = 1 if self.text.isascii() else 2
        return len(self.text) * widest + 8 * len(self._starts)


class _Walk:
    """Goes once through the texts of a tree. `starts[i]` of the text has `ordinals[i]`."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._length = 0
        self._space = self._border = False  # whether one is to stand before the next character
        self._seen: dict[int, Element | None] = {}  # by id of an element: its block; None: unseen
        self.parts: list[str] = []
        self.starts, self.ordinals = array("I"), array("I")
        self._build()

    def _build(self) -> None:
        elements = self._tree.elements
        at, last, seen = 0, None, self._seen
        for text in self._tree.texts:
            while at < len(elements) and elements[at].start < text.start:
                self._pass(elements[at])
                at += 1
            parent = text.parent
            block = seen[id(parent)] if id(parent) in seen else self._block(parent)
            if block is not None:
                self._border |= block is not last
                last = block
                self._add(text)

    def _pass(self, element: Element) -> None:
        """An element begins, with or without text in it."""
        if element.name == "br":
            self._space = True
        elif _is_block(element) and self._block(element) is not None:
            self._border = True

    def _block(self, element: Element) -> Element | None:
        """The block that an element's text is in; None where it is not seen."""
        path: list[Element] = []
        above: Element | None = element
        while above is not None and id(above) not in self._seen:
            path.append(above)
            above = above.parent
        found = self._tree.body if above is None else self._seen[id(above)]
        for one in reversed(path):
            if found is not None:
                if self._is_unseen(one):
                    found = None
                elif _is_block(one):
                    found = one
            self._seen[id(one)] = found
        return found

    def _is_unseen(self, element: Element) -> bool:
        name = element.name
        if element.in_svg and name in _UNSEEN_IN_SVG:
            return True
        if name in _UNSEEN or name in _ANNOTATING or display.default(name) is Display.NONE:
            return True
        source, start, end = self._tree.source, element.start, element.tag_end
        if source.find("hidden", start, end) >= 0 and "hidden" in self._tree.attributes(element):
            return True
        if source.find("none", start, end) < 0:
            return False
        return bool(_HIDDEN_BY_STYLE.search(self._tree.attribute(element, "style")))

    def _add(self, text: Text) -> None:
        characters = self._tree.characters(text)
        if characters.isascii() or not _ODD.search(characters):
            self._add_plain(characters, text.ordinal)
            return
        ordinal, position = text.ordinal, 0
        for odd in _ODD.finditer(characters):
            plain = characters[position : odd.start()]
            self._add_plain(plain, ordinal)
            ordinal += nonspace(plain) + 1
            self._space |= _SPACE.match(odd[0]) is not None
            position = odd.end()
        self._add_plain(characters[position:], ordinal)

    def _add_plain(self, characters: str, ordinal: int) -> None:
        """Add text of which all but the spaces is seen, and counts."""
        words = " ".join(characters.split())
        if not words:
            self._space |= bool(characters)
            return
        before = BORDER if self._border else " " if self._space or characters[0].isspace() else ""
        if self._length and before:
            self.parts.append(before)
            self._length += 1
        self._border, self._space = False, characters[-1].isspace()
        self.starts.append(self._length)
        self.ordinals.append(ordinal)
        for start in range(_STRETCH, len(words), _STRETCH):
            ordinal += nonspace(words[start - _STRETCH : start])
            self.starts.append(self._length + start)
            self.ordinals.append(ordinal)
        self.parts.append(words)
        self._length += len(words)


def _is_block(element: Element) -> bool:
    return element.name == "text" if element.in_svg else _is_block_name(element.name)


@cache
def _is_block_name(name: str) -> bool:
    return display.default(name) in (Display.BLOCK, Display.TABLE)
