"""The limits for documents of a book, and reading them within these limits.

A tree takes many times the memory of its source, here and in the web engine. So a document over a
limit is refused before any tree is built, by its size and the number of its tags. What SVG
references copy counts once per copy.
"""

import re

from kios_desktop.domain.errors import DocumentTooLarge
from kios_desktop.epub import encoding, expansion, own_entities
from kios_desktop.epub.container import Container

MAX_BYTES = 16 * 1024 * 1024  # unpacked; “War and Peace” in one chapter has 4 MB
MAX_ELEMENTS = 300_000
LIGHT_ATTRIBUTES = 3  # beyond an element's first, so many attributes weigh as much as an element
HEAVY = 10  # a control or a video takes as much memory as so many elements
_HEAVY = re.compile(
    r"<(?:[^\s<>/:]+:)?"
    r"(?:audio|video|object|embed|iframe|input|select|textarea|button|meter|progress)[\s/>]",
    re.IGNORECASE,
)


def read_document(container: Container, path: str) -> bytes:
    """The bytes of a chapter, picture or style sheet, to build a tree of.

    Raises DocumentTooLarge, and what `Container.read` raises.
    """
    if fits(container.size(path)):
        data = container.read(path)
        if not _is_too_much(own_entities.replaced(encoding.decode(data))):
            return data
    raise DocumentTooLarge(path)


def weight(text: str) -> int:
    """How many elements a document counts as; beyond MAX_ELEMENTS any number above it.

    The entities that the document declares itself must be replaced before.
    """
    written = _weight(text)
    return written if written > MAX_ELEMENTS else max(written, expansion.count(text, MAX_ELEMENTS))


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
