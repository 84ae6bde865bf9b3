"""The popover in which the note of a highlight is written."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from kios_desktop.domain.marks import LONGEST_NOTE
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label

WIDTH: Final = 360  # px
_LINES: Final = 5


class NoteEditor(QWidget):
    """What is written is kept however the popover is closed."""

    saved = Signal(str)
    done = Signal()  # close the popover

    def __init__(self, note: str) -> None:
        super().__init__()
        self.field = _Field()
        self.field.setPlainText(note)
        self._shown = self.field.toPlainText()  # its line ends may be others
        self.field.setAccessibleName(tr("Note"))
        self.field.setPlaceholderText(tr("Your note"))
        self.field.setTabChangesFocus(True)
        line = self.field.fontMetrics().lineSpacing()
        self.field.setFixedHeight(_LINES * line + 18)
        self.field.moveCursor(QTextCursor.MoveOperation.End)
        self._save = button(tr("Save"), "primary", height="controlSmall")
        self._save.setToolTip(tr("Save ({keys})", keys=_native("Ctrl+Return")))
        self._save.clicked.connect(self.done)
        self.field.entered.connect(self.done)
        row = QHBoxLayout()
        row.addWidget(label(tr("Note"), "section"))
        row.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._save)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        box.addLayout(row)
        box.addWidget(self.field)
        box.addLayout(foot)

    def closed(self) -> None:
        """The popover was closed. A note that was only read stays as it is."""
        text = self.field.toPlainText()
        if text != self._shown:
            self._shown = text
            self.saved.emit(text.strip()[:LONGEST_NOTE])


class _Field(QPlainTextEdit):
    """Typing in it turns no page; Esc and Ctrl+Enter close it."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "field")
        self.setFont(theme.font("body"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            return
        super().keyPressEvent(event)
        event.accept()


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
