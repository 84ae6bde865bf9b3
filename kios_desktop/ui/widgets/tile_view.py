"""A list shown as tiles of one size, of any length.

`QListView` asks the model about each row to place it, which takes 0.1 s after every change with
100,000 rows in a Python model. Here the position of a tile is computed from its row, so that no
change depends on the number of rows, and rows may come and go while the view scrolls.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyleOptionViewItem,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.focus_ring import show_ring
from kios_desktop.ui.widgets.placed_view import STEP_PX, Index, PlacedView

_MOVES: Final = frozenset(
    {
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
        *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    }
)
_HISTORY: Final = (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton)


class Tiles(Struct, frozen=True):
    """The division of a view's width: `count` tiles in a row, each of `size` px."""

    count: int
    size: QSize


Fit = Callable[[int], Tiles]


class TileView(PlacedView):
    """`fit` divides a width in px. With `scrolls` the view has a scroll bar and an opaque
    background; without, it is as high as its rows need, for a page that scrolls around it.

    `inset` px are kept free at both sides; the scroll bar lies in them. While only the head is
    visible, `in_sight` tells -1.
    """

    fitted = Signal(int)  # px left over at the trailing edge

    def __init__(self, fit: Fit, *, scrolls: bool, inset: int = 0) -> None:
        super().__init__()
        self._fit, self._scrolls, self._inset = fit, scrolls, inset
        self._tiles = Tiles(1, QSize(100, 100))
        self._head: QWidget | None = None
        self._head_height = 0
        self._count = 0
        self._most_rows = 0
        self.exposed = QRect()  # while painting: the part of the viewport to paint
        self.setProperty("kind", "grid")
        self.dress(opaque=scrolls)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        if not scrolls:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    # -- content

    def set_head(self, head: QWidget) -> None:
        """Set a widget that is above the first row and scrolls with it."""
        self._head = head
        head.setParent(self.viewport())
        head.installEventFilter(self)
        head.show()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        self.refit()

    def set_most_rows(self, rows: int) -> None:
        """Limit the number of rows of tiles; the rest of the model is not shown."""
        self._most_rows = rows
        self._recount()

    def refit(self) -> None:
        """Divide the width again; the first visible row stays visible."""
        before, row = self._tiles, self.rows_in(self.viewport().rect())[0]
        head_before = self._head_height
        at = self._content_y(row) - self.verticalScrollBar().value() if row >= 0 else 0
        self._tiles = self._fit(max(1, self.width() - 2 * self._inset))
        self._count = self._shown_count()
        self._place_head()
        self.set_range()
        changed = before != self._tiles or head_before != self._head_height
        if changed and row >= 0 and self.verticalScrollBar().value() > head_before:
            self.verticalScrollBar().setValue(self._content_y(row) - at)
        self._move_head()
        self.viewport().update()
        self._look.start()
        slack = self.width() - 2 * self._inset - self._tiles.count * self._tiles.size.width()
        self.fitted.emit(max(0, slack))

    def rows_in(self, area: QRect) -> tuple[int, int]:
        """First and last row with a tile in `area` of the viewport; (-1, -1) for none."""
        height = self._tiles.size.height()
        top = area.top() + self.verticalScrollBar().value() - self._head_height
        bottom = top + area.height() - 1
        if self._count == 0 or bottom < 0:
            return -1, -1
        first = max(0, top) // height * self._tiles.count
        last = min(self._count, (bottom // height + 1) * self._tiles.count) - 1
        return (first, last) if first <= last else (-1, -1)

    # -- geometry, overriding Qt

    def visualRect(self, index: Index) -> QRect:
        return self.tile(index.row()) if index.isValid() else QRect()

    def tile(self, row: int) -> QRect:
        """The rectangle of a row in the viewport."""
        size = self._tiles.size
        column = row % self._tiles.count
        if self.isRightToLeft():
            x = self.viewport().width() - self._start() - (column + 1) * size.width()
        else:
            x = self._start() + column * size.width()
        y = self._content_y(row) - self.verticalScrollBar().value()
        return QRect(QPoint(x, y), size)

    def indexAt(self, point: QPoint) -> QModelIndex:
        size = self._tiles.size
        x = self.viewport().width() - 1 - point.x() if self.isRightToLeft() else point.x()
        y = point.y() + self.verticalScrollBar().value() - self._head_height
        column = (x - self._start()) // size.width()
        if y < 0 or not 0 <= column < self._tiles.count:
            return QModelIndex()
        row = y // size.height() * self._tiles.count + column
        return self.model().index(row, 0) if row < self._count else QModelIndex()

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid() or not self._scrolls:
            return
        bar, room = self.verticalScrollBar(), self.viewport().height()
        top = self._content_y(index.row())
        height = self._tiles.size.height()
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(top + (height - room) // 2)
        elif top < bar.value() or hint is QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(0 if index.row() < self._tiles.count and not self._head else top)
        elif top + height > bar.value() + room:
            bar.setValue(top + height - room)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.center())
        self.selectionModel().select(index, command)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        if self._count == 0:
            return QModelIndex()
        kinds = QAbstractItemView.CursorAction
        across, page = self._tiles.count, self._rows_a_page() * self._tiles.count
        forth = -1 if self.isRightToLeft() else 1
        by = {
            kinds.MoveLeft: -forth,
            kinds.MoveRight: forth,
            kinds.MovePrevious: -1,
            kinds.MoveNext: 1,
            kinds.MoveUp: -across,
            kinds.MoveDown: across,
            kinds.MovePageUp: -page,
            kinds.MovePageDown: page,
            kinds.MoveHome: -self._count,
            kinds.MoveEnd: self._count,
        }[action]
        now = self.currentIndex().row()
        if now < 0:
            return self.model().index(max(0, self.rows_in(self.viewport().rect())[0]), 0)
        wanted = now + by
        if by == across and wanted >= self._count:
            # from the last full row down into one with fewer tiles
            below = (self._count - 1) // across > now // across
            wanted = self._count - 1 if below else now
        elif by == -across and wanted < 0:
            wanted = now
        return self.model().index(max(0, min(self._count - 1, wanted)), 0)

    # -- changes of the model

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._reset)
            model.rowsRemoved.connect(self._recount)
        self._reset()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        first, last = self.rows_in(self.viewport().rect())
        for row in range(max(first, top_left.row(), 0), min(last, bottom_right.row()) + 1):
            self.viewport().update(self.tile(row))

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        QAbstractItemView.rowsInserted(self, parent, start, end)
        last = self.rows_in(self.viewport().rect())[1]
        self._count = self._shown_count()
        self.set_range()
        if start <= last + self._tiles.count:
            self.viewport().update()
        self._look.start()

    def currentChanged(self, current: Index, previous: Index) -> None:
        QAbstractItemView.currentChanged(self, current, previous)
        if QAccessible.isActive() and current.isValid() and self.hasFocus():
            event = QAccessibleEvent(self, QAccessible.Event.Focus)
            event.setChild(current.row())
            QAccessible.updateAccessibility(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        QAbstractItemView.selectionChanged(self, selected, deselected)

    def _reset(self) -> None:
        self._hovered = -1
        self._recount()

    def _recount(self) -> None:
        self._count = self._shown_count()
        self.set_range()
        self.viewport().update()
        self._look.start()

    # -- Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        with theme.painting(self) as now:
            if self._scrolls:
                painter.fillRect(event.rect(), now.color("window"))
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            area = self.exposed = event.rect()
            first, last = self.rows_in(area)
            current = self.currentIndex().row() if self.hasFocus() else -1
            for row in range(max(0, first), last + 1):
                tile = self.tile(row)
                if tile.intersects(area):
                    self.paint_cell(painter, option, row, tile, row == current)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size() != event.oldSize():
            self.refit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._move_head()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._scrolls:
            super().wheelEvent(event)
        else:
            event.ignore()  # the page scrolls

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc clears the selection; without one it goes on to the parent."""
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            event.accept()
        else:
            super().keyPressEvent(event)
        if event.isAccepted() and event.key() in {*_MOVES, Qt.Key.Key_Escape}:
            show_ring(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in _HISTORY:
            event.ignore()  # the parent navigates back
        else:
            super().mousePressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._head and event.type() is QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self.refit)
        return super().eventFilter(watched, event)

    # -- internals

    def _shown_count(self) -> int:
        model = self.model()
        count = model.rowCount() if model is not None else 0
        return min(count, self._most_rows * self._tiles.count) if self._most_rows else count

    def _start(self) -> int:
        """The x of the first tile, from the leading edge of the viewport."""
        bar = self.width() - self.viewport().width()
        return self._inset - (bar if self.isRightToLeft() else 0)

    def _content_y(self, row: int) -> int:
        return self._head_height + row // self._tiles.count * self._tiles.size.height()

    def _rows_a_page(self) -> int:
        return max(1, self.viewport().height() // self._tiles.size.height())

    def set_range(self) -> None:
        rows = -(-self._count // self._tiles.count)
        content = self._head_height + rows * self._tiles.size.height()
        if not self._scrolls:
            self.setFixedHeight(max(1, content))
            return
        bar, room = self.verticalScrollBar(), self.viewport().height()
        bar.setSingleStep(STEP_PX)
        bar.setPageStep(room)
        bar.setRange(0, max(0, content - room))

    def _place_head(self) -> None:
        if self._head is None:
            return
        width = self.width() - 2 * self._inset
        if self._head.hasHeightForWidth():
            height = self._head.heightForWidth(width)
        else:
            height = self._head.sizeHint().height()
        self._head_height = 0 if self._head.isHidden() else max(0, height)
        self._head.resize(width, self._head_height)

    def _move_head(self) -> None:
        if self._head is not None:
            self._head.move(self._start(), -self.verticalScrollBar().value())

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Scroll to a widget of the head that got the focus by Tab."""
        if self._head is None or new is None or not self._head.isAncestorOf(new):
            return
        top = new.mapTo(self._head, QPoint(0, 0)).y()
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if top < bar.value():
            bar.setValue(top)
        elif top + new.height() > bar.value() + room:
            bar.setValue(top + min(new.height(), room) - room)

    def tell_sight(self) -> None:
        area = self.viewport().visibleRegion().boundingRect()
        if not area.isEmpty():
            self.in_sight.emit(*self.rows_in(area))
