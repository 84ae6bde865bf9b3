"""Shows the focus ring after the keyboard brought focus, and not after a click.

By Qt's own signal and attribute, not by an event filter of the application: with a web view in the
process such a filter hands Chromium's items to Python, and PySide does not survive that.
"""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget


class FocusRing(QObject):
    """Keeps the property `kb` of the focused widget."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.focusChanged.connect(self._moved)

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            _mark(old, False)
        if new is None:
            return
        # Qt sets this on the window for Tab, Backtab and shortcuts, and never takes it back.
        by_key = Qt.WidgetAttribute.WA_KeyboardFocusChange
        clicked = self._app.mouseButtons() != Qt.MouseButton.NoButton
        if clicked:
            new.window().setAttribute(by_key, False)
        _mark(new, not clicked and new.window().testAttribute(by_key))


def show_ring(widget: QWidget) -> None:
    """A key is being used in a widget that a click gave the focus to."""
    if widget.hasFocus():
        widget.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        _mark(widget, True)


def install_focus_ring(app: QApplication) -> None:
    """Start following focus; it lives as long as the application."""
    FocusRing(app)


def has_ring(widget: QWidget) -> bool:
    """Whether a painted widget should draw its ring."""
    return widget.hasFocus() and bool(widget.property("kb"))


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
