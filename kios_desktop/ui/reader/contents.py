"""The contents of a reader window, a tab of its panel."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.book_map import PercentOf
from kios_desktop.ui.reader.contents_line import ContentsLine

if TYPE_CHECKING:
    from kios_desktop.ui.reader.contents_tab import ContentsTab


class Contents(QObject):
    """Implements `panel.PanelTab`. Keeps what is to be shown, until there is a widget and after."""

    chosen = Signal(object)  # ContentsLine

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._made: ContentsTab | None = None
        self._lines: Sequence[ContentsLine] = ()
        self._percent_of: PercentOf | None = None
        self._own = True
        self._marked: int | None = None

    @property
    def title(self) -> str:
        return tr("Contents")

    def widget(self) -> "ContentsTab":
        if self._made is None:
            self._made = self._make()
        return self._made

    def tab_stops(self) -> tuple[QWidget, ...]:
        return self.widget().tab_stops()

    def first(self) -> QWidget:
        return self.widget().list

    def shown(self) -> None:
        """Go to the current entry, among all of them."""
        made = self.widget()
        made.clear_filter()
        made.reveal()
        made.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fill(self, lines: Sequence[ContentsLine], percent_of: PercentOf, own: bool) -> None:
        self._lines, self._percent_of, self._own = lines, percent_of, own
        if self._made is not None:
            self._made.show_contents(lines, percent_of, own)

    def mark(self, index: int | None) -> None:
        """Mark the entry of the current place."""
        self._marked = index
        if self._made is not None:
            self._made.mark(index)

    def _make(self) -> "ContentsTab":
        from kios_desktop.ui.reader.contents_tab import ContentsTab

        made = ContentsTab()
        if self._percent_of is not None:
            made.show_contents(self._lines, self._percent_of, self._own)
        made.mark(self._marked)
        made.chosen.connect(self.chosen)
        return made
