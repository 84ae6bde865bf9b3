"""The frame over the window while files are dragged over it."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.drops import local_path
from kios_desktop.ui.kit.translation import tr


def dropped_paths(mime: QMimeData) -> list[Path]:
    """The folders and EPUB files among the dragged URLs."""
    paths = [local_path(url) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() == ".epub" or path.is_dir()]


class DropFrame(QWidget):
    """A dashed frame and one sentence over the whole window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_over(self, area: QWidget) -> None:
        self.setGeometry(area.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = now.color("window")
        ground.setAlphaF(0.9)
        painter.fillRect(self.rect(), ground)
        pen = QPen(now.color("accent"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(12, 12, -12, -12), 8, 8)
        painter.setFont(theme.font("heading"))
        painter.setPen(now.color("text"))
        words = tr("Drop EPUB files or folders to add them")
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), words)
        painter.end()
