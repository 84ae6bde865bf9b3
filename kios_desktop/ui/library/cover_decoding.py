"""Decodes pictures into covers, with a limit on memory. Safe in any thread."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath, QPen

# of the stored picture; JPEG may have four times as many, for it is scaled while it is decoded
MAX_PIXELS: Final = 40_000_000
_EDGE: Final = QColor(128, 128, 128, 72)
_FORMATS: Final = frozenset({"jpeg", "jpg", "png", "gif", "webp", "bmp"})
# width / height in this range is cropped to 2:3; other pictures are shown whole on `ground`
_CROPPED: Final = (0.56, 0.80)


def decode_cover(picture: Path | bytes, size: QSize, ground: QColor) -> QImage | None:
    """A cover of `size` device pixels with rounded corners; None if `picture` can't be decoded.

    `picture` is a path or the content of a file. Pictures over `MAX_PIXELS` are refused.
    """
    if isinstance(picture, Path):
        return _decoded(QImageReader(str(picture)), size, ground)
    device = QBuffer()
    device.setData(QByteArray(picture))
    device.open(QBuffer.OpenModeFlag.ReadOnly)
    return _decoded(QImageReader(device), size, ground)


def _decoded(reader: QImageReader, size: QSize, ground: QColor) -> QImage | None:
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    kind = bytes(reader.format().data()).decode("ascii", "replace")
    stored = reader.size()
    if kind not in _FORMATS or stored.isEmpty():
        return None
    jpeg = kind in {"jpeg", "jpg"}
    if stored.width() * stored.height() > MAX_PIXELS * (4 if jpeg else 1):
        return None
    low, high = _CROPPED
    crop = low <= stored.width() / stored.height() <= high
    mode = (
        Qt.AspectRatioMode.KeepAspectRatioByExpanding
        if crop
        else Qt.AspectRatioMode.KeepAspectRatio
    )
    reader.setScaledSize(stored.scaled(size, mode).expandedTo(QSize(1, 1)))
    picture = reader.read()
    return None if picture.isNull() else _framed(picture, size, ground)


def _framed(picture: QImage, size: QSize, ground: QColor) -> QImage:
    result = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    corner = 3 * size.width() / 142
    shape.addRoundedRect(QRectF(result.rect()), corner, corner)
    painter.setClipPath(shape)
    painter.fillRect(result.rect(), ground)
    x = (size.width() - picture.width()) // 2
    y = (size.height() - picture.height()) // 2
    painter.drawImage(x, y, picture)
    painter.end()
    return result


def draw_edge(image: QImage) -> None:
    """Draw a faint outline, so that a cover in the colour of the window has a visible edge."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_EDGE, max(1.0, image.width() / 142)))
    corner = 3 * image.width() / 142
    painter.drawRoundedRect(QRectF(image.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
    painter.end()
