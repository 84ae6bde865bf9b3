"""Chips: a radio group of buttons that wraps into several rows."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLayout, QLayoutItem, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.buttons import Button, button


class FlowLayout(QLayout):
    """Places widgets in a row and wraps to the next row at the end of the line."""

    def __init__(self, gap: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, room: QRect, move: bool) -> int:
        x, y, height = room.x(), room.y(), 0
        parent = self.parentWidget()
        mirrored = parent is not None and parent.isRightToLeft()
        for item in self._items:
            size = item.sizeHint()
            if x > room.x() and x + size.width() > room.right() + 1:
                x, y = room.x(), y + height + self._gap
                height = 0
            if move:
                left = room.x() + room.right() + 1 - x - size.width() if mirrored else x
                item.setGeometry(QRect(QPoint(left, y), size))
            x += size.width() + self._gap
            height = max(height, size.height())
        return y + height - room.y()


class _Chip(Button):
    def __init__(self, owner: "Chips", text: str) -> None:
        super().__init__()
        button(text, into=self)
        self._owner = owner
        self.setCheckable(True)
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
        }
        step = keys.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        sideways = event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}
        self._owner.step(-step if sideways and self.isRightToLeft() else step)


class Chips(QWidget):
    """A radio group of (key, text). It is one tab stop; arrow keys change the choice."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._chips: dict[str, _Chip] = {}
        flow = FlowLayout()
        self.setLayout(flow)
        for key, text in options:
            chip = _Chip(self, text)
            self._group.addButton(chip)
            self._chips[key] = chip
            flow.addWidget(chip)
            chip.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            chip.toggled.connect(lambda on, chip=chip: _apply_style(chip, on))
            _apply_style(chip, False)

    def value(self) -> str:
        return next((key for key, chip in self._chips.items() if chip.isChecked()), "")

    def set_value(self, key: str) -> None:
        self._chips[key].setChecked(True)

    def step(self, by: int) -> None:
        keys = list(self._chips)
        at = max(0, min(len(keys) - 1, keys.index(self.value()) + by))
        if keys[at] != self.value():
            self._chips[keys[at]].setChecked(True)
            self._chips[keys[at]].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.chosen.emit(keys[at])


def _apply_style(chip: _Chip, on: bool) -> None:
    chip.setFont(theme.font("bodyStrong" if on else "control"))
    chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus)
