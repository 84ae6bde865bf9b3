"""Font families: the interface's own, and those that a page can be set in.

The interface is set in Inter, which is shipped with Kios, so that it looks the same on every
system: in the weights of its type styles, and bold for markup, at the platform's size. Letters that
Inter lacks come from the platform's font.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.kit.tokens import RESOURCES

OWN: Final = "Inter"
_FILES: Final = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
READING: Final = "Literata"
_READING_FILES: Final = ("Literata.ttf", "Literata-Italic.ttf")
_own: dict[Path, int] = {}  # files that the user added, and Qt's numbers of them
_installed_too = False  # installed in the system, so that pages can use it as well

# Aliases of fontconfig and Qt, which Chromium does not know
_ALIASES: Final = frozenset(
    (
        "sans",
        "sans serif",
        "serif",
        "monospace",
        "cursive",
        "fantasy",
        "system-ui",
        "ms shell dlg 2",
    )
)
_NO_TEXT: Final = re.compile(
    r"symbol|emoji|dingbat|awesome|powerline|codicon|d050000l|last ?resort"
    r"|\b(assets|barcode|braille|icons?|marlett|math|music|ornaments?|outlook"
    r"|extra|webdings|wingdings)\b",
    re.IGNORECASE,
)
# The words for styles that may follow a family in a font's name
_CUTS: Final = re.compile(
    r"( (ultra|extra|semi|demi)?-?(thin|hairline|light|book|regular|medium|bold|black|heavy"
    r"|roman|cond|condensed|compressed|narrow|expanded|wide|italic|oblique|text|display|caption|variable|vf))+",
    re.IGNORECASE,
)


def use_own_face(app: QApplication) -> None:
    """Set the interface in Inter, unless it is. Without the font files nothing changes."""
    global _installed_too
    if OWN in app.font().families():
        return
    _installed_too = QFontDatabase.hasFamily(OWN)
    for name in _FILES:
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / name))
    face = app.font()
    face.setFamilies([OWN, *face.families()])
    app.setFont(face)


def use_reading_face() -> None:
    """Make the face of pages known to Qt, unless it is. Without its files nothing changes."""
    if not QFontDatabase.hasFamily(READING):
        for name in _READING_FILES:
            QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / name))


def load_face(file: Path) -> None:
    """Make a font file that the user added known to Qt."""
    if file not in _own:
        _own[file] = QFontDatabase.addApplicationFont(str(file))


def drop_face(file: Path) -> None:
    """The reverse of `load_face`; for a file that is not known, nothing."""
    if file in _own:
        QFontDatabase.removeApplicationFont(_own.pop(file))


def page_families() -> list[str]:
    """Names of the families that a page can use: ours, the user's own, and the system's.

    Of the system, text fonts that Chromium finds.
    """
    use_reading_face()
    own = {name for n in _own.values() for name in QFontDatabase.applicationFontFamilies(n)}
    first = [READING, *sorted(own - {READING}, key=str.casefold)]
    return [*first, *(name for name in _system_families() if name not in first)]


def _system_families() -> list[str]:
    latin = QFontDatabase.families(QFontDatabase.WritingSystem.Latin)
    usable = (
        name
        for name in latin
        if QFontDatabase.isSmoothlyScalable(name) and not QFontDatabase.isPrivateFamily(name)
    )
    ours = _loaded_here()
    return [name for name in text_families(usable) if name not in ours]


def _loaded_here() -> set[str]:
    """The families that only this process has: Inter and the icon font."""
    loaded: set[str] = set()
    number = 0
    while families := QFontDatabase.applicationFontFamilies(number):
        loaded.update(families)
        number += 1
    return loaded - {OWN} if _installed_too else loaded


def text_families(names: Iterable[str]) -> list[str]:
    """The families of text fonts among Qt's names, without those of single styles.

    Where two foundries use one name, Qt appends the foundry in brackets, which no page
    uses.
    """
    plain = {name.partition(" [")[0].strip() for name in names}
    faces = {
        name
        for name in plain
        if name
        and not name.startswith((".", "@"))
        and name.casefold() not in _ALIASES
        and not _NO_TEXT.search(name)
    }
    return sorted((name for name in faces if not _is_cut(name, faces)), key=str.casefold)


def _is_cut(name: str, faces: set[str]) -> bool:
    """Whether a name is that of a family and words for styles after it."""
    words = name.split(" ")
    starts = (" ".join(words[:count]) for count in range(1, len(words)))
    return any(start in faces and _CUTS.fullmatch(name[len(start) :]) for start in starts)
