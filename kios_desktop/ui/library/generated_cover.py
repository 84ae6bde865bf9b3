"""Covers for books that have none: a flat tone, the title, a rule, the author."""

import hashlib
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath

from kios_desktop.ui import theme

# Eight muted tones and the ink that reads on each (design.md 4).
_CREAM, _INK = "#F5EFE2", "#2B2620"
TONES: Final = (
    ("#2F4A42", _CREAM),
    ("#5B3A34", _CREAM),
    ("#33415C", _CREAM),
    ("#574B6B", _CREAM),
    ("#7A5A2B", _CREAM),
    ("#C9B48A", _INK),
    ("#B7C4B4", _INK),
    ("#D3B5A5", _INK),
)
_BASE: Final = 142  # px of width the design's measures are given for


def tone_of(title: str, author: str) -> tuple[str, str]:
    """(ground, ink): the same book always gets the same."""
    digest = hashlib.sha256(f"{title}\0{author}".encode("utf-8", "replace")).digest()
    return TONES[digest[0] % len(TONES)]


def generated_cover(title: str, author: str, size: QSize) -> QImage:
    """A cover in device pixels. Painted in the GUI thread only.

    Two threads that set text wait for one another: one holds Qt's fonts and, to log what Qt says
    about them, waits for Python, the other holds Python and waits for the fonts.
    """
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    ground, ink = tone_of(title, author)
    scale = size.width() / _BASE
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(image.rect()), 3 * scale, 3 * scale)
    painter.fillPath(shape, QColor(ground))
    spine = QColor(ink)
    spine.setAlphaF(0.14)
    painter.fillRect(QRectF(5 * scale, 0, 1 * scale, size.height()), spine)
    painter.setPen(QColor(ink))
    inner = QRectF(16 * scale, 22 * scale, size.width() - 30 * scale, size.height() - 44 * scale)
    title_box = QRectF(inner.x(), inner.y(), inner.width(), inner.height() * 0.66)
    face = _fitting(title, title_box, scale)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.setFont(face)
    painter.setClipRect(title_box)
    painter.drawText(title_box, int(flags), title)
    painter.setClipping(False)
    below = min(title_box.height(), _height(face, title, title_box)) + 10 * scale
    rule = QRectF(inner.x(), inner.y() + below, 40 * scale, 1.5 * scale)
    painter.fillRect(rule, QColor(ink))
    name = QFont(theme.reading_serif())
    name.setPixelSize(max(7, round(11 * scale)))
    name.setCapitalization(QFont.Capitalization.SmallCaps)
    painter.setFont(name)
    shown = QFontMetricsF(name).elidedText(author, Qt.TextElideMode.ElideRight, inner.width())
    painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), shown)
    painter.end()
    return image


def _height(face: QFont, title: str, box: QRectF) -> float:
    bounds = QFontMetricsF(face).boundingRect(box, int(Qt.TextFlag.TextWordWrap), title)
    return float(bounds.height())


def _fitting(title: str, box: QRectF, scale: float) -> QFont:
    """The reading serif at 20 px, shrunk to no less than 14 until it fits."""
    face = QFont(theme.reading_serif())
    face.setWeight(QFont.Weight.DemiBold)
    for px in range(20, 13, -1):
        face.setPixelSize(max(8, round(px * scale)))
        longest = max((QFontMetricsF(face).horizontalAdvance(w) for w in title.split()), default=0)
        lines = _height(face, title, box) / QFontMetricsF(face).lineSpacing()
        if lines <= 5.01 and longest <= box.width():
            break
    return face
