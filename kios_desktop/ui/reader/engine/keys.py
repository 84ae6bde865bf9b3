"""The keys of the reader: a table for the page, and one for the window's actions."""

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from kios_desktop.ui.kit.translation import marked


class PageKey(Enum):
    """What a key does while the page has the focus."""

    LEFT = "left"
    RIGHT = "right"
    NEXT = "next"
    PREVIOUS = "previous"
    NEXT_CHAPTER = "next chapter"
    PREVIOUS_CHAPTER = "previous chapter"
    START = "start"
    END = "end"
    BARS = "bars"


_NONE = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier

PAGE_KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier], PageKey] = {
    (Qt.Key.Key_Right, _NONE): PageKey.RIGHT,
    (Qt.Key.Key_Left, _NONE): PageKey.LEFT,
    (Qt.Key.Key_PageDown, _NONE): PageKey.NEXT,
    (Qt.Key.Key_PageUp, _NONE): PageKey.PREVIOUS,
    (Qt.Key.Key_Space, _NONE): PageKey.NEXT,
    (Qt.Key.Key_Space, _SHIFT): PageKey.PREVIOUS,
    (Qt.Key.Key_Down, _NONE): PageKey.NEXT,
    (Qt.Key.Key_Up, _NONE): PageKey.PREVIOUS,
    (Qt.Key.Key_PageDown, _CTRL): PageKey.NEXT_CHAPTER,
    (Qt.Key.Key_PageUp, _CTRL): PageKey.PREVIOUS_CHAPTER,
    (Qt.Key.Key_Home, _CTRL): PageKey.START,
    (Qt.Key.Key_End, _CTRL): PageKey.END,
    (Qt.Key.Key_Escape, _NONE): PageKey.BARS,
}

# action → (text, keys on Windows and Linux; Qt turns Ctrl into Cmd on macOS)
WINDOW_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "library": (marked("Library"), ("Ctrl+L",)),
    "contents": (marked("Contents"), ("Ctrl+T",)),
    "appearance": (marked("Appearance"), ("Ctrl+Shift+A",)),
    "sync": (marked("Sync menu"), ("Ctrl+Shift+S",)),
    "sync_now": (marked("Sync now"), ("Ctrl+R", "F5")),
    "back": (marked("Back"), ("Alt+Left", "Ctrl+Backspace")),
    "forward": (marked("Forward"), ("Alt+Right",)),
    "go_to": (marked("Go to…"), ("Ctrl+G",)),
    "next_chapter": (marked("Next chapter"), ()),
    "previous_chapter": (marked("Previous chapter"), ()),
    "larger": (marked("Larger text"), ("Ctrl++", "Ctrl+=")),
    "smaller": (marked("Smaller text"), ("Ctrl+-",)),
    "default_size": (marked("Default text size"), ("Ctrl+0",)),
    "next_theme": (marked("Next theme"), ("Ctrl+Shift+T",)),
    "one_column": (marked("One column"), ("Ctrl+Shift+1",)),
    "two_columns": (marked("Two columns"), ("Ctrl+Shift+2",)),
    "viewer": (marked("Open picture, table or formula"), ("Ctrl+Shift+O",)),
    "where": (marked("Where am I"), ("Ctrl+Shift+I",)),
    "undo": (marked("Undo move"), ("Ctrl+Z",)),
    "next_region": (marked("Next region"), ("F6",)),
    "previous_region": (marked("Previous region"), ("Shift+F6",)),
    "shortcuts": (marked("Keyboard shortcuts"), ("F1", "?")),
    "full_screen": (marked("Full screen"), ("F11",)),
    "settings": (marked("Settings…"), ("Ctrl+,",)),
    "close": (marked("Close window"), ("Ctrl+W",)),
    "quit": (marked("Quit"), ("Ctrl+Q",)),
}

# what keys do while the viewer of pictures, tables and formulas is open
VIEWER_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (marked("Larger, smaller"), ("+", "-")),
    (marked("Fit"), ("0",)),
    (marked("Fit, or 100%"), ("Space",)),
    (marked("Move what is larger than the window"), ("Left", "Right", "Up", "Down")),
    (marked("Previous, next"), ("PgUp", "PgDown")),
    (marked("Copy"), ("Ctrl+C",)),
    (marked("Save picture…"), ("Ctrl+S",)),
    (marked("Close"), ("Esc",)),
)


def page_key(event: QKeyEvent) -> PageKey | None:
    """The meaning of a key press on the page; None for other keys."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return PAGE_KEYS.get((Qt.Key(event.key()), modifiers))
