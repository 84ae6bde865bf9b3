"""The parts of an entry, each of a type that says what its bytes are.

A type with a small letter is text that ends with a zero; one with a capital is data with its length
before it. Where all entries have parts of the same types, the last one has neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntryPart:
    """`kind` is the letter of its type."""

    kind: str
    content: bytes


def parts_of(content: bytes, types: str) -> Iterator[EntryPart]:
    """`types` are those that the dictionary tells for all its entries, or "".

    What can't be told apart at the end of a damaged entry is left out.
    """
    position = 0
    if types:
        for kind in types[:-1]:
            part, position = _part(kind, content, position)
            yield part
        yield EntryPart(types[-1], content[position:])
        return
    while position < len(content):
        kind = chr(content[position])
        if not (kind.isascii() and kind.isalpha()):
            return
        part, position = _part(kind, content, position + 1)
        yield part


def _part(kind: str, content: bytes, start: int) -> tuple[EntryPart, int]:
    """A part, and where the next one begins."""
    if kind.isupper():
        begin = start + 4
        end = begin + int.from_bytes(content[start:begin], "big")
        return EntryPart(kind, content[begin:end]), end
    end = content.find(b"\0", start)
    if end < 0:
        end = len(content)
    return EntryPart(kind, content[start:end]), end + 1
