"""A message inside a page, above its content."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import label

_ICONS = {
    "info": "info",
    "warning": "warning",
    "danger": "warning-circle",
    "success": "check-circle",
}


class InlineBanner(QFrame):
    """One or two sentences with links at the end. `tone` is info, warning, danger or success."""

    dismissed = Signal()

    def __init__(
        self,
        text: str,
        tone: str = "info",
        icon_name: str = "",
        *,
        closable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "banner")
        self.setProperty("tone", tone)
        self._words = label(text, wrap=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 4, 6)
        self._row.setSpacing(12)
        mark = IconLabel(icon_name or _ICONS[tone], tone, theme.icon_px("nav"))
        self._row.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self._words, 1)
        if closable:
            close = IconButton("x", tr("Close"), px=14, side=28)
            close.clicked.connect(self.hide)
            close.clicked.connect(self.dismissed)
            self._row.addWidget(close)
        self._closable = closable
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._words.text()

    def set_text(self, text: str) -> None:
        self._words.setText(text)
        self.setAccessibleName(text)

    def add_link(self, text: str, on_click: Callable[[], None]) -> None:
        """A link before the close button."""
        link = button(text, "link", height="controlSmall")
        link.clicked.connect(on_click)
        self._row.insertWidget(self._row.count() - int(self._closable), link)
