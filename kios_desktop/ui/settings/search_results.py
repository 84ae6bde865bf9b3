"""The results of “Search settings”: matching rows of all pages."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.settings_page import FlashingRow, SettingsPage
from kios_desktop.ui.widgets.buttons import Button
from kios_desktop.ui.widgets.label import label


class SearchResults(QScrollArea):
    """A button for each match; `chosen` carries its page and row."""

    chosen = Signal(object, object)  # Page, FlashingRow

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._buttons: list[QPushButton] = []

    def search(self, query: str, pages: Sequence[SettingsPage]) -> set[str]:
        """Show matching rows; returns the keys of pages with a matching row or title."""
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 28, 32, 24)
        column.setSpacing(4)
        self._buttons = []
        found: set[str] = set()
        wanted = query.casefold()
        for page in pages:
            rows = [row for row in page.rows if _matches(row, wanted)]
            if rows:
                head = label(page.title, "microStrong", "muted")
                head.setContentsMargins(8, 8, 0, 2)
                column.addWidget(head)
            for row in rows:
                made = self._result(page, row, query)
                self._buttons.append(made)
                column.addWidget(made)
            if rows or wanted in page.title.casefold():
                found.add(page.key)
        if not self._buttons:
            none = tr("No setting matches ‘{q}’.", q=isolated(query))
            column.addWidget(label(none, "body", "muted", wrap=True))
        column.addStretch(1)
        self.setWidget(inner)
        return found

    def take_first(self) -> None:
        if self._buttons:
            self._buttons[0].click()

    def _result(self, page: SettingsPage, row: FlashingRow, query: str) -> QPushButton:
        made = Button()
        made.setProperty("kind", "quiet")
        made.setAutoDefault(False)
        made.setFixedHeight(theme.control_height(measure="controlLarge"))
        made.setAccessibleName(row.row.name)
        inside = QVBoxLayout(made)
        inside.setContentsMargins(8, 0, 8, 0)
        words = QLabel(_marked(row.row.name, query))
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setProperty("tone", "text")
        words.setFont(theme.font("body"))
        words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside.addWidget(words)
        made.clicked.connect(lambda: self.chosen.emit(page, row))
        return made


def _matches(row: FlashingRow, wanted: str) -> bool:
    return wanted in row.row.name.casefold() or wanted in row.row.hint.casefold()


def _marked(name: str, query: str) -> str:
    """The name with the match in bold, as HTML."""
    at = name.casefold().find(query.casefold())
    if at < 0:
        return escape(name)
    end = at + len(query)
    return f"{escape(name[:at])}<b>{escape(name[at:end])}</b>{escape(name[end:])}"
