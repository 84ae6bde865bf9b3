"""Text in one of the type styles and tones."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.widgets.wrapped import WrappedLabel


def label(
    text: str = "",
    style: str = "body",
    tone: str = "text",
    *,
    wrap: bool = False,
    tabular: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """A plain-text label. `style` is a name of `theme.font`, `tone` a colour of the sheet."""
    result = WrappedLabel(text, style, parent) if wrap else QLabel(text, parent)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setProperty("tone", tone)
    result.setFont(theme.font(style, tabular))
    return result


class ElidedLabel(QLabel):
    """One line of text, shortened with … at the end of its own reading direction."""

    def __init__(
        self, text: str = "", style: str = "body", tone: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setFont(theme.font(style))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._full = ""
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self._full = text
        self.setAccessibleName(text)
        self._elide()

    def full_text(self) -> str:
        return self._full

    def resizeEvent(self, event: object) -> None:
        self._elide()

    def _elide(self) -> None:
        mode = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self._full, mode, max(0, self.width()))
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(tip(self._full) if shown != self._full else "")


def line(parent: QWidget | None = None) -> QFrame:
    """A horizontal hairline."""
    result = QFrame(parent)
    result.setProperty("kind", "line")
    result.setFixedHeight(1)
    return result


def centred(widget: QWidget, stretch: int = 0) -> QHBoxLayout:
    """A row with a widget in its middle.

    Stretches centre it: with an alignment, the layout would ask wrapped text for its height at the
    width of the whole row.
    """
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget, stretch)
    row.addStretch(1)
    return row
