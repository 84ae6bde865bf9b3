"""Words, as the index over all books has them, and where they follow each other in a text.

A word is a run of letters, digits and marks. In scripts that write no spaces between words each
character is a word, so that whatever part of a sentence is asked for is some words in a row. All
texts here are folded without regard to case: see `search_folding`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from kios_desktop.epub.search_folding import folded
from kios_desktop.epub.search_text import BORDER, INVISIBLE

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Members of a character class: scripts without spaces, Thai to Khmer, kana, Chinese characters."""

BORDER_WORD: Final = "\ue000"
"""Stands between blocks in the index. No text has it as a word, as it is for private use."""

MOST_WORDS: Final = 64  # of a query; nobody remembers more, and an index asks for each

# where Unicode has marks; the rest is not looked through, as that would take a tenth of a second
_MARKED_RANGES: Final = (
    range(0x300, 0x3100),
    range(0xA66F, 0xAC00),
    range(0xFB1E, 0xFE30),
    range(0x10000, 0x17000),
    range(0x1BC00, 0x1F000),
    range(0xE0100, 0xE01F0),
)
_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")
_PLAIN: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class WordQuery:
    """Words that follow each other within a block; with `goes_on` the last one may be longer."""

    words: tuple[str, ...]
    goes_on: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no word, as in “…”."""
        return not self.words


def word_query(typed: str) -> WordQuery:
    """What is asked of the index for words as they are typed.

    The last word may go on if nothing is typed behind it, and it has more than one letter: what
    begins with one letter is everywhere.
    """
    text = folded(_INVISIBLE.sub("", typed), match_case=False)
    found = words(text)
    goes_on = 0 < len(found) <= MOST_WORDS and len(found[-1]) > 1 and text.endswith(found[-1])
    return WordQuery(tuple(found[:MOST_WORDS]), goes_on)


def words(text: str) -> list[str]:
    """The words of a folded text, in order."""
    if text.isascii() or not _odd().search(text):
        return _PLAIN.findall(text)
    return _any_word().findall(text)


def indexed(text: str) -> str:
    """A folded text as the index takes it: its words, with `BORDER_WORD` between blocks."""
    return f" {BORDER_WORD} ".join(" ".join(words(block)) for block in text.split(BORDER))


def pattern(query: WordQuery) -> re.Pattern[str]:
    """Finds in a folded text what the index finds for a query that is not empty.

    A word that goes on is matched to its end.
    """
    first, *others = query.words
    parts = [re.escape(first)]
    if not _is_unspaced(first):
        parts.append(_begins_with(first))
    before = first
    for word in others:
        may_touch = _is_unspaced(before) or _is_unspaced(word)
        parts.append(f"{_between()}{'*' if may_touch else '+'}{re.escape(word)}")
        before = word
    if not _is_unspaced(before):
        parts.append(_rest_of_word() if query.goes_on else _ends())
    return re.compile("".join(parts))


def _is_unspaced(word: str) -> bool:
    return len(word) == 1 and _unspaced().match(word) is not None


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


@cache
def marks() -> str:
    """Members of a character class: all marks that stand after letters."""
    unspaced, found = _unspaced(), []
    for codes in _MARKED_RANGES:
        start = None
        for code in (*codes, -1):
            is_mark = code >= 0 and _is_mark(chr(code)) and not unspaced.match(chr(code))
            if is_mark and start is None:
                start = code
            elif not is_mark and start is not None:
                last = code - 1 if code >= 0 else codes[-1]
                found.append(f"{chr(start)}-{chr(last)}")
                start = None
    return "".join(found)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@cache
def _odd() -> re.Pattern[str]:
    """What needs more than letters and digits to tell words."""
    return re.compile(f"[{UNSPACED}{marks()}]")


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]|(?:[^\\W{UNSPACED}]|[{marks()}])+")


@cache
def _between() -> str:
    return f"[^\\w{marks()}{UNSPACED}{BORDER}]"


def _begins_with(word: str) -> str:
    """Behind a word: nothing of a word stands before it.

    An expression that begins with this would be tried at each character, one that begins with
    letters is looked for at once.
    """
    escaped = re.escape(word)
    return f"(?<![^\\W{UNSPACED}]{escaped})(?<![{marks()}]{escaped})"


@cache
def _ends() -> str:
    return f"(?![^\\W{UNSPACED}])(?![{marks()}])"


@cache
def _rest_of_word() -> str:
    return f"(?:[^\\W{UNSPACED}]|[{marks()}])*"
