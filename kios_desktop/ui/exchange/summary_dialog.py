"""A dialog that tells what was imported: a text of any length, and buttons that stay in sight."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from kios_desktop.ui.exchange.import_summary import ImportSummary
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.widgets.label import label

_WIDTH: Final = 520  # px
_AROUND: Final = 40  # px of its window that stay visible beside it
_SIDES: Final = 48  # px beside the text
_LEAST: Final = 80  # px of the text that are always seen


class SummaryDialog(Dialog):
    """It is no higher than its window: a longer text is scrolled, also by keys."""

    def __init__(self, summary: ImportSummary, parent: QWidget) -> None:
        self._window = parent.window()
        width = min(theme.scaled(_WIDTH), self._window.width() - _AROUND)
        super().__init__(summary.title, parent, width)
        self.body.addWidget(label(summary.title, "title", wrap=True))
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(summary.text, "body", "muted", wrap=True))
        self.text = QScrollArea()
        dress_as_page(self.text, by_keys=True)
        self.text.setAccessibleName(summary.title)
        self.text.setWidget(inner)
        self.text.setFixedHeight(inner.heightForWidth(width - _SIDES))
        self.body.addWidget(self.text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        over = self.height() - self._window.height()
        if over > 0:
            self.text.setFixedHeight(max(_LEAST, self.text.height() - over))
            self.fit()
        else:
            self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to scroll
