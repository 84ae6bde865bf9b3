"""The books that were read, the longest read first."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import duration
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.delegate import paint_cover
from kios_desktop.ui.reader.marks.mark_list import paint_words
from kios_desktop.ui.statistics.cells import Index
from kios_desktop.ui.statistics.summary import BookLine, Summary
from kios_desktop.ui.statistics.texts import book_status, book_text, book_title
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring
from kios_desktop.ui.widgets.progress_bar import paint_progress

_ROW, _COVER, _BAR = 52, 28, 6  # px
SIDE: Final = 12  # px beside a row, for the shadow of its cover and what shows a click
_TITLES: Final = 0.36  # of the width, up to where the bars begin
_LINE_ROLE: Final = int(Qt.ItemDataRole.UserRole)


class _ReadBookModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[BookLine] = ()
        self.today = date(2000, 1, 1)

    def show(self, lines: Sequence[BookLine], today: date) -> None:
        same = [one.book_id for one in lines] == [one.book_id for one in self._lines]
        if not same:
            self.beginResetModel()
        self._lines, self.today = lines, today
        if not same:
            self.endResetModel()
        elif lines:
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def line(self, index: Index) -> BookLine | None:
        return self._lines[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row()]
        if role == _LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(book_title(line))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return book_text(line, self.today)
        return None


class _ReadBookRows(QStyledItemDelegate):
    def __init__(self, model: _ReadBookModel, covers: Covers, parent: QListView) -> None:
        super().__init__(parent)
        self._model, self._covers = model, covers
        self._strong, self._small = theme.font("bodyStrong"), theme.font("small")
        self._time = theme.font("body", tabular=True)
        self._line = QFontMetrics(self._strong).height() + 2
        self._end = QFontMetrics(self._time).horizontalAdvance(duration(100 * 3600)) + 4

    @property
    def row_height(self) -> int:
        return max(_ROW, 2 * self._line + 12)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        with theme.painting(option.widget):
            self._paint(painter, option, index.data(_LINE_ROLE))
        painter.restore()

    def _paint(self, painter: QPainter, option: QStyleOptionViewItem, line: BookLine) -> None:
        now, row = theme.painted(), QRect(option.rect)
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_MouseOver and line.is_here:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.color("hover"))
            painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
            paint_focus_ring(painter, now, QRectF(row).adjusted(1, 2, -1, -2), 5)
        inside = row.adjusted(SIDE, 0, -SIDE, 0)
        height = round(_COVER * 1.5)
        mark = QRect(inside.left(), row.center().y() - height // 2, _COVER, height)
        ratio = painter.device().devicePixelRatio()
        pixmap = None
        if line.book is not None:
            pixmap = self._covers.pixmap(line.book, _COVER, ratio, "statistics")
        paint_cover(painter, QStyle.visualRect(option.direction, row, mark), pixmap)
        titles = round(inside.width() * _TITLES)
        words = QRect(mark.right() + 14, row.center().y() - self._line, 0, self._line)
        words.setRight(inside.left() + titles - 12)
        paint_words(painter, option, words, book_title(line), self._strong, "text")
        under = words.translated(0, self._line)
        status = book_status(line, self._model.today)
        paint_words(painter, option, under, status, self._small, "textMuted")
        time = inside.adjusted(inside.width() - self._end, 0, 0, 0)
        paint_words(painter, option, time, duration(line.read_s), self._time, "text", at_end=True)
        left, right = inside.left() + titles, time.left() - 16
        track = QRect(left, row.center().y() - _BAR // 2, right - left, _BAR)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        placed = QStyle.visualRect(option.direction, row, track)
        paint_progress(painter, QRectF(placed), line.share, mirrored)


class BookLines(QListView):
    """As high as its rows. A click and Enter emit `chosen` for a book of the library."""

    chosen = Signal(object)  # BookId
    menu_wanted = Signal(object, QPoint)  # BookLine, where on the screen

    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self.lines = _ReadBookModel()
        self._rows = _ReadBookRows(self.lines, covers, self)
        self.setProperty("kind", "nav")
        self.setModel(self.lines)
        self.setItemDelegate(self._rows)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(tr("Books"))
        self.clicked.connect(self._go)
        covers.ready.connect(lambda _book: self.viewport().update())

    def show_books(self, shown: Summary, most: int | None) -> None:
        """At most so many of them; all for None."""
        at = self.currentIndex().row()
        self.lines.show(shown.books[:most], shown.today)
        rows = self.lines.rowCount()
        self.setFixedHeight(rows * self._rows.row_height + SIDE)
        if rows:
            self.setCurrentIndex(self.lines.index(max(0, min(at, rows - 1))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._go(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at_pointer = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if at_pointer else self.currentIndex()
        if (line := self.lines.line(index)) is not None:
            self.setCurrentIndex(index)
            self.menu_wanted.emit(line, event.globalPos())

    def _go(self, index: QModelIndex) -> None:
        line = self.lines.line(index)
        if line is not None and line.is_here:
            self.chosen.emit(line.book_id)
