"""Shows the focus ring after the keyboard brought focus, and not after a click."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QWidget

_KEYBOARD: Final = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)


class FocusRing(QObject):
    """An application event filter that keeps the property `kb` of the focused widget."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.FocusIn:
            if isinstance(event, QFocusEvent) and isinstance(watched, QWidget):
                _mark(watched, event.reason() in _KEYBOARD)
        elif kind is QEvent.Type.FocusOut and isinstance(watched, QWidget):
            _mark(watched, False)
        return False


def install_focus_ring(app: QApplication) -> None:
    """Start following focus; the filter lives as long as the application."""
    app.installEventFilter(FocusRing(app))


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
