"""The panel: its tabs, what the filter of the contents leaves behind, and what Esc does in it."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.ui.reader.contents import Contents
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.panel import Panel
from kios_desktop.ui.reader.screen import ShownPlace
from kios_desktop.ui.widgets.label import ElidedLabel

pytestmark = pytest.mark.gui

TITLES = [f"Chapter {n}" for n in range(60)] + ["The whale"]
LINES = [ContentsLine(n, 0, title, n, "") for n, title in enumerate(TITLES)]
CURRENT = 30
PLACE = ShownPlace(
    "Walden", ("Henry David Thoreau",), "Economy", 0, 1, 6, 0.22, 12, 370, paged=True
)


class Notes:
    """Another tab, made of one button."""

    title = "Notes"

    def __init__(self) -> None:
        self.made: QPushButton | None = None

    def widget(self) -> QPushButton:
        self.made = self.made or QPushButton("A note")
        return self.made

    def tab_stops(self) -> tuple[QWidget, ...]:
        return (self.widget(),)

    def shown(self) -> None:
        self.widget().setFocus()

    def first(self) -> QWidget:
        return self.widget()


class Window(QWidget):
    """A stage with its panel; it hears of the Esc that nothing below it took."""

    def __init__(self, tabs: int = 1) -> None:
        super().__init__()
        self.escaped = 0
        self.area = ReaderLayout()
        self.area.setParent(self)
        self.before, self.after = QPushButton("before", self), QPushButton("after", self)
        self.panel = Panel(self.area, self.before, self.after)
        self.contents, self.notes = Contents(self), Notes()
        self.panel.add(self.contents)
        if tabs == 2:
            self.panel.add(self.notes)
        self.contents.fill(LINES, lambda _line: "", own=True)
        self.contents.mark(CURRENT)

    @property
    def filter(self) -> QLineEdit:
        return self.contents.widget().findChildren(QLineEdit)[0]

    def rows(self) -> int:
        return self.contents.widget().list.model().rowCount()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.escaped += event.key() == Qt.Key.Key_Escape


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    shown = Window()
    opened(shown, qtbot)
    yield shown
    shown.hide()


def opened(window: Window, qtbot: QtBot) -> None:
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    window.activateWindow()
    window.panel.open(window.contents)


@pytest.fixture
def two_tabs(qtbot: QtBot) -> Iterator[Window]:
    shown = Window(tabs=2)
    opened(shown, qtbot)
    yield shown
    shown.hide()


def test_a_single_tab_has_no_bar(window: Window) -> None:
    assert window.panel.frame.tabs.isHidden()


def test_a_tab_is_made_when_it_is_first_shown(two_tabs: Window) -> None:
    panel = two_tabs.panel
    assert panel.frame.tabs.isVisible()
    assert panel.shows(two_tabs.contents)
    assert two_tabs.notes.made is None
    box = panel.frame.tabs.tabRect(1)
    QTest.mouseClick(panel.frame.tabs, Qt.MouseButton.LeftButton, pos=box.center())
    assert two_tabs.notes.made is not None
    assert two_tabs.notes.made.isVisible()
    assert not two_tabs.contents.widget().isVisible()
    assert panel.shows(two_tabs.notes)
    assert panel.frame.accessibleName() == "Notes"


def test_ctrl_tab_steps_through_the_tabs(two_tabs: Window) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    panel = two_tabs.panel
    QTest.keyClick(two_tabs.contents.widget().list, Qt.Key.Key_Tab, control)
    assert panel.shows(two_tabs.notes)
    QTest.keyClick(two_tabs.notes.widget(), Qt.Key.Key_Tab, control)
    assert panel.shows(two_tabs.contents)
    QTest.keyClick(two_tabs.contents.widget().list, Qt.Key.Key_Backtab, control | shift)
    assert panel.shows(two_tabs.notes)


def test_the_keyboard_reaches_the_bar_and_the_tab_that_is_shown(
    two_tabs: Window,
) -> None:
    two_tabs.panel.open(two_tabs.notes)
    two_tabs.before.setFocus()
    reached = []
    for _ in range(5):
        QTest.keyClick(two_tabs.focusWidget(), Qt.Key.Key_Tab)
        reached.append(two_tabs.focusWidget())
    frame = two_tabs.panel.frame
    assert reached == [*frame.tab_stops(), two_tabs.notes.widget(), two_tabs.after]
    frame.tabs.setFocus()
    QTest.keyClick(frame.tabs, Qt.Key.Key_Left)
    assert two_tabs.panel.shows(two_tabs.contents)


def test_a_closed_panel_shows_no_tab(two_tabs: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(two_tabs.panel.changed):
        two_tabs.panel.close()
    assert not two_tabs.panel.shows(two_tabs.contents)
    assert not two_tabs.panel.is_open


def test_a_filter_is_gone_when_the_panel_is_opened_again(window: Window) -> None:
    window.filter.setText("whale")
    assert window.rows() == 1
    window.panel.close()
    window.panel.open(window.contents)
    assert window.filter.text() == ""
    assert window.rows() == len(LINES)
    current = window.contents.widget().list.currentIndex()
    assert current.data() == TITLES[CURRENT]
    box = window.contents.widget().list.visualRect(current)
    assert window.contents.widget().list.viewport().rect().contains(box)


def test_esc_clears_the_filter_and_an_empty_one_leaves_it_to_the_window(window: Window) -> None:
    window.filter.setText("whale")
    QTest.keyClick(window.filter, Qt.Key.Key_Escape)
    assert (window.filter.text(), window.escaped) == ("", 0)
    assert window.contents.widget().list.currentIndex().data() == TITLES[CURRENT]
    QTest.keyClick(window.filter, Qt.Key.Key_Escape)
    assert window.escaped == 1


def test_the_head_says_which_book_this_is_and_how_far(window: Window) -> None:
    window.panel.show_place(PLACE)
    panel = window.panel.frame
    said = {label.full_text() for label in panel.findChildren(ElidedLabel)}
    assert said == {"Walden", "Henry David Thoreau", "22% · 6 h 10 min left"}
    window.panel.close()
    window.panel.show_place(replace(PLACE, fraction=0.5))
    window.panel.open(window.contents)
    assert "50% · 6 h 10 min left" in {w.full_text() for w in panel.findChildren(ElidedLabel)}


def test_a_book_without_contents_says_so_above_its_sections(window: Window) -> None:
    sentence = "This book has no table of contents."
    shown = {w.text() for w in window.contents.widget().findChildren(QLabel) if w.isVisible()}
    assert sentence not in shown
    window.contents.fill(LINES, lambda _line: "", own=False)
    shown = {w.text() for w in window.contents.widget().findChildren(QLabel) if w.isVisible()}
    assert sentence in shown
    assert window.rows() == len(LINES)


def test_a_click_on_a_heading_opens_it(window: Window, qtbot: QtBot) -> None:
    pages = [ContentsLine(62, 1, "xii", 0, "p12"), ContentsLine(63, 1, "1", 2, "")]
    lines = [*LINES, ContentsLine(61, 0, "Pages", None, ""), *pages]
    window.contents.fill(lines, lambda _line: "", own=True)
    tree = window.contents.widget().list
    heading = tree.model().index(61, 0)
    assert not tree.isExpanded(heading)
    window.contents.widget().choose(61)
    assert tree.isExpanded(heading)
    with qtbot.waitSignal(window.contents.chosen) as chosen:
        window.contents.widget().choose(62)
    assert chosen.args == [pages[0]]


def test_letters_find_an_entry_of_the_contents_where_they_are_keys_of_the_window(
    window: Window,
) -> None:
    pressed: list[bool] = []
    action = QAction("Note", window)
    action.setShortcut("H")
    action.triggered.connect(pressed.append)
    window.addAction(action)
    lines = [ContentsLine(n, 0, title, n, "") for n, title in enumerate(["One", "Two", "Home"])]
    window.contents.fill(lines, lambda _line: "", own=True)
    entries = window.contents.widget().list
    entries.setFocus()
    QTest.keyClick(entries, Qt.Key.Key_H)
    assert entries.currentIndex().row() == 2 and not pressed
