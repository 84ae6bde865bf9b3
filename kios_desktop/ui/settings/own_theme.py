"""The user's own page theme: three colours, and how well they can be told apart."""

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QColorDialog, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from kios_desktop.domain.preferences import OwnTheme, PageTheme
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.page_colors import READABLE, contrast
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label

_SAMPLE = 16


class OwnThemeEditor(QWidget):
    """Makes, changes and removes the theme. `changed` carries it, None when it was removed."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._own: OwnTheme | None = None
        self._make = button(tr("Make a page theme"), height="controlSmall")
        self._remove = button(tr("Remove"), "quiet", height="controlSmall")
        self._remove.setAccessibleName(tr("Remove the own page theme"))
        self._colors = {
            "background": button(tr("Background"), height="controlSmall"),
            "text": button(tr("Text"), height="controlSmall"),
            "link": button(tr("Links"), height="controlSmall"),
        }
        self._judgement = label("", "small", "muted", wrap=True)
        row = QGridLayout()  # of two columns, which fit with large text as well
        row.addWidget(self._make, 0, 1)
        parts = (*self._colors.values(), self._remove)
        for number, part in enumerate(parts):
            row.addWidget(part, *divmod(number, 2))
        for name, opener in self._colors.items():
            opener.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            opener.clicked.connect(lambda _=False, name=name: self._choose(name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._judgement)
        self._make.clicked.connect(self._begin)
        self._remove.clicked.connect(lambda: self.changed.emit(None))
        self.show_theme(None)

    def show_theme(self, own: OwnTheme | None) -> None:
        """Show the theme without emitting `changed`."""
        self._own = own
        self._make.setVisible(own is None)
        self._remove.setVisible(own is not None)
        for name, opener in self._colors.items():
            opener.setVisible(own is not None)
            if own is not None:
                opener.setIcon(_sample(QColor(getattr(own, name))))
                opener.setIconSize(QSize(_SAMPLE, _SAMPLE))
                opener.setAccessibleDescription(getattr(own, name))
        sentence = "" if own is None else _judgement(own)
        self._judgement.setText(sentence)
        self._judgement.setVisible(bool(sentence))

    def _begin(self) -> None:
        paper = theme.Theme("light").page(PageTheme.PAPER)
        self.changed.emit(OwnTheme(paper.bg, paper.text, paper.link))

    def _choose(self, name: str) -> None:
        if self._own is None:
            return
        dialog = QColorDialog(QColor(getattr(self._own, name)), self)
        dialog.setWindowTitle(self._colors[name].text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda color: self.set_color(name, color.name().upper()))
        dialog.open()

    def set_color(self, name: str, color: str) -> None:
        """Change the background, the text or the link to #RRGGBB."""
        if self._own is not None:
            self.changed.emit(replace(self._own, **{name: color}))


def _judgement(own: OwnTheme) -> str:
    """A sentence where text is hard to read; "" where it is not."""
    text, link = (contrast(color, own.background) for color in (own.text, own.link))
    if text < READABLE:
        return tr(
            "Text is hard to read on this background: their contrast is {n} to 1, and 4.5 to 1 "
            "is easy on the eyes.",
            n=f"{text:.1f}",
        )
    if link < READABLE:
        return tr(
            "Links are hard to read on this background: their contrast is {n} to 1, and 4.5 to 1 "
            "is easy on the eyes.",
            n=f"{link:.1f}",
        )
    return ""


def _sample(color: QColor) -> QIcon:
    picture = QPixmap(_SAMPLE * 2, _SAMPLE * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.current().color("borderControl"), 1))
    painter.setBrush(color)
    painter.drawEllipse(1, 1, _SAMPLE - 2, _SAMPLE - 2)
    painter.end()
    return QIcon(picture)
