"""A badge that names a state, and the surfaces of cards and tiles."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import label

TONES = frozenset({"success", "warning", "danger", "info", "neutral"})


class Badge(QFrame):
    """`tone` is success, warning, danger, info or neutral."""

    def __init__(
        self, text: str, tone: str, icon_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        if tone not in TONES:
            raise ValueError(tone)
        self.setProperty("kind", "badge")
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        if icon_name:
            token = "textMuted" if tone == "neutral" else tone
            row.addWidget(IconLabel(icon_name, token, 12))
        words = label(text, "microStrong", tone)
        row.addWidget(words)
        self.setFixedHeight(max(20, words.sizeHint().height() + 4))
        self.setAccessibleName(text)


def card(parent: QWidget | None = None, kind: str = "card") -> QFrame:
    """A raised surface with a hairline border."""
    result = QFrame(parent)
    result.setProperty("kind", kind)
    return result


def tile(icon_name: str, tone: str = "accent", parent: QWidget | None = None) -> QFrame:
    """A 44-px square with an icon. `tone` is accent, warning or plain."""
    result = QFrame(parent)
    result.setProperty("kind", "tile")
    result.setProperty("tone", tone)
    result.setFixedSize(44, 44)
    row = QHBoxLayout(result)
    row.setContentsMargins(10, 10, 10, 10)
    token = "text" if tone == "plain" else tone
    row.addWidget(IconLabel(icon_name, token, theme.icon_px("tile")))
    return result
