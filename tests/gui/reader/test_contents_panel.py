"""The contents panel: what its filter leaves behind, and what Esc does in it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.ui.reader.contents import Contents
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.screen import ShownPlace
from kios_desktop.ui.widgets.label import ElidedLabel

pytestmark = pytest.mark.gui

TITLES = [f"Chapter {n}" for n in range(60)] + ["The whale"]
LINES = [ContentsLine(n, 0, title, n, "") for n, title in enumerate(TITLES)]
CURRENT = 30
PLACE = ShownPlace(
    "Walden", ("Henry David Thoreau",), "Economy", 0, 1, 6, 0.22, 12, 370, paged=True
)


class Window(QWidget):
    """A stage with its contents; it hears of the Esc that nothing below it took."""

    def __init__(self) -> None:
        super().__init__()
        self.escaped = 0
        self.area = ReaderLayout()
        self.area.setParent(self)
        self.contents = Contents(self.area, self, self)
        self.contents.fill(LINES, lambda _line: "", own=True)
        self.contents.mark(CURRENT)

    @property
    def filter(self) -> QLineEdit:
        return self.contents.panel.findChildren(QLineEdit)[0]

    def rows(self) -> int:
        return self.contents.panel.list.model().rowCount()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.escaped += event.key() == Qt.Key.Key_Escape


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    shown = Window()
    qtbot.addWidget(shown)
    shown.resize(800, 600)
    shown.show()
    shown.contents.open()
    yield shown
    shown.hide()


def test_a_filter_is_gone_when_the_panel_is_opened_again(window: Window) -> None:
    window.filter.setText("whale")
    assert window.rows() == 1
    window.contents.close()
    window.contents.open()
    assert window.filter.text() == ""
    assert window.rows() == len(LINES)
    current = window.contents.panel.list.currentIndex()
    assert current.data() == TITLES[CURRENT]
    box = window.contents.panel.list.visualRect(current)
    assert window.contents.panel.list.viewport().rect().contains(box)


def test_esc_clears_the_filter_and_an_empty_one_leaves_it_to_the_window(window: Window) -> None:
    window.filter.setText("whale")
    QTest.keyClick(window.filter, Qt.Key.Key_Escape)
    assert (window.filter.text(), window.escaped) == ("", 0)
    assert window.contents.panel.list.currentIndex().data() == TITLES[CURRENT]
    QTest.keyClick(window.filter, Qt.Key.Key_Escape)
    assert window.escaped == 1


def test_the_head_says_which_book_this_is_and_how_far(window: Window) -> None:
    window.contents.show_place(PLACE)
    panel = window.contents.panel
    said = {label.full_text() for label in panel.findChildren(ElidedLabel)}
    assert said == {"Walden", "Henry David Thoreau", "22% · 6 h 10 min left"}
    window.contents.close()
    window.contents.show_place(replace(PLACE, fraction=0.5))
    window.contents.open()
    assert "50% · 6 h 10 min left" in {w.full_text() for w in panel.findChildren(ElidedLabel)}


def test_a_book_without_contents_says_so_above_its_sections(window: Window) -> None:
    sentence = "This book has no table of contents."
    shown = {w.text() for w in window.contents.panel.findChildren(QLabel) if w.isVisible()}
    assert sentence not in shown
    window.contents.fill(LINES, lambda _line: "", own=False)
    shown = {w.text() for w in window.contents.panel.findChildren(QLabel) if w.isVisible()}
    assert sentence in shown
    assert window.rows() == len(LINES)


def test_a_click_on_a_heading_opens_it(window: Window, qtbot: QtBot) -> None:
    pages = [ContentsLine(62, 1, "xii", 0, "p12"), ContentsLine(63, 1, "1", 2, "")]
    lines = [*LINES, ContentsLine(61, 0, "Pages", None, ""), *pages]
    window.contents.fill(lines, lambda _line: "", own=True)
    tree = window.contents.panel.list
    heading = tree.model().index(61, 0)
    assert not tree.isExpanded(heading)
    window.contents.panel.choose(61)
    assert tree.isExpanded(heading)
    with qtbot.waitSignal(window.contents.chosen) as chosen:
        window.contents.panel.choose(62)
    assert chosen.args == [pages[0]]
