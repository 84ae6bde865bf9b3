"""A switch: on or off."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring


class Switch(QAbstractButton):
    """36 × 20 px. Screen readers call it a check box."""

    def __init__(self, name: str, on: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setChecked(on)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(40, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        on = self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF((self.width() - 36) / 2, (self.height() - 20) / 2, 36, 20)
        if not self.isEnabled():
            painter.setPen(QPen(now.color("border"), 1))
            painter.setBrush(now.color("track"))
        elif on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.color("accent"))
        else:
            painter.setPen(QPen(now.color("borderControl"), 1))
            painter.setBrush(now.color("base"))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 9.5, 9.5)
        right = on != self.isRightToLeft()
        side = 14 if on else 12
        x = track.right() - 3 - side if right else track.left() + (3 if on else 4)
        thumb = QRectF(x, track.center().y() - side / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.color("onAccent" if on else "borderControl"))
        painter.drawEllipse(thumb)
        if on and now.high_contrast:
            with theme.painting(self):
                icon("check", "accent").paint(painter, thumb.toRect().adjusted(2, 2, -2, -2))
        if has_ring(self):
            paint_focus_ring(painter, now, track.adjusted(-1, -3, 1, 3), 12)
        painter.end()
