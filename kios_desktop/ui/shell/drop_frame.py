"""The frame over the window while files are dragged over it."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr


def dropped_paths(mime: QMimeData) -> list[Path]:
    """The folders and EPUB files among the dragged URLs."""
    paths = [local_path(url) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() == ".epub" or path.is_dir()]


def local_path(url: QUrl) -> Path:
    """The path of a URL, byte for byte, where Qt would replace bytes that are not text."""
    named = url.toLocalFile()
    if sys.platform != "win32" and "\ufffd" in named:
        encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
        return Path(os.fsdecode(unquote_to_bytes(encoded)))
    return Path(named)


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
