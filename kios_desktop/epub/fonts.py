"""Undoing font obfuscation, which is no protection but keeps fonts from opening elsewhere.

Source: EPUB OCF 3.3 section 4 (IDPF); Adobe's older scheme as implemented by reading systems.
"""

import hashlib
import re
from itertools import cycle

from kios_desktop.epub import encryption, xml

_IDPF_BYTES = 1040
_ADOBE_BYTES = 1024
_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_SPACE = dict.fromkeys(map(ord, " \t\r\n"))


def clear(data: bytes, algorithm: str, package: xml.Element, identifier: str) -> bytes:
    """The font itself. `identifier` is the publication's unique identifier.

    Without a usable key the bytes are returned as they are: the page then falls back to another
    font.
    """
    if algorithm == encryption.IDPF:
        key = hashlib.sha1(identifier.translate(_SPACE).encode(), usedforsecurity=False).digest()
        return _xor(data, key, _IDPF_BYTES)
    found = adobe_key(package)
    return _xor(data, found, _ADOBE_BYTES) if found else data


def adobe_key(package: xml.Element) -> bytes:
    """16 bytes: the UUID among the book's identifiers; b"" when there is none."""
    for entry in xml.descendants(package, "identifier"):
        if (match := _UUID.search(xml.text(entry))) is not None:
            return bytes.fromhex(match[0].replace("-", ""))
    return b""


def _xor(data: bytes, key: bytes, length: int) -> bytes:
    head = bytes(a ^ b for a, b in zip(data[:length], cycle(key), strict=False))
    return head + data[length:]
