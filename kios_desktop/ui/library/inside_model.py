"""What was found inside books as a list: headings of books, and below them their excerpts."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from kios_desktop.domain.inside_books import Excerpt
from kios_desktop.domain.library import BookId
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.inside_presenter import InsideGroup, InsideResults

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
"""The `InsideGroup` of a heading, an `Excerpt`, a `MoreExcerpts`, a
`ShownExcerpts` or a `MoreBooks`."""

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class MoreExcerpts:
    """The row that shows all excerpts of a book; `rest` is None while they are not counted."""

    book_id: BookId
    rest: int | None


@dataclass(frozen=True, slots=True)
class MoreBooks:
    """The row that shows more books, of `rest`."""

    rest: int


@dataclass(frozen=True, slots=True)
class ShownExcerpts:
    """Says that no more than `count` excerpts of a book are shown."""

    book_id: BookId
    count: int


Row = ShownExcerpts | InsideGroup | Excerpt | MoreExcerpts | MoreBooks


class InsideModel(QAbstractListModel):
    """Rows that stay the same are kept, so that the list stays where it is."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    def show(self, results: InsideResults) -> None:
        rows = _rows(results)
        same = 0
        for new, old in zip(rows, self._rows, strict=False):
            if not _is(new, old):
                break
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

    def row(self, index: _Index) -> Row | None:
        return self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if isinstance(self.row(index), InsideGroup | ShownExcerpts | None):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row_text(row)
        return spoken(row) if role == Qt.ItemDataRole.AccessibleTextRole else None


def row_text(row: Row) -> str:
    """What stands in a row, without what is beside it."""
    match row:
        case InsideGroup():
            return row.book.title
        case Excerpt():
            return row.before + row.text + row.after
        case MoreExcerpts(rest=None):
            return tr("All in this book")
        case MoreExcerpts():
            return counted("%Ln more in this book", "", row.rest or 0, one="%Ln more in this book")
        case ShownExcerpts():
            shown = number(row.count)
            return tr("The first {n} are shown. Search in the book to see all.", n=shown)
        case MoreBooks():
            return counted("%Ln more books", "", row.rest, one="%Ln more book")


def count_text(group: InsideGroup) -> str:
    """How often the words are in a book; "" while that is not known."""
    return "" if group.found.count is None else number(group.found.count)


def spoken(row: Row) -> str:
    """What a screen reader says of a row."""
    if isinstance(row, InsideGroup):
        count = row.found.count
        found = "" if count is None else counted("%Ln results", "", count, one="%Ln result")
        return ", ".join(filter(None, (row.book.title, ", ".join(row.book.authors), found)))
    if isinstance(row, Excerpt):
        return ", ".join(filter(None, (row.chapter, row_text(row))))
    return row_text(row)


def _rows(results: InsideResults) -> list[Row]:
    rows: list[Row] = []
    for group in results.groups:
        rows.append(group)
        rows += group.found.excerpts
        if group.all_shown and group.rest:
            rows.append(ShownExcerpts(group.book.id, len(group.found.excerpts)))
        elif group.rest != 0:
            rows.append(MoreExcerpts(group.book.id, group.rest))
    if (rest := results.books - len(results.groups)) > 0:
        rows.append(MoreBooks(rest))
    return rows


def _is(one: Row, other: Row) -> bool:
    """Whether two rows are about the same, and equally high."""
    if isinstance(one, InsideGroup):
        return isinstance(other, InsideGroup) and one.book.id == other.book.id
    if isinstance(one, MoreExcerpts):
        return isinstance(other, MoreExcerpts) and one.book_id == other.book_id
    return one == other
