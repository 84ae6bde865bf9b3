"""Decodes the bytes of a text resource, also where its declared encoding is wrong."""

import codecs
import re

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._:\-]+)""")
_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:\-]+)""", re.IGNORECASE
)
_SINGLE_BYTE = frozenset({"iso8859-1", "cp1252", "ascii", "latin-1"})


def decode(data: bytes) -> str:
    """The characters of a text resource; never fails.

    Order: byte order mark, the XML declaration, `<meta charset>`, UTF-8, Windows-1252. A file
    that says Latin-1 but is valid UTF-8 beyond ASCII is read as UTF-8: it is mislabelled.
    """
    return decode_named(data)[0]


def decode_named(data: bytes) -> tuple[str, str]:
    """(characters, the Python name of the encoding they were read in)."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace"), name
    if data[:2] == b"<\0":
        return data.decode("utf-16-le", "replace"), "utf-16-le"
    if data[:2] == b"\0<":
        return data.decode("utf-16-be", "replace"), "utf-16-be"
    name = _declared(data)
    if name == "utf-8" or name in _SINGLE_BYTE:
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError as e:
            if name == "utf-8" and _only_cut_short(data, e):
                return data.decode("utf-8", "replace"), "utf-8"
            # what is labelled Latin-1 is Windows-1252 on the web
            return data.decode("cp1252", "replace"), "cp1252"
    return data.decode(name, "replace"), name


def _declared(data: bytes) -> str:
    """The declared encoding as Python names it; "utf-8" when there is none or it is unknown."""
    head = data[:1024]
    match = _DECLARED.match(head.lstrip()) or _META.search(head)
    if match is None:
        return "utf-8"
    try:
        codec = codecs.lookup(match[1].decode("ascii"))
    except LookupError:
        return "utf-8"
    # a declaration that could be read as ASCII is not UTF-16; and Python's codecs that are no text
    # encodings (rot13, zip) are not allowed
    wide = codec.name.startswith(("utf-16", "utf-32", "utf-7"))
    return "utf-8" if wide or not getattr(codec, "_is_text_encoding", True) else codec.name


def _only_cut_short(data: bytes, error: UnicodeDecodeError) -> bool:
    """Whether nearly all of it is UTF-8: a few broken bytes do not make it another encoding."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    wide = sum(1 for c in text if c > "\x7f") - broken
    return error.start > len(data) - 4 or broken * 20 < wide
