"""The text “Opening…” in the middle of the page, while a screen takes long to come."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr

NOTICED_MS = 500


class OpeningIndicator(QLabel):
    """Shown from half a second after `start` until `stop`."""

    def __init__(self, area: QWidget) -> None:
        super().__init__("", area)
        self._area = area
        self.setFont(theme.font("bodyLarge"))
        self.hide()
        self._timer = QTimer(self, singleShot=True, interval=NOTICED_MS)
        self._timer.timeout.connect(self._say)

    def start(self) -> None:
        """A screen was requested."""
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """The screen is there, or will not come."""
        self._timer.stop()
        self.hide()

    def _say(self) -> None:
        self.setText(tr("Opening…"))
        self.adjustSize()
        self.move(self._area.rect().center() - self.rect().center())
        self.show()
        self.raise_()
