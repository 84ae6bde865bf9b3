"""Keeps the look of the interface what the preferences and the system's colour scheme ask for."""

from PySide6.QtWidgets import QApplication

from kios_desktop.domain.preferences import Preferences
from kios_desktop.ui.kit import theme


def apply_appearance(qt: QApplication, preferences: Preferences, *, first: bool = False) -> None:
    """Set the theme, unless it is in force already, and whether things may move.

    `first`: none was applied yet.
    """
    theme.reduce_motion(preferences.reduce_motion)
    name = theme.resolve_name(preferences.window_theme)
    if first or name != theme.current().name:
        theme.apply_theme(qt, name)
