"""A list whose rows lie where the class below it says, for lists of any length.

`QListView` asks the model about each row to place it, after every change: with a Python model that
takes too long. What is done without that is here; where a row lies, `rows_in` and `visualRect` say.
"""

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

STEP_PX: Final = 40
_LOOK_MS: Final = 60  # the interval of `in_sight` while scrolling
_ENABLED: Final = QStyle.StateFlag.State_Enabled

Index = QModelIndex | QPersistentModelIndex


class PlacedView(QListView):
    """Subclasses place, paint and scroll; they call `paint_cell` for each row in sight."""

    in_sight = Signal(int, int)  # first and last visible row

    def __init__(self) -> None:
        super().__init__()
        # For a viewport that Qt has made, PySide makes its classes for all kinds of widgets, which
        # takes 20 ms before the library is painted
        self.setViewport(QWidget())
        self._hovered = -1
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look.timeout.connect(self.tell_sight)

    def dress(self, *, opaque: bool = True) -> None:
        """To be called once rows can be placed: Qt asks for the range. `opaque`: painted whole."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        viewport = self.viewport()
        viewport.setMouseTracking(True)
        viewport.setAutoFillBackground(False)
        # an opaque viewport is moved when scrolled, and only what becomes visible is painted
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, opaque)

    def rows_in(self, area: QRect) -> tuple[int, int]:
        """First and last row in `area` of the viewport; the last before the first for none."""
        raise NotImplementedError

    def set_range(self) -> None:
        """Let the scroll bar reach all rows."""
        raise NotImplementedError

    def tell_sight(self) -> None:
        """Emit `in_sight`."""
        raise NotImplementedError

    def look_again(self) -> None:
        """Emit `in_sight` soon, even if nothing is scrolled."""
        self._look.start()

    @property
    def hovered(self) -> int:
        """The row under the pointer, -1 for none."""
        return self._hovered

    def paint_cell(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        row: int,
        box: QRect,
        focused: bool,
    ) -> None:
        """Let the delegate paint one row into its box."""
        index = self.model().index(row, 0)
        state = _ENABLED
        if self.selectionModel().isSelected(index):
            state |= QStyle.StateFlag.State_Selected
        if focused:
            state |= QStyle.StateFlag.State_HasFocus
        if row == self._hovered:
            state |= QStyle.StateFlag.State_MouseOver
        option.rect, option.state = box, state
        self.itemDelegate().paint(painter, option, index)

    # -- overriding Qt

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)  # not QListView's, which goes through all rows

    def updateGeometries(self) -> None:
        self.set_range()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)  # and what is in it
        self._hover(self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())).row())
        if not self._look.isActive():
            self._look.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row == self._hovered:
            return
        before, self._hovered = self._hovered, row
        for changed in (before, row):
            self.viewport().update(self.visualRect(self.model().index(changed, 0)))
