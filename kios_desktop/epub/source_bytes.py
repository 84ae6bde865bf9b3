"""Converts places to byte offsets in their file and back, for Komga's positions and locators.

Bytes are those of the source as UTF-8, whatever the file's own encoding. In both directions, the
place of a byte is the first character that begins at or behind it.
"""

from bisect import bisect_right

from kios_desktop.epub import entities
from kios_desktop.epub.source_tree import SourceTree, Text

_SPACE = " \t\r\n"


class SourceBytes:
    """The bytes of one document."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree, source = tree, tree.source
        self._ordinals = [text.ordinal for text in tree.texts]
        self._starts: list[int] = []
        read = bytes_read = 0
        for text in tree.texts:
            bytes_read += _length(source[read : text.start])
            read = text.start
            self._starts.append(bytes_read)
        self.size = bytes_read + _length(source[read:])

    def of(self, ordinal: int) -> int:
        """The byte at which the character of a place begins; behind all of them, the end."""
        at = bisect_right(self._ordinals, ordinal) - 1
        if at < 0:
            return 0
        text = self._tree.texts[at]
        raw, left, position = self._raw(text), ordinal - text.ordinal, 0
        while position < len(raw):
            counted, width = _next(raw, position, text)
            if counted and left <= 0:
                break
            left -= counted
            position += width
        return self._starts[at] + _length(raw[:position])

    def ordinal(self, byte: int) -> int:
        """The first place at or behind a byte; behind all of them, the end."""
        at = bisect_right(self._starts, byte) - 1
        if at < 0:
            return 0
        text = self._tree.texts[at]
        raw, ordinal, position, here = self._raw(text), text.ordinal, 0, self._starts[at]
        while position < len(raw):
            counted, width = _next(raw, position, text)
            if counted and here >= byte:
                return ordinal
            ordinal += counted
            here += _length(raw[position : position + width])
            position += width
        return ordinal

    def _raw(self, text: Text) -> str:
        return self._tree.source[text.start : text.end]


def _next(raw: str, position: int, text: Text) -> tuple[int, int]:
    """(non-space characters, length in the source) of what is written there."""
    match = None if text.cdata else entities.REFERENCE.match(raw, position)
    if match is None:
        return int(raw[position] not in _SPACE), 1
    meant = entities.character(match)
    return sum(character not in _SPACE for character in meant), match.end() - position


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
