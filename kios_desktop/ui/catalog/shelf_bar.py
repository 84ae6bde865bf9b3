"""The status line of a shelf: when it was last synced, and “Sync now”."""

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kios_desktop.ui.catalog.ports import ShelfLine
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import ElidedLabel
from kios_desktop.ui.widgets.progress_bar import ProgressBar

_TIME_PASSED_MS: Final = 30_000
_BAR_WIDTH: Final = 160


class ShelfBar(QWidget):
    """Keeps its height, so that the list below does not move."""

    sync_requested = Signal()
    time_passed = Signal()  # the text names a time and has to be updated
    focus_lost = Signal()  # the focused button was hidden

    def __init__(self) -> None:
        super().__init__()
        self.words = ElidedLabel("", "small", "muted")
        self.words.setFont(theme.font("small", tabular=True))
        self._bar = ProgressBar(tr("Sync"))
        self._bar.setFixedWidth(_BAR_WIDTH)
        self.sync = button(tr("Sync now"), "link", height="controlSmall")
        self.sync.setProperty("flush", True)
        self.sync.clicked.connect(self._request_sync)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self._bar)
        row.addWidget(self.sync)
        self.setFixedHeight(max(28, theme.control_height("small", "controlSmall")))
        self._requested = False
        self._busy = False
        self._clock = QTimer(self, interval=_TIME_PASSED_MS)
        self._clock.timeout.connect(self.time_passed)
        self._clock.start()
        self._bar.hide()

    def show_line(self, line: ShelfLine) -> None:
        self.words.set_text(line.text)
        self._bar.setVisible(line.fraction is not None)
        if line.fraction is not None:
            self._bar.set_fraction(line.fraction)
        had_focus = self.sync.hasFocus()
        self.sync.setVisible(not line.busy)
        if had_focus and line.busy:
            self.focus_lost.emit()
        if self._busy and not line.busy and self._requested:
            self._requested = False
            announce(self, line.text)
        self._busy = line.busy

    def _request_sync(self) -> None:
        self._requested = True
        self.sync_requested.emit()
