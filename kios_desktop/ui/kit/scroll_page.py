"""Scroll areas that look like a part of their page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea


def dress_as_page(area: QScrollArea, *, by_keys: bool = False) -> None:
    """Without a frame, as wide as its content is. `by_keys`: Tab stops at it, to scroll it."""
    area.setProperty("kind", "page")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    if not by_keys:
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
