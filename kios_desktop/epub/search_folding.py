"""What makes different spellings equal to a search, with the way back to the text as it is.

Folded are the kinds of apostrophes, quotes and dashes, and composed and decomposed letters; and,
where the case does not matter, cases (ß is ss, as full case folding has it) and diacritics. Marks
that make another letter stay: voiced kana, the vowels of Indian scripts.
Source: Unicode Standard 3.13 (caseless matching), CaseFolding.txt.
"""

import re
import unicodedata
from array import array
from bisect import bisect_right
from functools import cache

# marks that are dropped: of Latin, Greek and Cyrillic letters, Hebrew points, Arabic vowel signs
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_MARKS += "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
_MARKS += "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
# what stands after letters and may become one with them: Korean letters, voicing marks of kana,
# and dots and vowel signs of Indian scripts
_JOINED = _MARKS + "\u1160-\u11ff\u3099\u309a"
_JOINED += "\u093c\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57"
_JOINED += "\u0dca\u0dcf\u0ddf\u102e\u1b35\U000110ba\U00011127\U0001133e\U00011357"
_JOINED += "\U000114b0\U000114ba\U000114bd\U000115af\U00011930"
DEPENDENT = re.compile(f"[{_JOINED}]")
"""A character that is compared together with the one before it."""

_DROPPED = re.compile(f"[{_MARKS}]+")

_ALIKE = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u2039\u203a\uff07`\u00b4",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d",
}
# letters whose stroke Unicode does not take apart
_STROKES = {"ø": "o", "đ": "d", "ħ": "h", "ł": "l", "ŧ": "t", "ı": "i"}
_REPLACED = [(kind, plain) for plain, kinds in _ALIKE.items() for kind in kinds]
_FIRST_ODD, _LAST_ODD = 0x80, 0x3400
_ODD_BEYOND = (*range(0xFB00, 0xFB50), *range(0x1D15E, 0x1D1C1))


def folded(text: str, match_case: bool) -> str:
    """A text as it is compared. It need not be as long as the text."""
    if text.isascii():
        return _letters(text, match_case).replace("`", "'")
    text = _letters(text, match_case)
    for kind, plain in _REPLACED:
        text = text.replace(kind, plain)
    return text


def _letters(text: str, match_case: bool) -> str:
    if text.isascii():
        return text if match_case else text.lower()
    if not match_case:
        text = text.casefold()
        apart = unicodedata.normalize("NFD", text)
        if apart != text or _DROPPED.search(apart):
            text = _DROPPED.sub("", apart)
        for stroke, plain in _STROKES.items():
            text = text.replace(stroke, plain)
    return unicodedata.normalize("NFC", text)


class Folded:
    """`text` is a text as it is compared; `span` leads back to the text as it is."""

    def __init__(self, source: str, match_case: bool) -> None:
        self._match_case = match_case
        self._starts, self._sources, self._widths = array("I"), array("I"), array("I")
        self._parts: list[str] = []
        self._length = position = 0
        if not source.isascii():
            for uneven in _uneven().finditer(source):
                start, end = uneven.span()
                if start > position and DEPENDENT.match(source, start):
                    start -= source[start - 1] not in " \n"  # with the letter that it belongs to
                self._add_even(source, position, start)
                self._add(folded(source[start:end], match_case), start, end - start)
                position = end
        self._add_even(source, position, len(source))
        self.text = "".join(self._parts)
        del self._parts

    def _add_even(self, source: str, start: int, end: int) -> None:
        """Add a stretch in which each character becomes one; where some don't, one by one."""
        stretch = folded(source[start:end], self._match_case)
        if len(stretch) == end - start:
            self._add(stretch, start, 0)
            return
        for index in range(start, end):
            self._add(folded(source[index], self._match_case), index, 1)

    def _add(self, text: str, source: int, width: int) -> None:
        """Add what `width` characters of the source became, or (0) as many as there are."""
        for index in range(len(text) if width else min(1, len(text))):
            self._starts.append(self._length + index)
            self._sources.append(source)
            self._widths.append(width)
        self._parts.append(text)
        self._length += len(text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the source that a part of the folded text, not empty, was made of."""
        return self._source(start)[0], self._source(end - 1)[1]

    def _source(self, index: int) -> tuple[int, int]:
        at = bisect_right(self._starts, index) - 1
        width = self._widths[at]
        start = self._sources[at] + (0 if width else index - self._starts[at])
        return start, start + (width or 1)


@cache
def _uneven() -> re.Pattern[str]:
    """Characters that don't become one character each, with the marks behind them."""
    odd = (*range(_FIRST_ODD, _LAST_ODD), *_ODD_BEYOND)
    alone = "".join(chr(code) for code in odd if _is_uneven(chr(code)))
    return re.compile(f"[{_JOINED}{re.escape(alone)}][{_JOINED}]*")


def _is_uneven(character: str) -> bool:
    return len(_letters(character, True)) != 1 or len(_letters(character, False)) != 1


def folded_pattern(pattern: str) -> str:
    """A regular expression for texts that are folded without regard to case.

    Only what stands for itself is folded; cases are left to the expression's own option.
    """
    parts: list[str] = []
    in_set = escaped = False
    for character in unicodedata.normalize("NFC", pattern):
        if escaped or character.isascii():
            parts.append(character)
        else:
            plain = folded(character, match_case=False)
            if plain == "-":
                plain = r"\-"
            elif len(plain) > 1 and in_set:
                plain = character
            elif len(plain) > 1:
                plain = f"(?:{plain})"
            parts.append(plain)
        if not escaped:
            in_set = character == "[" or (in_set and character != "]")
        escaped = character == "\\" and not escaped
    return "".join(parts)
