"""The highlights of all books as a list: headings of books, and below them their cards."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_filter import MarkOrder
from kios_desktop.domain.mark_query import KeptMark
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.marks.presenter import AllMarks, MarkedBookLine
from kios_desktop.ui.reader.marks.colours import NAMES
from kios_desktop.ui.reader.marks.mark_texts import spoken_highlight

KEPT_ROLE: Final = Qt.ItemDataRole.UserRole
"""The `KeptMark` of a card; None for a heading."""

LINE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""The `MarkedBookLine` of a heading; of a card that stands among those of other books, its own."""

_Index = QModelIndex | QPersistentModelIndex
_Row = KeptMark | MarkedBookLine


def count_text(line: MarkedBookLine) -> str:
    """“8 highlights, 2 notes”."""
    n, notes = line.count.highlights, line.count.notes
    words = counted("%Ln highlights", "", n, one="%Ln highlight")
    if not notes:
        return words
    with_notes = counted("%Ln notes", "", notes, one="%Ln note")
    return f"{words}, {with_notes}"


class CardModel(QAbstractListModel):
    """Rows are kept while more are read, so that the view stays where it is."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []
        self._lines: Mapping[BookId, MarkedBookLine] = {}
        self._mixed = False

    def show(self, shown: AllMarks) -> None:
        self._lines = {line.book.id: line for line in shown.books}
        self._mixed = shown.query.order is MarkOrder.NEWEST and shown.query.book_id is None
        rows = self._made(shown.marks)
        same = 0
        while same < min(len(rows), len(self._rows)) and _is(rows[same], self._rows[same]):
            same += 1
        if same < len(self._rows):
            self.beginRemoveRows(QModelIndex(), same, len(self._rows) - 1)
            del self._rows[same:]
            self.endRemoveRows()
        if same < len(rows):
            self.beginInsertRows(QModelIndex(), same, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
        self._rows = rows
        if same:
            self.dataChanged.emit(self.index(0), self.index(same - 1))

    def _made(self, marks: Sequence[KeptMark]) -> list[_Row]:
        """The cards; in the order of places, the first one of each book has a heading above it."""
        rows: list[_Row] = []
        last: BookId | None = None
        for kept in marks:
            if kept.book_id != last and not self._mixed and kept.book_id in self._lines:
                rows.append(self._lines[kept.book_id])
            last = kept.book_id
            rows.append(kept)
        return rows

    def kept(self, index: _Index) -> KeptMark | None:
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None
        return row if isinstance(row, KeptMark) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.kept(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        spoken = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if isinstance(row, MarkedBookLine):
            if role == LINE_ROLE:
                return row
            return f"{row.book.title}, {count_text(row)}" if spoken else None
        if role == KEPT_ROLE:
            return row
        if role == LINE_ROLE:
            return self._lines.get(row.book_id) if self._mixed else None
        return self._spoken(row) if spoken else None

    def _spoken(self, kept: KeptMark) -> str:
        words = spoken_highlight(kept.mark, tr(NAMES[kept.mark.colour]))
        line = self._lines.get(kept.book_id) if self._mixed else None
        lost = "" if kept.mark.passage is not None else tr("Couldn’t be placed in the book")
        return ", ".join(filter(None, (words, line.book.title if line else "", lost)))


def _is(one: _Row, other: _Row) -> bool:
    """Whether two rows are about the same highlight, or the same book."""
    if isinstance(one, KeptMark):
        return isinstance(other, KeptMark) and one.mark.id == other.mark.id
    return isinstance(other, MarkedBookLine) and one.book.id == other.book.id
