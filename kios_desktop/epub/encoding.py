"""Decodes the bytes of a text resource, also where its declared encoding is wrong.

Labels mean what HTML says they mean. Source: WHATWG Encoding, section 4.2 (names and labels).
"""

import codecs
import re

from kios_desktop.epub import encoding_guess

_BOM = "\ufeff"
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# how a document's first "<" and what follows look
_WIDE: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"<\0\0\0[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0<\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"<\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0<\0[^\0]"), "utf-16-be"),
)
_HEAD_BYTES = 1024
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:\-]+)"""
    rb"""|@charset\s+["']\s*([\w.:\-]+)"""
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:\-]+)""", re.IGNORECASE)
# characters in UTF-8 of Latin, Greek and Russian, or of three bytes and more
_UTF8 = re.compile(
    rb"[\xc2-\xc5\xce-\xd1][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_LONGEST = 4  # bytes of a character in UTF-8
# one that is not all there, at the end
_CUT = re.compile(
    rb"(?:[\xc2-\xf4]|[\xe1-\xf4][\x80-\xbf]|\xe0[\xa0-\xbf]|[\xf1-\xf4][\x80-\xbf]{2})\Z"
)
# what a label means on the web, where Python takes it for less
_MEANT: dict[str, str] = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
}
_WESTERN = frozenset({"cp1252", "cp1250", "cp1254", "iso8859-2", "iso8859-15", "mac-roman"})
# labels of the web that Python does not know
_LABELS: dict[str, str] = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "iso-8859-8-i": "iso8859-8",
    "dos-874": "cp874",
    "koi": "koi8-r",
}
_SEVEN_BITS = "iso2022"  # encodings that look like ASCII


def decode(data: bytes) -> str:
    """The characters of a text resource, without byte order marks at its start; never fails.

    Order: byte order mark, UTF-16 and UTF-32 by their zeros, UTF-8 where the bytes are valid and
    not only ASCII, the declared encoding (XML or CSS, else `<meta>`), and last what the bytes
    look like.
    """
    return _decoded(data).lstrip(_BOM)


def _decoded(data: bytes) -> str:
    while data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    for start, name in _WIDE:
        if start.match(data):
            return data.decode(name, "replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _in_another(data)
    if b"\x1b" in data and (name := _declared(data)).startswith(_SEVEN_BITS):
        return data.decode(name, "replace")
    return text


def _in_another(data: bytes) -> str:
    """The characters of bytes that are not valid as UTF-8."""
    text = data.decode("utf-8", "replace")
    cut = _CUT.search(data[-_LONGEST:])
    broken = text.count("\ufffd") - (cut is not None)
    wide = len(text) - text.count("\ufffd") - len(text.encode("ascii", "ignore"))
    # a few broken bytes, or a cut, do not make it another encoding
    if broken * 20 < wide or (not broken and cut is not None and len(cut[0]) > 1):
        return text
    name = _declared(data)
    meant = data.decode(name, "replace") if name else ""
    if not name or meant.count("\ufffd") * 20 > wide + broken:
        name = encoding_guess.guess(data)
        meant = data.decode(name, "replace")
    # in Western text, marks and letters stand together like this only by chance
    return text if name in _WESTERN and _proofs(data) > broken else meant


def _proofs(data: bytes) -> int:
    """How much speaks for UTF-8."""
    return sum(3 if len(found) > 2 else 1 for found in _UTF8.findall(data))


def _declared(data: bytes) -> str:
    """The declared encoding as Python names it; "" when there is none, or none that is possible."""
    head = data[:_HEAD_BYTES]
    for match in (_DECLARED.match(head.lstrip()), _META.search(head)):
        if match is not None:
            label = (match[1] or match[match.lastindex or 1]).decode("ascii").lower()
            if name := _codec(label):
                return name
    return ""


def _codec(label: str) -> str:
    try:
        codec = codecs.lookup(_LABELS.get(label, label))
    except LookupError:
        return ""
    # a declaration that could be read as ASCII is not UTF-16; and Python's codecs that are no text
    # encodings (rot13, zip) are not allowed
    if codec.name.startswith(("utf", "unicode", "raw", "idna", "punycode", "mbcs", "oem")):
        return ""
    return _MEANT.get(codec.name, codec.name) if getattr(codec, "_is_text_encoding", True) else ""
