"""Starts a page again whose web engine has ended, hangs or takes too much memory.

The pause before each start grows. After too many failures in a row the page is given up, until the
user asks for it.
"""

import logging
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from kios_desktop.ui.reader.engine.memory_watch import MemoryWatch
from kios_desktop.ui.reader.engine.page import BookPage

log = logging.getLogger(__name__)

PAUSES_S = (0.0, 1.0, 4.0, 15.0)  # before each start
WELL_S = 60.0  # a page that ran so long starts again without a pause
STUCK_MS = 45_000  # without an answer; the page gives up on a chapter after 20 s


class PageRecovery(QObject):
    """Restarts one page."""

    # seconds until the next start; whether the page was stuck or took too much memory
    stopped = Signal(float, bool)
    given_up = Signal()

    def __init__(
        self,
        page: BookPage,
        parent: QObject | None = None,
        *,
        is_seen: Callable[[], bool] = lambda: True,
        pauses_s: Sequence[float] = PAUSES_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`is_seen`: whether the page is visible. A hidden one is slowed, and may be late."""
        super().__init__(parent)
        self._is_seen = is_seen
        self._page, self.pauses_s, self._clock = page, pauses_s, clock
        self.failures, self._last, self._is_given_up = 0, 0.0, False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self.start)
        self._was_stuck = False
        self.answer_timer = QTimer(self, singleShot=True, interval=STUCK_MS)
        self.answer_timer.timeout.connect(self._end_stuck)
        self.memory = MemoryWatch(lambda: page.renderProcessPid(), self)
        self.memory.over.connect(self._end_large)
        page.stopped.connect(self.page_failed)

    @property
    def avoids_preloading(self) -> bool:
        """Whether chapters should be loaded only when the reader goes there.

        After a failure: a chapter that was loaded ahead may have caused it.
        """
        return self.failures > 0

    @property
    def is_waiting(self) -> bool:
        """Whether the page does not run and is not being started."""
        return self._is_given_up or self._pause.isActive()

    def expect(self) -> None:
        """The page got a command that it has to answer."""
        if not self.answer_timer.isActive():
            self.answer_timer.start()

    def answered(self) -> None:
        self.answer_timer.stop()

    def _end_stuck(self) -> None:
        if not self._is_seen():
            self.answer_timer.start()
            return
        log.warning("the page does not answer; its web engine is ended")
        self._was_stuck = True
        self._page.end_web_engine()

    def _end_large(self) -> None:
        self._was_stuck = True
        self._page.end_web_engine()

    def page_failed(self) -> None:
        """The page has stopped, or does not answer."""
        stuck, self._was_stuck = self._was_stuck, False
        self.answer_timer.stop()
        self.memory.stop()
        now = self._clock()
        if now - self._last > WELL_S:
            self.failures = 0
        self._last = now
        self.failures += 1
        log.warning("the page stopped working, %d times in a row", self.failures)
        if self.failures > len(self.pauses_s):
            self._is_given_up = True
            self.given_up.emit()
            return
        pause_s = self.pauses_s[self.failures - 1]
        self._pause.start(round(1000 * pause_s))
        self.stopped.emit(pause_s, stuck)

    def start(self) -> None:
        """Start the page now, also during a pause or after it was given up."""
        self._is_given_up = False
        self._pause.stop()
        self._page.reload_shell()

    def end(self) -> None:
        """The window closes: do not start the page again."""
        self._pause.stop()
        self.answer_timer.stop()
        self.memory.stop()
        self._page.stopped.disconnect(self.page_failed)
