"""Text with markup that takes as much height as it needs."""

import math

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget


class FittedText(QTextBrowser):
    """As high as its text, up to a limit; then it scrolls. Its links are told, not followed."""

    def __init__(
        self,
        face: QFont,
        style: str,
        most: int,
        *,
        least: int = 24,
        parent: QWidget | None = None,
    ) -> None:
        """`style` is CSS as Qt knows it; the height is between `least` and `most` px."""
        super().__init__(parent)
        self._least, self._most = least, most
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        document = self.document()
        document.setDefaultFont(face)
        document.setDocumentMargin(0)
        document.setDefaultStyleSheet(style)

    def show_markup(self, markup: str, width: int) -> None:
        """`width` is what the text will have once it is laid out, px."""
        self.setHtml(markup)
        self._fit(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.viewport().width())

    def _fit(self, width: int) -> None:
        self.document().setTextWidth(width)
        needed = math.ceil(self.document().size().height()) + 2
        if (height := max(self._least, min(self._most, needed))) != self.height():
            self.setFixedHeight(height)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing but what the document was given: no text reads a file or a web page."""
        return None
