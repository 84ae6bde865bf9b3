"""F6 in the main window: from region to region."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def focus_region(regions: Sequence[QWidget], step: int) -> None:
    """Focus the first control of the visible region `step` after the focused one."""
    visible = [region for region in regions if region.isVisible()]
    focus, at = QApplication.focusWidget(), -1
    for number, region in enumerate(visible):
        if focus is not None and (region is focus or region.isAncestorOf(focus)):
            at = number
    _focus_in(visible[(at + step) % len(visible)])


def _focus_in(region: QWidget) -> None:
    reason = Qt.FocusReason.ShortcutFocusReason
    if region.focusPolicy() & Qt.FocusPolicy.TabFocus:
        region.setFocus(reason)
        return
    for child in region.findChildren(QWidget):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible():
            child.setFocus(reason)
            return
