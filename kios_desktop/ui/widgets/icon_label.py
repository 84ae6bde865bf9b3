"""Icons beside text, which turn while something runs or stand still."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon


class IconLabel(QLabel):
    """Paints an icon in the current theme. It is decorative and has no accessible name."""

    def __init__(self, icon_name: str, token: str, px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(px, px)
        self.set_icon(icon_name, token)

    def set_icon(self, icon_name: str, token: str) -> None:
        self._icon = icon(icon_name, token)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        with theme.painting(self):
            self._icon.paint(painter, self.rect())
        painter.end()


class Spinner(IconLabel):
    """Turns while something runs; an hourglass that stands still when motion is reduced."""

    def __init__(self, px: int, parent: QWidget | None = None) -> None:
        still = theme.motion_reduced()
        super().__init__("hourglass-simple" if still else "spinner-gap", "textMuted", px, parent)
        self._angle = 0
        if not still:
            timer = QTimer(self)
            timer.timeout.connect(self._turn)
            timer.start(100)

    def _turn(self) -> None:
        self._angle = (self._angle + 45) % 360
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        center = self.rect().center()
        painter.translate(center)
        painter.rotate(self._angle)
        painter.translate(-center)
        with theme.painting(self):
            self._icon.paint(painter, self.rect())
        painter.end()
