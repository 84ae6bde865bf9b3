"""Counts the elements of a document after SVG's references are expanded.

`<use>`, fills, masks, markers and steps of filters copy what they refer to, and a copy may hold
references of its own: two dozen lines can expand to more elements than any engine survives.
"""

import re
from bisect import bisect_left

from msgspec import Struct

from kios_desktop.epub.source_tree import Element, SourceTree

_COPIED = re.compile(
    r"<(?:[^\s<>/:]+:)?(?:use|pattern|marker|mask|clippath|filter)[\s/>]", re.IGNORECASE
)
_REFERENCE = re.compile(r"""url\(\s*["']?\s*#([^)"']+)""", re.IGNORECASE)
_MAY_REFER = re.compile("[(&]")
ELSEWHERE = 1000  # elements assumed for a reference into another file, which has its own limit


class _Part(Struct, frozen=True):
    """An element with all that is in it, in document order: [start, end)."""

    start: int
    end: int


def is_over(text: str, most: int) -> bool:
    """Whether there would be more than `most` elements. Takes at most that many steps.

    The entities that a document declares itself must be replaced before.
    A reference to an element that contains it does not count: engines leave it out.
    """
    return count(text, most) > most


def count(text: str, most: int) -> int:
    """The elements with all copies, counted until there are more than `most`; 0 without copies."""
    if not _COPIED.search(text):
        return 0
    return _Copies(SourceTree(text)).count(most)


class _Copies:
    """What every part of a document refers to."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._named: dict[str, _Part] = {}  # by id
        self._at: list[int] = []  # positions in document order that refer to something
        self._to: list[str | _Part] = []  # an address, or the very part
        self._steps: dict[str, _Part] = {}  # of filters, by the name of the result: the last so far
        self._last_step: _Part | None = None
        self._size = 0
        entered: list[tuple[Element, int]] = []
        waiting: list[Element | None] = [tree.root]
        while waiting:
            element = waiting.pop()
            if element is None:
                left, start = entered.pop()
                self._leave(left, _Part(start, self._size))
                continue
            entered.append((element, self._size))
            self._enter(element)
            self._size += 1
            waiting.append(None)
            waiting.extend(c for c in reversed(element.children) if isinstance(c, Element))

    def _enter(self, element: Element) -> None:
        name, tree = element.name.lower(), self._tree
        if name.startswith("fe"):
            self._enter_step(tree.attributes(element))
        elif name == "use":
            for key, value in tree.attributes(element).items():
                if key.rpartition(":")[2].lower() == "href":
                    self._refer(value.strip())
        if _MAY_REFER.search(tree.source, element.start, element.tag_end):
            for value in tree.attributes(element).values():
                for found in _REFERENCE.findall(value):
                    self._refer(f"#{found.strip()}")

    def _enter_step(self, attributes: dict[str, str]) -> None:
        """A step of a filter works on results of steps before it, or on the one just before."""
        second = attributes.get("in2")
        for named in (attributes.get("in"), second):
            if named is not None and (step := self._steps.get(named)) is not None:
                self._refer(step)
        if second is not None and "in" not in attributes and self._last_step is not None:
            self._refer(self._last_step)

    def _refer(self, to: str | _Part) -> None:
        self._at.append(self._size)
        self._to.append(to)

    def _leave(self, element: Element, part: _Part) -> None:
        name = self._tree.attribute(element, "id")
        known = self._named.get(name)
        if name and (known is None or part.start < known.start):  # the first of equal names wins
            self._named[name] = part
        if element.name.startswith("fe") and not element.name.endswith("Node"):
            self._last_step = part
            self._steps[self._tree.attribute(element, "result")] = part

    def count(self, most: int) -> int:
        inside: set[_Part] = set()  # what the copy that is looked at is in
        count, steps = 0, [(_Part(0, self._size), True)]
        while steps and count <= most:
            part, enters = steps.pop()
            if not enters:
                inside.discard(part)
                continue
            if part in inside:
                continue
            inside.add(part)
            steps.append((part, False))
            count += part.end - part.start
            first, last = bisect_left(self._at, part.start), bisect_left(self._at, part.end)
            for to in self._to[first:last]:
                if isinstance(to, str) and not to.startswith("#"):
                    count += ELSEWHERE
                elif (named := self._named.get(to[1:]) if isinstance(to, str) else to) is not None:
                    steps.append((named, True))
        return count
