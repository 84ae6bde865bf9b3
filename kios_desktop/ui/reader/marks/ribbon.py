"""The ribbon of a page that is kept."""

from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit import theme

_WIDTH: Final = 20  # px
_LENGTH: Final = 36
_NOTCH: Final = 8
_SIDE: Final = 28  # px from the trailing edge of the page


class Ribbon(QWidget):
    """Hangs over the upper edge of the page. It takes no clicks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(_WIDTH, _LENGTH)
        self.hide()

    def place(self) -> None:
        parent = self.parentWidget()
        width = parent.width() if parent is not None else 0
        self.move(_SIDE if self.isRightToLeft() else width - _SIDE - _WIDTH, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.of(self).color("accent"))
        corners = ((0, 0), (_WIDTH, 0), (_WIDTH, _LENGTH), (_WIDTH / 2, _LENGTH - _NOTCH))
        painter.drawPolygon(QPolygonF([QPointF(*one) for one in (*corners, (0, _LENGTH))]))
        painter.end()
