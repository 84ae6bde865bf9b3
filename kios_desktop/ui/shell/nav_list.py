"""The lists of the sidebar: rows with an icon, a title, and a count or a warning mark."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.placement import mirror
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)
CHOSEN_ROLE: Final = ROW_ROLE + 1
RAIL_ROW: Final = 40
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_Index = QModelIndex | QPersistentModelIndex


class NavRow(Struct, frozen=True):
    """One row. `trouble` explains its warning mark, "" for none.

    `spoken` is the row's text for screen readers. A `faint` row offers an action.
    """

    key: str
    icon: str
    title: str
    spoken: str
    count: str = ""
    trouble: str = ""
    faint: bool = False


class NavModel(QAbstractListModel):
    """The rows, and the row that the window shows."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[NavRow] = []
        self._chosen = ""

    def set_rows(self, rows: Sequence[NavRow]) -> None:
        if [row.key for row in rows] == [row.key for row in self._rows]:
            self._rows = list(rows)
            self._changed()
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def set_chosen(self, key: str) -> None:
        self._chosen = key
        self._changed()

    @property
    def chosen(self) -> str:
        return self._chosen

    def row(self, number: int) -> NavRow | None:
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def number_of(self, key: str) -> int:
        """The row of a key, -1 without one."""
        return next((n for n, row in enumerate(self._rows) if row.key == key), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row())
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role == CHOSEN_ROLE:
            return row.key == self._chosen
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(words for words in (row.title, row.trouble) if words))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(words for words in (row.spoken, row.trouble) if words)
        return None

    def _changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))


class NavDelegate(QStyledItemDelegate):
    """Paints a row of 32 px: icon at 12, text at 40, count at the end; in a rail the icon only."""

    def __init__(self) -> None:
        super().__init__()
        self.rail = False

    def row_height(self) -> int:
        return RAIL_ROW if self.rail else max(theme.size("row"), theme.control_height())

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(40, self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        now = theme.painted()
        place: NavRow = index.data(ROW_ROLE)
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        chosen = bool(index.data(CHOSEN_ROLE))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = row.adjusted(8, 0, -8, 0) if not self.rail else row.adjusted(6, 2, -6, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.setBrush(now.color("selected"))
            painter.drawRoundedRect(box, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(now.color("hover"))
            painter.drawRoundedRect(box, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
            paint_focus_ring(painter, now, box.adjusted(1, 1, -1, -1), 5)
        side = theme.icon_px("nav")
        left = (row.width() - side) // 2 if self.rail else 20
        mark = QRect(row.x() + left, row.center().y() - side // 2, side, side)
        color = "selectedText" if chosen else "textMuted"
        if self.rail and place.trouble:
            icon("warning", "warning").paint(painter, mirror(mark, row, mirrored))
        else:
            icon(place.icon, color).paint(painter, mirror(mark, row, mirrored))
        if not self.rail:
            self._paint_text(painter, row, place, chosen, mirrored)
        painter.restore()

    def _paint_text(
        self, painter: QPainter, row: QRect, place: NavRow, chosen: bool, mirrored: bool
    ) -> None:
        now = theme.painted()
        face: QFont = theme.font("bodyStrong" if chosen else "body", tabular=True)
        painter.setFont(face)
        side = theme.icon_px("small")
        end = side if place.trouble else QFontMetrics(face).horizontalAdvance(place.count)
        words = QRect(row.x() + 48, row.y(), row.width() - 48 - 20 - end - 8, row.height())
        at_end = QRect(row.right() + 1 - 20 - end, row.y(), end, row.height())
        leading = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        flags = int(leading | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute)
        token = "textMuted" if place.faint else "text"
        painter.setPen(now.color("selectedText" if chosen else token))
        shown = theme.elided(place.title, face, words.width())
        painter.drawText(mirror(words, row, mirrored), flags, shown)
        if place.trouble:
            box = QRect(at_end.x(), row.center().y() - side // 2, side, side)
            icon("warning", "warning").paint(painter, mirror(box, row, mirrored))
        elif place.count:
            painter.setPen(now.color("selectedText" if chosen else "textMuted"))
            center = int(Qt.AlignmentFlag.AlignCenter)
            painter.drawText(mirror(at_end, row, mirrored), center, place.count)


class NavList(QListView):
    """Emits `row_chosen` on a click or Enter; arrow keys only move the current row."""

    row_chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.rows = NavModel()
        self._delegate = NavDelegate()
        self.setProperty("kind", "nav")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._go)

    def set_rail(self, rail: bool) -> None:
        self._delegate.rail = rail
        self.scheduleDelayedItemsLayout()

    def height_of_rows(self) -> int:
        """The height of all rows in px."""
        return self.rows.rowCount() * self._delegate.row_height()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._go(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _go(self, index: QModelIndex) -> None:
        if (row := self.rows.row(index.row())) is not None:
            self.row_chosen.emit(row.key)
