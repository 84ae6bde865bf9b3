"""The reader's keys, as data: one table for the page, one for the window (design.md 6.7)."""

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


class PageKey(Enum):
    """What a plain key does while the page has the focus."""

    LEFT = "left"
    RIGHT = "right"
    NEXT = "next"
    PREVIOUS = "previous"
    NEXT_CHAPTER = "next chapter"
    PREVIOUS_CHAPTER = "previous chapter"
    START = "start"
    END = "end"
    CHROME = "chrome"


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
    (Qt.Key.Key_Escape, _NONE): PageKey.CHROME,
}

# action → (text, keys on Windows and Linux; Qt turns Ctrl into Cmd on macOS)
WINDOW_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "library": ("Library", ("Ctrl+L",)),
    "contents": ("Contents", ("Ctrl+T",)),
    "appearance": ("Appearance", ("Ctrl+Shift+A",)),
    "sync": ("Sync menu", ("Ctrl+Shift+S",)),
    "sync_now": ("Sync now", ("Ctrl+R", "F5")),
    "back": ("Back", ("Alt+Left", "Ctrl+Backspace")),
    "forward": ("Forward", ("Alt+Right",)),
    "go_to": ("Go to…", ("Ctrl+G",)),
    "next_chapter": ("Next chapter", ()),
    "previous_chapter": ("Previous chapter", ()),
    "larger": ("Larger text", ("Ctrl++", "Ctrl+=")),
    "smaller": ("Smaller text", ("Ctrl+-",)),
    "default_size": ("Default text size", ("Ctrl+0",)),
    "next_theme": ("Next theme", ("Ctrl+Shift+T",)),
    "one_column": ("One column", ("Ctrl+Shift+1",)),
    "two_columns": ("Two columns", ("Ctrl+Shift+2",)),
    "where": ("Where am I", ("Ctrl+Shift+I",)),
    "undo": ("Undo move", ("Ctrl+Z",)),
    "next_region": ("Next region", ("F6",)),
    "previous_region": ("Previous region", ("Shift+F6",)),
    "shortcuts": ("Keyboard shortcuts", ("F1", "?")),
    "full_screen": ("Full screen", ("F11",)),
    "settings": ("Settings…", ("Ctrl+,",)),
    "close": ("Close window", ("Ctrl+W",)),
    "quit": ("Quit", ("Ctrl+Q",)),
}


def page_key(event: QKeyEvent) -> PageKey | None:
    """What a key press means to the page."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return PAGE_KEYS.get((Qt.Key(event.key()), modifiers))
