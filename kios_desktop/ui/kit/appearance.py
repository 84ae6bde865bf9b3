"""Applies the theme and the motion setting of the preferences."""

from PySide6.QtWidgets import QApplication

from kios_desktop.domain.preferences import Preferences
from kios_desktop.ui.kit import theme


def apply_appearance(qt: QApplication, preferences: Preferences, *, first: bool = False) -> None:
    """Apply theme and motion setting; the theme only if it differs from the present one.

    `first`: no theme was applied yet.
    """
    theme.reduce_motion(preferences.reduce_motion)
    name = theme.resolve_name(preferences.window_theme)
    if first or name != theme.current().name:
        theme.apply_theme(qt, name)
