"""Tiles by arithmetic: where they are, which key leads where, and lists that grow meanwhile."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QAccessible, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.ui.widgets.tile_view import Tiles, TileView

pytestmark = pytest.mark.gui
Index = QModelIndex | QPersistentModelIndex


class Numbers(QAbstractListModel):
    """Rows that are their own numbers. `asked` counts what Qt wants to know."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.asked = count, 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        self.asked += 1
        return 0 if parent.isValid() else self.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return f"Row {index.row()}" if role == Qt.ItemDataRole.DisplayRole else None

    def grow(self, by: int) -> None:
        self.beginInsertRows(QModelIndex(), self.count, self.count + by - 1)
        self.count += by
        self.endInsertRows()


class Noting(QStyledItemDelegate):
    """Remembers which rows were painted."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.rows.append(index.row())


def four(width: int) -> Tiles:
    return Tiles(4, QSize(width // 4, 100))


class Shown:
    """A view of 440 × 320 px: tiles of 105 × 100 between margins of 10."""

    def __init__(self, count: int, mirrored: bool = False) -> None:
        self.model, self.delegate = Numbers(count), Noting()
        self.view = TileView(four, scrolls=True, inset=10)
        if mirrored:
            self.view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.view.setModel(self.model)
        self.view.setItemDelegate(self.delegate)
        self.view.resize(440, 320)
        self.view.show()
        QTest.qWait(20)

    def press(self, *keys: Qt.Key) -> int:
        for key in keys:
            QTest.keyClick(self.view, key)
        return self.view.currentIndex().row()


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[Shown]:
    made = Shown(103)
    yield made
    made.view.close()


def test_a_tile_is_found_where_it_is(shown: Shown) -> None:
    for row in (0, 3, 4, 11, 102):
        shown.view.scrollTo(shown.model.index(row))
        middle = shown.view.visualRect(shown.model.index(row)).center()
        assert shown.view.indexAt(middle).row() == row


def test_beside_the_tiles_is_nothing(shown: Shown) -> None:
    assert not shown.view.indexAt(QPoint(5, 50)).isValid()
    shown.view.scrollToBottom()
    last = shown.view.visualRect(shown.model.index(102))
    assert not shown.view.indexAt(last.center() + QPoint(110, 0)).isValid()


def test_in_the_other_direction_the_first_tile_is_at_the_right(qapp: QApplication) -> None:
    made = Shown(103, mirrored=True)
    first, second = (made.view.visualRect(made.model.index(n)) for n in (0, 1))
    assert first.x() > second.x()
    assert made.view.indexAt(first.center()).row() == 0
    assert made.press(Qt.Key.Key_Home, Qt.Key.Key_Left) == 1
    made.view.close()


def test_keys_lead_through_the_tiles(shown: Shown) -> None:
    keys = Qt.Key
    assert shown.press(keys.Key_Home) == 0
    assert shown.press(keys.Key_Right, keys.Key_Down) == 5
    assert shown.press(keys.Key_Up, keys.Key_Up) == 1  # there is no row above the first
    assert shown.press(keys.Key_End) == 102
    assert shown.press(keys.Key_Down) == 102
    assert shown.press(keys.Key_Home, keys.Key_PageDown) == 12


def test_down_from_above_a_gap_goes_to_the_last_tile(shown: Shown) -> None:
    shown.view.setCurrentIndex(shown.model.index(99))  # the last row has 100, 101, 102
    assert shown.press(Qt.Key.Key_Down) == 102


def test_the_current_tile_is_brought_into_sight(shown: Shown) -> None:
    shown.press(Qt.Key.Key_End)
    assert (
        shown.view.viewport()
        .rect()
        .contains(shown.view.visualRect(shown.model.index(102)).center())
    )


def test_only_what_is_in_sight_is_painted(shown: Shown) -> None:
    shown.view.verticalScrollBar().setValue(1000)
    QTest.qWait(20)
    shown.delegate.rows.clear()
    shown.view.viewport().repaint()
    assert set(shown.delegate.rows) <= set(range(40, 56))
    assert len(shown.delegate.rows) == 16


def test_scrolling_paints_only_what_comes_into_sight(shown: Shown) -> None:
    shown.view.verticalScrollBar().setValue(1000)
    QTest.qWait(20)
    shown.delegate.rows.clear()
    shown.view.verticalScrollBar().setValue(1050)
    QTest.qWait(20)
    assert set(shown.delegate.rows) <= set(range(48, 60))


def test_a_hundred_thousand_rows_are_not_asked_one_by_one(qapp: QApplication) -> None:
    made = Shown(100_000)
    made.model.asked = 0
    made.view.resize(500, 400)
    made.view.verticalScrollBar().setValue(1_000_000)
    made.model.grow(50)
    QTest.qWait(30)
    assert made.model.asked < 500
    made.view.close()


def test_rows_that_come_at_the_end_move_nothing(shown: Shown) -> None:
    shown.view.verticalScrollBar().setValue(700)
    QTest.qWait(20)
    shown.delegate.rows.clear()
    shown.model.grow(200)
    QTest.qWait(20)
    assert shown.view.verticalScrollBar().value() == 700
    assert shown.delegate.rows == []
    assert shown.view.verticalScrollBar().maximum() > 7000


def test_a_new_width_keeps_the_first_row_in_sight(shown: Shown) -> None:
    shown.view.verticalScrollBar().setValue(1000)
    shown.view._fit = lambda width: Tiles(3, QSize(width // 3, 150))
    shown.view.refit()
    assert shown.view.rows_in(shown.view.viewport().rect())[0] in {39, 40}


def test_a_head_scrolls_along_and_its_buttons_can_be_reached(qapp: QApplication) -> None:
    made = Shown(103)
    head = QWidget()
    column = QVBoxLayout(head)
    buttons = [QPushButton(str(n)) for n in range(12)]
    for button in buttons:
        button.setFixedHeight(50)
        column.addWidget(button)
    made.view.set_head(head)
    QTest.qWait(30)
    top = made.view.visualRect(made.model.index(0)).y()
    assert top == head.height()
    made.view.verticalScrollBar().setValue(200)
    assert head.y() == -200
    made.view.activateWindow()
    buttons[0].setFocus()
    buttons[11].setFocus()
    QTest.qWait(20)
    bottom = buttons[11].mapTo(made.view.viewport(), QPoint(0, 0)).y()
    assert 0 <= bottom <= made.view.viewport().height()
    made.view.close()


def test_what_is_in_sight_is_told_while_scrolling(shown: Shown) -> None:
    seen: list[tuple[int, int]] = []
    shown.view.in_sight.connect(lambda first, last: seen.append((first, last)))
    shown.view.verticalScrollBar().setValue(500)
    QTest.qWait(120)
    assert seen[-1] == (20, 35)


def test_a_screen_reader_finds_every_row(shown: Shown) -> None:
    QAccessible.setActive(True)
    try:
        shown.view.setFocus()
        shown.press(Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Right)
        interface = QAccessible.queryAccessibleInterface(shown.view)
        assert interface is not None
        assert interface.childCount() == 103
        assert interface.child(5).text(QAccessible.Text.Name) == "Row 5"
        shown.model.grow(10)
        assert interface.childCount() == 113
    finally:
        QAccessible.setActive(False)


def test_limited_rows_leave_the_rest_out(qapp: QApplication) -> None:
    made = Shown(103)
    made.view.set_most_rows(2)
    assert made.view.rows_in(made.view.viewport().rect()) == (0, 7)
    assert made.press(Qt.Key.Key_End) == 7
    made.view.close()
