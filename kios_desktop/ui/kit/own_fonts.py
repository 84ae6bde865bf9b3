"""Font files that the user added: copies in a folder of the profile."""

import logging
import shutil
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFont, QRawFont

from kios_desktop.domain.disk import make_folder
from kios_desktop.ui.kit.faces import drop_face, load_face

log = logging.getLogger(__name__)

SUFFIXES: Final = (".ttf", ".otf", ".woff", ".woff2")
_LARGEST: Final = 40 << 20  # bytes; the largest fonts for Chinese have half of it
_ITALIC: Final = (QFont.Style.StyleItalic, QFont.Style.StyleOblique)


class NotAFont(Exception):
    """The file is damaged, or of another kind."""


@dataclass(frozen=True, slots=True)
class OwnFont:
    """A font file. `weight` is one of 1…1000, or “low high” of a variable font."""

    file: Path
    family: str
    weight: str
    italic: bool


def own_fonts(folder: Path) -> list[OwnFont]:
    """The fonts in a folder, by family; known to Qt from now on. A damaged file is left out."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES)
        fonts = [_read(file, file.stat().st_mtime_ns) for file in files]
    except FileNotFoundError:
        return []
    except OSError as e:
        log.warning("the own fonts can't be read: %s", e)
        return []
    found = [font for font in fonts if font is not None]
    for font in found:
        load_face(font.file)
    return sorted(found, key=lambda font: (font.family.casefold(), font.italic, font.weight))


def add_font(folder: Path, file: Path) -> OwnFont:
    """Copy a font file into the folder. Raises NotAFont, and OSError."""
    if file.suffix.lower() not in SUFFIXES or file.stat().st_size > _LARGEST:
        raise NotAFont(file.name)
    if _read(file, file.stat().st_mtime_ns) is None:
        raise NotAFont(file.name)
    make_folder(folder)
    copy = folder / file.name
    if not (copy.exists() and copy.samefile(file)):
        drop_face(copy)
        shutil.copyfile(file, copy)
    kept = _read(copy, copy.stat().st_mtime_ns)
    if kept is None:
        raise NotAFont(file.name)
    load_face(copy)
    return kept


def remove_family(folder: Path, family: str) -> None:
    """Delete the copies of a family's files. Raises OSError."""
    for font in own_fonts(folder):
        if font.family == family:
            drop_face(font.file)
            font.file.unlink(missing_ok=True)


@lru_cache(maxsize=512)
def _read(file: Path, _changed_ns: int) -> OwnFont | None:
    font = QRawFont(str(file), 16)
    if not font.isValid() or not font.familyName():
        return None
    weight = _weights(bytes(font.fontTable("fvar").data())) or str(font.weight())
    return OwnFont(file, font.familyName(), weight, font.style() in _ITALIC)


def _weights(fvar: bytes) -> str:
    """The range of the weight axis of a variable font (OpenType, `fvar`); "" without one."""
    if len(fvar) < 16:
        return ""
    _major, _minor, start, _, count, size = struct.unpack_from(">6H", fvar)
    for at in range(start, start + count * size, max(size, 1)):
        if at + 16 > len(fvar):
            break
        tag, low, _usual, high = struct.unpack_from(">4s3i", fvar, at)
        if tag == b"wght":
            return f"{low / 65536:.0f} {high / 65536:.0f}"
    return ""
