"""The actions of a reader window, with their texts and keys, and the menu that lists them."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import Columns
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.aloud.reader_aloud import ReaderAloud
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.engine.keys import WINDOW_KEYS
from kios_desktop.ui.reader.marks.marking import Marking
from kios_desktop.ui.reader.presenter import ReaderPresenter

_MENU = (
    ("back", "forward", "go_to", "previous_chapter", "next_chapter"),
    ("next_result", "previous_result"),
    ("larger", "smaller", "default_size", "next_theme", "one_column", "two_columns"),
    ("bookmark", "highlight", "note", "look_up", "caret"),
    ("bookmarks", "highlights"),
    ("aloud",),
    ("viewer", "where", "full_screen", "sync_now"),
    ("settings", "shortcuts", "close", "quit"),
)


NEED_MARKS: Final = ("bookmark", "highlight", "note", "underline", "delete_mark", "look_up")
"""What can’t be done in a book that can’t be marked."""


def make_actions(window: QWidget, do: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """One action for each name of `WINDOW_KEYS`; `do` has the function that each one calls."""
    actions: dict[str, QAction] = {}
    for name, (text, keys) in WINDOW_KEYS.items():
        action = QAction(tr(text), window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda _=False, act=do[name]: act())
        window.addAction(action)
        actions[name] = action
    return actions


def moving_actions(
    with_presenter: Callable[[Callable[[ReaderPresenter], object]], Callable[[], None]],
) -> dict[str, Callable[[], object]]:
    """The actions that the presenter carries out; `with_presenter` makes one of them a slot."""
    return {
        "back": with_presenter(ReaderPresenter.go_back),
        "forward": with_presenter(ReaderPresenter.go_forward),
        "next_chapter": with_presenter(lambda presenter: presenter.step_chapter(1)),
        "previous_chapter": with_presenter(lambda presenter: presenter.step_chapter(-1)),
        "where": with_presenter(ReaderPresenter.where_am_i),
        "undo": with_presenter(lambda presenter: presenter.offers.undo()),
    }


def text_actions(choices: ReadingChoices) -> dict[str, Callable[[], object]]:
    """The actions that change how the text looks."""
    return {
        "larger": lambda: choices.step_size(1),
        "smaller": lambda: choices.step_size(-1),
        "default_size": lambda: choices.step_size(0),
        "next_theme": choices.next_theme,
        "one_column": lambda: choices.set_columns(Columns.ONE),
        "two_columns": lambda: choices.set_columns(Columns.TWO),
    }


def mark_actions(marking: Marking) -> dict[str, Callable[[], object]]:
    """The actions about selected text, a highlight or a page."""
    return {
        "bookmark": marking.act(lambda it: it.toggle_bookmark()),
        "highlight": marking.act(lambda it: it.highlight()),
        "note": marking.act(lambda it: it.note()),
        "underline": marking.act(lambda it: it.underline(True)),
        "delete_mark": marking.act(lambda it: it.delete()),
        "copy": marking.copy,
        "look_up": marking.look_up,
        "caret": marking.toggle_caret,
    }


def aloud_actions(
    aloud: ReaderAloud, selected: Callable[[], Place | None]
) -> dict[str, Callable[[], object]]:
    """The actions about reading aloud; `selected` is where the selection begins."""
    return {
        "aloud": lambda: aloud.toggle(selected()),
        "aloud_pause": aloud.pause,
        "aloud_next": lambda: aloud.skip(1),
        "aloud_previous": lambda: aloud.skip(-1),
        "aloud_stop": aloud.stop,
    }


def make_menu(window: QWidget, actions: Mapping[str, QAction]) -> QMenu:
    """The menu “More”: the actions without a button."""
    menu = QMenu(window)
    for group in _MENU:
        for name in group:
            menu.addAction(actions[name])
        menu.addSeparator()
    return menu
