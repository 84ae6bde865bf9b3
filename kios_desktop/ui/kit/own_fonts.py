"""Font files that the user added: copies in a folder of the profile."""

import contextlib
import logging
import shutil
import struct
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtGui import QFont, QRawFont

from kios_desktop.domain.disk import make_folder
from kios_desktop.ui.kit.faces import drop_face, load_face

log = logging.getLogger(__name__)

SUFFIXES: Final = (".ttf", ".otf", ".woff", ".woff2")
_LARGEST: Final = 40 << 20  # bytes; the largest fonts for Chinese have half of it
_ITALIC: Final = (QFont.Style.StyleItalic, QFont.Style.StyleOblique)


class NotAFont(Exception):
    """The file is damaged, or of another kind."""


class OwnFont(Struct, frozen=True):
    """A font file. `weight` is one of 1…1000, or “low high” of a variable font."""

    file: Path
    family: str
    weight: str
    italic: bool
    changed_ns: int  # when its file was, in ns


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
    copy = _copied(folder, file)
    kept = _read(copy, copy.stat().st_mtime_ns)
    if kept is None:
        raise NotAFont(file.name)
    load_face(copy)
    return kept


def _copied(folder: Path, file: Path) -> Path:
    """The copy, complete or not there at all; one of the same face is replaced. Raises OSError."""
    copy = _place(folder, file)
    if copy.exists() and copy.samefile(file):
        return copy
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".adding-", delete=False) as made:
        beside = Path(made.name)
        try:
            with file.open("rb") as source:
                shutil.copyfileobj(source, made)
            made.close()
            drop_face(copy)
            beside.replace(copy)
        except BaseException:
            made.close()
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    return copy


def _place(folder: Path, file: Path) -> Path:
    """Where a font file is copied to: many families call their files “Regular.ttf”."""
    number, copy = 1, folder / file.name
    while copy.exists() and not _may_replace(file, copy):
        number += 1
        copy = folder / f"{file.stem} {number}{file.suffix}"
    return copy


def _may_replace(file: Path, copy: Path) -> bool:
    """Whether a copy is of the same face as the file, or is damaged."""
    new, old = (_read(one, one.stat().st_mtime_ns) for one in (file, copy))
    return old is None or (
        new is not None and replace(new, file=old.file, changed_ns=old.changed_ns) == old
    )


def remove_family(folder: Path, family: str) -> None:
    """Delete the copies of a family's files. Raises OSError."""
    for font in own_fonts(folder):
        if font.family == family:
            drop_face(font.file)
            font.file.unlink(missing_ok=True)


@lru_cache(maxsize=512)
def _read(file: Path, changed_ns: int) -> OwnFont | None:
    font = QRawFont(str(file), 16)
    if not font.isValid() or not font.familyName():
        return None
    weight = _weights(bytes(font.fontTable("fvar").data())) or str(font.weight())
    return OwnFont(file, font.familyName(), weight, font.style() in _ITALIC, changed_ns)


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
