"""Text of several lines, with the line height that `tokens.json` gives each text style.

`QLabel` sets plain text with the font's own line spacing, which is too tight for reading.
"""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget

from kios_desktop.ui.kit import theme

HEIGHTS_KEPT = 64  # of one label, for the widths of a window that is being resized


class WrappedLabel(QLabel):
    """As high as its text needs at the width it gets; `QLabel` guesses that width.

    Text with markup, and text that can be selected, is drawn by `QLabel` with its line spacing.
    """

    def __init__(self, text: str, style: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._style = style
        self._heights: dict[tuple[int, str, str, float], int] = {}
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), self.heightForWidth(hint.width())) if self._is_ours() else hint

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.fontMetrics().height())

    def heightForWidth(self, width: int) -> int:
        if not self._is_ours():
            return super().heightForWidth(width)
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return self._height(inner) + margins.top() + margins.bottom()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_ours():
            super().paintEvent(event)
            return
        room = self.contentsRect()
        layout, height = self._set(room.width())
        top = room.top()
        if self.alignment() & Qt.AlignmentFlag.AlignVCenter:
            top += (room.height() - height) // 2
        elif self.alignment() & Qt.AlignmentFlag.AlignBottom:
            top += room.height() - height
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        layout.draw(painter, QPointF(room.left(), top))
        painter.end()

    def _is_ours(self) -> bool:
        if self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            return False
        return self.textFormat() is Qt.TextFormat.PlainText

    def _height(self, width: int) -> int:
        """Layouts ask for the same few widths again and again."""
        asked = (width, self.text(), self.font().key(), self.devicePixelRatioF())
        if asked not in self._heights:
            if len(self._heights) >= HEIGHTS_KEPT:
                self._heights.clear()
            _, self._heights[asked] = self._set(width)
        return self._heights[asked]

    def _set(self, width: int) -> tuple[QTextLayout, int]:
        """The lines at a width in px, and their height together."""
        option = QTextOption(self.alignment())
        option.setTextDirection(
            Qt.LayoutDirection.LayoutDirectionAuto
        )  # by its own first letter, as in QLabel
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout = QTextLayout(self.text().replace("\n", "\u2028"), self.font(), self)
        layout.setTextOption(option)
        leading = theme.line_height(self._style, self.font())
        below = 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            room = max(leading, line.height())  # fonts of other scripts may be taller
            line.setPosition(QPointF(0, below + (room - line.height()) / 2))
            below += room
        layout.endLayout()
        return layout, round(below)
