"""The highlights of all books as a list: headings of books, and below them their cards.

All rows are there at once; the highlights in them are read when they come into sight.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_filter import MarkOrder
from kios_desktop.domain.mark_query import HighlightKey, KeptMark
from kios_desktop.domain.marks import MarkId
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.marks.presenter import AllMarks, MarkedBookLine
from kios_desktop.ui.reader.marks.colours import NAMES
from kios_desktop.ui.reader.marks.mark_texts import spoken_highlight

KEPT_ROLE: Final = Qt.ItemDataRole.UserRole
"""The `KeptMark` of a card, None until it is read; None for a heading."""

LINE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""The `MarkedBookLine` of a heading; of a card that stands among those of other books, its own."""

_MOST: Final = 2000  # cards that are kept

_Index = QModelIndex | QPersistentModelIndex
MarkRow = HighlightKey | MarkedBookLine


def count_text(line: MarkedBookLine) -> str:
    """“8 highlights, 2 notes”."""
    n, notes = line.count.highlights, line.count.notes
    words = counted("%Ln highlights", "", n, one="%Ln highlight")
    if not notes:
        return words
    with_notes = counted("%Ln notes", "", notes, one="%Ln note")
    return f"{words}, {with_notes}"


class CardModel(QAbstractListModel):
    """Rows that stay are kept, so that the view stays where it is."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[MarkRow] = []
        self._cards: dict[MarkId, KeptMark] = {}
        self._stale: set[MarkId] = set()
        self._row_of: dict[MarkId, int] = {}
        self._headings: list[int] = []  # their rows
        self._lines: Mapping[BookId, MarkedBookLine] = {}
        self._mixed = False

    # -- content

    def show(self, shown: AllMarks) -> None:
        """What was read of highlights may have changed: it is shown until it is read again."""
        self._lines = {line.book.id: line for line in shown.books}
        self._mixed = shown.query.order is MarkOrder.NEWEST and shown.query.book_id is None
        self._stale.update(self._cards)
        self._replace(self._made(shown.keys))

    def show_cards(self, cards: Iterable[KeptMark]) -> list[int]:
        """Take over highlights that were read. Returns their rows."""
        rows: list[int] = []
        for kept in cards:
            mark_id = kept.mark.id
            self._stale.discard(mark_id)
            self._cards.pop(mark_id, None)
            self._cards[mark_id] = kept
            if (row := self._row_of.get(mark_id)) is not None:
                rows.append(row)
        while len(self._cards) > _MOST:
            self._cards.pop(next(iter(self._cards)))
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
        return rows

    def unread(self, first: int, last: int) -> list[MarkId]:
        """The highlights in these rows that are to be read."""
        return [
            row.mark_id
            for row in self._rows[max(0, first) : last + 1]
            if isinstance(row, HighlightKey)
            and (row.mark_id not in self._cards or row.mark_id in self._stale)
        ]

    def rows(self, first: int, last: int) -> Sequence[MarkRow]:
        return self._rows[first : last + 1]

    def row_of(self, row: MarkRow) -> int | None:
        """Where a card is now; None when it is gone, and for a heading."""
        return self._row_of.get(row.mark_id) if isinstance(row, HighlightKey) else None

    def card(self, mark_id: MarkId) -> KeptMark | None:
        """A highlight, if it was read."""
        return self._cards.get(mark_id)

    def kept(self, index: _Index) -> KeptMark | None:
        key = self.key(index)
        return None if key is None else self._cards.get(key.mark_id)

    def key(self, index: _Index) -> HighlightKey | None:
        """None for a heading."""
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None
        return row if isinstance(row, HighlightKey) else None

    def count_of(self, selection: QItemSelection) -> int:
        """How many highlights are selected."""
        count = 0
        for first, last in _spans(selection):
            headings = self._headings_before(last + 1) - self._headings_before(first)
            count += last + 1 - first - headings
        return count

    def ids_of(self, selection: QItemSelection) -> list[MarkId]:
        """The highlights that are selected, in the order of the list."""
        return [
            row.mark_id
            for first, last in _spans(selection)
            for row in self._rows[first : last + 1]
            if isinstance(row, HighlightKey)
        ]

    # -- QAbstractListModel

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.key(index) is None:
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
            return self._cards.get(row.mark_id)
        if role == LINE_ROLE:
            return self._lines.get(row.book_id) if self._mixed else None
        return self._spoken(self._cards.get(row.mark_id)) if spoken else None

    # -- parts

    def _spoken(self, kept: KeptMark | None) -> str:
        if kept is None:
            return ""
        words = spoken_highlight(kept.mark, tr(NAMES[kept.mark.colour]))
        line = self._lines.get(kept.book_id) if self._mixed else None
        lost = "" if kept.mark.passage is not None else tr("Couldn’t be placed in the book")
        return ", ".join(filter(None, (words, line.book.title if line else "", lost)))

    def _made(self, keys: Sequence[HighlightKey]) -> list[MarkRow]:
        """The cards; in the order of places, the first one of each book has a heading above it."""
        rows: list[MarkRow] = []
        last: BookId | None = None
        for key in keys:
            if key.book_id != last:
                last = key.book_id
                if not self._mixed and last in self._lines:
                    rows.append(self._lines[last])
            rows.append(key)
        return rows

    def _replace(self, after: list[MarkRow]) -> None:
        """Exchange what differs between the beginning and the end that are the same."""
        before = self._rows
        names, new_names = list(map(_name, before)), list(map(_name, after))
        same = _common(names, new_names)
        tail = _common(names[same:][::-1], new_names[same:][::-1])
        gone, come = len(before) - same - tail, len(after) - same - tail
        if gone:
            self.beginRemoveRows(QModelIndex(), same, same + gone - 1)
            self._set(before[:same] + before[same + gone :])
            self.endRemoveRows()
        if come:
            self.beginInsertRows(QModelIndex(), same, same + come - 1)
            self._set(after)
            self.endInsertRows()
        self._rows = after  # what is said of books may have changed
        if after:
            self.dataChanged.emit(self.index(0), self.index(len(after) - 1))

    def _set(self, rows: list[MarkRow]) -> None:
        self._rows = rows
        self._row_of = {row.mark_id: n for n, row in enumerate(rows) if type(row) is HighlightKey}
        self._headings = [n for n, row in enumerate(rows) if type(row) is MarkedBookLine]

    def _headings_before(self, row: int) -> int:
        return bisect_left(self._headings, row)


def _spans(selection: QItemSelection) -> list[tuple[int, int]]:
    """First and last row of each part, in order."""
    parts = (selection.at(n) for n in range(selection.count()))
    return sorted((part.top(), part.bottom()) for part in parts)


def _name(row: MarkRow) -> MarkId | BookId:
    """What a row is about."""
    return row.mark_id if isinstance(row, HighlightKey) else row.book.id


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """How many are the same at the beginning."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
