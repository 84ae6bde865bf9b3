"""The dialog “Keyboard shortcuts”, for every kind of window."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.actions import APP_KEYS
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.keys import PAGE_KEYS, VIEWER_KEYS, WINDOW_KEYS, PageKey
from kios_desktop.ui.widgets.label import label, line

_WIDTH: Final = 560
_HEIGHT: Final = 520

Row = tuple[str, Sequence[str]]  # (action, keys in portable notation)


class ShortcutList(Dialog):
    """`reading`: list the reader's keys first."""

    def __init__(self, parent: QWidget, *, reading: bool = False) -> None:
        super().__init__(tr("Keyboard shortcuts"), parent, theme.scaled(_WIDTH))
        sections = [
            (tr("Everywhere"), _everywhere()),
            (tr("Lists of books"), _lists()),
            (tr("Reading"), _reading()),
            (tr("Viewing a picture, table or formula"), list(_translated(VIEWER_KEYS))),
        ]
        if reading:
            sections = [*sections[2:], *sections[:2]]
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(4)
        for number, (title, rows) in enumerate(sections):
            if number:
                column.addSpacing(16)
            column.addWidget(label(title, "section"))
            for row in rows:
                column.addWidget(_row(*row))
                column.addWidget(line())
        self.area = QScrollArea()
        dress_as_page(self.area, by_keys=True)
        self.area.setAccessibleName(tr("Keyboard shortcuts"))
        self.area.setWidget(inner)
        self.area.setFixedHeight(min(theme.scaled(_HEIGHT), parent.window().height() - 120))
        self.body.addWidget(self.area)
        role = QDialogButtonBox.ButtonRole.RejectRole
        self.add_button(tr("Close"), role, "primary").setDefault(True)
        self.area.setFocus()  # so that the arrow keys scroll


def show_shortcuts(parent: QWidget, *, reading: bool = False) -> None:
    """Open the list over a window, unless it is open."""
    if parent.findChild(ShortcutList) is None:
        ShortcutList(parent, reading=reading).open()


def _row(what: str, keys: Sequence[str]) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 4, 0, 4)
    row.setSpacing(6)
    words = label(what, "body", wrap=True)
    row.addWidget(words, 1)
    for key in keys:
        cap = label(_native(key), "small", "muted")
        cap.setProperty("keycap", True)
        row.addWidget(cap, 0, Qt.AlignmentFlag.AlignTop)
    made.setAccessibleName(f"{what}: {', '.join(_native(key) for key in keys)}")
    return made


def _native(keys: str) -> str:
    """Keys in the system's notation, which has symbols on macOS."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _everywhere() -> list[Row]:
    more = [
        (tr("Next part of the window"), ("F6",)),
        (tr("Previous part of the window"), ("Shift+F6",)),
        (tr("Close what is on top"), ("Esc",)),
        (tr("Close window"), ("Ctrl+W",)),
        (tr("Full screen"), ("F11",)),
    ]
    return [*_translated(APP_KEYS.values()), *more]


def _lists() -> list[Row]:
    return [
        (tr("Search"), ("Ctrl+F",)),
        (tr("Open"), ("Return",)),
        (tr("Details"), ("Alt+Return", "Ctrl+I")),
        (tr("Menu of the book"), ("Shift+F10",)),
        (tr("Remove…"), ("Del",)),
        (tr("Take the selection back"), ("Esc",)),
    ]


def _reading() -> list[Row]:
    everywhere = {keys for _text, several in APP_KEYS.values() for keys in several}
    everywhere |= {"F6", "Shift+F6", "F11", "Ctrl+W"}
    own = {
        name: (text, [key for key in keys if key not in everywhere])
        for name, (text, keys) in WINDOW_KEYS.items()
    }
    return [*_page_keys(PAGE_KEYS), *_translated(own.values())]


def _translated(rows: Iterable[tuple[str, Sequence[str]]]) -> list[Row]:
    return [(tr(text), keys) for text, keys in rows if keys]


def _page_keys(keys: Mapping[tuple[Qt.Key, Qt.KeyboardModifier], PageKey]) -> list[Row]:
    """The keys that work while the page has the focus."""
    words = {
        PageKey.RIGHT: tr("Page to the right"),
        PageKey.LEFT: tr("Page to the left"),
        PageKey.NEXT: tr("Next page"),
        PageKey.PREVIOUS: tr("Previous page"),
        PageKey.NEXT_CHAPTER: tr("Next chapter"),
        PageKey.PREVIOUS_CHAPTER: tr("Previous chapter"),
        PageKey.START: tr("Start of the book"),
        PageKey.END: tr("End of the book"),
        PageKey.BARS: tr("Show or hide the bars"),
    }
    return [
        (text, [_text(*pair) for pair, meaning in keys.items() if meaning is page_key])
        for page_key, text in words.items()
    ]


def _text(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    return QKeySequence(QKeyCombination(modifiers, key)).toString()
