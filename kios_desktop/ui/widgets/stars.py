"""A rating in five stars and their halves."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.library import RATINGS
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

_STAR: Final = 24  # px
_APART: Final = 6
_EDGE: Final = 4  # px around the stars, for the focus ring
_STEPS: Final = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
}


class Stars(QWidget):
    """A click on the rating takes it back; the arrow keys change it by half a star."""

    rated = Signal(object)  # half stars, 1 to 10, or None

    def __init__(self, rating: int | None = None) -> None:
        super().__init__()
        self._rating = rating
        self._hovered: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(self.sizeHint())
        self._name()

    @property
    def rating(self) -> int | None:
        return self._rating

    def show_rating(self, rating: int | None) -> None:
        if rating != self._rating:
            self._rating = rating
            self._name()
            self.update()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def sizeHint(self) -> QSize:
        return QSize(5 * _STAR + 4 * _APART + 2 * _EDGE, _STAR + 2 * _EDGE)

    def _name(self) -> None:
        words = tr("not rated") if self._rating is None else rating_text(self._rating)
        self.setAccessibleName(tr("Your rating: {rating}", rating=words))

    def _choose(self, rating: int | None) -> None:
        if rating != self._rating:
            self.show_rating(rating)
            self.rated.emit(rating)

    # -- pointer and keys

    def _at(self, x: float) -> int:
        """The rating at a point."""
        along = x if not self.isRightToLeft() else self.width() - x
        star, rest = divmod(max(0.0, along - _EDGE), _STAR + _APART)
        half = 1 if rest < _STAR / 2 else 2
        return max(RATINGS[0], min(RATINGS[-1], 2 * int(star) + half))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._at(event.position().x())
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hovered = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            rating = self._at(event.position().x())
            self._choose(None if rating == self._rating else rating)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            step = _STEPS[key]
            if self.isRightToLeft() and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                step = -step
            rating = (self._rating or 0) + step
            self._choose(None if rating < RATINGS[0] else min(rating, RATINGS[-1]))
        elif key == Qt.Key.Key_Home:
            self._choose(RATINGS[0])
        elif key == Qt.Key.Key_End:
            self._choose(RATINGS[-1])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_0):
            self._choose(None)
        else:
            super().keyPressEvent(event)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self._hovered or self._rating or 0
        with theme.painting(self):
            empty, full = icon("star", "warning"), icon("star-fill", "warning")
            for number in range(5):
                box = QRect(QPoint(_EDGE + number * (_STAR + _APART), _EDGE), QSize(_STAR, _STAR))
                filled = max(0, min(2, shown - 2 * number))
                empty.paint(painter, self._mirrored(box))
                if filled:
                    clip = QRect(box)
                    clip.setWidth(_STAR * filled // 2)
                    painter.save()
                    painter.setClipRect(self._mirrored(clip))
                    full.paint(painter, self._mirrored(box))
                    painter.restore()
        if self.hasFocus() and has_ring(self):
            paint_focus_ring(painter, theme.of(self), self.rect().adjusted(1, 1, -1, -1), 6)
        painter.end()

    def _mirrored(self, box: QRect) -> QRect:
        if not self.isRightToLeft():
            return box
        return QRect(QPoint(self.width() - box.x() - box.width(), box.y()), box.size())


def rating_text(rating: int) -> str:
    """“8 of 10”."""
    return tr("{n} of 10", n=rating)
