"""The results of a search as a list: headings of chapters, and below them their results."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from kios_desktop.domain.locator import Place
from kios_desktop.epub.search import Match
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.search_results import BookResults, ResultGroup

MATCH_ROLE: Final = Qt.ItemDataRole.UserRole
"""The `Match` of a result; None for a heading."""

COUNT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""Of a heading: how many results are below it, as text."""

_Index = QModelIndex | QPersistentModelIndex
TitleOf = Callable[[Place, int], str]


class SearchModel(QAbstractListModel):
    """Grows while a search is running. `current` is the number of the result that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._results = BookResults()
        self._title_of: TitleOf = lambda _place, _index: ""
        self._rows: list[int] = []  # the number of a result, or -1 - that of a group
        self._row_of: list[int] = []  # by number of a result
        self._titles: list[str] = []
        self.current: int | None = None

    def show(self, results: BookResults, title_of: TitleOf) -> None:
        """Show these results: other ones, or more of the same."""
        self._title_of = title_of
        if results is self._results:
            self._grow()
            return
        self.beginResetModel()
        self._results, self.current = results, None
        self._rows, self._row_of, self._titles = [], [], []
        self._fill()
        self.endResetModel()

    def _grow(self) -> None:
        groups = self._results.groups
        added = len(self._results.matches) - len(self._row_of) + len(groups) - len(self._titles)
        if not added:
            return
        if self._titles:  # there may be more below the last heading
            row = self._rows.index(-len(self._titles))
            self.dataChanged.emit(self.index(row), self.index(row))
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + added - 1)
        self._fill()
        self.endInsertRows()

    def _fill(self) -> None:
        """Add the rows that are missing."""
        groups = self._results.groups
        for group in groups[max(0, len(self._titles) - 1) :]:
            if group.first == len(self._row_of):
                self._rows.append(-1 - len(self._titles))
                place = self._results.place(group.first)
                self._titles.append(self._title_of(place, group.chapter.index))
            for result in range(len(self._row_of), group.first + group.count):
                self._row_of.append(len(self._rows))
                self._rows.append(result)

    def result(self, index: _Index) -> int | None:
        """The number of the result in a row; None for a heading."""
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else -1
        return row if row >= 0 else None

    def index_of(self, result: int) -> QModelIndex:
        return self.index(self._row_of[result])

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.result(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if row < 0:
            return self._heading(self._results.groups[-1 - row], self._titles[-1 - row], role)
        return self._result(row, self._results.matches[row], role)

    def _heading(self, group: ResultGroup, title: str, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(title)
        if role == COUNT_ROLE:
            return number(group.count)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            count = counted("%Ln results", "", group.count, one="%Ln result")
            return f"{title}, {count}"
        return None

    def _result(self, result: int, match: Match, role: int) -> object:
        if role == MATCH_ROLE:
            return match
        if role == Qt.ItemDataRole.DisplayRole:
            return match.before + match.text + match.after
        if role == Qt.ItemDataRole.AccessibleTextRole:
            here = tr("you are here") if result == self.current else ""
            words = match.before + match.text + match.after
            return ", ".join(part for part in (words, here) if part)
        return None
