"""The list of cards: each one a highlight, with its note and where it is from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kios_desktop.domain.mark_query import HighlightKey, KeptMark
from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import when
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.own_keys import claims_key
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.marks.card_model import KEPT_ROLE, LINE_ROLE, CardModel, MarkRow, count_text
from kios_desktop.ui.marks.presenter import AllMarks, MarkedBookLine
from kios_desktop.ui.reader.marks.colours import swatch
from kios_desktop.ui.reader.marks.mark_list import paint_words
from kios_desktop.ui.reader.marks.mark_texts import chapter_title, one_line
from kios_desktop.ui.widgets.focus_ring import has_ring
from kios_desktop.ui.widgets.row_view import RowView
from kios_desktop.ui.widgets.text_lines import TextLines

MOST: Final = 860  # px of a card
SIDE: Final = 24  # px beside the cards
_BAR: Final = 6  # px of colour
_LEFT, _RIGHT, _TOP, _BOTTOM = 24, 18, 14, 14  # px inside a card
_GAP: Final = 12  # px between cards
_APART: Final = 10  # px between text, note and the last line
_NOTE_PAD, _NOTE_TEXT = 8, 36  # px around the text of a note, and before it
_TEXT_PX, _TEXT_LINE = 15, 24  # px
_LINES, _NOTE_LINES = 16, 8  # shown of a text, and of a note
_HEADING: Final = 46  # px
_MORE: Final = 28  # px of the button with the menu

_Index = QModelIndex | QPersistentModelIndex


class _Layout:
    """The boxes inside a card, in reading direction from the left."""

    def __init__(self, card: QRect, lines: float, note: float, meta: float) -> None:
        inside = card.adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        self.text = QRect(inside.topLeft(), QSize(inside.width(), round(lines)))
        top = self.text.bottom() + 1 + _APART
        self.note = QRect(QPoint(inside.left(), top), QSize(inside.width(), round(note)))
        top = inside.bottom() + 1 - round(meta)
        self.meta = QRect(QPoint(inside.left(), top), QSize(inside.width(), round(meta)))


class _CardRows(QStyledItemDelegate):
    """Cards at most `MOST` px wide."""

    def __init__(self, parent: "CardList") -> None:
        super().__init__(parent)
        self._list = parent
        self._text_face = QFont(theme.reading_serif())
        self._text_face.setPixelSize(theme.scaled(_TEXT_PX))
        self._text_line = theme.scaled(_TEXT_LINE)
        self._note_face = theme.font("body")
        self._note_line = theme.line_height("body", self._note_face)
        self._small, self._strong = theme.font("small", tabular=True), theme.font("smallStrong")
        self._meta = QFontMetrics(self._strong).height() + 2
        self._texts = TextLines(self._text_face, self._text_line)
        self._notes = TextLines(self._note_face, self._note_line)
        self._title = theme.font("section")
        self._heading = max(_HEADING, QFontMetrics(self._title).height() + 20)

    # -- sizes

    def heights(self, rows: Sequence[MarkRow], cards: CardModel) -> list[int]:
        """Of headings and cards: exact for those that were read, else estimated by length."""
        width, heights = self.width - _LEFT - _RIGHT, list[int]()
        known: dict[tuple[int, int], int] = {}  # of estimated cards, by their letters
        for row in rows:
            if not isinstance(row, HighlightKey):
                heights.append(self._heading)
                continue
            kept = cards.card(row.mark_id)
            letters = row.letters, row.note_letters
            if kept is not None:
                height = self._height(*self._heights(kept.mark))
            elif letters in known:
                height = known[letters]
            else:
                height = known[letters] = self._height(*self._estimated(*letters, width))
            heights.append(height)
        return heights

    def _height(self, text: float, note: float) -> int:
        between = _APART + (note + _APART if note else 0)
        return _TOP + round(text + between) + self._meta + _BOTTOM + _GAP

    def _estimated(self, letters: int, note_letters: int, width: int) -> tuple[float, float]:
        text = self._texts.lines_for(letters, width, _LINES) * self._text_line
        if not note_letters:
            return text, 0
        lines = self._notes.lines_for(note_letters, width - _NOTE_TEXT - _NOTE_PAD, _NOTE_LINES)
        return text, lines * self._note_line + 2 * _NOTE_PAD

    def card(self, row: QRect) -> QRect:
        """The box of a card in its row; the gap is below it."""
        return QStyle.visualRect(self._list.layoutDirection(), row, self._card_box(row))

    def _card_box(self, row: QRect) -> QRect:
        """The same, in reading direction from the left."""
        return QRect(row.left() + SIDE, row.top(), self.width, row.height() - _GAP)

    def more(self, row: QRect) -> QRect:
        """The button with the menu, at the end of the last line."""
        box = self._card_box(row)
        corner = QPoint(box.right() + 1 - 10 - _MORE, box.bottom() + 1 - 8 - _MORE)
        return QStyle.visualRect(
            self._list.layoutDirection(), row, QRect(corner, QSize(_MORE, _MORE))
        )

    @property
    def width(self) -> int:
        """px of a card."""
        return min(MOST, max(200, self._list.viewport().width() - 2 * SIDE))

    def _heights(self, mark: Mark) -> tuple[float, float]:
        """Of the text and of the note with its surface, 0 without one."""
        width = self.width - _LEFT - _RIGHT
        text = self._texts.measured(one_line(mark.text), width, _LINES) * self._text_line
        if not mark.note:
            return text, 0
        room = width - _NOTE_TEXT - _NOTE_PAD
        lines = self._notes.measured(one_line(mark.note), room, _NOTE_LINES)
        return text, lines * self._note_line + 2 * _NOTE_PAD

    # -- painting

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        kept, line = index.data(KEPT_ROLE), index.data(LINE_ROLE)
        if isinstance(kept, KeptMark):
            self._paint_card(painter, option, kept.mark, line)
        elif index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self._paint_surface(painter, option, self._card_box(option.rect), None)
        elif isinstance(line, MarkedBookLine):
            self._paint_heading(painter, option, line)
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, line: MarkedBookLine
    ) -> None:
        row: QRect = option.rect
        count = count_text(line)
        room = QFontMetrics(self._small).horizontalAdvance(count) + 2
        box = QRect(row.left() + SIDE, row.top() + 4, self.width, row.height() - 4)
        wanted = QFontMetrics(self._title).horizontalAdvance(line.book.title) + 2
        title = QRect(box)
        title.setWidth(min(wanted, box.width() - room - 12))
        paint_words(painter, option, title, line.book.title, self._title, "text")
        beside = box.adjusted(title.width() + 12, 2, 0, 0)
        paint_words(painter, option, beside, count, self._small, "textMuted")

    def _paint_card(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        mark: Mark,
        line: MarkedBookLine | None,
    ) -> None:
        now = theme.painted()
        row: QRect = option.rect
        card = self._card_box(row)
        self._paint_surface(painter, option, card, mark)
        text, note = self._heights(mark)
        boxes = _Layout(card, text, note, self._meta)
        painter.setPen(now.color("text"))
        self._draw(painter, option, self._texts, mark.text, boxes.text, _LINES)
        if mark.note:
            self._paint_note(painter, option, mark, boxes.note)
        self._paint_meta(painter, option, mark, line, boxes.meta)
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_MouseOver:
            more = self.more(row)
            painter.setPen(QPen(now.color("border"), 1))
            painter.setBrush(now.color("raised"))
            painter.drawRoundedRect(more, 6, 6)
            icon("dots-three").paint(painter, more.adjusted(5, 5, -5, -5))

    def _paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, card: QRect, mark: Mark | None
    ) -> None:
        """`mark` is None until the highlight is read."""
        now = theme.painted()
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected) and self._list.has_many
        box = QRectF(QStyle.visualRect(option.direction, option.rect, card))
        box.adjust(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(box, 8, 8)
        painter.fillPath(outline, now.color("selected" if chosen else "raised"))
        if mark is not None:
            painter.save()
            painter.setClipPath(outline)
            bar = QRect(card.topLeft(), QSize(_BAR, card.height()))
            placed = QStyle.visualRect(option.direction, option.rect, bar)
            painter.fillRect(placed, swatch(mark.colour))
            painter.restore()
        ring = bool(state & QStyle.StateFlag.State_HasFocus) and has_ring(option.widget)
        edge = "focus" if ring else "accent" if chosen else "border"
        painter.setPen(QPen(now.color(edge), 2 if ring else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)

    def _paint_note(
        self, painter: QPainter, option: QStyleOptionViewItem, mark: Mark, box: QRect
    ) -> None:
        now = theme.painted()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.color("sunken"))
        painter.drawRoundedRect(QStyle.visualRect(option.direction, option.rect, box), 6, 6)
        side = theme.icon_px("small")
        top = box.top() + _NOTE_PAD + round(self._note_line - side) // 2
        at = QRect(QPoint(box.left() + 12, top), QSize(side, side))
        icon("note", "textMuted").paint(
            painter, QStyle.visualRect(option.direction, option.rect, at)
        )
        painter.setPen(now.color("text"))
        words = box.adjusted(_NOTE_TEXT, _NOTE_PAD, -_NOTE_PAD, -_NOTE_PAD)
        self._draw(painter, option, self._notes, mark.note, words, _NOTE_LINES)

    def _paint_meta(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        mark: Mark,
        line: MarkedBookLine | None,
        box: QRect,
    ) -> None:
        chapter = chapter_title(mark.anchor)
        made = when(mark.made_at, datetime.now(UTC))
        rest = " · ".join(filter(None, (made, line.book.title if line is not None else "")))
        rest = f"· {rest}" if chapter else rest
        wanted = QFontMetrics(self._strong).horizontalAdvance(chapter) + 2
        first = QRect(box)
        first.setWidth(min(wanted, box.width() // 2))
        paint_words(painter, option, first, chapter, self._strong, "text")
        lost = tr("Couldn’t be placed in the book") if mark.passage is None else ""
        room = QFontMetrics(self._small).horizontalAdvance(lost) + 2 if lost else 0
        start = first.width() + 6 if chapter else 0
        second = box.adjusted(start, 0, -room - _MORE, 0)
        paint_words(painter, option, second, rest, self._small, "textMuted")
        if lost:
            end = box.adjusted(box.width() - room - _MORE, 0, -_MORE, 0)
            paint_words(painter, option, end, lost, self._small, "warning", at_end=True)

    def _draw(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        texts: TextLines,
        words: str,
        box: QRect,
        most: int,
    ) -> None:
        placed = QStyle.visualRect(option.direction, option.rect, box)
        layout = texts.layout(one_line(words), box.width(), most)
        layout.draw(painter, QRectF(placed).topLeft())


class CardList(RowView):
    """Enter and a double click open a card in its book; F2 edits its note.

    Ctrl and Shift select several with the pointer or the arrow keys, Space adds the current one;
    Del, Ctrl+C and the menu are about all that are selected.
    """

    chosen = Signal(object)  # KeptMark
    edit_wanted = Signal(object)  # KeptMark
    delete_wanted = Signal(list)  # list[MarkId]
    copy_wanted = Signal(list)  # list[MarkId]
    menu_wanted = Signal(QPoint)  # where on the screen
    selected_count = Signal(int)

    def __init__(self, model: CardModel) -> None:
        super().__init__()
        self._cards = model
        self._rows = _CardRows(self)
        self.has_many = False  # whether several are selected
        self.setProperty("kind", "grid")
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setModel(model)
        self.setItemDelegate(self._rows)
        self.setAccessibleName(tr("Highlights and notes"))

    def heights_of(self, first: int, last: int) -> list[int]:
        return self._rows.heights(self._cards.rows(first, last), self._cards)

    def measured_for(self) -> int:
        return self._rows.width

    def current(self) -> KeptMark | None:
        return self._cards.kept(self.currentIndex())

    def selected(self) -> list[MarkId]:
        """All that are selected; without any, the current one."""
        ids = self._cards.ids_of(self.selectionModel().selection())
        key = self._cards.key(self.currentIndex())
        return ids if ids or key is None else [key.mark_id]

    def select_only_current(self) -> None:
        """Let go of all others."""
        index = self.currentIndex()
        self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def show_marks(self, marks: AllMarks) -> None:
        """List what there is now: the current card and the first one in sight stay, or the next."""
        rows, now = list(self._cards.rows(0, self._cards.rowCount())), self.currentIndex().row()
        first, last = self.rows_in(self.viewport().rect()) if self.verticalOffset() else (0, -1)
        tops = [self.visualRect(self._cards.index(row)).top() for row in range(first, last + 1)]
        self._cards.show(marks)
        if now >= 0:
            kept = (self._cards.row_of(one) for one in rows[now:] + rows[:now][::-1])
            row = next((one for one in kept if one is not None), None)
            if row is not None and row != self.currentIndex().row():
                self.setCurrentIndex(self._cards.index(row))
        self._keep_in_sight(rows[first:], tops)

    def _keep_in_sight(self, rows: Sequence[MarkRow], tops: Sequence[int]) -> None:
        """The first of these cards that is there still; the first of them had these `tops`."""
        gone = False
        for n, one in enumerate(rows if tops else ()):
            row = self._cards.row_of(one)
            if row is not None:
                self.hold(row, 0 if gone or n >= len(tops) else tops[n])
                break
            gone = gone or isinstance(one, HighlightKey)

    def begin_anew(self) -> None:
        """Another list is shown: from its beginning."""
        self.clearSelection()
        self.selectionModel().clearCurrentIndex()
        self.verticalScrollBar().setValue(0)

    def box_of_current(self) -> QRect:
        """The current card, as far as it is in sight, in the coordinates of the window."""
        card = self._rows.card(self.visualRect(self.currentIndex()))
        seen = card.intersected(self.viewport().rect())
        return QRect(self.viewport().mapTo(self.window(), seen.topLeft()), seen.size())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        count = self._cards.count_of(self.selectionModel().selection())
        self.has_many = count > 1
        self.viewport().update()
        self.selected_count.emit(count)

    def event(self, event: QEvent) -> bool:
        """Del is about the cards, not the window's, as long as the list has the focus."""
        own = claims_key(event, lambda key: key.key() == Qt.Key.Key_Delete)
        return own or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        kept, ids = self.current(), self.selected()
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape and self.has_many:
            self.select_only_current()
        elif kept is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(kept)
        elif kept is not None and event.key() == Qt.Key.Key_F2:
            self.edit_wanted.emit(kept)
        elif ids and event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit(ids)
        elif ids and control and event.key() == Qt.Key.Key_C:
            self.copy_wanted.emit(ids)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at_pointer = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if at_pointer else self.currentIndex()
        if self._cards.kept(index) is not None:
            self._make_current(index)
            self.menu_wanted.emit(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() is Qt.MouseButton.LeftButton and self._has_more(index, at):
            self._make_current(index)
            corner = self._rows.more(self.visualRect(index)).bottomLeft()
            self.menu_wanted.emit(self.viewport().mapToGlobal(corner))
        elif event.button() is Qt.MouseButton.RightButton:
            event.accept()  # the menu follows, and is about what is selected
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        kept = self._cards.kept(index)
        is_left = event.button() is Qt.MouseButton.LeftButton
        if kept is not None and is_left and not self._has_more(index, at):
            self.chosen.emit(kept)

    def _has_more(self, index: QModelIndex, at: QPoint) -> bool:
        """Whether the button of a card is there."""
        kept = self._cards.kept(index)
        return kept is not None and self._rows.more(self.visualRect(index)).contains(at)

    def _make_current(self, index: QModelIndex) -> None:
        """The others stay selected when it is one of them."""
        flags = QItemSelectionModel.SelectionFlag
        if self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        else:
            self.setCurrentIndex(index)
