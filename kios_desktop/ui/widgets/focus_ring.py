"""Shows the focus ring after the keyboard brought focus, and not after a click.

It follows `QApplication.focusChanged`. An event filter on the application would hand Chromium's Qt
Quick items to Python, and PySide ends the process while wrapping them.
"""

from PySide6.QtCore import QObject, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop.ui.kit.theme import Theme


class FocusRing(QObject):
    """Sets the property `kb`, which the style sheet reads, on the focused widget."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.focusChanged.connect(self._moved)

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            _mark(old, False)
        if new is None:
            return
        # Qt sets this on the window for Tab, Backtab and shortcuts, and never resets it.
        by_key = Qt.WidgetAttribute.WA_KeyboardFocusChange
        clicked = self._app.mouseButtons() != Qt.MouseButton.NoButton
        if clicked:
            new.window().setAttribute(by_key, False)
        _mark(new, not clicked and new.window().testAttribute(by_key))


def show_ring(widget: QWidget) -> None:
    """Show the ring on a widget that a click focused, once keys are used in it."""
    if widget.hasFocus():
        widget.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        _mark(widget, True)


def install_focus_ring(app: QApplication) -> None:
    """Show focus rings from now on, as long as the application lives."""
    FocusRing(app)


def has_ring(widget: QWidget) -> bool:
    """Whether a painted widget should draw its ring."""
    return widget.hasFocus() and bool(widget.property("kb"))


def paint_focus_ring(painter: QPainter, now: Theme, box: QRect | QRectF, radius: float) -> None:
    """Paint a ring around `box`; whether there is one to paint, `has_ring` says. Lengths in px."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(now.color("focus"), 2))
    painter.drawRoundedRect(box, radius, radius)


def _mark(widget: QWidget, keyboard: bool) -> None:
    if bool(widget.property("kb")) == keyboard:
        return
    widget.setProperty("kb", keyboard)
    restyle(widget)


def restyle(widget: QWidget) -> None:
    """Let the style sheet see a changed property of one widget."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
