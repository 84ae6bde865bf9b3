"""A row of settings: a caption and a control at the trailing edge."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.switch import Switch


class SettingsRow(QWidget):
    """At least 44 px high. A click anywhere in the row toggles its switch."""

    def __init__(
        self, name: str, control: QWidget, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.name, self.hint, self.control = name, hint, control
        self.setMinimumHeight(theme.size("settingsRow"))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        self.caption = label(name, "control", wrap=True)
        words.addWidget(self.caption)
        if hint:
            words.addWidget(label(hint, "small", "muted", wrap=True))
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        if hint:
            control.setAccessibleDescription(hint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if isinstance(self.control, Switch) and self.control.isEnabled():
            self.control.toggle()
