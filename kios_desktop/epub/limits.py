"""How large a document of a book may be: the one place that says so, and the one that reads them.

A tree takes many times the memory of its source, here and in the web engine. So what is over a
limit is refused before any tree is built, from its size and the marks in it. What SVG copies
counts as often as it would be there.
"""

from kios_desktop.domain.errors import DocumentTooLarge
from kios_desktop.epub import encoding
from kios_desktop.epub.container import Container

MAX_BYTES = 16 * 1024 * 1024  # unpacked; “War and Peace” in one chapter has 4 MB
MAX_ELEMENTS = 300_000
MAX_ATTRIBUTES = 1_000_000
MAX_DEPTH = 256  # elements nested deeper become siblings; XML parsers stop there, browsers at 512


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
    from kios_desktop.epub import expansion  # which is built on what has these limits

    written = text.count("<") - text.count("</")
    return (
        written > MAX_ELEMENTS
        or text.count("=") > MAX_ATTRIBUTES
        or expansion.is_over(text, MAX_ELEMENTS)
    )


def fits(size_bytes: int) -> bool:
    """Whether a document of this size may be read at all."""
    return size_bytes <= MAX_BYTES


def elements(data: bytes) -> int:
    """At least as many as there are elements, comments and instructions. Builds nothing."""
    return data.count(b"<") - data.count(b"</")
