"""Character references of XML and HTML: from the source of a text to its characters.

An unknown reference stays as it is written, as KOReader's engine keeps it. Numeric references in
the Windows-1252 range are corrected, one character for one, as browsers and that engine do.
"""

import html.entities
import re
from collections.abc import Mapping

REFERENCE = re.compile(r"&(?:#([0-9]{1,9})|#[xX]([0-9A-Fa-f]{1,8})|([A-Za-z][A-Za-z0-9]*));")
# what XML 1.0 does not allow in a document; U+FFFD keeps the count
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WINDOWS_1252: Mapping[int, str] = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def decode(text: str) -> str:
    """The characters a piece of source stands for."""
    return REFERENCE.sub(character, text) if "&" in text else text


def character(match: re.Match[str]) -> str:
    """The characters one reference stands for; the reference itself when it is unknown."""
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return html.entities.html5.get(name + ";", match[0])
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if code in _WINDOWS_1252:
        return _WINDOWS_1252[code]
    if code == 0 or code > 0x10FFFF:
        return "\ufffd"
    return legal(chr(code))


def legal(text: str) -> str:
    """The text with what XML forbids replaced by U+FFFD, one for one."""
    return _ILLEGAL.sub("\ufffd", text)
