"""The select mode: choosing several entries of the list, to download them together."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from kios_desktop.ui.catalog.grid import EntryGrid
from kios_desktop.ui.catalog.model import EntryModel
from kios_desktop.ui.catalog.select_bar import SelectBar


class SelectMode(QObject):
    """Turns the mode on and off for `model` and `grid`, and shows its bar.

    `preserve_focus` surrounds changes that may hide the widget with the keyboard focus.
    """

    changed = Signal()  # turned on or off
    download_requested = Signal(list)  # the chosen entries

    def __init__(
        self,
        model: EntryModel,
        grid: EntryGrid,
        preserve_focus: Callable[[], AbstractContextManager[None]],
    ) -> None:
        super().__init__(grid)
        self._model, self._grid, self._preserve_focus = model, grid, preserve_focus
        self.bar = SelectBar()
        model.chosen_changed.connect(self._show_count)
        grid.choosing_ended.connect(self.stop)
        self.bar.closed.connect(self.stop)
        self.bar.all_requested.connect(model.choose_all)
        self.bar.download_requested.connect(self._download)
        everything = QShortcut(QKeySequence("Ctrl+A"), grid)
        everything.setContext(Qt.ShortcutContext.WidgetShortcut)
        everything.activated.connect(self._choose_all)

    def set_active(self, active: bool) -> None:
        """Turn the mode on or off; nothing is chosen at first."""
        self._model.choosing = active
        self._model.choose_none()
        with self._preserve_focus():
            self.bar.setVisible(active)
        self._show_count(0)
        self.changed.emit()
        if active:
            self._grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop(self) -> None:
        """Turn the mode off, if it is on."""
        if self._model.choosing:
            self.set_active(False)

    def _choose_all(self) -> None:
        if self._model.choosing:
            self._model.choose_all()

    def _show_count(self, chosen: int) -> None:
        if self._model.choosing:
            self.bar.show_count(chosen, len(self._model.entries_here()))

    def _download(self) -> None:
        chosen = self._model.chosen
        self.stop()
        self.download_requested.emit(chosen)
