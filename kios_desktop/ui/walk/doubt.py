"""Whether what Kios refuses could have been read after all: told from the bytes alone.

Only what nobody could show may be left out of the count. So a refusal is not believed: what looks
like text or a picture is a loss, whatever its label says. No Qt.
"""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

_BEGINNING = 4096  # bytes in which a document or picture shows what it is
_DOCUMENT = re.compile(rb"<(?:[\w.-]+:)?(?:html|svg|body)[\s>]", re.IGNORECASE)
_PICTURES: Final = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
)
_FRAMED = re.compile(rb"RIFF....WEBP|....ftyp(?:avif|avis)", re.DOTALL)


def is_document(data: bytes) -> bool:
    """Whether it is a chapter or a drawing, as far as its beginning tells."""
    return _DOCUMENT.search(data[:_BEGINNING].replace(b"\0", b"")) is not None


def is_picture(data: bytes) -> bool:
    """Whether it is a picture of a type that the web engine shows."""
    return data.startswith(_PICTURES) or _FRAMED.match(data) is not None or is_document(data)


def has_documents(path: Path) -> bool:
    """Whether some chapter of a book lies readable in its zip, and so the book is not encrypted."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if re.search(r"\.x?html?$", name, re.I)]
            return any(is_document(_beginning(archive, name)) for name in names)
    except (OSError, zipfile.BadZipFile):
        return False


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as entry:
            return entry.read(_BEGINNING)
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError):
        return b""
