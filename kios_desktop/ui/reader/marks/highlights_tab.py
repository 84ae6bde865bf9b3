"""What the tab “Highlights” shows: filters, and the highlights with their notes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.marks import Mark, MarkColour
from kios_desktop.ui.exchange.menu import add_export_actions
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import when
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.marks.colours import NAMES, add_colours, filter_dot, swatch
from kios_desktop.ui.reader.marks.mark_list import (
    SIDE,
    WIDTH,
    MarkList,
    MarkListModel,
    MarkRows,
    paint_words,
)
from kios_desktop.ui.reader.marks.mark_list_presenter import MarkListPresenter, MarkRow
from kios_desktop.ui.reader.marks.mark_texts import chapter_title, one_line, spoken_highlight
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.field import line_edit
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.text_lines import TextLines
from kios_desktop.ui.widgets.words_field import WordsField

LINES: Final = 3  # of a highlight's text
PAUSE_MS: Final = 150  # after the last key, until the list is filtered
_BAR: Final = 4  # px of colour
_PAD: Final = 8  # px above and below the text of a row
_NOTE: Final = 20  # px before the words of a note
_APART: Final = 4  # px between text, note and chapter

_Index = QModelIndex | QPersistentModelIndex


class _HighlightRows(MarkRows):
    """Rows whose heights follow from the length of their text: nothing is measured unless painted.

    A bar in the colour, up to three lines of the text, a line of the note, and the chapter.
    """

    def __init__(self, parent: MarkList) -> None:
        self._list = parent
        self._plain, self._small = theme.font("body"), theme.font("small", tabular=True)
        self._line_px = theme.line_height("body", self._plain)
        self._small_px = QFontMetrics(self._small).height() + 2
        self._texts = TextLines(self._plain, self._line_px)
        rest = self._small_px + 2 * _PAD + _APART
        self._sizes = {
            (lines, noted): QSize(
                WIDTH, round(lines * self._line_px) + rest + noted * (self._small_px + _APART)
            )
            for lines in range(1, LINES + 1)
            for noted in (False, True)
        }
        super().__init__(parent, self._small_px)

    def size_of(self, mark: Mark) -> QSize:
        return self._sizes[self._lines(mark, self._list.viewport().width()), bool(mark.note)]

    def _lines(self, mark: Mark, row_width: int) -> int:
        return self._texts.lines_of(mark.text, row_width - 2 * SIDE - _BAR - SIDE, LINES)

    def paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, mark: Mark) -> None:
        now = theme.of(option.widget)
        row: QRect = option.rect

        def placed(box: QRect) -> QRect:
            return QStyle.visualRect(option.direction, row, box)

        bar = QRect(row.left() + SIDE, row.top() + _PAD, _BAR, row.height() - 2 * _PAD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(swatch(mark.colour))
        painter.drawRoundedRect(QRectF(placed(bar)), 2, 2)
        inside = row.adjusted(2 * SIDE + _BAR, _PAD, -SIDE, -_PAD)
        lines = self._lines(mark, row.width())
        text = QRect(inside)
        text.setHeight(round(lines * self._line_px))
        painter.setPen(now.color("text"))
        self._texts.layout(one_line(mark.text), text.width(), lines).draw(
            painter, QRectF(placed(text)).topLeft()
        )
        foot = QRect(inside)
        foot.setTop(inside.bottom() + 1 - self._small_px)
        made = when(mark.made_at, datetime.now(UTC))
        width = QFontMetrics(self._small).horizontalAdvance(made) + 2
        chapter = foot.adjusted(0, 0, -width - SIDE, 0)
        words = chapter_title(mark.anchor)
        paint_words(painter, option, chapter, words, self._small, "textFaint")
        end = foot.adjusted(foot.width() - width, 0, 0, 0)
        paint_words(painter, option, end, made, self._small, "textFaint", at_end=True)
        if mark.note:
            note = foot.translated(0, -self._small_px - _APART)
            side = theme.icon_px("inline")
            at = QRect(QPoint(note.left(), note.center().y() - side // 2), QSize(side, side))
            with theme.painting(option.widget):
                icon("note", "textMuted").paint(painter, placed(at))
            words = one_line(mark.note)
            beside = note.adjusted(_NOTE, 0, 0, 0)
            paint_words(painter, option, beside, words, self._small, "textMuted")


class HighlightsTab(QWidget):
    """Implements `mark_list_presenter.MarkListView`."""

    coloured = Signal(object, object)  # Mark, MarkColour
    export_wanted = Signal(object)  # ExportFormat
    copy_wanted = Signal()  # of all that are listed, as text
    import_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = MarkListModel(lambda mark: spoken_highlight(mark, tr(NAMES[mark.colour])))
        self.list = MarkList(self.model, tr("Highlights"))
        self.list.setItemDelegate(_HighlightRows(self.list))
        self.list.fill_menus(self._fill_menu)
        self.presenter = MarkListPresenter(
            self,
            tr("No highlights yet. Select some text to begin."),
            tr("No highlight is like this."),
        )
        words = tr("Search highlights and notes")
        self.field = line_edit(words, words, field=WordsField())
        self.field.setClearButtonEnabled(True)
        self.dots = {colour: filter_dot(colour) for colour in MarkColour}
        self.noted = IconButton("note", tr("With notes"), checkable=True, px=18)
        self.order = IconButton("sort-ascending", tr("Sort"), px=18)
        self.more = IconButton("dots-three-vertical", tr("Export and import"), px=18)
        self._orders = self._order_menu()
        self._exports = self._more_menu()
        self._empty = label("", "body", "muted", wrap=True)
        self._typing = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()
        self.field.textChanged.connect(lambda _words: self._typing.start())
        self._typing.timeout.connect(lambda: self.presenter.search(self.field.text()))
        self.noted.clicked.connect(self.presenter.set_noted)
        for colour, dot in self.dots.items():
            dot.clicked.connect(lambda _=False, it=colour: self.presenter.toggle_colour(it))

    def tab_stops(self) -> tuple[QWidget, ...]:
        return self.field, *self.dots.values(), self.noted, self.order, self.more, self.list

    def show_rows(self, rows: Sequence[MarkRow], empty: str) -> None:
        self.list.show_rows(rows)
        for action in self._exports:
            action.setEnabled(bool(rows))
        self._empty.setText(empty)
        self._empty.setVisible(bool(empty))

    def show_filter(self, wanted: MarkFilter, order: MarkOrder) -> None:
        for colour, dot in self.dots.items():
            dot.setChecked(colour in wanted.colours)
        self.noted.setChecked(wanted.noted)
        for one, action in self._orders.items():
            action.setChecked(one is order)

    def _order_menu(self) -> dict[MarkOrder, QAction]:
        menu = QMenu(self)
        actions = {
            MarkOrder.PLACE: menu.addAction(tr("Place in book")),
            MarkOrder.NEWEST: menu.addAction(tr("Newest first")),
        }
        for order, action in actions.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, it=order: self.presenter.order_by(it))
        self.order.setMenu(menu)
        self.order.setPopupMode(self.order.ToolButtonPopupMode.InstantPopup)
        return actions

    def _more_menu(self) -> list[QAction]:
        """Returns the actions that export."""
        menu = QMenu(self)
        exports = add_export_actions(menu, self.export_wanted.emit, self.copy_wanted.emit)
        menu.addSeparator()
        importing = menu.addAction(icon("download-simple"), tr("Import…"))
        importing.triggered.connect(lambda: self.import_wanted.emit())
        self.more.setMenu(menu)
        self.more.setPopupMode(self.more.ToolButtonPopupMode.InstantPopup)
        return exports

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        for dot in self.dots.values():
            row.addWidget(dot)
        row.addStretch(1)
        row.addWidget(self.noted)
        row.addWidget(self.order)
        row.addWidget(self.more)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.field)
        box.addLayout(row)
        box.addWidget(self._empty)
        box.addWidget(self.list, 1)

    def _fill_menu(self, mark: Mark, menu: QMenu) -> None:
        go = menu.addAction(tr("Go there"))
        go.setEnabled(mark.passage is not None)
        go.triggered.connect(lambda: self.list.chosen.emit(mark))
        note = tr("Edit note…") if mark.note else tr("Add note…")
        menu.addAction(note).triggered.connect(lambda: self.list.edit_wanted.emit(mark))
        menu.addSeparator()
        add_colours(menu, mark.colour, lambda colour: self.coloured.emit(mark, colour))
        menu.addSeparator()
        delete = menu.addAction(tr("Delete highlight"))
        delete.triggered.connect(lambda: self.list.delete_wanted.emit(mark))
