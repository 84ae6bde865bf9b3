"""Generated covers for books without one: a plain colour, the title, a rule, the author."""

import hashlib
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QTextLayout,
    QTextOption,
)

from kios_desktop.ui.kit import theme

# Eight muted background colours, each with a text colour of sufficient contrast.
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
_BASE: Final = 142  # px of width at which the measures below hold
_SIZES: Final = range(20, 13, -1)  # font sizes of the title in px, the preferred one first
_LINES: Final = 5
_LONGEST: Final = 400  # characters of a title; a cover has no room for more


def tone_of(title: str, author: str) -> tuple[str, str]:
    """(background, text colour), always the same for the same title and author."""
    digest = hashlib.sha256(f"{title}\0{author}".encode("utf-8", "replace")).digest()
    return TONES[digest[0] % len(TONES)]


def generated_cover(title: str, author: str, size: QSize) -> QImage:
    """A cover of `size` device pixels. Call it in the GUI thread only.

    Two threads that lay out text can deadlock: one holds Qt's font lock and waits for the GIL to
    log a Qt message, the other holds the GIL and waits for the font lock.
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
    set_title = fitted(title, title_box.width(), title_box.height(), scale)
    painter.setFont(set_title.face)
    for number, words in enumerate(set_title.lines):
        top = title_box.top() + number * set_title.line_height
        row = QRectF(title_box.left(), top, title_box.width(), set_title.line_height)
        painter.drawText(
            row, int(Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextSingleLine), words
        )
    below = len(set_title.lines) * set_title.line_height + 10 * scale
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


class FittedTitle(Struct, frozen=True):
    """A title laid out in lines; `line_height` in device px."""

    face: QFont
    lines: tuple[str, ...]
    line_height: float


def fitted(title: str, width: float, height: float, scale: float) -> FittedTitle:
    """The title in the reading serif, at the largest size that fits; elided at the smallest.

    `width` and `height` in device px; `scale` is device px per px of `_BASE`.
    """
    title = " ".join(title.split())[:_LONGEST]
    face = QFont(theme.reading_serif())
    face.setWeight(QFont.Weight.DemiBold)
    for px in _SIZES:
        face.setPixelSize(max(8, round(px * scale)))
        metrics = QFontMetricsF(face)
        room = max(1, min(_LINES, int(height / metrics.lineSpacing())))
        words = max((metrics.horizontalAdvance(word) for word in title.split()), default=0)
        lines = _lines(title, face, width)
        if len(lines) <= room and words <= width:
            break
    if len(lines) > room:
        rest = title[sum(len(line) for line in lines[: room - 1]) :]
        last = metrics.elidedText(rest.strip(), Qt.TextElideMode.ElideRight, width)
        lines = [*lines[: room - 1], last]
    return FittedTitle(face, tuple(line.strip() for line in lines), metrics.lineSpacing())


def _lines(title: str, face: QFont, width: float) -> list[str]:
    """The title broken into lines, trailing spaces included; a word that is too long is broken."""
    layout = QTextLayout(title, face)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    units = title.encode("utf-16-le", "replace")  # Qt counts UTF-16 code units, two bytes each
    lines = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        begin, length = 2 * line.textStart(), 2 * line.textLength()
        lines.append(units[begin : begin + length].decode("utf-16-le", "replace"))
    layout.endLayout()
    return lines
