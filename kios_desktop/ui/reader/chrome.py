"""When header and footer are seen: near the edges, on demand, and gone while reading."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from kios_desktop.ui.kit import theme

ZONE = 56  # px at the top and bottom that call the chrome


class Chrome(QObject):
    """Decides; the window shows.

    `held` says that a popover, panel or focus needs the chrome, `hovered` that the pointer is
    on it.
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
        """At once, unless something holds it. A pointer that happens to rest there does not."""
        if not self._held():
            self._timer.stop()
            self._set(False)

    def toggle(self) -> None:
        if self.shown:
            self.hide()
        else:
            self.show()

    def pointer_at(self, y: int, height: int) -> None:
        """The pointer moved over the page."""
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
