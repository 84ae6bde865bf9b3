"""Keys that mean something else in a widget than in its window."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent


def claims_key(event: QEvent, is_own: Callable[[QKeyEvent], bool]) -> bool:
    """Keep a key of the widget's own, while it has the focus, from being a shortcut of its window.

    For `QWidget.event`, which returns True where this does.
    """
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if not is_own(event):
        return False
    event.accept()
    return True
