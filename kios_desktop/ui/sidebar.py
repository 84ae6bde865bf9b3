"""The sidebar: the shelves, and at its foot how sync stands. A rail of icons when narrow."""

from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.library import Shelf, ShelfCounts
from kios_desktop.domain.progress import SyncOverview
from kios_desktop.ui import theme
from kios_desktop.ui.icons import icon
from kios_desktop.ui.library.header import shelf_title
from kios_desktop.ui.sync_words import StatusLine, status_line
from kios_desktop.ui.widgets.focus_ring import has_ring
from kios_desktop.ui.wording import tr

_ICONS: Final = {
    Shelf.ALL: "books",
    Shelf.READING: "book-open",
    Shelf.UNREAD: "circle-dashed",
    Shelf.FINISHED: "check-circle",
}
_COUNT_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_MINUTE_MS: Final = 60_000

_Index = QModelIndex | QPersistentModelIndex


class ShelfModel(QAbstractListModel):
    """The four shelves and their counts."""

    def __init__(self) -> None:
        super().__init__()
        self._counts = ShelfCounts()

    def set_counts(self, counts: ShelfCounts) -> None:
        self._counts = counts
        self.dataChanged.emit(self.index(0), self.index(len(Shelf) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else len(Shelf)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        shelf = list(Shelf)[index.row()]
        count = int(getattr(self._counts, shelf.value))
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return shelf_title(shelf)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("{shelf}, {n} books", shelf=shelf_title(shelf), n=count)
        return count if role == _COUNT_ROLE else None


class NavDelegate(QStyledItemDelegate):
    """32 px: icon at 12, text at 40, count at the end. In a rail only the icon."""

    def __init__(self) -> None:
        super().__init__()
        self.rail = False

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        height = 40 if self.rail else max(theme.size("row"), theme.control_height())
        return QSize(40, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        now = theme.painted()
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        chosen = bool(state & QStyle.StateFlag.State_Selected)
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
        view = option.widget
        if state & QStyle.StateFlag.State_HasFocus and has_ring(view):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(now.color("focus"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)
        side = theme.icon_px("nav")
        shelf = list(Shelf)[index.row()]
        left = (row.width() - side) // 2 if self.rail else 20
        mark = QRect(row.x() + left, row.center().y() - side // 2, side, side)
        color = "selectedText" if chosen else "textMuted"
        icon(_ICONS[shelf], color).paint(painter, _mirror(mark, row, mirrored))
        if not self.rail:
            self._paint_words(painter, row, index, chosen, mirrored)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, row: QRect, index: _Index, chosen: bool, mirrored: bool
    ) -> None:
        now = theme.painted()
        face = theme.font("bodyStrong" if chosen else "body", tabular=True)
        painter.setFont(face)
        count = f"{index.data(_COUNT_ROLE):n}"
        count_width = QFontMetrics(face).horizontalAdvance(count)
        words = QRect(row.x() + 48, row.y(), row.width() - 48 - 20 - count_width - 8, row.height())
        number = QRect(row.right() + 1 - 20 - count_width, row.y(), count_width, row.height())
        leading = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        flags = int(leading | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute)
        painter.setPen(now.color("selectedText" if chosen else "text"))
        painter.drawText(_mirror(words, row, mirrored), flags, str(index.data()))
        painter.setPen(now.color("selectedText" if chosen else "textMuted"))
        painter.drawText(_mirror(number, row, mirrored), int(Qt.AlignmentFlag.AlignCenter), count)


class Sidebar(QWidget):
    """232 px, or a rail of 52."""

    shelf_chosen = Signal(object)  # Shelf
    sync_menu_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = ShelfModel()
        self._delegate = NavDelegate()
        self._overview = SyncOverview()
        self._busy = ""
        self.nav = QListView()
        self.nav.setProperty("kind", "nav")
        self.nav.setFrameShape(QFrame.Shape.NoFrame)
        self.nav.setModel(self._model)
        self.nav.setItemDelegate(self._delegate)
        self.nav.setMouseTracking(True)
        self.nav.setAccessibleName(tr("Shelves"))
        self.nav.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.nav.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nav.setCurrentIndex(self._model.index(0))
        self.nav.selectionModel().currentChanged.connect(
            lambda index: self.shelf_chosen.emit(list(Shelf)[index.row()])
        )
        self.sync_line = SyncLine()
        self.sync_line.clicked.connect(self.sync_menu_requested)
        column = QVBoxLayout()
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nav, 1)
        column.addWidget(self.sync_line)
        edge = QFrame()
        edge.setObjectName("sidebarEdge")
        edge.setFixedWidth(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(column, 1)
        row.addWidget(edge)
        # “2 min ago” grows old by itself
        minute = QTimer(self, interval=_MINUTE_MS)
        minute.timeout.connect(self._show_status)
        minute.start()
        self.set_rail(False)
        self._show_status()

    def set_rail(self, rail: bool) -> None:
        self._delegate.rail = rail
        self.sync_line.set_rail(rail)
        wide = theme.size("sidebar")
        text = QFontMetrics(theme.font("bodyStrong")).horizontalAdvance("m" * 14)
        self.setFixedWidth(theme.size("rail") if rail else max(wide, min(320, text)))
        self.nav.scheduleDelayedItemsLayout()

    def set_counts(self, counts: ShelfCounts) -> None:
        self._model.set_counts(counts)

    def set_shelf(self, shelf: Shelf) -> None:
        """Choose a shelf as if the reader had."""
        self.nav.setCurrentIndex(self._model.index(list(Shelf).index(shelf)))

    def set_overview(self, overview: SyncOverview) -> None:
        self._overview = overview
        self._show_status()

    def set_import(self, done: int, total: int) -> None:
        """“Adding books 12 of 40” instead of the sync status; (0, 0) ends it."""
        self._busy = tr("Adding books {n} of {all}", n=done, all=total) if total else ""
        self._show_status()

    def regions(self) -> list[QWidget]:
        return [self.nav]

    def _show_status(self) -> None:
        line = status_line(self._overview, datetime.now(UTC))
        if self._busy:
            line = StatusLine("arrows-clockwise", "textMuted", self._busy)
        self.sync_line.show_status(line)


class SyncLine(QPushButton):
    """How sync stands; opens the sync menu."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "syncLine")
        self.setCheckable(True)
        self.setFont(theme.font("small"))
        self.setFixedHeight(max(44, theme.control_height("small")))
        self._status = StatusLine("minus-circle", "textFaint", "")
        self._rail = False

    def set_rail(self, rail: bool) -> None:
        self._rail = rail
        self.update()

    def show_status(self, status: StatusLine) -> None:
        if status == self._status:  # sync tells of every page that is turned
            return
        self._status = status
        self.setAccessibleName(status.spoken)
        self.setToolTip(status.text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        side = theme.icon_px("nav")
        left = (self.width() - side) // 2 if self._rail else 20
        mark = QRect(left, (self.height() - side) // 2, side, side)
        icon(self._status.icon, self._status.color).paint(
            painter, _mirror(mark, self.rect(), mirrored)
        )
        if not self._rail:
            caret = QRect(self.width() - 20 - 16, (self.height() - 16) // 2, 16, 16)
            icon("caret-up", "textMuted").paint(painter, _mirror(caret, self.rect(), mirrored))
            words = QRect(48, 0, self.width() - 48 - 44, self.height())
            shown = self.fontMetrics().elidedText(
                self._status.text, Qt.TextElideMode.ElideRight, words.width()
            )
            leading = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
            painter.setPen(theme.painted().color("textMuted"))
            painter.drawText(
                _mirror(words, self.rect(), mirrored),
                int(leading | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute),
                shown,
            )
        painter.end()


def _mirror(box: QRect, room: QRect, mirrored: bool) -> QRect:
    direction = Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
    return QStyle.visualRect(direction, room, box)
