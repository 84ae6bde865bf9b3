"""The “Go to…” popover."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.label import label


class GoToPopover(QWidget):
    """`go` returns whether the text names a place; if so, `found` is emitted."""

    found = Signal()

    def __init__(self, go: Callable[[str], bool]) -> None:
        super().__init__()
        self._go = go
        self.field = QLineEdit()
        self.field.setProperty("kind", "field")
        self.field.setFixedHeight(theme.control_height())
        self.field.setAccessibleName(tr("Go to"))
        self.field.setPlaceholderText(tr("34%, page 5, or a chapter"))
        self._hint = label(
            tr("A percentage, a page of this chapter, or a title."), "small", "muted"
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 14)
        box.setSpacing(8)
        box.addWidget(label(tr("Go to"), "section"))
        box.addWidget(self.field)
        box.addWidget(self._hint)
        self.field.returnPressed.connect(self._entered)

    def _entered(self) -> None:
        if self._go(self.field.text()):
            self.found.emit()
            return
        words = tr("Nothing in this book is called that.")
        self._hint.setText(words)
        self.field.setAccessibleDescription(words)
        self.field.selectAll()
