"""The content of an empty screen: why it is empty, and the action that fills it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import centred, label

Action = tuple[str, Callable[[], None]]


class EmptyState(QWidget):
    """A centred column, at most 400 px wide: icon, title, a line or two, up to two buttons."""

    def __init__(
        self,
        title: str,
        text: str = "",
        icon_name: str = "books",
        *,
        primary: Action | None = None,
        secondary: Action | None = None,
        art: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(
            art or IconLabel(icon_name, "textFaint", theme.icon_px("empty")), 0, middle
        )
        column.addSpacing(8)
        head = label(title, "heading", wrap=True)
        head.setAlignment(middle)
        column.addWidget(head)
        if text:
            words = label(text, "body", "muted", wrap=True)
            words.setAlignment(middle)
            words.setFixedWidth(400)
            column.addLayout(centred(words))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.buttons: list[QPushButton] = []
        for action, kind in ((primary, "primary"), (secondary, "default")):
            if action is not None:
                made = button(action[0], kind)
                made.clicked.connect(action[1])
                row.addWidget(made)
                self.buttons.append(made)
        row.addStretch(1)
        column.addSpacing(8)
        column.addLayout(row)
        column.addStretch(3)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
