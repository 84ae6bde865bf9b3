"""A list whose rows have heights of their own, of any length.

`QListView` asks the model and the delegate about each row to place it, after every change: with
50,000 rows in Python that takes half a second. Here the heights are told, and the position of a row
is a sum, so that a row whose height becomes known moves nothing that is in sight.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.placed_view import STEP_PX, Index, PlacedView


class RowView(PlacedView):
    """Subclasses give `heights_of`. Keys pass over rows that are not enabled, such as headings."""

    def __init__(self) -> None:
        super().__init__()
        self._heights: list[int] = []
        self._tops: list[int] = [0]  # of each row, and the end of the last one
        self._measured_for = -1
        self._room = 0
        self.dress()

    def heights_of(self, first: int, last: int) -> list[int]:
        """The heights of these rows in px, known or estimated."""
        raise NotImplementedError

    def measured_for(self) -> int:
        """What all heights depend on: the width in px."""
        return self.viewport().width()

    # -- content

    def measure(self) -> None:
        """Take all heights anew; the first visible row stays where it is."""
        row, at = self._anchor()
        self._measured_for = self.measured_for()
        self._heights = self.heights_of(0, self._row_count() - 1)
        self._add_up()
        self._hold(row, at)

    def measure_rows(self, rows: Iterable[int]) -> None:
        """The heights of these rows are known now; the first visible row stays where it is."""
        row, at = self._anchor()
        first = len(self._heights)
        for one in rows:
            [height] = self.heights_of(one, one)
            if height != self._heights[one]:
                self._heights[one], first = height, min(first, one)
        if first < len(self._heights):
            self._add_up(first)
            self._hold(row, at)

    def hold(self, row: int, top: int) -> None:
        """Scroll until a row begins `top` px below the upper edge."""
        self._hold(row, -top)

    def set_room(self, px: int) -> None:
        """Keep so many px free below the last row."""
        self._room = px
        self.set_range()

    def rows_in(self, area: QRect) -> tuple[int, int]:
        """First and last row in `area` of the viewport; (0, -1) for none."""
        count, offset = len(self._heights), self.verticalOffset()
        top, bottom = area.top() + offset, area.bottom() + offset
        if not count or bottom < 0 or top >= self._tops[-1]:
            return 0, -1
        first = bisect_right(self._tops, max(0, top)) - 1
        return first, min(count - 1, bisect_right(self._tops, bottom) - 1)

    # -- geometry, overriding Qt

    def visualRect(self, index: Index) -> QRect:
        row = index.row()
        return self._box(row) if 0 <= row < len(self._heights) else QRect()

    def _box(self, row: int) -> QRect:
        top = self._tops[row] - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self._heights[row])

    def indexAt(self, point: QPoint) -> QModelIndex:
        first, last = self.rows_in(QRect(point, point))
        return self.model().index(first, 0) if first <= last else QModelIndex()

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        row = index.row()
        if not 0 <= row < len(self._heights):
            return
        bar, room = self.verticalScrollBar(), self.viewport().height() - self._room
        top, height = self._tops[row], self._heights[row]
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(top + (height - room) // 2)
        elif top < bar.value() or hint is QAbstractItemView.ScrollHint.PositionAtTop:
            above = (n for n in range(row - 1, -1, -1) if self._is_enabled(n))
            bar.setValue(0 if next(above, None) is None else top)
        elif top + height > bar.value() + room:
            bar.setValue(min(top, top + height - room))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        first, last = self.rows_in(rect.normalized())
        model = self.model()
        rows = QItemSelection()
        if first <= last:
            rows.select(model.index(first, 0), model.index(last, 0))
        self.selectionModel().select(rows, command)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        count, now = len(self._heights), self.currentIndex().row()
        if not count:
            return QModelIndex()
        kinds = QAbstractItemView.CursorAction
        if now < 0 and action not in (kinds.MoveHome, kinds.MoveEnd):
            now, action = self.rows_in(self.viewport().rect())[0] - 1, kinds.MoveDown
        page = self.viewport().height()
        if action in (kinds.MoveDown, kinds.MoveNext, kinds.MoveRight):
            return self._enabled(range(now + 1, count), now)
        if action in (kinds.MoveUp, kinds.MovePrevious, kinds.MoveLeft):
            return self._enabled(range(now - 1, -1, -1), now)
        if action is kinds.MoveHome:
            return self._enabled(range(count), now)
        if action is kinds.MoveEnd:
            return self._enabled(range(count - 1, -1, -1), now)
        if action is kinds.MovePageDown:
            row = bisect_right(self._tops, self._tops[now] + page) - 1
            return self._enabled(range(min(count - 1, max(row, now + 1)), now, -1), now)
        row = bisect_right(self._tops, max(0, self._tops[now] - page)) - 1
        return self._enabled(range(min(row, now - 1), now), now)

    def _enabled(self, rows: Sequence[int], otherwise: int) -> QModelIndex:
        """The first row of these that is enabled."""
        row = next((one for one in rows if one >= 0 and self._is_enabled(one)), otherwise)
        return self.model().index(row, 0)

    def _is_enabled(self, row: int) -> bool:
        return bool(self.model().index(row, 0).flags() & Qt.ItemFlag.ItemIsEnabled)

    def keyboardSearch(self, search: str) -> None:
        """Not through thousands of rows: there is a field for it."""

    # -- changes of the model

    def reset(self) -> None:
        super().reset()
        self.measure()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        first, last = self.rows_in(self.viewport().rect())
        if top_left.row() <= last and bottom_right.row() >= first:
            self.viewport().update()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        row, at = self._anchor()
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self._heights[start:start] = self.heights_of(start, end)
        self._add_up()
        self._hold(row + (end - start + 1) if start < row else row, at)

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        row, at = self._anchor()
        if start <= self.currentIndex().row() <= end:  # Qt would go to the row above
            rows = (*range(end + 1, len(self._heights)), *range(start - 1, -1, -1))
            self.setCurrentIndex(self._enabled(rows, -1))
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, start, end)
        del self._heights[start : end + 1]
        self._add_up()
        if end < row:
            row -= end - start + 1
        elif start <= row:
            row, at = start, 0
        self._hold(row, at)

    # -- Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        with theme.painting(self) as now:
            painter.fillRect(event.rect(), now.color("window"))
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            first, last = self.rows_in(event.rect())
            current = self.currentIndex().row() if self.hasFocus() else -1
            for row in range(first, last + 1):
                self.paint_cell(painter, option, row, self._box(row), row == current)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.measured_for() != self._measured_for:
            self.measure()
        else:
            self.set_range()
            self._look.start()

    # -- internals

    def _row_count(self) -> int:
        return self.model().rowCount()

    def _anchor(self) -> tuple[int, int]:
        """The first visible row, and how far above the edge it begins; at the very top no row."""
        offset = self.verticalOffset()
        if offset == 0 or not self._heights:
            return -1, 0
        row = self.rows_in(self.viewport().rect())[0]
        return row, offset - self._tops[row]

    def _hold(self, row: int, at: int) -> None:
        """Bring a row back to where `_anchor` has found it."""
        self.set_range()
        if 0 <= row < len(self._heights):
            self.verticalScrollBar().setValue(self._tops[row] + at)
        self.viewport().update()
        self._look.start()

    def _add_up(self, first: int = 0) -> None:
        """The heights from row `first` on have changed."""
        below = self._heights[first:]
        self._tops[first:] = accumulate(below, initial=self._tops[first] if first else 0)

    def set_range(self) -> None:
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(page)
        bar.setSingleStep(STEP_PX)
        bar.setRange(0, max(0, self._tops[-1] + self._room - page))

    def tell_sight(self) -> None:
        first, last = self.rows_in(self.viewport().rect())
        if first <= last:
            self.in_sight.emit(first, last)
