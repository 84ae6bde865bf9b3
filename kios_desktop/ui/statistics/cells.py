"""The base of both charts: a table whose cells are painted, one tab stop, with arrow keys inside.

As a table, Qt tells screen readers of each cell what the model says of it.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from kios_desktop.ui.widgets.focus_ring import show_ring

Index = QModelIndex | QPersistentModelIndex


class PaintedCells(QTableView):
    """Without grid, selection and headers."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "chart")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.hide()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        show_ring(self)
        return self.moved(action)

    def moved(self, action: QAbstractItemView.CursorAction) -> QModelIndex:
        """The cell that a key leads to; the current one where it leads nowhere."""
        raise NotImplementedError

    def by_columns(self, action: QAbstractItemView.CursorAction) -> int:
        """How many columns a key leads on: 1, -1, or 0."""
        on = {self.CursorAction.MoveRight: 1, self.CursorAction.MoveLeft: -1}.get(action, 0)
        return -on if self.isRightToLeft() else on
