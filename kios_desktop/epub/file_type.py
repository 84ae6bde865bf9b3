"""Recognises the type of a file that is not an EPUB, to name it in the error."""

from collections.abc import Collection

from kios_desktop.domain.file_type import FileType

# (offset, magic, type); the first match wins
_MAGIC: tuple[tuple[int, bytes, FileType], ...] = (
    (60, b"BOOKMOBI", FileType.MOBI),
    (60, b"TEXtREAd", FileType.MOBI),
    (0, b"TPZ", FileType.TOPAZ),
    (0, b"\xeaDRMION\xee", FileType.KFX),
    (0, b"Rar!\x1a\x07", FileType.RAR),
    (0, b"7z\xbc\xaf\x27\x1c", FileType.SEVEN_ZIP),
    (0, b"AT&TFORM", FileType.DJVU),
    (0, b"{\\rtf", FileType.RTF),
    (0, b"\xd0\xcf\x11\xe0", FileType.DOC),
    (0, b"ITSF", FileType.CHM),
    (0, b"\x1f\x8b", FileType.GZIP),
    (0, b"\x89PNG", FileType.PNG),
    (0, b"\xff\xd8\xff", FileType.JPEG),
    (257, b"ustar", FileType.TAR),
)

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


def from_bytes(head: bytes) -> FileType | None:
    """The other type that begins with these bytes (1 KiB is enough); None for an unknown one."""
    for offset, magic, file_type in _MAGIC:
        if head.startswith(magic, offset):
            return file_type
    if b"%PDF-" in head[:1024]:
        return FileType.PDF
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<fictionbook" in text:
        return FileType.FB2
    if text.startswith((b"<!doctype html", b"<html")) or b"<html" in text:
        return FileType.WEB_PAGE
    return None


def from_names(names: Collection[str], declared: str = "") -> FileType | None:
    """The other zip-based type with these entries; None for an unknown one.

    `declared` is the text of a `mimetype` entry.
    """
    for entry, file_type in (
        ("word/document.xml", FileType.DOCX),
        ("xl/workbook.xml", FileType.XLSX),
        ("ppt/presentation.xml", FileType.PPTX),
        ("AndroidManifest.xml", FileType.APK),
    ):
        if entry in names:
            return file_type
    if "opendocument.text" in declared:
        return FileType.ODT
    if any(n.lower().endswith(".fb2") for n in names):
        return FileType.FB2
    if any(n.lower().endswith(".epub") for n in names):
        return FileType.ZIP_OF_EPUBS
    files = [n for n in names if not n.lower().endswith((".xml", ".nfo", ".txt", ".json"))]
    if files and all(n.lower().endswith(_PICTURES) for n in files):
        return FileType.CBZ
    return None
