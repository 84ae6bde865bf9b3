"""The actions of a reader window: their words, their keys, and the menu that lists them."""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from kios_desktop.ui.reader.engine.keys import WINDOW_KEYS

_MENU = (
    ("back", "forward", "go_to", "previous_chapter", "next_chapter"),
    ("larger", "smaller", "default_size", "next_theme", "one_column", "two_columns"),
    ("where", "full_screen", "sync_now"),
    ("settings", "shortcuts", "close", "quit"),
)


def make_actions(window: QWidget, do: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """One action for each name of `WINDOW_KEYS`; `do` has what each of them does."""
    actions: dict[str, QAction] = {}
    for name, (text, keys) in WINDOW_KEYS.items():
        action = QAction(text, window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda _=False, act=do[name]: act())
        window.addAction(action)
        actions[name] = action
    return actions


def make_menu(window: QWidget, actions: Mapping[str, QAction]) -> QMenu:
    """“More”: what has no button of its own."""
    menu = QMenu(window)
    for group in _MENU:
        for name in group:
            menu.addAction(actions[name])
        menu.addSeparator()
    return menu
