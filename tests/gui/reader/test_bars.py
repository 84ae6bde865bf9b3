"""The footer of the reader, which is hidden while pages are turned."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.ui.reader.bars import NARROW, ReaderFooter
from kios_desktop.ui.reader.screen import ShownPlace

pytestmark = pytest.mark.gui

PLACE = ShownPlace(
    book_title="Walden",
    authors=("Henry David Thoreau",),
    chapter_title="Economy",
    chapters=0,
    page=1,
    pages=6,
    fraction=0.15,
    minutes_in_chapter=12,
    minutes_in_book=200,
    paged=True,
)


def pages_said(footer: ReaderFooter) -> list[str]:
    labels = footer.findChildren(QLabel)
    return [w.text() for w in labels if w.isVisible() and w.text().startswith("· page")]


@pytest.mark.parametrize(("width", "said"), [(1400, ["· page 1 of 6"]), (NARROW - 1, [])])
def test_a_footer_that_comes_back_says_the_page_where_there_is_room(
    width: int, said: list[str], qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    footer = ReaderFooter(window)
    footer.hide()
    window.resize(width, 200)
    window.show()
    footer.setGeometry(0, 140, width, 56)
    footer.show_place(PLACE)
    footer.show()
    assert pages_said(footer) == said
    footer.hide()
    footer.setGeometry(0, 140, width - 1, 56)
    footer.show()
    assert pages_said(footer) == said


def test_the_back_pill_takes_the_room_of_the_page(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    footer = ReaderFooter(window)
    footer.resize(1400, 56)
    footer.show_place(PLACE)
    footer.make_room(300)
    window.show()
    assert pages_said(footer) == []
    footer.make_room(0)
    assert pages_said(footer) == ["· page 1 of 6"]


def test_a_numbered_chapter_says_how_many_there_are(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    footer = ReaderFooter(window)
    footer.resize(1400, 56)
    window.show()
    footer.show_place(replace(PLACE, chapter_title="Chapter 9", chapters=61))
    said = [label.text() for label in footer.findChildren(QLabel)]
    assert "of 61 · page 1 of 6" in said
    footer.show_place(replace(PLACE, chapter_title="Chapter 9", chapters=61, paged=False))
    assert "of 61" in [label.text() for label in footer.findChildren(QLabel)]


def test_the_scrubber_stays_where_it_is_while_a_chapter_is_read(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1400, 100)
    footer = ReaderFooter(window)
    footer.resize(1400, 56)
    footer.show_place(replace(PLACE, page=10, pages=12, minutes_in_chapter=10, fraction=0.99))
    with qtbot.waitExposed(window):
        window.show()
    layout = footer.layout()
    assert layout is not None
    layout.activate()
    before = footer.scrubber.geometry()
    for page, minutes, fraction in ((9, 9, 0.5), (1, 1, 0.01), (12, 0, 1.0)):
        shown = replace(PLACE, page=page, pages=12, minutes_in_chapter=minutes, fraction=fraction)
        footer.show_place(shown)
        layout.activate()
        assert footer.scrubber.geometry() == before


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_which_result_is_looked_at_is_said_beside_the_way_back(
    direction: Qt.LayoutDirection, qtbot: QtBot
) -> None:
    window = QWidget()
    window.setLayoutDirection(direction)
    qtbot.addWidget(window)
    footer = ReaderFooter(window)
    window.resize(900, 200)
    window.show()
    footer.setGeometry(0, 140, 900, 56)
    footer.show_place(PLACE)
    footer.make_room(250)
    footer.show_step("3 of 27")
    footer.show()
    (step,) = (w for w in footer.findChildren(QLabel) if w.text() == "3 of 27")
    left = direction is Qt.LayoutDirection.LeftToRight
    assert (step.x() >= 250) if left else (step.geometry().right() <= 900 - 250)
    assert step.isVisible()
    footer.show_step("")
    assert not step.isVisible()
