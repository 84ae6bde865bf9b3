"""The values of a chart as a table of words."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from kios_desktop.ui.kit import theme
from kios_desktop.ui.statistics.cells import Index

_ROWS: Final = 8  # in sight at once


class _TableModel(QAbstractTableModel):
    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self._columns = columns
        self._rows: Sequence[Sequence[str]] = ()

    def show(self, rows: Sequence[Sequence[str]]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()][index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        return None


class ValueTable(QTableView):
    """The last column takes the room that is left."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        super().__init__()
        self._values = _TableModel(columns)
        self.setProperty("kind", "chart")
        self.setAccessibleName(name)
        self.setModel(self._values)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFont(theme.font("body", tabular=True))
        self.viewport().setAutoFillBackground(False)
        self.verticalHeader().hide()
        row = QFontMetrics(self.font()).height() + 8
        self.verticalHeader().setDefaultSectionSize(row)
        head = self.horizontalHeader()
        head.setAccessibleName(", ".join(columns))
        head.setFont(theme.font("smallStrong"))
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        self.setMinimumHeight((_ROWS + 1) * row)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        self._values.show(rows)
        if rows:
            self.setCurrentIndex(self._values.index(0, 0))
