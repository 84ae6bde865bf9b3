"""Icons from the Phosphor font, painted in the theme's colours.

QtAwesome supplies the font and the names. Our icon engine looks its colour up at each painting, so
widgets keep their icons when the theme changes.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPixmap,
    QPixmapCache,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.tokens import RESOURCES

MIRRORED: Final = frozenset(
    {"caret-left", "caret-right", "arrow-left", "arrow-right", "arrow-u-up-left"}
)
# The em square of this font has no side bearing: at 1.0 strokes touch the edge of the icon.
_SCALE: Final = 0.98
_FONT: Final = "phosphor-1.3.0.ttf"
_NAMES: Final = "phosphor-charmap-1.3.0.json"


class UnknownIcon(LookupError):
    """A name that this version of Phosphor does not have."""


class _Glyphs:
    """The loaded font: its family and the character of every name."""

    def __init__(self) -> None:
        # Only the files of QtAwesome are used: importing it takes a fifth of a second,
        # and on Windows copies all its fonts into the user's font folder.
        found = find_spec("qtawesome")
        if found is None or not found.submodule_search_locations:
            raise FileNotFoundError("the font of the icons is not installed")
        folder = Path(found.submodule_search_locations[0]) / "fonts"
        number = QFontDatabase.addApplicationFont(str(folder / _FONT))
        self.family = QFontDatabase.applicationFontFamilies(number)[0]
        codes: dict[str, str] = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        self.characters = {name: chr(int(code, 16)) for name, code in codes.items()}


@cache
def _glyphs() -> _Glyphs:
    return _Glyphs()


class _GlyphEngine(QIconEngine):
    """Paints one glyph; `color` is a token, `on` the one for the checked state.

    In a box wider than high it is at the leading edge, so that a wide icon size adds space.
    """

    def __init__(self, name: str, color: str, on: str) -> None:
        super().__init__()
        self._name, self._color, self._on = name, color, on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        color = self._on if state is QIcon.State.On else self._color
        if mode is QIcon.Mode.Disabled:
            color = "textDisabled"
        glyphs = _glyphs()
        face = QFont(glyphs.family)
        face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        face.setPixelSize(max(1, round(min(rect.width(), rect.height()) * _SCALE)))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setPen(theme.painted().color(color))
        painter.setFont(face)
        if self._name in MIRRORED and QGuiApplication.isRightToLeft():
            painter.translate(2 * rect.x() + rect.width(), 0)
            painter.scale(-1, 1)
        side = min(rect.width(), rect.height())
        square = QRect(rect.x(), rect.y(), side, rect.height())
        if QGuiApplication.isRightToLeft():
            square.moveRight(rect.right())
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, glyphs.characters[self._name])
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        key = (
            f"kios/{self._name}/{self._color}/{self._on}/{theme.painted().name}"
            f"/{size.width()}x{size.height()}/{mode.value}{state.value}"
        )
        found = QPixmap()
        if QPixmapCache.find(key, found):
            return found
        result = QPixmap(size)
        result.fill(Qt.GlobalColor.transparent)
        painter = QPainter(result)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        QPixmapCache.insert(key, result)
        return result

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._name, self._color, self._on)


@cache
def icon(name: str, color: str = "text", on: str = "") -> QIcon:
    """A Phosphor icon by its name (`resources/icons/icons.json`), such as "books".

    It follows the theme. `color` is a token; `on` is the one of the checked state, "" for the
    same.
    """
    if name not in _glyphs().characters:
        raise UnknownIcon(name)
    return QIcon(_GlyphEngine(name, color, on or color))


def program_icon() -> QIcon:
    """Kios' own icon, for windows and the task bar."""
    result = QIcon()
    for picture in (RESOURCES / "icons").glob("kios-*.png"):
        result.addFile(str(picture))
    return result
