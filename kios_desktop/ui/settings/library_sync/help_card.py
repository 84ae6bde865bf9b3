"""“Where do I find this?”: help for a kind of server, within the sheet."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from kios_desktop.ui.widgets.label import label


class HelpCard(QFrame):
    """Hidden while there is no text."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(6)
        self._parts: list[QWidget] = []
        self.hide()

    def show_text(self, text: Sequence[str]) -> None:
        """Show a paragraph, then the items of a list; an empty sequence hides the card."""
        for part in self._parts:
            self._column.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = [label(text[0], "body", wrap=True)] if text else []
        self._parts += [label(f"• {point}", "small", "muted", wrap=True) for point in text[1:]]
        for part in self._parts:
            self._column.addWidget(part)
            part.show()  # a hidden widget would not count when the sheet is measured
        self.setVisible(bool(text))
