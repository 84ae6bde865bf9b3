"""The panel of a reader window: tabs with what a book has beside its text.

The panel is made when it is first opened, and each tab when it is first shown: a list of thousands
of entries takes longer to make than the first page may take to appear.
"""

import itertools
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.screen import ShownPlace

if TYPE_CHECKING:
    from kios_desktop.ui.reader.panel_frame import PanelFrame


class PanelTab(Protocol):
    """One tab. `widget` makes what it shows at the first call, and returns the same one always."""

    @property
    def title(self) -> str: ...

    def widget(self) -> QWidget: ...

    def tab_stops(self) -> tuple[QWidget, ...]:
        """The widgets of the tab that Tab reaches, in order. Called after `widget`."""

    def shown(self) -> None:
        """The tab was opened: bring it up to date, and focus what one uses first in it."""

    def first(self) -> QWidget:
        """What F6 focuses."""


class Panel(QObject):
    """Shows one of its tabs, or is closed. Only `open` makes anything."""

    changed = Signal()  # it was opened or closed, or shows another tab
    close_requested = Signal()

    def __init__(self, area: ReaderLayout, after: QWidget, before: QWidget) -> None:
        """Tab reaches the panel between the widgets `after` and `before`."""
        super().__init__(area)
        self._area, self._after, self._before = area, after, before
        self._tabs: list[PanelTab] = []
        self._current: PanelTab | None = None
        self._made: PanelFrame | None = None
        self._place: ShownPlace | None = None

    def add(self, tab: PanelTab) -> None:
        """Add a tab behind the others, before the panel is first opened."""
        self._tabs.append(tab)

    @property
    def frame(self) -> "PanelFrame":
        """The panel's widget."""
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def is_open(self) -> bool:
        return self._made is not None and not self._made.isHidden()

    @property
    def is_pinned(self) -> bool:
        return self._made is not None and self._made.pin.isChecked()

    def shows(self, tab: PanelTab) -> bool:
        """Whether the panel is open at a tab."""
        return self.is_open and self._current is tab

    def first(self) -> QWidget:
        """What F6 focuses, while the panel is open."""
        return self.frame if self._current is None else self._current.first()

    def open(self, tab: PanelTab) -> None:
        """Show the panel with a tab, and focus that."""
        frame = self.frame
        number = self._tabs.index(tab)
        frame.show_tab(number, tab.widget())
        self._current = tab
        self._chain(frame)
        frame.show()
        frame.raise_()
        tab.shown()
        self.changed.emit()

    def close(self) -> None:
        if self._made is not None:
            self._made.hide()
        self.changed.emit()

    def step(self, by: int) -> None:
        """Show the next tab (1) or the previous one (-1)."""
        if self._current is not None:
            at = self._tabs.index(self._current) + by
            self.open(self._tabs[at % len(self._tabs)])

    def show_place(self, shown: ShownPlace) -> None:
        self._place = shown
        if self._made is not None:
            self._made.show_place(shown)

    def _make(self) -> "PanelFrame":
        from kios_desktop.ui.reader.panel_frame import PanelFrame

        frame = PanelFrame([tab.title for tab in self._tabs], self._area)
        frame.hide()
        if self._place is not None:
            frame.show_place(self._place)
        frame.tab_chosen.connect(lambda number: self.open(self._tabs[number]))
        frame.tab_stepped.connect(self.step)
        frame.close_requested.connect(self.close_requested)
        frame.pinned.connect(self._area.pin)
        frame.edge.grabbed.connect(self._area.begin_resizing_panel)
        frame.edge.moved.connect(self._area.resize_panel)
        frame.edge.released.connect(self._area.end_resizing_panel)
        self._area.hold_panel(frame)
        return frame

    def _chain(self, frame: "PanelFrame") -> None:
        """Let Tab go through the panel's head, the tab that is shown, and on to the page."""
        stops = () if self._current is None else self._current.tab_stops()
        steps = (self._after, *frame.tab_stops(), *stops, self._before)
        for step, following in itertools.pairwise(steps):
            QWidget.setTabOrder(step, following)
