"""Recognises the type of a file that is not an EPUB, to name it in the error."""

from collections.abc import Collection

# (offset, magic, name); the first match wins
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (60, b"BOOKMOBI", "MOBI or AZW"),
    (60, b"TEXtREAd", "MOBI or AZW"),
    (0, b"TPZ", "Topaz (Kindle)"),
    (0, b"\xeaDRMION\xee", "KFX (Kindle)"),
    (0, b"Rar!\x1a\x07", "RAR or CBR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip or CB7"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"{\\rtf", "RTF"),
    (0, b"\xd0\xcf\x11\xe0", "DOC"),
    (0, b"ITSF", "CHM"),
    (0, b"\x1f\x8b", "gzip archive"),
    (0, b"\x89PNG", "PNG picture"),
    (0, b"\xff\xd8\xff", "JPEG picture"),
    (257, b"ustar", "tar archive"),
)

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


def from_bytes(head: bytes) -> str:
    """The name of another type that begins with these bytes (1 KiB is enough), or ""."""
    for offset, magic, name in _MAGIC:
        if head.startswith(magic, offset):
            return name
    if b"%PDF-" in head[:1024]:
        return "PDF"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<fictionbook" in text:
        return "FB2"
    if text.startswith((b"<!doctype html", b"<html")) or b"<html" in text:
        return "web page"
    return ""


def from_names(names: Collection[str], declared: str = "") -> str:
    """The name of another zip-based type with these entries, or "".

    `declared` is the text of a `mimetype` entry.
    """
    for entry, name in (
        ("word/document.xml", "DOCX"),
        ("xl/workbook.xml", "XLSX"),
        ("ppt/presentation.xml", "PPTX"),
        ("AndroidManifest.xml", "APK"),
    ):
        if entry in names:
            return name
    if "opendocument.text" in declared:
        return "ODT"
    if any(n.lower().endswith(".fb2") for n in names):
        return "FB2"
    if any(n.lower().endswith(".epub") for n in names):
        return "zip archive of EPUBs"
    files = [n for n in names if not n.lower().endswith((".xml", ".nfo", ".txt", ".json"))]
    if files and all(n.lower().endswith(_PICTURES) for n in files):
        return "CBZ"
    return ""
