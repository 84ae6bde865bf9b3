"""A thin progress bar."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr


def paint_progress(painter: QPainter, track: QRectF, fraction: float, mirrored: bool) -> None:
    """Paint a bar: `fraction` 0…1 of `track` in the accent colour, from the leading edge."""
    now = theme.painted()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    corner = track.height() / 2
    painter.setBrush(now.color("track"))
    painter.drawRoundedRect(track, corner, corner)
    if fraction <= 0:
        return
    width = max(track.height(), track.width() * min(1.0, fraction))
    left = track.right() - width if mirrored else track.left()
    painter.setBrush(now.color("accent"))
    painter.drawRoundedRect(QRectF(left, track.top(), width, track.height()), corner, corner)


class ProgressBar(QWidget):
    """4 px high. None means the length is unknown: a segment moves along it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._fraction: float | None = 0.0
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._move)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return QSize(120, 4)

    def set_fraction(self, fraction: float | None) -> None:
        self._fraction = fraction
        if fraction is None and not theme.motion_reduced():
            self._timer.start(50)
        else:
            self._timer.stop()
        if fraction is not None:
            self.setAccessibleDescription(tr("{n} percent", n=round(fraction * 100)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        track = QRectF(self.rect())
        if self._fraction is not None:
            with theme.painting(self):
                paint_progress(painter, track, self._fraction, self.isRightToLeft())
        elif theme.motion_reduced():
            painter.fillRect(self.rect(), theme.of(self).color("accentSoft"))
        else:
            with theme.painting(self):
                paint_progress(painter, track, 0, False)
            part = track.width() * 0.3
            painter.setBrush(theme.of(self).color("accent"))
            x = (track.width() + part) * self._phase - part
            painter.drawRoundedRect(QRectF(x, 0, part, track.height()), 2, 2)
        painter.end()

    def _move(self) -> None:
        self._phase = (self._phase + 0.02) % 1.0
        self.update()
