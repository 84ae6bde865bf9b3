"""Cleans all text that Kios did not write itself: titles, names, file names, servers' messages.

Cleaned text can be encoded as UTF-8, has no control characters, and cleaning it again changes
nothing. Unicode is not normalised: names stay as they are spelled.
"""

import re
import sys
import unicodedata
from typing import Final

LINE: Final = 1000
"""Characters of one line, more than any screen shows of a title."""
PASSAGE: Final = 64 * 1024
"""Characters of a text of several lines, or of its markup."""

_CLUSTER: Final = 16  # a longer grapheme cluster may be cut in the middle
_JOINER: Final = "\u200d"
_HALF = re.compile("[\ud800-\udfff]")
_CONTROLS: Final = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff"
_CONTROL = re.compile(f"[{_CONTROLS}\x1c-\x1f]")
# Bidi embeddings, overrides and isolates would reorder our own text after them; directional marks
# do not. U+206A to U+206F change the shapes of following digits and letters.
_UNFIT_FOR_A_LINE = re.compile(f"[{_CONTROLS}\u202a-\u202e\u2066-\u206f]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_REFERENCES = re.compile(r"(?:&#(?:[0-9]+|[xX][0-9A-Fa-f]+);)+")
_MOST_DIGITS: Final = 9  # no character has a number with more, zeros before it left out
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INEXACT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def clean_line(value: str | None, longest: int = LINE) -> str:
    """One line, white space folded, at most `longest` characters; "" for invisible text."""
    if not value:
        return ""
    text = value[: 4 * longest]
    if not text.isprintable():
        text = _UNFIT_FOR_A_LINE.sub("", mended(text))
    text = " ".join(text.split())
    if len(text) > longest:
        text = _cut(text, longest)
    return text if text.isprintable() or any(map(_is_seen, text)) else ""


def clean_text(value: str | None, longest: int = PASSAGE) -> str:
    """Text of several lines, stripped, at most `longest` characters.

    Bidi controls stay: their effect ends with the paragraph.
    """
    if not value:
        return ""
    text = value[:longest]
    if not text.replace("\n", "").isprintable():
        text = _CONTROL.sub("", _BREAK.sub("\n", mended(text)).replace("\t", " "))
    return text.strip()


def fold(text: str) -> str:
    """Case and accents removed: “Élan Ærø” and “elan ærø” compare equal."""
    if text.isascii():
        return text.casefold()
    split = unicodedata.normalize("NFKD", text)
    return "".join(c for c in split if not unicodedata.combining(c)).casefold()


def mended(text: str) -> str:
    """Joins surrogate pairs; a lone surrogate becomes U+FFFD."""
    if not _HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def with_legal_references(markup: str) -> str:
    """Markup whose character references are all allowed in XML.

    References to surrogates are joined or become U+FFFD, those to controls are removed: a parser in
    recovery mode would return lone surrogates for them, or fail to return the text.
    """
    return _REFERENCES.sub(_legal, markup)


def exact(value: str) -> str:
    """An identifier, stripped; "" for one that can't be sent back unchanged.

    A repaired identifier would be a different one.
    """
    text = value.strip()
    return "" if _INEXACT.search(text) else text


def _code(number: str) -> int:
    hexadecimal = number[0] in "xX"
    digits = number[hexadecimal:].lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        return sys.maxunicode + 1
    return int(digits, 16 if hexadecimal else 10)


def _legal(references: re.Match[str]) -> str:
    codes = [_code(one) for one in references[0][2:-1].split(";&#")]
    text = "".join(chr(code) if code <= sys.maxunicode else "\ufffd" for code in codes)
    if max(codes) <= sys.maxunicode and not _NOT_IN_XML.search(text):
        return references[0]
    return "".join(f"&#{ord(c)};" for c in _NOT_IN_XML.sub("", mended(text)))


def _cut(text: str, longest: int) -> str:
    """The beginning, without an incomplete grapheme cluster at its end."""
    at = longest
    while at > max(0, longest - _CLUSTER) and _belongs_to_the_one_before(text, at):
        at -= 1
    return text[:at].rstrip()


def _belongs_to_the_one_before(text: str, at: int) -> bool:
    if _JOINER in text[at - 1 : at + 1] or "\U0001f3fb" <= text[at] <= "\U0001f3ff":
        return True
    return unicodedata.category(text[at]) in ("Mn", "Me")


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cf", "Zs")


def utf16_length(text: str) -> int:
    """How long a text is for servers in Java and for scripts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_utf16(text: str, longest: int) -> str:
    """The beginning of a text, at most so many UTF-16 units."""
    if len(text) * 2 <= longest:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * longest]
    if len(units) < 2 * longest:
        return text
    cut = units.decode("utf-16-le", "ignore")
    return text if len(cut) == len(text) else _cut(text, len(cut))
