"""Popovers, banners, pills, toasts and the scrim: child widgets of one window's content.

They are child widgets, because translucent top-level windows need a compositor and can't be placed
on Wayland, while children blend correctly over a web view. One `OverlayHost` per window owns,
places and closes them. Menus are `QMenu`.
"""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWindow,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.placement import MARGIN, above, clear_of, place
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.shadow import paint_shadow
from kios_desktop.ui.widgets.buttons import Button

SHADOW = 24  # transparent margin in which the shadow is painted, px
_SLIDE = 8


class OverlayKind(Enum):
    """The kinds of overlays, in the order in which Esc closes them."""

    POPOVER = "popover"
    BAR = "bar"
    BANNER = "banner"
    PILL = "pill"
    TOAST = "toast"


def announce(widget: QWidget, text: str, assertive: bool = False) -> None:
    """Have a screen reader speak a text."""
    event = QAccessibleAnnouncementEvent(widget, text)
    if assertive:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


class Overlay(QWidget):
    """One floating surface around a content widget. `closed` is emitted once."""

    closed = Signal()

    def __init__(
        self, parent: QWidget, kind: OverlayKind, content: QWidget, opener: QWidget | None
    ):
        super().__init__(parent)
        self.kind, self.content, self.opener = kind, content, opener
        self.sticky = False
        self._fill, self._radius = "raised", 8
        if kind is OverlayKind.TOAST:
            self._fill = "tooltipBg"
        elif kind is OverlayKind.PILL:
            self._radius = 18
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SHADOW + 1, SHADOW + 1, SHADOW + 1, SHADOW + 1)
        if kind is OverlayKind.POPOVER:
            self._scroll: QScrollArea | None = QScrollArea()
            dress_as_page(self._scroll)
            self._scroll.viewport().setAutoFillBackground(False)
            self._scroll.setWidget(content)
            content.setAutoFillBackground(False)  # `setWidget` switches it on
            layout.addWidget(self._scroll)
        else:
            self._scroll = None
            layout.addWidget(content)

    def box(self) -> QRect:
        """The visible surface, without the margin of the shadow."""
        return self.rect().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)

    def needed_size(self, width: int | None, most: int | None = None) -> QSize:
        """The size that the content needs, at most `most`.

        The height is that of the content at this width.
        """
        hint = self.content.sizeHint()
        least = self.content.minimumSizeHint().width() + 2
        chosen = hint.width() + 2 if width is None else max(width, least)
        chosen = chosen if most is None else min(chosen, most)
        if self.content.hasHeightForWidth():
            height = self.content.heightForWidth(chosen - 2)
        else:
            height = hint.height()
        return QSize(chosen, height + 2)

    def set_box(self, box: QRect) -> None:
        self.setGeometry(box.adjusted(-SHADOW, -SHADOW, SHADOW, SHADOW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        with theme.painting(self) as now:
            paint_shadow(painter, self.box(), "2", self._radius)
        painter.setPen(QPen(now.color("border"), 1))
        painter.setBrush(now.color(self._fill))
        edge = QRectF(self.box()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, self._radius, self._radius)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # a click between the buttons must not reach the page below
        event.setAccepted(self.box().contains(event.position().toPoint()))


class Scrim(QWidget):
    """Darkens the window behind a dialog."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = theme.of(self).color("scrim")
        color.setAlphaF(0.38)
        painter.fillRect(self.rect(), color)
        painter.end()


class OverlayHost(QObject):
    """Owns the overlays of one window; `area` is the widget they float over.

    When an overlay closes, focus returns to the widget that opened it, or to `home` if given.
    """

    def __init__(self, area: QWidget, home: QWidget | None = None) -> None:
        super().__init__(area)
        self._area, self._home = area, home
        self._open: dict[OverlayKind, Overlay] = {}
        self._place: dict[OverlayKind, Callable[[Overlay], None]] = {}
        self._scrim: Scrim | None = None
        self._toast_timer = QTimer(self, singleShot=True)
        self._toast_timer.timeout.connect(lambda: self.close(OverlayKind.TOAST))
        area.installEventFilter(self)
        # the connection must not outlive the host
        _application().aboutToQuit.connect(lambda: self.close(OverlayKind.POPOVER))

    # -- opening

    def popover(
        self,
        content: QWidget,
        opener: QWidget,
        *,
        width: int | None = None,
        sticky: bool = False,
    ) -> Overlay:
        """Open `content` beside `opener`, which is checked while it is open.

        The first control gets the focus. A `sticky` popover stays open on a click elsewhere.
        """

        def put(overlay: Overlay) -> None:
            corner = opener.mapTo(self._area, QPoint(0, 0))
            anchor = QRect(corner, opener.size())
            area, mirrored = self._area.rect(), self._area.isRightToLeft()
            size = overlay.needed_size(width, area.width() - 2 * MARGIN)
            overlay.set_box(place(size, anchor, area, mirrored))

        overlay = self._show(OverlayKind.POPOVER, content, opener, put)
        overlay.sticky = sticky
        if isinstance(opener, QAbstractButton) and opener.isCheckable():
            opener.setChecked(True)
        return overlay if sticky else self._focused(overlay)

    def _focused(self, overlay: Overlay) -> Overlay:
        """Focus a popover, which closes when that leaves it."""
        # Not an event filter of the application: it would receive the events of Chromium's
        # Qt Quick items, and PySide crashes when it wraps those.
        handle = self._area.window().windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        _application().focusChanged.connect(self._focus_moved)
        _focus_first(overlay.content)
        return overlay

    def toggle_popover(
        self, make: Callable[[], QWidget], opener: QWidget, *, width: int | None = None
    ) -> Overlay | None:
        """Close the popover of `opener` if it is open, else open it."""
        shown = self._open.get(OverlayKind.POPOVER)
        if shown is not None and shown.opener is opener:
            self.close(OverlayKind.POPOVER)
            return None
        return self.popover(make(), opener, width=width)

    def bar(self, content: QWidget, anchor: QRect) -> Overlay:
        """Show `content` above a box of the area, or below it. The focus does not move."""

        def put(overlay: Overlay) -> None:
            area = self._area.rect()
            size = overlay.needed_size(None, area.width() - 2 * MARGIN)
            overlay.set_box(above(size, anchor, area))

        return self._show(OverlayKind.BAR, content, None, put)

    def popover_at(self, content: QWidget, anchor: QRect, *, width: int) -> Overlay:
        """Open `content` beside a box of the area; the first control gets the focus."""

        def put(overlay: Overlay) -> None:
            area = self._area.rect()
            size = overlay.needed_size(width, area.width() - 2 * MARGIN)
            overlay.set_box(place(size, anchor, area, self._area.isRightToLeft()))

        return self._focused(self._show(OverlayKind.POPOVER, content, None, put))

    def card(self, content: QWidget, *, width: int) -> Overlay:
        """Open `content` in the middle of the area; the first control gets the focus."""

        def put(overlay: Overlay) -> None:
            area = self._area.rect()
            size = overlay.needed_size(min(width, area.width() - 2 * MARGIN))
            box = QRect(QPoint(0, 0), size.boundedTo(area.size()))
            box.moveCenter(area.center())
            overlay.set_box(box)

        return self._focused(self._show(OverlayKind.POPOVER, content, None, put))

    def banner(self, content: QWidget, top: Callable[[], int] = lambda: 12) -> Overlay:
        """Show `content` at the top, `top` px below the area's edge. The focus does not move."""
        limit = theme.size("bannerMax")

        def put(overlay: Overlay) -> None:
            area = self._area.rect()
            side = 24 if area.width() >= 800 else MARGIN
            width = min(limit, area.width() - 2 * side)
            height = overlay.needed_size(width).height()
            overlay.set_box(QRect((area.width() - width) // 2, top(), width, height))

        return self._show(OverlayKind.BANNER, content, None, put)

    def pill(self, content: QWidget, *, bottom: int = 10, left: int | None = None) -> Overlay:
        """Show `content` at the bottom, `left` px from the leading edge, or centred."""

        def put(overlay: Overlay) -> None:
            area = self._area.rect()
            size = overlay.needed_size(None)
            x = (area.width() - size.width()) // 2 if left is None else left
            if left is not None and self._area.isRightToLeft():
                x = area.width() - left - size.width()
            overlay.set_box(QRect(QPoint(x, area.height() - bottom - size.height()), size))

        return self._show(OverlayKind.PILL, content, None, put)

    def toast(
        self,
        text: str,
        action: str = "",
        on_action: Callable[[], None] | None = None,
        *,
        bottom: int = 12,
        beside: QWidget | None = None,
    ) -> Overlay:
        """Show a line at the bottom for six seconds, with at most one action.

        It replaces an older one, and does not cover `beside`, a widget of the area.
        """
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(14, 6, 8 if action else 14, 6)
        words = QLabel(text)
        words.setTextFormat(Qt.TextFormat.PlainText)  # titles are no markup
        words.setProperty("tone", "tooltip")
        words.setFont(theme.font("body"))
        row.addWidget(words)
        if action and on_action is not None:
            button = Button(action)
            button.setProperty("kind", "toastAction")
            button.setFont(theme.font("bodyStrong"))
            button.clicked.connect(lambda: self.close(OverlayKind.TOAST))
            button.clicked.connect(on_action)
            row.addWidget(button)
        content.setMinimumHeight(theme.control_height() - 2)

        def put(overlay: Overlay) -> None:
            area = self._area.rect()
            size = overlay.needed_size(None)
            size.setWidth(min(size.width(), area.width() - 2 * MARGIN))
            corner = QPoint(
                (area.width() - size.width()) // 2, area.height() - bottom - size.height()
            )
            box = QRect(corner, size)
            if beside is not None and beside.isVisible():
                box = clear_of(beside.geometry(), box, area)
            overlay.set_box(box)

        overlay = self._show(OverlayKind.TOAST, content, None, put)
        overlay.installEventFilter(self)
        self._toast_timer.start(
            theme.motion_ms("toast", False) * (2 if QAccessible.isActive() else 1)
        )
        announce(self._area, text)
        return overlay

    def scrim(self, shown: bool) -> None:
        """Darken the window, or end that."""
        if shown and self._scrim is None:
            self._scrim = Scrim(self._area)
            self._scrim.setGeometry(self._area.rect())
            self._scrim.show()
        elif not shown and self._scrim is not None:
            self._scrim.deleteLater()
            self._scrim.hide()
            self._scrim = None

    # -- closing and placing

    def shown(self, kind: OverlayKind) -> Overlay | None:
        return self._open.get(kind)

    def close(self, kind: OverlayKind) -> bool:
        """Close the overlay of a kind; False when there is none."""
        overlay = self._open.pop(kind, None)
        if overlay is None:
            return False
        self._place.pop(kind)
        if kind is OverlayKind.POPOVER and not overlay.sticky:
            handle = self._area.window().windowHandle()
            if handle is not None:
                handle.removeEventFilter(self)
            _application().focusChanged.disconnect(self._focus_moved)
        if kind is OverlayKind.TOAST:
            self._toast_timer.stop()
        had_focus = overlay.isAncestorOf(QApplication.focusWidget() or self._area)
        opener = overlay.opener
        overlay.hide()
        if isinstance(opener, QAbstractButton) and opener.isCheckable():
            opener.setChecked(False)
        back = self._home or opener
        if back is not None and (had_focus or (opener is not None and not overlay.sticky)):
            back.setFocus(Qt.FocusReason.PopupFocusReason)
        overlay.closed.emit()
        overlay.deleteLater()
        return True

    def replace_all(self) -> None:
        """Place every overlay anew, after a content changed its size."""
        for kind, overlay in self._open.items():
            self._place[kind](overlay)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._area:
            if kind is QEvent.Type.Resize:
                self.replace_all()
                if self._scrim is not None:
                    self._scrim.setGeometry(self._area.rect())
            elif kind is QEvent.Type.Hide:
                self.close(OverlayKind.POPOVER)
            return False
        if kind is QEvent.Type.LayoutRequest and isinstance(watched, QWidget):
            QTimer.singleShot(0, self, lambda: self._fit(watched))
            return False
        toast = self._open.get(OverlayKind.TOAST)
        if watched is toast and toast is not None:
            if kind is QEvent.Type.Enter:
                self._toast_timer.stop()
            elif kind is QEvent.Type.Leave:
                self._toast_timer.start(theme.motion_ms("toast", False))
            return False
        return isinstance(watched, QWindow) and self._leaves_popover(event)

    def _fit(self, content: QWidget) -> None:
        """Fit an overlay to its content, which grew or shrank."""
        for kind, overlay in self._open.items():
            if overlay.content is content:
                self._place[kind](overlay)

    def _leaves_popover(self, event: QEvent) -> bool:
        """Close the popover on Esc or a click elsewhere; that click has no other effect."""
        popover = self._open.get(OverlayKind.POPOVER)
        if popover is None:
            return False
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonPress:
            point = popover.mapFromGlobal(event.globalPosition().toPoint())
            if popover.box().contains(point) or QApplication.activePopupWidget() is not None:
                return False
            self.close(OverlayKind.POPOVER)
            return True
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() is QEvent.Type.KeyPress:
                self.close(OverlayKind.POPOVER)
            return event.type() is QEvent.Type.KeyPress
        return False

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Close the popover when Tab moves the focus out of it."""
        popover = self._open.get(OverlayKind.POPOVER)
        if popover is None or new is None or new.window() is not self._area.window():
            return
        if new is not popover and not popover.isAncestorOf(new) and new is not popover.opener:
            QTimer.singleShot(0, lambda: self.close(OverlayKind.POPOVER))

    def _show(
        self,
        kind: OverlayKind,
        content: QWidget,
        opener: QWidget | None,
        put: Callable[[Overlay], None],
    ) -> Overlay:
        self.close(kind)
        overlay = Overlay(self._area, kind, content, opener)
        self._open[kind] = overlay
        self._place[kind] = put
        content.installEventFilter(self)
        overlay.ensurePolished()
        put(overlay)
        overlay.show()
        put(overlay)  # again, because the style sheet has changed sizes by now
        overlay.raise_()
        self._slide_in(overlay, up=kind in {OverlayKind.TOAST, OverlayKind.PILL})
        return overlay

    def _slide_in(self, overlay: Overlay, up: bool) -> None:
        duration = theme.motion_ms("base", theme.motion_reduced())
        if duration == 0:
            return
        slide = QPropertyAnimation(overlay, b"pos", overlay)
        slide.setDuration(duration)
        slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        slide.setStartValue(overlay.pos() + QPoint(0, _SLIDE if up else -_SLIDE))
        slide.setEndValue(overlay.pos())
        slide.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("overlays need an application")
    return app


def _focus_first(content: QWidget) -> None:
    # not along the focus chain: over a web view it contains widgets of Chromium,
    # and `nextInFocusChain` of those crashes
    for widget in content.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            widget.setFocus(Qt.FocusReason.PopupFocusReason)
            return
    content.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    content.setFocus(Qt.FocusReason.PopupFocusReason)
