"""The font files that a page needs besides the system's fonts. No Qt."""

from collections.abc import Iterable
from typing import Final

from kios_desktop.ui.reader.engine.scheme import FONTS
from kios_desktop.ui.reader.engine.wire import Face

READING_FAMILY: Final = "Literata"
READING_FACES: Final = (
    Face(READING_FAMILY, f"/{FONTS}Literata.ttf", "normal", "200 900"),
    Face(READING_FAMILY, f"/{FONTS}Literata-Italic.ttf", "italic", "200 900"),
)


def faces_of(family: str, own: Iterable[Face] = ()) -> list[Face]:
    """The files of a chosen family, and of the one after it in every list; "" is the book's own."""
    return [*READING_FACES, *(face for face in own if face.family == family)]
