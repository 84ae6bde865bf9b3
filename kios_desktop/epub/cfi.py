"""EPUB canonical fragment identifiers: grammar, parsing, formatting and order. No document here.

Source: EPUB Canonical Fragment Identifiers 1.1.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

MAX_CHARACTERS = 100_000
_SPECIAL = re.compile(r"([\[\](),;=^])")
_NUMBER = re.compile(r"\d{1,9}(?!\d)")
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d{1,9})?")


class CfiStep(Struct, frozen=True):
    """`/number[id]`: even numbers are elements, odd ones the text between them."""

    number: int
    id: str = ""


class Path(Struct, frozen=True):
    """Steps, and where the path ends.

    `indirections` holds the positions in `steps` before which a "!" stands. `offset` counts UTF-16
    code units; `before` and `after` are the text assertion, `side` is "a", "b" or "".
    """

    steps: tuple[CfiStep, ...] = ()
    indirections: tuple[int, ...] = ()
    offset: int | None = None
    before: str = ""
    after: str = ""
    side: str = ""

    def __add__(self, other: "Path") -> "Path":
        moved = tuple(position + len(self.steps) for position in other.indirections)
        return replace(
            other, steps=self.steps + other.steps, indirections=self.indirections + moved
        )

    @property
    def package(self) -> tuple[CfiStep, ...]:
        """The steps in the package document."""
        return self.steps[: self.indirections[0]] if self.indirections else self.steps

    @property
    def content(self) -> tuple[CfiStep, ...]:
        """The steps in the content document, the last indirection counting."""
        return self.steps[self.indirections[-1] :] if self.indirections else ()


class Cfi(Struct, frozen=True):
    """A point, or a range when `end` is set."""

    start: Path
    end: Path | None = None


def parse(text: str) -> Cfi | None:
    """A CFI, with or without `epubcfi(…)`; None when it is none."""
    text = text.strip()
    if len(text) > MAX_CHARACTERS:
        return None
    text = text.partition("#")[2] if text.startswith("#") else text
    if text.startswith("epubcfi("):
        text = text[len("epubcfi(") :].removesuffix(")")
    parts = _split(text)
    if not 1 <= len(parts) <= 3:
        return None
    paths = [_path(part) for part in parts]
    if any(path is None for path in paths):
        return None
    found = [path for path in paths if path is not None]
    if len(found) == 1:
        return Cfi(found[0]) if found[0].steps else None
    start = found[0] + found[1]
    return Cfi(start, found[0] + found[2] if len(found) == 3 else None)


def format_path(path: Path) -> str:
    """The inside of `epubcfi(…)` for one path."""
    parts: list[str] = []
    for position, step in enumerate(path.steps):
        if position in path.indirections:
            parts.append("!")
        parts.append(f"/{step.number}")
        if step.id:
            parts.append(f"[{escape(step.id)}]")
    if len(path.steps) in path.indirections:
        parts.append("!")
    if path.offset is not None:
        parts.append(f":{path.offset}")
    return "".join(parts)


def format_point(path: Path) -> str:
    return f"epubcfi({format_path(path)})"


def format_range(start: Path, end: Path) -> str:
    """A range in three parts: what both paths have in common, then the rest of each.

    As foliate-js writes them, the last steps are never common, for the offsets belong to them.
    """
    most = min(len(start.steps), len(end.steps)) - 1
    common = 0
    while common < most and start.steps[common] == end.steps[common]:
        common += 1
    if start.indirections != end.indirections:  # in two chapters
        common = min(common, *(one.indirections[0] - 1 for one in (start, end) if one.indirections))
    parent = Path(start.steps[:common], tuple(i for i in start.indirections if i <= common))
    rests = (format_path(_without(one, common)) for one in (start, end))
    return f"epubcfi({','.join((format_path(parent), *rests))})"


def _without(path: Path, steps: int) -> Path:
    """What follows the first steps of a path."""
    rest = tuple(i - steps for i in path.indirections if i > steps)
    return replace(path, steps=path.steps[steps:], indirections=rest)


def compare(first: Path, second: Path) -> int:
    """-1, 0 or 1 in reading order; an element comes before what is inside it."""
    one = [step.number for step in first.steps], -1 if first.offset is None else first.offset
    two = [step.number for step in second.steps], -1 if second.offset is None else second.offset
    return (one > two) - (one < two)


def escape(text: str) -> str:
    """Text for an assertion."""
    return _SPECIAL.sub(r"^\1", text)


def _split(text: str) -> list[str]:
    """The parts between commas that are not in an assertion."""
    parts: list[str] = []
    start = 0
    for position, character in _outside(text):
        if character == ",":
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _outside(text: str) -> Iterator[tuple[int, str]]:
    inside = escaped = False
    for position, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "^":
            escaped = True
        elif character == "[":
            inside = True
        elif character == "]":
            inside = False
        elif not inside:
            yield position, character


def _path(text: str) -> Path | None:
    steps: list[CfiStep] = []
    indirections: list[int] = []
    found = Path()
    position = 0
    while position < len(text):
        mark = text[position]
        position += 1
        if mark == "!":
            indirections.append(len(steps))
        elif mark == "[":
            closing = _closing(text, position)
            assertion, position = text[position:closing], closing + 1
            before, after, side = _assertion(assertion)
            if found.offset is None and steps and not side and not after:
                steps[-1] = replace(steps[-1], id=before)
            else:
                found = replace(found, before=before, after=after, side=side or found.side)
        elif mark in "/:":
            number = _NUMBER.match(text, position)
            if number is None:
                return None
            position = number.end()
            if mark == "/":
                steps.append(CfiStep(int(number[0])))
            else:
                found = replace(found, offset=int(number[0]))
        elif mark in "~@":  # a moment or a spot in a picture: the element will do
            for _ in range(2 if mark == "@" else 1):
                decimal = _DECIMAL.match(text, position)
                if decimal is None:
                    return None
                position = decimal.end() + (mark == "@" and text[decimal.end() :][:1] == ":")
        else:
            return None
    return replace(found, steps=tuple(steps), indirections=tuple(indirections))


def _closing(text: str, position: int) -> int:
    while position < len(text) and text[position] != "]":
        position += 2 if text[position] == "^" else 1
    return min(position, len(text))


def _assertion(text: str) -> tuple[str, str, str]:
    """(id or text before, text after, side)."""
    parts: list[list[str]] = [[""]]
    parameters = False
    escaped = False
    side = ""
    for character in text:
        if escaped:
            parts[-1].append(character)
            escaped = False
        elif character == "^":
            escaped = True
        elif character == ";":
            parameters = True
            parts.append([""])
        elif character == "," and not parameters:
            parts.append([""])
        else:
            parts[-1].append(character)
    words = ["".join(part) for part in parts]
    if parameters:
        side = next((w.partition("=")[2] for w in words if w.startswith("s=")), "")
        words = [w for w in words if "=" not in w or w == words[0]]
    after = words[1] if len(words) > 1 else ""
    return words[0], after, side if side in ("a", "b") else ""
