"""The CSS selectors that locators carry: simple paths, written and read. No general CSS engine.

Read are `#id` and chains of compounds with `>` or space, of types, ids, classes, `:nth-child(n)`,
`:nth-of-type(n)` and `:first-child`.
"""

import re
from collections import Counter
from dataclasses import dataclass

from kios_desktop.epub.source_tree import Element, SourceTree

_MAX_CHARACTERS = 4000
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*$")
_COMPOUND = re.compile(
    r"(?P<type>[A-Za-z][\w|-]*|\*)?(?P<rest>(?:[#.](?:[\w-]|\\.)+|:[a-z-]+(?:\(\s*\d+\s*\))?)*)$"
)
_PART = re.compile(r"([#.])((?:[\w-]|\\.)+)|:([a-z-]+)(?:\(\s*(\d{1,9})\s*\))?")


@dataclass(frozen=True, slots=True)
class _Test:
    type: str
    id: str
    classes: frozenset[str]
    nth_child: int
    nth_of_type: int
    direct: bool  # a child of what the test before matched, not any descendant


def write(tree: SourceTree, element: Element) -> str:
    """A selector for an element: from the nearest id at or above it down."""
    parts: list[str] = []
    current = element
    numbers = _Numbers()
    while current.parent is not None and current.parent is not tree.root:
        identity = tree.attribute(current, "id")
        if _IDENTIFIER.match(identity):
            parts.append(f"#{identity}")
            break
        parts.append(current.name + f":nth-child({numbers.of(current)[0]})")
        current = current.parent
    return " > ".join(reversed(parts))


def find(tree: SourceTree, selector: str) -> Element | None:
    """The first element of the body that a selector means; None when none or it is not simple."""
    tests = _parsed(selector)
    if not tests:
        return None
    finder = _Finder(tree)
    for element in [tree.body, *tree.elements]:
        if finder.matches(element, tests):
            return element
    return None


def _parsed(selector: str) -> list[_Test]:
    if len(selector) > _MAX_CHARACTERS:
        return []
    tests: list[_Test] = []
    direct = False
    for word in selector.replace(">", " > ").split():
        if word == ">":
            direct = True
            continue
        compound = _COMPOUND.match(word)
        if compound is None:
            return []
        identity, classes, child, of_type = "", set(), 0, 0
        for mark, name, pseudo, number in _PART.findall(compound["rest"]):
            if mark == "#":
                identity = re.sub(r"\\(.)", r"\1", name)
            elif mark == ".":
                classes.add(re.sub(r"\\(.)", r"\1", name))
            elif pseudo == "nth-child" and number:
                child = int(number)
            elif pseudo == "nth-of-type" and number:
                of_type = int(number)
            elif pseudo == "first-child":
                child = 1
            elif pseudo != "root":
                return []
        kind = (compound["type"] or "").rpartition("|")[2].lower()
        tests.append(_Test(kind, identity, frozenset(classes), child, of_type, direct))
        direct = False
    return tests


class _Numbers:
    """1-based numbers of elements among their siblings, counted once per parent."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int]] = {}

    def of(self, element: Element) -> tuple[int, int]:
        """(among all sibling elements, among those of the same name)."""
        if id(element) not in self._known:
            names: Counter[str] = Counter()
            siblings = [element] if element.parent is None else element.parent.children
            for sibling in siblings:
                if isinstance(sibling, Element) and not sibling.is_instruction:
                    names[sibling.name] += 1
                    self._known[id(sibling)] = names.total(), names[sibling.name]
        return self._known.get(id(element), (0, 0))


class _Finder:
    """Tests elements of one tree; lives for one search."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._numbers = _Numbers()

    def matches(self, element: Element, tests: list[_Test]) -> bool:
        if not self._fits(element, tests[-1]):
            return False
        current: Element | None = element
        for index in range(len(tests) - 2, -1, -1):
            current = current.parent if current is not None else None
            while current is not None and not self._fits(current, tests[index]):
                if tests[index + 1].direct:
                    return False
                current = current.parent
            if current is None:
                return False
        return True

    def _fits(self, element: Element, test: _Test) -> bool:
        if not element.tag or test.type not in ("", "*", element.name.lower()):
            return False
        if test.id and self._tree.attribute(element, "id") != test.id:
            return False
        if test.classes and not test.classes <= set(self._tree.attribute(element, "class").split()):
            return False
        if not test.nth_child and not test.nth_of_type:
            return True
        child, of_type = self._numbers.of(element)
        return test.nth_child in (0, child) and test.nth_of_type in (0, of_type)
