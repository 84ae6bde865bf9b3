"""What is searched for in a book, and where it is in the text of a chapter."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from kios_desktop.epub.search_folding import Folded, folded, folded_pattern
from kios_desktop.epub.search_pattern import PatternProcess
from kios_desktop.epub.search_text import INVISIBLE, SPACES
from kios_desktop.epub.search_words import UNSPACED

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_SPACES = re.compile(rf"[\s{SPACES}]+")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`words` are words, or with `is_pattern` a regular expression of Python.

    Without `match_case` neither case nor diacritics count. With `whole_words` a match neither
    begins nor ends within a word.
    """

    words: str
    match_case: bool = False
    whole_words: bool = False
    is_pattern: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search for."""
        return not (self.words if self.is_pattern else _plain(self))


class Matcher(Protocol):
    """Finds a query in one text after another, from `begin` to `close`."""

    def begin(self) -> None:
        """Raises PatternError."""

    def spans(self, text: Folded) -> Iterator[tuple[int, int]]:
        """(start, end) of the matches in the folded text, in order; none across a border.

        Raises PatternError.
        """

    def stop(self) -> None:
        """Let `spans`, in another thread, end soon and in whatever way."""

    def close(self) -> None:
        """End what was begun for it."""


def matcher(query: SearchQuery) -> Matcher:
    """What finds a query."""
    return _Pattern(query) if query.is_pattern else _Words(query)


class _Words:
    def __init__(self, query: SearchQuery) -> None:
        self._words, self._whole = _plain(query), query.whole_words

    def begin(self) -> None:
        return

    def spans(self, text: Folded) -> Iterator[tuple[int, int]]:
        words, whole = self._words, text.text
        start = whole.find(words) if words else -1
        while start >= 0:
            end = start + len(words)
            if not self._whole or is_whole(whole, start, end):
                yield start, end
                start = whole.find(words, end)
            else:
                start = whole.find(words, start + 1)

    def stop(self) -> None:
        return

    def close(self) -> None:
        return


class _Pattern:
    def __init__(self, query: SearchQuery) -> None:
        pattern = query.words if query.match_case else folded_pattern(query.words)
        self._process = PatternProcess(pattern, not query.match_case)
        self._whole = query.whole_words

    def begin(self) -> None:
        self._process.begin()

    def spans(self, text: Folded) -> Iterator[tuple[int, int]]:
        whole = text.text
        for found in self._process.spans(whole):
            start, end = _without_spaces(whole, *found)
            if start < end and (not self._whole or is_whole(whole, start, end)):
                yield start, end

    def stop(self) -> None:
        self._process.stop()

    def close(self) -> None:
        self._process.close()


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether neither end of a match is within a word."""
    return _is_edge(text, start) and _is_edge(text, end)


def _is_edge(text: str, index: int) -> bool:
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    if not (_is_of_word(before) and _is_of_word(after)):
        return True
    return bool(_UNSPACED.match(before) or _UNSPACED.match(after))


def _is_of_word(character: str) -> bool:
    """Also a vowel sign or another mark on a letter, which `isalnum` does not know."""
    if character.isalnum() or character == "_":
        return True
    return not character.isascii() and unicodedata.category(character).startswith("M")


def _without_spaces(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return start, end


def _plain(query: SearchQuery) -> str:
    """The words as they are searched for: spelled as texts are, and folded."""
    seen = _SPACES.sub(" ", _INVISIBLE.sub("", query.words)).strip()
    # a mark without a letter may have been all that stood behind a space
    return folded(seen, query.match_case).strip()
