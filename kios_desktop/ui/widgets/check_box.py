"""A check box in our colours: the style's own has no outline that is seen on dark ground."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.placement import mirror
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

_SIDE, _GAP, _EDGE = 16, 8, 3  # px: the box, the text from it, room for the focus ring


class CheckBox(QCheckBox):
    """Painted here whole; what it does is Qt's."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFont(theme.font("small"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = 2 * _EDGE + _SIDE + _GAP + metrics.horizontalAdvance(self.text()) + 1
        return QSize(width, max(24, metrics.height() + 2 * _EDGE))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, point: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        middle = (self.height() - _SIDE) // 2
        box = mirror(QRect(_EDGE, middle, _SIDE, _SIDE), self.rect(), mirrored)
        checked = self.isChecked()
        painter.setPen(QPen(now.color("accent" if checked else "borderControl"), 1))
        painter.setBrush(now.color("accent" if checked else "base"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if checked:
            with theme.painting(self):
                icon("check", "onAccent").paint(painter, box.adjusted(2, 2, -2, -2))
        left = _EDGE + _SIDE + _GAP
        words = QRect(left, 0, self.width() - left - _EDGE, self.height())
        painter.setPen(now.color("text"))
        painter.setFont(self.font())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(
            mirror(words, self.rect(), mirrored),
            int(self.style().visualAlignment(self.layoutDirection(), flags)),
            self.text(),
        )
        if has_ring(self):
            paint_focus_ring(painter, now, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4)
        painter.end()
