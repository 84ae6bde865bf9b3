"""Joined buttons that behave as a radio group."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.buttons import pressed_by_enter


class _Segment(QToolButton):
    def __init__(self, owner: "Segmented", text: str) -> None:
        super().__init__(owner)
        self._owner = owner
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setProperty("kind", "seg")
        self.setFont(theme.font("control"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # only the checked segment is a tab stop

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back, forth = Qt.Key.Key_Left, Qt.Key.Key_Right
        if self.isRightToLeft():
            back, forth = forth, back
        if event.key() in {back, Qt.Key.Key_Up}:
            self._owner.step(-1)
        elif event.key() in {forth, Qt.Key.Key_Down}:
            self._owner.step(1)
        elif not pressed_by_enter(self, event):
            super().keyPressEvent(event)


class Segmented(QFrame):
    """`options` are (key, text). `chosen` is emitted for the user's choices only."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("seg")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.control_height())
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _Segment] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for key, text in options:
            segment = _Segment(self, text)
            segment.setMinimumWidth(36)
            segment.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
            self._group.addButton(segment)
            self._buttons[key] = segment
            row.addWidget(segment)
            segment.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
        self._group.buttonToggled.connect(self._toggled)
        self.set_value(options[0][0])

    def value(self) -> str:
        return next(key for key, b in self._buttons.items() if b.isChecked())

    def set_value(self, key: str) -> None:
        """Check a segment without emitting `chosen`."""
        self._buttons[key].setChecked(True)

    def segment(self, key: str) -> QToolButton:
        """The button of a key."""
        return self._buttons[key]

    def step(self, by: int) -> None:
        """Choose the next or previous segment; stops at the ends."""
        keys = list(self._buttons)
        at = max(0, min(len(keys) - 1, keys.index(self.value()) + by))
        if keys[at] == self.value():
            return
        self._buttons[keys[at]].setChecked(True)
        self._buttons[keys[at]].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.chosen.emit(keys[at])

    def _toggled(self, segment: QToolButton, checked: bool) -> None:
        # only the checked segment takes part in the tab order
        policy = Qt.FocusPolicy.StrongFocus if checked else Qt.FocusPolicy.ClickFocus
        segment.setFocusPolicy(policy)
        segment.setFont(theme.font("bodyStrong" if checked else "control"))
