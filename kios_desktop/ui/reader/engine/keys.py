"""The keys of the reader: a table for the page, and one for the window's actions."""

from enum import Enum
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from kios_desktop.ui.kit.translation import marked
from kios_desktop.ui.reader.engine.wire import SelectionMove


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


_Unit = Literal["character", "word", "line", "paragraph", "lineboundary"]
_Towards = Literal["forward", "backward", "left", "right"]
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

_RIGHT, _LEFT = Qt.Key.Key_Right, Qt.Key.Key_Left
_UP, _DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down

# without Shift they move the caret, with it they select
SELECTION_KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier], tuple[_Unit, _Towards]] = {
    (_RIGHT, _NONE): ("character", "right"),
    (_LEFT, _NONE): ("character", "left"),
    (_RIGHT, _CTRL): ("word", "right"),
    (_LEFT, _CTRL): ("word", "left"),
    (_DOWN, _NONE): ("line", "forward"),
    (_UP, _NONE): ("line", "backward"),
    (_DOWN, _CTRL): ("paragraph", "forward"),
    (_UP, _CTRL): ("paragraph", "backward"),
    (Qt.Key.Key_End, _NONE): ("lineboundary", "forward"),
    (Qt.Key.Key_Home, _NONE): ("lineboundary", "backward"),
}

# action → (text, keys on Windows and Linux; Qt turns Ctrl into Cmd on macOS)
WINDOW_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "library": (marked("Library"), ("Ctrl+L",)),
    "contents": (marked("Contents"), ("Ctrl+T",)),
    "bookmarks": (marked("Bookmarks"), ("Ctrl+Shift+B",)),
    "highlights": (marked("Highlights"), ("Ctrl+Shift+H",)),
    "search": (marked("Search in this book"), ("Ctrl+F",)),
    "next_result": (marked("Next result"), ("F3",)),
    "previous_result": (marked("Previous result"), ("Shift+F3",)),
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
    "bookmark": (marked("Bookmark this page"), ("Ctrl+B",)),
    "highlight": (marked("Highlight"), ("H",)),
    "note": (marked("Highlight with a note"), ("N",)),
    "underline": (marked("Underline"), ("U",)),
    "delete_mark": (marked("Delete highlight"), ("Del",)),
    "copy": (marked("Copy"), ("Ctrl+C",)),
    "look_up": (marked("Look up"), ("L",)),
    "caret": (marked("Select with the keyboard"), ("F7",)),
    "aloud": (marked("Read aloud"), ("Ctrl+Shift+Space", "Media Play", "Toggle Media Play/Pause")),
    "aloud_pause": (marked("Pause reading aloud"), ("Media Pause",)),
    "aloud_next": (marked("Next sentence"), ("Ctrl+Shift+PgDown", "Media Next")),
    "aloud_previous": (marked("Previous sentence"), ("Ctrl+Shift+PgUp", "Media Previous")),
    "aloud_stop": (marked("Stop reading aloud"), ("Media Stop",)),
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


def selection_key(event: QKeyEvent) -> SelectionMove | None:
    """How a key press changes a selection, or moves a caret; None for other keys."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | _SHIFT)
    found = SELECTION_KEYS.get((Qt.Key(event.key()), modifiers))
    return None if found is None else SelectionMove(*found, bool(event.modifiers() & _SHIFT))


def page_key(event: QKeyEvent) -> PageKey | None:
    """The meaning of a key press on the page; None for other keys."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return PAGE_KEYS.get((Qt.Key(event.key()), modifiers))
