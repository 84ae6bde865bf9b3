"""A field with a magnifying glass, the keys that lead to it, and a way to clear it."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from kios_desktop.ui.kit.formats import runs_right_to_left
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.field import line_edit
from kios_desktop.ui.widgets.label import label

_SEARCH_WIDTH: Final = 260
_MARGINS: Final = 60  # px for the magnifying glass, and around the text and the keys


class SearchField(QLineEdit):
    """Emits `textEdited` while typing and `entered` on Enter; Esc clears. `keys` focus it."""

    entered = Signal()

    def __init__(self, name: str, keys: QKeySequence) -> None:
        super().__init__()
        line_edit(name, name, field=self)
        self.addAction(
            icon("magnifying-glass", "textMuted"), QLineEdit.ActionPosition.LeadingPosition
        )
        words = keys.toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")
        self._keys = label(words, "micro", "muted", parent=self)
        self._keys.setProperty("keycap", True)
        self._clear = QAction(icon("x", "textMuted"), tr("Clear search"), self)
        self._clear.triggered.connect(self._cleared)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textChanged.connect(self._changed)
        self.setMinimumWidth(150)
        self.setMaximumWidth(_SEARCH_WIDTH)

    def set_name(self, name: str) -> None:
        """Set the accessible name: what is searched."""
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self._changed(self.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._keys.sizeHint()
        x = 8 if self.isRightToLeft() else self.width() - size.width() - 8
        self._keys.setGeometry(x, (self.height() - size.height()) // 2, size.width(), size.height())
        self._changed(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self._cleared()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def _changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        # text of the other direction would lie under the keys
        along = self.isRightToLeft() is runs_right_to_left(self.placeholderText())
        name = self.fontMetrics().horizontalAdvance(self.placeholderText())
        room = self.width() - name - self._keys.sizeHint().width() - _MARGINS
        self._keys.setVisible(not text and along and room >= 0)

    def _cleared(self) -> None:
        self.clear()
        self.textEdited.emit("")
