"""The scroll area of the library: Continue reading, a heading, the grid, and what is below it."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, QRect
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.library.delegate import GAP
from kios_desktop.ui.library.grid import BookGrid

MARGIN: Final = 24
SIDE: Final = GAP // 2
"""px of a cell at each side of its cover."""


class LibraryScrollArea(QScrollArea):
    """Aligns `continue_reading`, `heading` and `none` with the covers of `grid`."""

    def __init__(
        self, continue_reading: QWidget, heading: QWidget, none: QWidget, grid: BookGrid
    ) -> None:
        super().__init__()
        self._grid = grid
        self._inner = QWidget()
        self._inner.setObjectName("scrolled")
        self._column = QVBoxLayout(self._inner)
        self._column.setSpacing(0)
        self._aligned = QVBoxLayout()
        self._aligned.setSpacing(18)
        self._aligned.addWidget(continue_reading)
        self._aligned.addWidget(heading)
        self._aligned.addWidget(none)
        self._column.addLayout(self._aligned)
        self._column.addWidget(grid)
        self._column.addStretch(1)
        dress_as_page(self)
        self.setWidget(self._inner)
        bar = self.verticalScrollBar()
        bar.setSingleStep(40)
        bar.rangeChanged.connect(self._set_margins)
        self._set_margins(0, 0)
        self._align(0)
        grid.fitted.connect(self._align)
        grid.selectionModel().currentChanged.connect(self._follow)

    def add_below(self, widget: QWidget) -> None:
        """Add a widget below the grid, as wide as that: `SIDE` px wider than the covers."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def reveal(self, widget: QWidget, box: QRect) -> None:
        """Scroll to a part of a widget in this page."""
        center = widget.mapTo(self._inner, QPoint(box.center()))
        self.ensureVisible(center.x(), center.y(), 0, box.height() // 2 + 8)

    def to_top(self) -> None:
        self.verticalScrollBar().setValue(0)

    def _set_margins(self, _low: int, high: int) -> None:
        """Put the scroll bar into the margin, so that the grid keeps its width."""
        side = MARGIN - SIDE
        bar = theme.size("scrollbar") if high > 0 else 0
        left, right = (side - bar, side) if self.isRightToLeft() else (side, side - bar)
        self._column.setContentsMargins(left, 0, right, 16)

    def _align(self, slack: int) -> None:
        """End where the last column of covers ends; `slack` is what is left beside it, in px."""
        self._aligned.setContentsMargins(SIDE, 2, SIDE + slack, 2)

    def _follow(self, index: QModelIndex) -> None:
        """Scroll to the current book: the grid does not scroll itself."""
        self.reveal(self._grid, self._grid.visualRect(index))
