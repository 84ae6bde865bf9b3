"""Whole screens by keyboard: Enter presses, Esc takes one thing back, focus can be seen."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.ui import theme
from kios_desktop.ui.library.view import LibraryView
from kios_desktop.ui.main_window import MainWindow
from kios_desktop.ui.onboarding import OnboardingPage
from kios_desktop.ui.reader.bars import BackPill, ReaderFooter
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.focus_ring import install_focus_ring, show_ring
from tests.fakes_ui import sample_books
from tests.gui import screens
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


def differ(one: QImage, other: QImage) -> int:
    """How many pixels of two pictures of one size are not the same."""
    assert one.size() == other.size()
    return sum(
        one.pixel(x, y) != other.pixel(x, y)
        for x in range(one.width())
        for y in range(one.height())
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_the_buttons_of_the_first_run(key: Qt.Key, qtbot: QtBot) -> None:
    page = OnboardingPage()
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    asked: list[str] = []
    page.server_requested.connect(lambda: asked.append("server"))
    page.files_requested.connect(lambda: asked.append("files"))
    page.guide_requested.connect(lambda: asked.append("guide"))
    page.skipped.connect(lambda: asked.append("skip"))
    for one in page.findChildren(QPushButton):
        QTest.keyClick(one, key)
    assert sorted(asked) == ["files", "guide", "server", "skip"]


def test_a_held_enter_presses_once(qtbot: QtBot) -> None:
    one = button("Open")
    qtbot.addWidget(one)
    pressed: list[bool] = []
    one.clicked.connect(lambda: pressed.append(True))
    QTest.keyClick(one, Qt.Key.Key_Return)
    one.setEnabled(False)
    QTest.keyClick(one, Qt.Key.Key_Return)
    assert pressed == [True]


@pytest.mark.parametrize("kind", ["default", "primary", "dangerFilled", "danger", "quiet", "link"])
@pytest.mark.parametrize("dress", ["light", "dark", "hcLight"])
def test_focus_can_be_seen_on_every_kind_of_button(
    kind: str, dress: str, qtbot: QtBot, qapp: QApplication
) -> None:
    install_focus_ring(qapp)
    theme.apply_theme(qapp, dress)
    window = QWidget()
    window.setObjectName("page")
    row = QHBoxLayout(window)
    one, other = button("Save", kind), button("Other")
    row.addWidget(one)
    row.addWidget(other)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    other.setFocus()
    without = one.grab().toImage()
    one.setFocus()
    show_ring(one)
    ringed = one.grab().toImage()
    assert differ(without, ringed) > 100
    # what differs stands out from what it lies on
    changed = [
        (without.pixelColor(x, y), ringed.pixelColor(x, y))
        for x in range(ringed.width())
        for y in range(ringed.height())
        if without.pixel(x, y) != ringed.pixel(x, y)
    ]
    strong = sum(
        abs(a.lightness() - b.lightness()) > 60 or abs(a.hue() - b.hue()) > 60 for a, b in changed
    )
    assert strong > 80


async def shown() -> tuple[MainWindow, LibraryView]:
    window, _presenter = screens.window(sample_books())
    window.show()
    window.activateWindow()
    await until(lambda: window.library.grid.model().rowCount() > 3)
    await until(lambda: window.library.grid.current_book() is None)
    return window, window.library


async def end(window: MainWindow) -> None:
    window.close_now()
    await screens.close_all()


async def test_escape_in_the_grid_takes_the_selection_back_and_types_nothing(
    qapp: QApplication,
) -> None:
    window, library = await shown()
    grid = library.grid
    typed: list[str] = []
    grid.typed_ahead.connect(typed.append)
    grid.setFocus()
    grid.setCurrentIndex(grid.model().index(3, 0))
    assert grid.selectionModel().hasSelection()
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert not grid.selectionModel().hasSelection()
    assert grid.currentIndex().row() == 3, "the keyboard goes on from there"
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert typed == []
    await end(window)


async def test_focus_can_be_seen_in_the_grid_beside_the_selection(qapp: QApplication) -> None:
    install_focus_ring(qapp)
    window, library = await shown()
    grid = library.grid
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    row = grid.currentIndex().row()
    tile = grid.tile(row)

    def seen() -> QImage:
        return grid.grab(tile).toImage()

    focused = seen()
    library.header.search.setFocus()
    assert differ(focused, seen()) > 200, "selected, and elsewhere is the focus"
    grid.setFocus()
    show_ring(grid)
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    only_focus = seen()
    library.header.search.setFocus()
    assert differ(only_focus, seen()) > 200, "without a selection too"
    await end(window)


async def test_a_list_that_comes_anew_leaves_the_focus_where_it_was(qapp: QApplication) -> None:
    window, library = await shown()
    await until(lambda: bool(library.strip.cards))
    first = library.strip.cards[0]
    first.setFocus()
    library.strip.set_books([card.book for card in library.strip.cards])
    assert library.strip.cards[0] is not first
    assert library.strip.cards[0].hasFocus()
    await end(window)


def test_a_click_in_the_footer_leaves_the_keys_to_the_page(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(1400, 300)
    page = button("Page", parent=window)
    footer, pill = ReaderFooter(window), BackPill(window)
    pill.show_label("Back to Chapter 4")
    footer.setGeometry(0, 200, 1400, 56)
    pill.move(0, 100)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    page.setFocus()
    for bar in (footer, pill):
        for one in bar.findChildren(QAbstractButton):
            QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
            assert page.hasFocus(), one.text()
            assert one.focusPolicy() & Qt.FocusPolicy.TabFocus
