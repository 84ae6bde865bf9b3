"""Names for files that every file system takes: of books, and of pictures in them."""

import re
import unicodedata
from typing import Final

from kios_desktop.domain.text import clean_line

STEM_BYTES: Final = 120

_ILLEGAL: Final = re.compile(r'[/\\:*?"<>|\u200e\u200f]')
_DEVICES: Final = frozenset(  # names that Windows keeps for itself, with any extension
    {
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{device}{n}" for device in ("com", "lpt") for n in "123456789¹²³"),
    }
)


def base_name(path: str) -> str:
    """What is after the last slash, of either kind, without characters that a system refuses."""
    name = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _ILLEGAL.sub("_", clean_line(unicodedata.normalize("NFC", name)))


def safe_stem(stem: str, otherwise: str) -> str:
    """A base name without its extension, as every system takes it; `otherwise` for none."""
    stem = stem.strip().lstrip(".").rstrip(". ")
    while len(stem.encode()) > STEM_BYTES:
        stem = stem[:-1]
    stem = stem.rstrip(". ") or otherwise
    if stem.partition(".")[0].strip().lower() in _DEVICES:
        stem = f"_{stem}"
    return stem
