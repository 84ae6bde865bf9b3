"""What the colours of highlights are called, and how they look as samples."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QMenu

from kios_desktop.domain.marks import MarkColour
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.tokens import tokens
from kios_desktop.ui.kit.translation import marked, tr
from kios_desktop.ui.widgets.buttons import pressed_by_enter
from kios_desktop.ui.widgets.focus_ring import has_ring

NAMES: Final = {
    MarkColour.YELLOW: marked("Yellow"),
    MarkColour.GREEN: marked("Green"),
    MarkColour.BLUE: marked("Blue"),
    MarkColour.PINK: marked("Pink"),
    MarkColour.PURPLE: marked("Purple"),
}
_SIDE: Final = 32  # px of what can be clicked
_RADIUS: Final = 11
_SAMPLE: Final = 16  # px of an icon


def swatch(colour: MarkColour) -> QColor:
    """The sample of a colour, the same in every theme."""
    return QColor(tokens()["highlight"][colour.value]["light"])


class ColourDot(QAbstractButton):
    """A round sample; the checked one has a ring."""

    def __init__(self, colour: MarkColour) -> None:
        super().__init__()
        self.colour = colour
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tr(NAMES[colour]))
        self.setAccessibleName(tr("{colour} highlight", colour=tr(NAMES[colour])))
        self.setFixedSize(_SIDE, _SIDE)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def nextCheckState(self) -> None:
        """What is checked is decided by whoever shows the dots."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(QPen(now.color("borderControl"), 1))
        painter.setBrush(swatch(self.colour))
        painter.drawEllipse(centre, _RADIUS - 0.5, _RADIUS - 0.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked() or (self.hasFocus() and has_ring(self)):
            focus = self.hasFocus() and has_ring(self)
            painter.setPen(QPen(now.color("focus" if focus else "accent"), 2))
            painter.drawEllipse(centre, _RADIUS + 2.5, _RADIUS + 2.5)
        painter.end()


def add_colours(
    menu: QMenu, current: MarkColour | None, chosen: Callable[[MarkColour], object]
) -> None:
    """Add an action for each colour to a menu; that of the current one is checked."""
    for colour in MarkColour:
        action = menu.addAction(_sample(colour), tr(NAMES[colour]))
        action.setCheckable(True)
        action.setChecked(colour is current)
        action.triggered.connect(lambda _=False, it=colour: chosen(it))


def _sample(colour: MarkColour) -> QIcon:
    picture = QPixmap(_SAMPLE, _SAMPLE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(swatch(colour))
    painter.drawEllipse(1, 1, _SAMPLE - 2, _SAMPLE - 2)
    painter.end()
    return QIcon(picture)


def filter_dot(colour: MarkColour) -> ColourDot:
    """A sample that a list of highlights is filtered with: “Yellow highlights”."""
    dot = ColourDot(colour)
    name = tr("{colour} highlights", colour=tr(NAMES[colour]))
    dot.setAccessibleName(name)
    dot.setToolTip(name)
    return dot
