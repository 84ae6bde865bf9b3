"""Shift+F10 opens the context menu of the focused widget.

Qt does so for the menu key, which many keyboards lack, and for Shift+F10 on Windows only.
"""

import sys

from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget


def add_menu_key(window: QWidget) -> None:
    """Add the shortcut to `window`."""
    if sys.platform != "win32":
        QShortcut(QKeySequence("Shift+F10"), window).activated.connect(open_menu_of_focus)


def open_menu_of_focus() -> None:
    """Open the context menu of the focused widget, if it has one."""
    widget = QApplication.focusWidget()
    if widget is None:
        return
    at = _middle(widget)
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))


def _middle(widget: QWidget) -> QPoint:
    current = widget.currentIndex() if isinstance(widget, QAbstractItemView) else None
    if isinstance(widget, QAbstractItemView) and current is not None and current.isValid():
        return widget.viewport().mapTo(widget, widget.visualRect(current).center())
    return widget.rect().center()
