"""The list of what was found inside books, as high as its rows: the page around it scrolls."""

from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from kios_desktop.domain.inside_books import Excerpt
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import runs_right_to_left
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.inside_model import (
    ROW_ROLE,
    InsideModel,
    MoreBooks,
    MoreExcerpts,
    Row,
    ShownExcerpts,
    count_text,
    row_text,
)
from kios_desktop.ui.library.inside_presenter import InsideGroup
from kios_desktop.ui.library.scroll_area import SIDE
from kios_desktop.ui.widgets.excerpts import ExcerptLayouts
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring, show_ring

WIDE: Final = 760  # px of a list in which an excerpt has one line; else it has two
_PAD: Final = 8  # px above and below the text of a row
_HEADING_TOP: Final = 14  # px above a book's title
_COUNT: Final = 72  # px
_GAP: Final = 10  # px between title and authors
_ACTIVATE: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

_Index = QModelIndex | QPersistentModelIndex


class _InsideDelegate(QStyledItemDelegate):
    """Rows of three heights, whatever their text: nothing is measured but what is painted."""

    def __init__(self, model: InsideModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._layouts = ExcerptLayouts(1), ExcerptLayouts(2)
        self._excerpts = self._layouts[1]
        self._title, self._small = theme.font("bodyStrong"), theme.font("small")
        self._counted = theme.font("small", tabular=True)
        title, small = QFontMetrics(self._title).height(), QFontMetrics(self._small).height()
        self._chapter = small + 2
        self._heading = QSize(200, _HEADING_TOP + title + 8)
        self._line = QSize(200, max(theme.control_height(), small + 2 * _PAD))

    def fit(self, width: int) -> bool:
        """Lay out for a list of another width, in px; whether rows have other heights now."""
        before = self._excerpts
        self._excerpts = self._layouts[0 if width >= theme.scaled(WIDE) else 1]
        return self._excerpts is not before

    def size(self, row: Row | None) -> QSize:
        if isinstance(row, InsideGroup):
            return self._heading
        if isinstance(row, Excerpt):
            return QSize(200, self._chapter + self._excerpts.height + 2 * _PAD)
        return self._line

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self.size(self._model.row(index))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, InsideGroup):
            self._paint_heading(painter, option, row)
        else:
            self._paint_surface(painter, option)
            if isinstance(row, Excerpt):
                self._paint_excerpt(painter, option, row)
            else:
                self._paint_line(painter, option, row)
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, group: InsideGroup
    ) -> None:
        now, direction = theme.of(option.widget), option.direction
        box: QRect = option.rect.adjusted(SIDE, _HEADING_TOP, -SIDE, 0)
        words = box.adjusted(0, 0, -_COUNT, 0)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        title = theme.elided(group.book.title, self._title, words.width())
        painter.setFont(self._title)
        painter.setPen(now.color("text"))
        painter.drawText(QStyle.visualRect(direction, box, words), flags, title)
        taken = QFontMetrics(self._title).horizontalAdvance(title) + _GAP
        beside = words.adjusted(taken, 0, 0, 0)
        if beside.width() > _COUNT:
            names = ", ".join(group.book.authors)
            painter.setFont(self._small)
            painter.setPen(now.color("textMuted"))
            shown = theme.elided(names, self._small, beside.width())
            painter.drawText(QStyle.visualRect(direction, box, beside), flags, shown)
        painter.setFont(self._counted)
        painter.setPen(now.color("textFaint"))
        painter.drawText(
            QStyle.visualRect(direction, box, box.adjusted(box.width() - _COUNT, 0, 0, 0)),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            count_text(group),
        )

    def _paint_surface(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        now, state = theme.of(option.widget), option.state
        surface: QRect = option.rect.adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        enabled = state & QStyle.StateFlag.State_Enabled
        if state & QStyle.StateFlag.State_MouseOver and enabled:
            painter.setBrush(now.color("hover"))
            painter.drawRoundedRect(surface, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
            paint_focus_ring(painter, now, surface, 6)

    def _paint_excerpt(
        self, painter: QPainter, option: QStyleOptionViewItem, excerpt: Excerpt
    ) -> None:
        now = theme.of(option.widget)
        box: QRect = option.rect.adjusted(SIDE, _PAD, -SIDE, -_PAD)
        painter.setFont(self._small)
        painter.setPen(now.color("textMuted"))
        # aligned as the excerpt below it runs
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        if runs_right_to_left(excerpt.before + excerpt.text):
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        chapter = theme.elided(excerpt.chapter, self._small, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignTop | side), chapter)
        painter.setPen(now.color("text"))
        text = QRectF(box).adjusted(0, self._chapter, 0, 0)
        painter.setClipRect(text)
        self._excerpts.layout(excerpt, round(text.width())).draw(painter, text.topLeft())

    def _paint_line(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        now = theme.of(option.widget)
        box: QRect = option.rect.adjusted(SIDE, 0, -SIDE, 0)
        plain = isinstance(row, ShownExcerpts)
        face = self._small if plain else self._title
        painter.setFont(face)
        painter.setPen(now.color("textMuted" if plain else "accent"))
        painter.drawText(
            box,
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            theme.elided(row_text(row), face, box.width()),
        )


class InsideList(QListView):
    """Enter acts as a click. `moved` carries the rectangle of the row that the keyboard chose."""

    excerpt_chosen = Signal(object)  # Excerpt
    expand_requested = Signal(object)  # BookId
    more_requested = Signal()
    moved = Signal(QRect)

    def __init__(self, model: InsideModel) -> None:
        super().__init__()
        self._model = model
        self._delegate = _InsideDelegate(model, self)
        self.setProperty("kind", "grid")
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(off)
        self.setVerticalScrollBarPolicy(off)
        self.setAccessibleName(tr("Inside books"))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._activate)
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self._fit)
        self._fit()

    def first(self) -> QModelIndex:
        """The first row that can be chosen."""
        for number in range(self._model.rowCount()):
            index = self._model.index(number)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                return index
        return QModelIndex()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and self.hasFocus():
            self.moved.emit(self.visualRect(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ACTIVATE and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._activate(self.currentIndex())
            return
        super().keyPressEvent(event)
        if event.isAccepted():
            show_ring(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._delegate.fit(event.size().width()):
            self.scheduleDelayedItemsLayout()
            self._fit()
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton):
            event.ignore()
        else:
            super().mousePressEvent(event)

    def _fit(self) -> None:
        rows = (self._model.row(self._model.index(n)) for n in range(self._model.rowCount()))
        self.setFixedHeight(max(1, sum(self._delegate.size(row).height() for row in rows)))

    def _activate(self, index: QModelIndex) -> None:
        match self._model.row(index):
            case Excerpt() as excerpt:
                self.excerpt_chosen.emit(excerpt)
            case MoreExcerpts(book_id):
                self.expand_requested.emit(book_id)
            case MoreBooks():
                self.more_requested.emit()
