"""The status line at the foot of the sidebar: the state of sync, or a running job."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionButton, QStylePainter

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.placement import mirror
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.sync.texts import StatusLine
from kios_desktop.ui.widgets.buttons import Button


class SyncLine(Button):
    """Shows the state of sync; a click opens the sync menu."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "syncLine")
        self.setCheckable(True)
        self.setFont(theme.font("small"))
        self.setFixedHeight(max(44, theme.control_height("small")))
        self._status = StatusLine("minus-circle", "textFaint", "")
        self._rail = False

    def set_rail(self, rail: bool) -> None:
        self._rail = rail
        self.update()

    def show_status(self, status: StatusLine) -> None:
        if status == self._status:  # called for every page turn
            return
        self._status = status
        self.setAccessibleName(status.spoken)
        self.setToolTip(tip(status.text))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        side = theme.icon_px("nav")
        left = (self.width() - side) // 2 if self._rail else 20
        mark = QRect(left, (self.height() - side) // 2, side, side)
        icon(self._status.icon, self._status.color).paint(
            painter, mirror(mark, self.rect(), mirrored)
        )
        if not self._rail:
            caret = QRect(self.width() - 20 - 16, (self.height() - 16) // 2, 16, 16)
            icon("caret-up", "textMuted").paint(painter, mirror(caret, self.rect(), mirrored))
            words = QRect(48, 0, self.width() - 48 - 44, self.height())
            shown = self.fontMetrics().elidedText(
                self._status.text, Qt.TextElideMode.ElideRight, words.width()
            )
            leading = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
            painter.setPen(theme.painted().color("textMuted"))
            painter.drawText(
                mirror(words, self.rect(), mirrored),
                int(leading | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute),
                shown,
            )
        painter.end()
