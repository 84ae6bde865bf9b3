"""What the tab “Bookmarks” shows: chapter, first words or name, percentage and time of each."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.locator import Place
from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.marks import Mark
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import when
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.marks.mark_list import (
    SIDE,
    WIDTH,
    MarkList,
    MarkListModel,
    MarkRows,
    paint_words,
)
from kios_desktop.ui.reader.marks.mark_list_presenter import MarkListPresenter, MarkRow
from kios_desktop.ui.reader.marks.mark_texts import (
    bookmark_name,
    chapter_title,
    spoken_bookmark,
)
from kios_desktop.ui.widgets.label import label

_PAD: Final = 7  # px above and below the two lines of a row
_PERCENT: Final = 48  # px

PercentAt = Callable[[Place], str]
_Index = QModelIndex | QPersistentModelIndex


class _BookmarkRows(MarkRows):
    """Two lines: the chapter and how far it is in the book, the name and when it was made."""

    def __init__(self, percent_of: Callable[[Mark], str], parent: MarkList) -> None:
        self._percent_of = percent_of
        self._strong, self._plain = theme.font("bodyStrong"), theme.font("body")
        self._small = theme.font("small", tabular=True)
        self._line = QFontMetrics(self._strong).height() + 3
        self._row = QSize(WIDTH, 2 * self._line + 2 * _PAD)
        super().__init__(parent, self._line)

    def size_of(self, mark: Mark) -> QSize:
        return self._row

    def paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, mark: Mark) -> None:
        first = self._first(option.rect)
        second = first.translated(0, self._line)
        chapter = chapter_title(mark.anchor)
        made = when(mark.made_at, datetime.now(UTC))
        width = QFontMetrics(self._small).horizontalAdvance(made) + 2
        for box, words, face, token, end, reserved in (
            (first, chapter, self._strong, "text", self._percent_of(mark), _PERCENT),
            (second, bookmark_name(mark), self._plain, "textMuted", made, width),
        ):
            rest = box.adjusted(0, 0, -reserved - SIDE, 0)
            paint_words(painter, option, rest, words, face, token)
            last = box.adjusted(box.width() - reserved, 0, 0, 0)
            paint_words(painter, option, last, end, self._small, "textFaint", at_end=True)

    def _first(self, row: QRect) -> QRect:
        """The box of the first line."""
        box = row.adjusted(SIDE, _PAD, -SIDE - 2, 0)
        box.setHeight(self._line)
        return box

    # -- renaming

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        field = QLineEdit(parent)
        field.setAccessibleName(tr("Name of the bookmark"))
        field.setFont(self._plain)
        return field

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text().strip())

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        line = self._first(option.rect).translated(0, self._line)
        editor.setGeometry(line.adjusted(-4, -3, 4, 3))


class BookmarksTab(QWidget):
    """Implements `mark_list_presenter.MarkListView`."""

    def __init__(self, percent_at: PercentAt) -> None:
        super().__init__()
        self._percent_at = percent_at
        self.model = MarkListModel(self._spoken, bookmark_name)
        self.list = MarkList(self.model, tr("Bookmarks"))
        self.list.setItemDelegate(_BookmarkRows(self._percent_of, self.list))
        self.list.edit_wanted.connect(lambda _mark: self.list.edit(self.list.currentIndex()))
        self.list.fill_menus(self._fill_menu)
        self._empty = label("", "body", "muted", wrap=True)
        keys = QKeySequence("Ctrl+B").toString(QKeySequence.SequenceFormat.NativeText)
        none_yet = tr("No bookmarks. Press {keys} to keep this page.", keys=keys)
        self.presenter = MarkListPresenter(self, none_yet)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self._empty)
        box.addWidget(self.list, 1)

    def tab_stops(self) -> tuple[QWidget, ...]:
        return (self.list,)

    def show_rows(self, rows: Sequence[MarkRow], empty: str) -> None:
        self.list.show_rows(rows)
        self._empty.setText(empty)
        self._empty.setVisible(bool(empty))

    def show_filter(self, wanted: MarkFilter, order: MarkOrder) -> None:
        """Bookmarks are few: there is nothing to filter them with."""

    def _percent_of(self, mark: Mark) -> str:
        return "" if mark.passage is None else self._percent_at(mark.passage.start)

    def _spoken(self, mark: Mark) -> str:
        return spoken_bookmark(mark, self._percent_of(mark), when(mark.made_at, datetime.now(UTC)))

    def _fill_menu(self, mark: Mark, menu: QMenu) -> None:
        go = menu.addAction(tr("Go there"))
        go.setEnabled(mark.passage is not None)
        go.triggered.connect(lambda: self.list.chosen.emit(mark))
        menu.addAction(tr("Rename")).triggered.connect(lambda: self.list.edit_wanted.emit(mark))
        menu.addSeparator()
        delete = menu.addAction(tr("Delete bookmark"))
        delete.triggered.connect(lambda: self.list.delete_wanted.emit(mark))
