"""The list at the side: all books, and each one that has highlights."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from kios_desktop.domain.library import BookId
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.delegate import paint_cover
from kios_desktop.ui.marks.presenter import MarkedBookLine
from kios_desktop.ui.reader.marks.mark_list import paint_words
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

WIDTH: Final = 300  # px
_ROW, _COVER = 60, 28  # px
_LINE_ROLE: Final = Qt.ItemDataRole.UserRole
_COUNT_ROLE: Final = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex


class _BookModel(QAbstractListModel):
    """The first row is all books; `current` is the book that is listed, None for all."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[MarkedBookLine] = []
        self._total = 0  # highlights of all
        self.current: BookId | None = None

    def show(self, lines: Sequence[MarkedBookLine], current: BookId | None) -> None:
        same = [one.book.id for one in lines] == [one.book.id for one in self._lines]
        if not same:
            self.beginResetModel()
        self._lines, self.current = list(lines), current
        self._total = sum(line.count.highlights for line in lines)
        if same:
            self.dataChanged.emit(self.index(0), self.index(len(lines)))
        else:
            self.endResetModel()

    def book_id(self, index: _Index) -> BookId | None:
        return self._lines[index.row() - 1].book.id if index.row() > 0 else None

    def row_of(self, book_id: BookId | None) -> int:
        ids = [None, *(one.book.id for one in self._lines)]
        return ids.index(book_id) if book_id in ids else 0

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1 + len(self._lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row() - 1] if index.row() > 0 else None
        count = self._total if line is None else line.count.highlights
        title = tr("All books") if line is None else line.book.title
        if role == _LINE_ROLE:
            return line
        if role == _COUNT_ROLE:
            return number(count)
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(title)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = counted("%Ln highlights", "", count, one="%Ln highlight")
            return f"{title}, {words}"
        return None


class _BookRows(QStyledItemDelegate):
    def __init__(self, model: _BookModel, covers: Covers, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._covers = model, covers
        self._strong, self._small = theme.font("bodyStrong"), theme.font("small")
        self._count = theme.font("body", tabular=True)
        self._line = QFontMetrics(self._strong).height() + 2
        self._row = QSize(WIDTH, max(_ROW, 2 * self._line + 20))

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self._row

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        with theme.painting(option.widget):
            self._paint(painter, option, index)
        painter.restore()

    def _paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        now, row = theme.painted(), QRect(option.rect)
        state: QStyle.StateFlag = option.state
        here = self._model.book_id(index) == self._model.current
        box = row.adjusted(8, 1, -8, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if here or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(now.color("selected" if here else "hover"))
            painter.drawRoundedRect(box, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
            paint_focus_ring(painter, now, box.adjusted(1, 1, -1, -1), 5)
        line = index.data(_LINE_ROLE)
        mark = QRect(row.left() + 20, row.center().y() - 20, _COVER, round(_COVER * 1.5))
        placed = QStyle.visualRect(option.direction, row, mark)
        if isinstance(line, MarkedBookLine):
            ratio = painter.device().devicePixelRatio()
            paint_cover(painter, placed, self._covers.pixmap(line.book, _COVER, ratio, "marks"))
        else:
            side = theme.icon_px("nav")
            inner = QRect(0, 0, side, side)
            inner.moveCenter(placed.center())
            icon("books", "selectedText" if here else "textMuted").paint(painter, inner)
        count = str(index.data(_COUNT_ROLE))
        end = QFontMetrics(self._count).horizontalAdvance(count) + 2
        token = "selectedText" if here else "text"
        at_end = row.adjusted(row.width() - 20 - end, 0, -20, 0)
        paint_words(painter, option, at_end, count, self._count, token, at_end=True)
        words = row.adjusted(60, 0, -20 - end - 8, 0)
        authors = ", ".join(line.book.authors) if isinstance(line, MarkedBookLine) else ""
        title = QRect(words)
        if authors:
            title.setHeight(self._line)
            title.moveTop(row.center().y() - self._line)
            under = title.translated(0, self._line)
            muted = "selectedText" if here else "textMuted"
            paint_words(painter, option, under, authors, self._small, muted)
        paint_words(painter, option, title, str(index.data()), self._strong, token)


class BookList(QListView):
    """Emits `chosen` on a click or Enter; arrow keys only move the current row."""

    chosen = Signal(object)  # BookId, None for all

    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self._books = _BookModel()
        self.setProperty("kind", "nav")
        self.setModel(self._books)
        self.setItemDelegate(_BookRows(self._books, covers, self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFixedWidth(WIDTH)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(tr("Books with highlights"))
        self.clicked.connect(self._go)
        covers.ready.connect(lambda _book: self.viewport().update())

    def show_books(self, lines: Sequence[MarkedBookLine], current: BookId | None) -> None:
        self._books.show(lines, current)
        self.setCurrentIndex(self._books.index(self._books.row_of(current)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space
        if event.key() in enter and self.currentIndex().isValid():
            self._go(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _go(self, index: QModelIndex) -> None:
        self.chosen.emit(self._books.book_id(index))
