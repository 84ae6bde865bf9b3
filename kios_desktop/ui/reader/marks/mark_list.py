"""A list of marks: its model, and the view that both tabs show."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kios_desktop.domain.marks import Mark
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.own_keys import claims_key
from kios_desktop.ui.reader.marks.mark_list_presenter import MarkRow
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

MARK_ROLE: Final = Qt.ItemDataRole.UserRole
"""The `Mark` of a row; None for a heading."""

HEADING: Final = 34  # px of a heading's row
WIDTH: Final = 200  # px that a row has at least
SIDE: Final = 8  # px beside the text of a row

_Index = QModelIndex | QPersistentModelIndex


class MarkListModel(QAbstractListModel):
    """`spoken` is what a screen reader says of a mark, `named` its name where it can be changed."""

    renamed = Signal(object, str)  # Mark, its new name

    def __init__(
        self, spoken: Callable[[Mark], str], named: Callable[[Mark], str] | None = None
    ) -> None:
        super().__init__()
        self._rows: list[MarkRow] = []
        self._spoken, self._named = spoken, named

    def show(self, rows: Sequence[MarkRow]) -> None:
        """Replace what differs, so that the view stays where it is."""
        before, after = self._rows, list(rows)
        same = len(_common(before, after))
        left, right = before[same:], after[same:]
        tail = len(_common(left[::-1], right[::-1]))
        gone, come = len(left) - tail, len(right) - tail
        if gone:
            self.beginRemoveRows(QModelIndex(), same, same + gone - 1)
            self._rows = before[:same] + before[same + gone :]
            self.endRemoveRows()
        if come:
            self.beginInsertRows(QModelIndex(), same, same + come - 1)
            self._rows = after
            self.endInsertRows()
        self._rows = after
        if after:
            self.dataChanged.emit(self.index(0), self.index(len(after) - 1))

    @property
    def marks(self) -> list[Mark]:
        """All that are listed, in their order."""
        return [row for row in self._rows if isinstance(row, Mark)]

    def mark(self, index: _Index) -> Mark | None:
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None
        return row if isinstance(row, Mark) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.mark(index) is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if self._named is None else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if isinstance(row, str):
            spoken = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole
            return row if role in spoken else None
        if role == MARK_ROLE:
            return row
        if role == Qt.ItemDataRole.EditRole and self._named is not None:
            return self._named(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._spoken(row)
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        mark = self.mark(index)
        if mark is None or self._named is None or role != Qt.ItemDataRole.EditRole:
            return False
        if value != self._named(mark):
            self.renamed.emit(mark, str(value))
        return True


def _common(one: list[MarkRow], other: list[MarkRow]) -> list[MarkRow]:
    """The rows at the beginning that are about the same marks."""
    found = []
    for a, b in zip(one, other, strict=False):
        if (a.id if isinstance(a, Mark) else a) != (b.id if isinstance(b, Mark) else b):
            break
        found.append(b)
    return found


class MarkList(QListView):
    """Enter acts as a click; Del and F2 are about the current mark, as is the menu."""

    chosen = Signal(object)  # Mark
    edit_wanted = Signal(object)  # Mark
    delete_wanted = Signal(object)  # Mark

    def __init__(self, model: MarkListModel, name: str) -> None:
        super().__init__()
        self._marks = model
        self._menu_of: Callable[[Mark, QMenu], None] = lambda _mark, _menu: None
        self.setProperty("kind", "grid")
        self.setModel(model)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(name)
        palette = self.palette()
        palette.setColor(self.viewport().backgroundRole(), Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._choose)

    def fill_menus(self, menu_of: Callable[[Mark, QMenu], None]) -> None:
        """`menu_of` adds the actions about a mark to a menu."""
        self._menu_of = menu_of

    def show_rows(self, rows: Sequence[MarkRow]) -> None:
        self._marks.show(rows)
        self.scheduleDelayedItemsLayout()  # a note makes its row higher

    def current(self) -> Mark | None:
        return self._marks.mark(self.currentIndex())

    def box_of(self, mark: Mark) -> QRect:
        """Where a mark is painted, in the coordinates of the window; the list’s, if it is not."""
        for row in range(self._marks.rowCount()):
            index = self._marks.index(row)
            found = self._marks.mark(index)
            if found is not None and found.id == mark.id:
                box = self.visualRect(index).intersected(self.viewport().rect())
                corner = self.viewport().mapTo(self.window(), box.topLeft())
                return QRect(corner, box.size())
        return QRect(self.mapTo(self.window(), QPoint(0, 0)), self.size())

    def event(self, event: QEvent) -> bool:
        """Del is about the list's mark, not the window's, as long as the list has the focus."""
        own = claims_key(event, lambda key: key.key() == Qt.Key.Key_Delete)
        return own or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() is QListView.State.EditingState:
            return  # the Enter that ends it is passed on by its field
        mark = self.current()
        if mark is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(mark)
        elif mark is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit(mark)
        elif mark is not None and event.key() == Qt.Key.Key_F2:
            self.edit_wanted.emit(mark)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at_pointer = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if at_pointer else self.currentIndex()
        mark = self._marks.mark(index)
        if mark is None:
            return
        self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._menu_of(mark, menu)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _choose(self, index: QModelIndex) -> None:
        mark = self._marks.mark(index)
        if mark is not None:
            self.chosen.emit(mark)


class MarkRows(QStyledItemDelegate):
    """Paints the rows of a `MarkList`: headings here, marks in the classes below it."""

    def __init__(self, parent: MarkList, line_px: int) -> None:
        """`line_px`: the height of a heading's words, px."""
        super().__init__(parent)
        self._heading = QSize(WIDTH, max(HEADING, line_px + 12))

    def size_of(self, mark: Mark) -> QSize:
        raise NotImplementedError

    def paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, mark: Mark) -> None:
        raise NotImplementedError

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        mark = index.data(MARK_ROLE)
        return self.size_of(mark) if isinstance(mark, Mark) else self._heading

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        mark = index.data(MARK_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(mark, Mark):
            paint_surface(painter, option)
            self.paint_mark(painter, option, mark)
        else:
            _paint_heading(painter, option, str(index.data()))
        painter.restore()


def paint_surface(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """What lies behind a row: nothing, that it is hovered or current, and the focus ring."""
    now = theme.of(option.widget)
    state: QStyle.StateFlag = option.state
    surface: QRect = option.rect.adjusted(0, 1, -2, -1)
    focused = bool(state & QStyle.StateFlag.State_HasFocus)
    if state & QStyle.StateFlag.State_MouseOver or focused:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.color("hover"))
        painter.drawRoundedRect(surface, 6, 6)
    if focused and has_ring(option.widget):
        paint_focus_ring(painter, now, surface.adjusted(1, 1, -1, -1), 6)


def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, words: str) -> None:
    face = theme.font("smallStrong")
    box: QRect = option.rect.adjusted(SIDE, 8, -SIDE, 0)
    paint_words(painter, option, box, words, face, "textMuted")


def paint_words(
    painter: QPainter,
    option: QStyleOptionViewItem,
    box: QRect,
    words: str,
    face: QFont,
    token: str,
    at_end: bool = False,
) -> None:
    """One line of a row, elided, at the leading edge of a box or at its end."""
    painter.setFont(face)
    painter.setPen(theme.of(option.widget).color(token))
    side = Qt.AlignmentFlag.AlignRight if at_end else Qt.AlignmentFlag.AlignLeft
    painter.drawText(
        QStyle.visualRect(option.direction, option.rect, box),
        int(QStyle.visualAlignment(option.direction, side | Qt.AlignmentFlag.AlignVCenter)),
        theme.elided(words, face, box.width()),
    )
