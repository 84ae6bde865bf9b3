"""How long the event loop was away: a timer that notes when it comes late."""

import time

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 3


class Heartbeat(QObject):
    """Beats while the loop turns; the longest silence is what somebody at the window felt."""

    def __init__(self) -> None:
        super().__init__()
        self._worst_s = 0.0
        self._last = time.perf_counter()
        timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._beat)
        timer.start()

    def start(self) -> None:
        """Forget what was before."""
        self._worst_s, self._last = 0.0, time.perf_counter()

    def worst_ms(self) -> float:
        """The longest silence since `start`, the one that may be going on included."""
        self._beat()
        return self._worst_s * 1000

    def _beat(self) -> None:
        now = time.perf_counter()
        self._worst_s = max(self._worst_s, now - self._last)
        self._last = now
