"""The contents of a reader window. Their panel is made when it is first opened.

A list of thousands of entries takes longer to make than the first page may take to appear.
"""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.reader.book_map import PercentOf
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.screen import ShownPlace

if TYPE_CHECKING:
    from kios_desktop.ui.reader.contents_panel import ContentsPanel


class Contents(QObject):
    """Keeps what the contents show, until there is a panel and afterwards."""

    chosen = Signal(object)  # ContentsLine
    close_requested = Signal()

    def __init__(self, area: ReaderLayout, after: QWidget, before: QWidget) -> None:
        """Tab reaches the panel between the widgets `after` and `before`."""
        super().__init__(area)
        self._area, self._after, self._before = area, after, before
        self._made: ContentsPanel | None = None
        self._lines: Sequence[ContentsLine] = ()
        self._percent_of: PercentOf | None = None
        self._own = True
        self._marked: int | None = None
        self._place: ShownPlace | None = None

    @property
    def panel(self) -> "ContentsPanel":
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def is_open(self) -> bool:
        return self._made is not None and not self._made.isHidden()

    @property
    def is_pinned(self) -> bool:
        return self._made is not None and self._made.pin.isChecked()

    def fill(self, lines: Sequence[ContentsLine], percent_of: PercentOf, own: bool) -> None:
        self._lines, self._percent_of, self._own = lines, percent_of, own
        if self._made is not None:
            self._made.show_contents(lines, percent_of, own)

    def show_place(self, shown: ShownPlace) -> None:
        self._place = shown
        if self._made is not None:
            self._made.show_place(shown)

    def mark(self, index: int | None) -> None:
        """Mark the entry of the current place."""
        self._marked = index
        if self._made is not None:
            self._made.mark(index)

    def open(self) -> None:
        """Show the panel at the current entry, and focus it."""
        panel = self.panel
        panel.clear_filter()
        panel.show()
        panel.raise_()
        panel.reveal()
        panel.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close(self) -> None:
        if self._made is not None:
            self._made.hide()

    def _make(self) -> "ContentsPanel":
        from kios_desktop.ui.reader.contents_panel import ContentsPanel

        panel = ContentsPanel(self._area)
        panel.hide()
        if self._percent_of is not None:
            panel.show_contents(self._lines, self._percent_of, self._own)
        if self._place is not None:
            panel.show_place(self._place)
        panel.mark(self._marked)
        panel.chosen.connect(self.chosen)
        panel.close_requested.connect(self.close_requested)
        panel.pinned.connect(self._area.pin)
        self._area.hold_panel(panel)
        steps = (self._after, *panel.tab_stops(), self._before)
        for step, following in itertools.pairwise(steps):
            QWidget.setTabOrder(step, following)
        return panel
