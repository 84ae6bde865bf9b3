"""Guesses the encoding of a text that declares none, or a wrong one, and is not UTF-8.

Only what is common in books is told apart: by how many of the characters that the bytes become are
ones that texts are written with. What is none of these is Windows-1252, as the web assumes.
"""

import re
from collections.abc import Mapping

_FALLBACK = "cp1252"
_SAMPLE_BYTES = 16 * 1024  # beyond ASCII
_HIGH = re.compile(rb"[\x80-\xff]+")
# the usual characters of a language, by its encoding of two bytes
_WIDE: Mapping[str, str] = {
    "euc_jp": "\u3040-\u30ff",
    "cp932": "\u3040-\u30ff",
    "cp949": "\uac00-\ud7a3",
    "gb18030": "的一是不了在人有我他这中大来上个国到说们为子和你地"
    "出道也时年得就那要下以生会自着去之过家学对可她里后",
    "big5hkscs": "的一是不了在人有我他這中大來上個國到說們為子和你地"
    "出道也時年得就那要下以生會自著去之過家學對可她裡後",
}
_LEAST_WIDE: Mapping[str, float] = {
    "euc_jp": 0.25,
    "cp932": 0.25,
    "cp949": 0.6,
    "gb18030": 0.1,
    "big5hkscs": 0.1,
}
_CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac_cyrillic")
_FREQUENT = frozenset("оеаинтсрвлкмдпуяы")
_MOSTLY = 0.5  # of the letters of a text that is not in Latin script are beyond ASCII


def guess(data: bytes) -> str:
    """The Python name of the likeliest encoding."""
    high = b"".join(_HIGH.findall(data))[:_SAMPLE_BYTES]
    if not high:
        return _FALLBACK
    for name, usual in _WIDE.items():
        if _share(data, name, usual) >= _LEAST_WIDE[name]:
            return name
    letters = sum(1 for byte in _words(data) if byte >= 0x80 or chr(byte).isalpha())
    if len(high) < _MOSTLY * letters:
        return _FALLBACK
    best = max(_CYRILLIC, key=lambda name: _russian(high, name))
    return best if _russian(high, best) > _MOSTLY else _FALLBACK


def _words(data: bytes) -> bytes:
    """The text without its tags."""
    return re.sub(rb"<[^<>]*>", b"", data)[:_SAMPLE_BYTES]


def _share(data: bytes, name: str, usual: str) -> float:
    """Of the characters beyond ASCII, how many are usual ones; 0 where it can't be decoded."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return 0.0
    wide = [c for c in text if c > "\x7f"][:_SAMPLE_BYTES]
    found = len(re.findall(f"[{usual}]", "".join(wide)))
    return found / len(wide) if wide else 0.0


def _russian(high: bytes, name: str) -> float:
    """Of the bytes beyond ASCII, how many become frequent small letters."""
    text = high.decode(name, "replace")
    return sum(1 for c in text if c in _FREQUENT) / len(text)
