"""Soft shadows, painted as stacked rounded rectangles and cached."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QPixmapCache

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.tokens import tokens


def paint_shadow(painter: QPainter, box: QRect, level: str, radius: int) -> None:
    """Paint the shadow of `box` in a level of the `elevation` tokens; nothing in high contrast.

    It reaches `spread` px beyond the box, shifted down by `dy`.
    """
    now = theme.painted()
    if now.high_contrast:
        return
    token = tokens()["elevation"][level]
    spread, dy = int(token["spread"]), int(token["dy"])
    ratio = painter.device().devicePixelRatio()
    key = f"kios-shadow/{now.name}/{level}/{radius}/{box.width()}x{box.height()}@{ratio}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = _render(box, spread, int(token["layers"]), radius, ratio, _alpha(token, now))
        QPixmapCache.insert(key, pixmap)
    painter.drawPixmap(box.x() - spread, box.y() - spread + dy, pixmap)


def _alpha(token: dict[str, float], now: theme.Theme) -> float:
    return float(token["alphaDark" if now.dark else "alphaLight"])


def _render(
    box: QRect, spread: int, layers: int, radius: int, ratio: float, alpha: float
) -> QPixmap:
    width, height = box.width() + 2 * spread, box.height() + 2 * spread
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for layer in range(layers):
        inset = spread * layer / layers
        # the layers add up inwards, like a blur
        share = alpha * 2 * (layer + 1) / (layers * (layers + 1))
        color = QColor(theme.painted().color("shadow"))
        color.setAlphaF(share)
        painter.setBrush(color)
        corner = radius + spread - inset
        painter.drawRoundedRect(
            QRectF(inset, inset, width - 2 * inset, height - 2 * inset), corner, corner
        )
    painter.end()
    return pixmap
