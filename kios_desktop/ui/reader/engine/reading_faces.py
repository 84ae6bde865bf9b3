"""The font files that a page needs besides the system's fonts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kios_desktop.ui.kit.own_fonts import own_fonts
from kios_desktop.ui.reader.engine.scheme import FONTS, OWN_FONTS
from kios_desktop.ui.reader.engine.wire import Face

READING_FAMILY: Final = "Literata"
READING_FACES: Final = (
    Face(READING_FAMILY, f"/{FONTS}Literata.ttf", "normal", "200 900"),
    Face(READING_FAMILY, f"/{FONTS}Literata-Italic.ttf", "italic", "200 900"),
)

RUNNING_LINES: Final = Face("Inter", f"/{FONTS}Inter-Regular.ttf", "normal", "400")
"""The interface's face, for the lines in the margins of the page."""


def faces_of(family: str, own: Iterable[Face] = ()) -> list[Face]:
    """The files of a chosen family, and of the one after it in every list; "" is the book's own."""
    return [*READING_FACES, *(face for face in own if face.family == family)]


def own_faces(folder: Path | None) -> list[Face]:
    """The fonts in the folder of those that the user added.

    A file that was replaced has another address, so that pages load it again.
    """
    if folder is None:
        return []
    return [
        Face(
            font.family,
            f"/{OWN_FONTS}{quote(font.file.name)}?{font.changed_ns}",
            "italic" if font.italic else "normal",
            font.weight,
        )
        for font in own_fonts(folder)
    ]
