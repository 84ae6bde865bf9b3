"""How large a document of a book may be: the one place that says so, and the one that reads them.

A tree takes many times the memory of its source, here and in the web engine. So what is over a
limit is refused before any tree is built, from its size and the marks in it. What SVG copies
counts as often as it would be there.
"""

import re

from kios_desktop.domain.errors import DocumentTooLarge
from kios_desktop.epub import encoding, expansion
from kios_desktop.epub.container import Container

MAX_BYTES = 16 * 1024 * 1024  # unpacked; “War and Peace” in one chapter has 4 MB
MAX_ELEMENTS = 300_000
LIGHT_ATTRIBUTES = 3  # beyond the first of each element, as many as weigh what an element does
HEAVY = 10  # elements' worth of memory in one with a box and a machinery of its own
_HEAVY = re.compile(
    r"<(?:[^\s<>/:]+:)?"
    r"(?:audio|video|object|embed|iframe|input|select|textarea|button|meter|progress)[\s/>]",
    re.IGNORECASE,
)


def read_document(container: Container, path: str) -> bytes:
    """A chapter, picture or style sheet that a tree will be made of.

    Raises DocumentTooLarge, and what `Container.read` raises.
    """
    if fits(container.size(path)):
        data = container.read(path)
        if not _is_too_much(encoding.decode(data)):
            return data
    raise DocumentTooLarge(path)


def _is_too_much(text: str) -> bool:
    return _weight(text) > MAX_ELEMENTS or expansion.is_over(text, MAX_ELEMENTS)


def _weight(text: str) -> int:
    """At least the elements, and as many more as there would be room for in what else there is."""
    written = text.count("<") - text.count("</")
    if written > MAX_ELEMENTS:
        return written
    attributes = max(0, text.count("=") - written) // LIGHT_ATTRIBUTES
    return written + attributes + (HEAVY - 1) * sum(1 for _ in _HEAVY.finditer(text))


def fits(size_bytes: int) -> bool:
    """Whether a document of this size may be read at all."""
    return size_bytes <= MAX_BYTES


def elements(data: bytes) -> int:
    """At least as many as there are elements, comments and instructions. Builds nothing."""
    return data.count(b"<") - data.count(b"</")
