"""When header and footer are shown: on demand and near the edges, not while pages are turned."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from kios_desktop.ui.kit import theme

ZONE = 56  # px at the top and the bottom edge in which the pointer shows the bars


class BarsVisibility(QObject):
    """Decides; the window shows and hides the bars.

    `held`: a popover, a panel or the focus needs the bars. `hovered`: the pointer is on one.
    """

    shown_changed = Signal(bool)

    def __init__(
        self, held: Callable[[], bool], hovered: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._held, self._hovered = held, hovered
        self.shown = True
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._rested)

    def show(self) -> None:
        self._set(True)
        self._timer.start(theme.motion_ms("chromeHide", False))

    def hide(self) -> None:
        """Hide the bars at once unless they are held, even if the pointer is on one."""
        if not self._held():
            self._timer.stop()
            self._set(False)

    def toggle(self) -> None:
        if self.shown:
            self.hide()
        else:
            self.show()

    def pointer_at(self, y: int, height: int) -> None:
        """The pointer moved over the page, to `y`."""
        if y < ZONE or y > height - ZONE:
            self.show()
        elif self.shown:
            self._timer.start(theme.motion_ms("chromeHide", False))

    def _rested(self) -> None:
        if self._held() or self._hovered():
            self._timer.start(theme.motion_ms("chromeHide", False))
        else:
            self._set(False)

    def _set(self, shown: bool) -> None:
        if shown != self.shown:
            self.shown = shown
            self.shown_changed.emit(shown)
