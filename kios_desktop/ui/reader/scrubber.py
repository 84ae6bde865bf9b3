"""The slider in the footer that shows and chooses a place in the book."""

import itertools
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QLabel, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.scrubber_ticks import columns, visible_ticks
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

STEPS = 10_000
TRACK, HANDLE, GAP = 4, 14, 1  # px
RING = 4.5  # px, the radius of a ring
CLOSE_TICKS = 6  # px; closer ticks are merged
SNAP = 4  # px
HIT, ABOVE = 3, 2  # px, the height of a search result's mark, and from the track


class Scrubber(QAbstractSlider):
    """`chosen` is emitted by a key or when the mouse is released; a drag only previews."""

    chosen = Signal(float)
    chapter_step = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, STEPS)
        self.setFixedHeight(28)
        self.setMinimumWidth(80)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Position in book"))
        self._ticks: Sequence[tuple[float, int]] = ()
        self._fitting: tuple[int, Sequence[float]] | None = None  # width, ticks that fit in it
        self._hits: Sequence[float] = ()
        self._hit_columns: tuple[int, Sequence[int]] | None = None  # width, columns that have one
        self._other: float | None = None
        self._origin: float | None = None
        self._preview: float | None = None
        self._describe: Callable[[float], tuple[str, str]] | None = None
        self._bubble: QLabel | None = None

    # -- state

    def show_fraction(self, fraction: float, words: str) -> None:
        self.setAccessibleDescription(words)
        if self._preview is None:
            self.setValue(round(fraction * STEPS))
        self.update()

    def show_ticks(self, ticks: Sequence[tuple[float, int]]) -> None:
        """`ticks` are (fraction, depth) of the chapters; those that are too close are merged."""
        self._ticks, self._fitting = ticks, None
        self.update()

    def mark_hits(self, fractions: Sequence[float]) -> None:
        """Mark the results of a search."""
        self._hits, self._hit_columns = tuple(fractions), None
        self.update()

    def mark_other_device(self, fraction: float | None) -> None:
        self._other = fraction
        self.update()

    def mark_origin(self, fraction: float | None) -> None:
        """Mark the place that “Back” leads to; called at every turn."""
        if fraction != self._origin:
            self._origin = fraction
            self.update()

    def describe_with(self, describe: Callable[[float], tuple[str, str]]) -> None:
        """Set the function that gives (chapter, percentage) of a fraction."""
        self._describe = describe

    # -- painting

    def sizeHint(self) -> QSize:
        return QSize(400, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self._preview if self._preview is not None else self.value() / STEPS
        middle = self.height() / 2
        at = self._x(shown)
        self._paint_track(painter, now, at)
        self._paint_hits(painter, now)
        for fraction, inside in ((self._origin, "window"), (self._other, "accentSoft")):
            if fraction is not None:
                painter.setPen(QPen(now.color("accent"), 2))
                painter.setBrush(now.color(inside))
                painter.drawEllipse(QPointF(self._x(fraction), middle), RING, RING)
        painter.setPen(QPen(now.color("window"), 2))
        painter.setBrush(now.color("accent"))
        painter.drawEllipse(QPointF(at, middle), HANDLE / 2 - 1, HANDLE / 2 - 1)
        if has_ring(self):
            paint_focus_ring(painter, now, QRectF(self.rect()).adjusted(1, 1, -1, -1), 6)
        painter.end()

    def _paint_track(self, painter: QPainter, now: theme.Theme, at: float) -> None:
        """One box per chapter, filled up to x = `at`.

        There may be hundreds of chapters, and Qt repaints what floats over the page with each
        frame of the page: so nothing is looked up per chapter.
        """
        painter.setPen(Qt.PenStyle.NoPen)
        track, accent = now.color("track"), now.color("accent")
        mirrored, top = self.isRightToLeft(), (self.height() - TRACK) / 2
        width, room = self.width(), self.width() - HANDLE
        edges = [HANDLE / 2 + fraction * room for fraction in (0.0, *self._visible_ticks(), 1.0)]
        if mirrored:
            edges = [width - x for x in reversed(edges)]
        for left, right in itertools.pairwise(edges):
            box = QRectF(left, top, max(1.0, right - left - GAP), TRACK)
            painter.setBrush(track)
            painter.drawRoundedRect(box, 1.5, 1.5)
            if mirrored:
                box.setLeft(max(left, at))
            else:
                box.setRight(min(box.right(), at))
            if box.width() > 0:
                painter.setBrush(accent)
                painter.drawRoundedRect(box, 1.5, 1.5)

    def _paint_hits(self, painter: QPainter, now: theme.Theme) -> None:
        """Over the track, which they would be lost in."""
        if not self._hits:
            return
        width, room = self.width(), self.width() - HANDLE
        if self._hit_columns is None or self._hit_columns[0] != width:
            self._hit_columns = width, columns(self._hits, room)
        top = (self.height() - TRACK) // 2 - ABOVE - HIT
        color = now.color("accent")
        for column in self._hit_columns[1]:
            x = HANDLE // 2 + column
            painter.fillRect(width - x if self.isRightToLeft() else x, top, 1, HIT, color)

    def _visible_ticks(self) -> Sequence[float]:
        """The chapters there is room for; found once per width, as every paint asks."""
        width = self.width()
        if self._fitting is None or self._fitting[0] != width:
            apart = CLOSE_TICKS / max(1, width - HANDLE)
            self._fitting = width, visible_ticks(self._ticks, apart)
        return self._fitting[1]

    def _x(self, fraction: float) -> float:
        along = HANDLE / 2 + fraction * (self.width() - HANDLE)
        return self.width() - along if self.isRightToLeft() else along

    def _fraction(self, x: float) -> float:
        along = self.width() - x if self.isRightToLeft() else x
        room = self.width() - HANDLE
        fraction = max(0.0, min(1.0, (along - HANDLE / 2) / room))
        near = [t for t in self._visible_ticks() if abs(t - fraction) * room <= SNAP]
        return near[0] if near else fraction

    # -- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._preview_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._preview_at(event.position().x())
        else:
            self._show_bubble(self._fraction(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._preview is None:
            return
        chosen, self._preview = self._preview, None
        self.setValue(round(chosen * STEPS))
        self._hide_bubble()
        self.chosen.emit(chosen)

    def leaveEvent(self, event: QEvent) -> None:
        if self._preview is None:
            self._hide_bubble()

    def hideEvent(self, event: QEvent) -> None:
        self._preview = None
        self._hide_bubble()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back, forth = Qt.Key.Key_Left, Qt.Key.Key_Right
        if self.isRightToLeft():
            back, forth = forth, back
        here = self.value() / STEPS
        if event.key() == back:
            self.chosen.emit(max(0.0, here - 0.01))
        elif event.key() == forth:
            self.chosen.emit(min(1.0, here + 0.01))
        elif event.key() == Qt.Key.Key_PageUp:
            self.chapter_step.emit(-1)
        elif event.key() == Qt.Key.Key_PageDown:
            self.chapter_step.emit(1)
        elif event.key() == Qt.Key.Key_Home:
            self.chosen.emit(0.0)
        elif event.key() == Qt.Key.Key_End:
            self.chosen.emit(1.0)
        else:
            event.ignore()

    def _preview_at(self, x: float) -> None:
        self._preview = self._fraction(x)
        self._show_bubble(self._preview)
        self.update()

    def _show_bubble(self, fraction: float) -> None:
        if self._describe is None:
            return
        chapter, percent = self._describe(fraction)
        if self._bubble is None:
            self._bubble = QLabel(self.window())
            self._bubble.setProperty("kind", "bubble")
            self._bubble.setFont(theme.font("small"))
            self._bubble.setContentsMargins(8, 4, 8, 4)
            self._bubble.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._bubble.setAutoFillBackground(True)
        now = theme.of(self)
        palette = self._bubble.palette()
        palette.setColor(self._bubble.backgroundRole(), now.color("tooltipBg"))
        palette.setColor(self._bubble.foregroundRole(), now.color("tooltipText"))
        self._bubble.setPalette(palette)
        words = self._bubble.fontMetrics().elidedText(chapter, Qt.TextElideMode.ElideRight, 280)
        self._bubble.setText(
            tr("{chapter} · {percent}", chapter=words, percent=percent) if words else percent
        )
        self._bubble.adjustSize()
        window = self.window()
        centre = self.mapTo(window, QPointF(self._x(fraction), 0).toPoint())
        left = max(
            8,
            min(window.width() - self._bubble.width() - 8, centre.x() - self._bubble.width() // 2),
        )
        self._bubble.move(left, centre.y() - self._bubble.height() - 6)
        self._bubble.show()
        self._bubble.raise_()

    def _hide_bubble(self) -> None:
        if self._bubble is not None:
            self._bubble.hide()
