"""The parts of a reader window that F6 and Shift+F6 go through."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

Region = tuple[QWidget, QWidget]
"""A part of the window, and the widget in it that gets the focus."""


def region_after(regions: Sequence[Region], focus: QWidget | None, step: int) -> Region:
    """The region `step` after the one with the focus, or after the first one."""
    at = 0
    for number, (region, _target) in enumerate(regions):
        if focus is not None and (region is focus or region.isAncestorOf(focus)):
            at = number
    return regions[(at + step) % len(regions)]
