"""A list of steps that grows as they finish, as in “Test connection”."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.icon_label import IconLabel, Spinner
from kios_desktop.ui.widgets.label import label

_MARKS = {
    "ok": ("check-circle", "success"),
    "note": ("warning", "warning"),
    "failed": ("x-circle", "danger"),
}


class StepRow(QWidget):
    """Icon, title, hint and time of one finished step. `state` is ok, note or failed."""

    def __init__(self, title: str, hint: str, time: str, state: str) -> None:
        super().__init__()
        self.title, self.state = title, state
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        first_line = round(theme.line_height("control", theme.font("control")))
        mark = IconLabel(*_MARKS[state], theme.icon_px("nav"))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(title, "control", wrap=True))
        if hint:
            words.addWidget(label(hint, "small", "muted", wrap=True))
        row.addLayout(words, 1)
        took = label(time, "micro", "muted", tabular=True)
        took.setMinimumHeight(first_line)
        row.addWidget(took, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{title}, {state}. {hint}")


class StepList(QWidget):
    """A column of steps with, while it runs, a spinner row at its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(14)
        self._running: QWidget | None = None
        self.rows: list[StepRow] = []

    def clear(self) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        self.set_running("")

    def add(self, title: str, hint: str, time: str, state: str) -> None:
        """Add a finished step."""
        row = StepRow(title, hint, time, state)
        self._column.insertWidget(len(self.rows), row)
        self.rows.append(row)

    def set_running(self, title: str) -> None:
        """Show which step runs; "" when none does."""
        if self._running is not None:
            self._column.removeWidget(self._running)
            self._running.hide()
            self._running.deleteLater()
            self._running = None
        if title:
            self._running = QWidget()
            row = QHBoxLayout(self._running)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            row.addWidget(Spinner(theme.icon_px("nav")))
            row.addWidget(label(title, "body", "muted"), 1)
            self._column.addWidget(self._running)
