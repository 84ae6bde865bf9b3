"""The banner under a form for a server: what a test has found, under one heading or several."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.focus_ring import restyle
from kios_desktop.ui.widgets.icon_label import IconLabel, Spinner
from kios_desktop.ui.widgets.label import label

_ICONS: Final = {"success": "check-circle", "danger": "warning-circle", "info": "info"}


class ResultBanner(QFrame):
    """Hidden until a test has been started. `beside` is where the mark stands beside the text."""

    def __init__(self, beside: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self._beside = beside
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 10, 14, 10)
        self._row.setSpacing(12)
        self._parts: list[QWidget] = []
        self.hide()

    def clear(self) -> None:
        for part in self._parts:
            self._row.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        self.hide()

    def show_checking(self) -> None:
        self.begin("info", Spinner(theme.icon_px("nav")))
        self.say([(tr("Asking the server…"), "")])

    # -- for what kinds of servers find

    def begin(self, tone: str, mark: QWidget | None = None) -> None:
        """Instead of what is shown; "success", "danger" or "info"."""
        self.clear()
        self.setProperty("tone", tone)
        restyle(self)
        self.add(mark or IconLabel(_ICONS[tone], tone, theme.icon_px("nav")))
        self.show()

    def say(self, lines: list[tuple[str, str]], details: str = "") -> None:
        """Pairs of a heading and a text, which may be empty; `details` are shown small."""
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for head, text in lines:
            column.addWidget(label(head, "bodyStrong", wrap=True))
            if text:
                column.addWidget(label(text, wrap=True))
        if details:
            column.addWidget(label(details, "small", "muted", wrap=True))
        self._row.addWidget(words, 1)
        words.show()  # a hidden widget would not count when the sheet is measured
        self._parts.append(words)
        said = [text for one in lines for text in one] + [details]
        self.setAccessibleName(" ".join(filter(None, said)))

    def add(self, widget: QWidget) -> None:
        self._row.addWidget(widget, 0, self._beside)
        widget.show()
        self._parts.append(widget)
