"""The viewer over the page: its bar, its caption, and what keys and pointer do in it.

The page draws what is viewed, and the scrim below it; this widget is transparent there.
"""

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QGestureEvent,
    QHBoxLayout,
    QPinchGesture,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.own_keys import claims_key
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.bars import Bar
from kios_desktop.ui.reader.viewer.placement import Placement, Point, Room
from kios_desktop.ui.widgets.buttons import Button, IconButton
from kios_desktop.ui.widgets.label import ElidedLabel, label

_AIR = 16  # px around what is fitted
_MOVE = 80  # px of an arrow key
_NOTCH = 120  # of `angleDelta`
_CAPTION_LINES = 3

_Key = Qt.Key
_ZOOM_KEYS = {_Key.Key_Plus: 1, _Key.Key_Equal: 1, _Key.Key_Minus: -1}
_MOVE_KEYS = {
    _Key.Key_Left: (1, 0),
    _Key.Key_Right: (-1, 0),
    _Key.Key_Up: (0, 1),
    _Key.Key_Down: (0, -1),
}
_STEP_KEYS = {_Key.Key_PageUp: -1, _Key.Key_PageDown: 1}
_OWN_KEYS = {
    *_ZOOM_KEYS,
    *_MOVE_KEYS,
    *_STEP_KEYS,
    _Key.Key_0,
    _Key.Key_C,
    _Key.Key_S,
    _Key.Key_Escape,
    _Key.Key_F6,
    _Key.Key_Space,
}
_CTRL = Qt.KeyboardModifier.ControlModifier
_PLAIN = Qt.KeyboardModifier.NoModifier | Qt.KeyboardModifier.KeypadModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class ViewerBar(Bar):
    """Previous, next | what is shown | − 100% + | Copy, Save, Close."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Edge.BottomEdge, parent)
        self.setFixedHeight(theme.size("readerHeader"))
        self.first = IconButton("caret-left", tr("Previous"))
        self.second = IconButton("caret-right", tr("Next"))
        self.title = ElidedLabel("", "bodyStrong")
        self.smaller = IconButton("minus", tr("Smaller"))
        self.scale = Button("100%")
        self.scale.setProperty("kind", "plain")
        self.scale.setFont(theme.font("body", tabular=True))
        self.scale.setMinimumHeight(28)
        self.scale.setToolTip(tr("Fit, or show at 100%"))
        self.larger = IconButton("plus", tr("Larger"))
        self.copy = IconButton("copy", tr("Copy"))
        self.save = IconButton("download-simple", tr("Save picture…"))
        self.close_it = IconButton("x", tr("Close"))
        room = self.scale.fontMetrics().horizontalAdvance("1600%") + 12
        self.scale.setMinimumWidth(room)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self.first)
        row.addWidget(self.second)
        row.addSpacing(4)
        row.addWidget(self.title, 1)
        for button in (self.smaller, self.scale, self.larger):
            row.addWidget(button)
        row.addSpacing(8)
        for button in (self.copy, self.save, self.close_it):
            row.addWidget(button)

    def buttons(self) -> list[QWidget]:
        """In the order of Tab, those that can be used."""
        every = (
            self.first,
            self.second,
            self.smaller,
            self.scale,
            self.larger,
            self.copy,
            self.save,
            self.close_it,
        )
        return [one for one in every if not one.isHidden() and one.isEnabled()]


class ViewerOverlay(QWidget):
    """Covers the page, and takes all of its input while it is there."""

    moved = Signal(object)  # Placement
    step = Signal(int)
    copy = Signal()
    save = Signal()
    closed = Signal()

    def __init__(self, view: QWidget, *, rtl: bool) -> None:
        """`view` shows the page. `rtl`: the book runs from right to left, so do its pictures."""
        super().__init__(view.parentWidget())
        self.setGeometry(view.geometry())
        self._forward = _Key.Key_Left if rtl else _Key.Key_Right
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.placement: Placement | None = None
        self._dragged_from: QPointF | None = None
        self._pressed_at = QPointF()
        self.bar = bar = ViewerBar(self)
        self.foot = Bar(Qt.Edge.TopEdge, self)
        self.caption = label("", "body", wrap=True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        below = QVBoxLayout(self.foot)
        below.setContentsMargins(24, 8, 24, 8)
        below.addWidget(self.caption)
        # In a book from right to left, what is next is at the left, as its pages are.
        self._steps = {bar.first: -1, bar.second: 1}
        if rtl is not self.isRightToLeft():
            self._steps = {bar.first: 1, bar.second: -1}
        for button, step in self._steps.items():
            button.set_name(tr("Next") if step > 0 else tr("Previous"))
            button.clicked.connect(lambda _=False, step=step: self._ask_step(step))
        bar.smaller.clicked.connect(lambda: self._zoom(-1))
        bar.larger.clicked.connect(lambda: self._zoom(1))
        bar.scale.clicked.connect(self._toggle)
        bar.copy.clicked.connect(self.copy)
        bar.save.clicked.connect(self.save)
        bar.close_it.clicked.connect(self.closed)
        self._number, self._count = 0, 0
        view.installEventFilter(self)
        self._view = view
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    # -- what is shown

    def describe(self, title: str, caption: str, number: int, count: int, *, saves: bool) -> None:
        """Show the words about what is opened, `number` of `count`."""
        self._number, self._count = number, count
        self.bar.title.set_text(title)
        self.caption.setText(caption)
        self.foot.setVisible(bool(caption))
        self.placement = None  # of what was shown before
        self.bar.save.setVisible(saves)
        for button, step in self._steps.items():
            button.setVisible(count > 1)
            button.setEnabled(1 <= number + step <= count)
        self.setAccessibleName(title)
        self.setAccessibleDescription(caption)
        self._place_parts()

    def show_at(self, placement: Placement | None) -> None:
        """None: it can't be shown, and the caption says why."""
        if placement is not None:
            self._move(placement)
        else:
            self.placement = None
            self._enable()

    def room(self) -> Room:
        top = self.bar.height() + _AIR
        bottom = self.foot.height() if self.foot.isVisibleTo(self) else 0
        return Room(
            _AIR,
            top,
            max(80, self.width() - 2 * _AIR),
            max(80, self.height() - top - bottom - _AIR),
        )

    def _move(self, placement: Placement) -> None:
        self.placement = placement
        self._enable()
        self.moved.emit(placement)

    def _enable(self) -> None:
        shown = self.placement
        for button in (self.bar.smaller, self.bar.scale, self.bar.larger, self.bar.copy):
            button.setEnabled(shown is not None)
        if shown is None:
            self.unsetCursor()
            return
        percent = f"{round(shown.scale * 100)}%"
        self.bar.scale.setText(percent)
        self.bar.scale.setAccessibleName(tr("Size: {percent}", percent=percent))
        hand = self._dragged_from is not None
        open_hand, closed = Qt.CursorShape.OpenHandCursor, Qt.CursorShape.ClosedHandCursor
        if shown.moves:
            self.setCursor(closed if hand else open_hand)
        else:
            self.unsetCursor()

    # -- geometry

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the page whenever that is resized or moved."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and isinstance(watched, QWidget):
            self.setGeometry(watched.geometry())
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_parts()

    def _place_parts(self) -> None:
        self.bar.setGeometry(0, 0, self.width(), self.bar.height())
        line = self.caption.fontMetrics().lineSpacing()
        text = self.caption.heightForWidth(max(80, self.width() - 48))
        height = min(max(text, line), _CAPTION_LINES * line) + 16
        self.foot.setGeometry(0, self.height() - height, self.width(), height)
        if self.placement is not None:
            self._move(self.placement.into(self.room()))

    def sizeHint(self) -> QSize:
        return QSize(480, 400)

    # -- zooming and moving

    def _zoom(self, steps: float, at: Point | None = None) -> None:
        if self.placement is not None:
            self._move(self.placement.zoomed(steps, at))

    def _toggle(self) -> None:
        if self.placement is not None:
            self._move(self.placement.toggled())

    def _ask_step(self, step: int) -> None:
        if 1 <= self._number + step <= self._count:
            self.step.emit(step)

    # -- keys

    def event(self, event: QEvent) -> bool:
        if claims_key(event, self._is_own):  # the window's shortcut would act on the page
            return True
        if isinstance(event, QNativeGestureEvent) and (
            event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._pinch(1 + event.value(), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                middle = self.mapFromGlobal(pinch.centerPoint())
                self._pinch(pinch.scaleFactor(), QPointF(middle))
            return True
        return super().event(event)

    def _pinch(self, factor: float, at: QPointF) -> None:
        if self.placement is not None and factor > 0:
            self._move(self.placement.scaled(self.placement.scale * factor, (at.x(), at.y())))

    @staticmethod
    def _is_own(event: QKeyEvent) -> bool:
        ctrl = bool(event.modifiers() & _CTRL)
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        if key in (_Key.Key_C, _Key.Key_S):
            return ctrl and not event.modifiers() & _SHIFT
        return key in _OWN_KEYS and (not ctrl or key in _ZOOM_KEYS or key == _Key.Key_0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._is_own(event):
            super().keyPressEvent(event)
            return
        self._keyed(Qt.Key(event.key()))

    def _keyed(self, key: Qt.Key) -> None:
        shown = self.placement
        if key == _Key.Key_Escape:
            self.closed.emit()
        elif key == _Key.Key_F6:
            self.focusNextPrevChild(True)
        elif key == _Key.Key_C:
            self.copy.emit()
        elif key == _Key.Key_S:
            self.save.emit()
        elif key in _STEP_KEYS:
            self._ask_step(_STEP_KEYS[key])
        elif key in (_Key.Key_Left, _Key.Key_Right) and (shown is None or not shown.moves):
            self._ask_step(1 if key == self._forward else -1)
        elif shown is None:
            return
        elif key in _ZOOM_KEYS:
            self._zoom(_ZOOM_KEYS[key])
        elif key == _Key.Key_0:
            self._move(shown.fitted())
        elif key == _Key.Key_Space:
            self._toggle()
        elif key in _MOVE_KEYS:
            x, y = _MOVE_KEYS[key]
            self._move(shown.moved(x * _MOVE, y * _MOVE))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays in the viewer, as in a dialog: the page below it must not be turned unseen."""
        stops: list[QWidget] = [self, *self.bar.buttons()]
        focus = QApplication.focusWidget()
        at = stops.index(focus) if focus in stops else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Take the focus from the page below, which gets it back when a popover closes."""
        below = new is not None and (new is self._view or self._view.isAncestorOf(new))
        if below and self.isVisible():
            QTimer.singleShot(0, self, self.setFocus)

    # -- pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        delta = event.angleDelta().y() or event.angleDelta().x()
        point = event.position()
        self._zoom(delta / _NOTCH, (point.x(), point.y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = self._pressed_at = event.position()
            self._enable()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._dragged_from is None or self.placement is None:
            return
        by = event.position() - self._dragged_from
        self._dragged_from = event.position()
        self._move(self.placement.moved(by.x(), by.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() is not Qt.MouseButton.LeftButton or self._dragged_from is None:
            return
        self._dragged_from = None
        self._enable()
        way = (event.position() - self._pressed_at).manhattanLength()
        point = (event.position().x(), event.position().y())
        beside = self.placement is None or not self.placement.contains(point)
        if way < QApplication.startDragDistance() and beside:
            self.closed.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        point = (event.position().x(), event.position().y())
        if event.button() is Qt.MouseButton.LeftButton and self.placement is not None:
            self._move(self.placement.toggled(point))
