"""A choice from a short list."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon


class Combo(QComboBox):
    """`options` are (key, text). `chosen` is emitted for the user's choices, not by `set_value`."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "field")
        # the style's own view and delegate ignore the style sheet's rules for rows
        self.setView(QListView())
        self.setItemDelegate(_Rows(self))
        self.setAccessibleName(name)
        self.setFont(theme.font("control"))
        self.setFixedHeight(theme.control_height())
        for key, text in options:
            self.addItem(text, key)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda _index: self.chosen.emit(self.value()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Replace the options if they differ, without emitting `chosen`."""
        if [(self.itemData(i), self.itemText(i)) for i in range(self.count())] == list(options):
            return
        self.clear()
        for key, text in options:
            self.addItem(text, key)

    def value(self) -> str:
        return str(self.currentData())

    def set_value(self, key: str) -> None:
        self.setCurrentIndex(max(0, self.findData(key)))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = 14
        x = 10 if self.isRightToLeft() else self.width() - 10 - side
        box = QRect(QPoint(x, (self.height() - side) // 2), QPoint(x, 0))
        box.setWidth(side)
        box.setHeight(side)
        painter = QPainter(self)
        with theme.painting(self):
            icon("caret-down", "textMuted").paint(painter, box)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling the page must not change a setting


class _Rows(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        hint = super().sizeHint(option, index)
        return hint.expandedTo(QSize(0, theme.control_height(measure="controlSmall")))
