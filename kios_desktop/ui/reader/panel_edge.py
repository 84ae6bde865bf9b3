"""The edge of the panel, by which the pointer makes it wider or narrower."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

WIDTH: Final = 8  # px of what can be grabbed


class PanelEdge(QWidget):
    """Emits how many px the pointer has come from where it was pressed, to the panel's far side."""

    grabbed = Signal()
    moved = Signal(int)
    released = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self._from: float | None = None

    def place(self, panel: QSize) -> None:
        """Stand at the far side of a panel of that size."""
        left = 0 if self.isRightToLeft() else panel.width() - WIDTH
        self.setGeometry(left, 0, WIDTH, panel.height())
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._from = event.globalPosition().x()
            self.grabbed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            by = round(event.globalPosition().x() - self._from)
            self.moved.emit(-by if self.isRightToLeft() else by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None and event.button() is Qt.MouseButton.LeftButton:
            self._from = None
            self.released.emit()
