"""Watches the memory of a page's web engine while chapters are loaded.

The memory that a chapter needs can't be told from its source: a style sheet of three lines can fill
any machine. Only Linux reports the memory of a process; elsewhere nothing is watched, and a page
that hangs is ended by the timeout of `recovery.py`.
"""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

MOST_GROWTH = (
    1536 * 1024 * 1024
)  # of one chapter, in bytes; the largest that is served takes 0.9 GB
MOST = 2 * MOST_GROWTH  # in bytes, for all that a page holds: three chapters
CHECK_MS = 250  # the engine fills 200 MB in a second
CALM_CHECKS = 240  # looks without growth, one minute: the chapter is loaded
_GROWTH = 4 * 1024 * 1024  # bytes between two looks; less does not count

log = logging.getLogger(__name__)

Resident = Callable[[int], int | None]
"""The bytes of memory that a process has; None where it can't be told."""


def resident_bytes(pid: int) -> int | None:
    if not sys.platform.startswith("linux") or pid <= 0:
        return None
    import resource  # not on Windows

    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None  # the process has ended
    return pages * resource.getpagesize()


class MemoryWatch(QObject):
    """Emits `over` when a process has grown too much since `begin`."""

    over = Signal()

    def __init__(
        self, pid: Callable[[], int], parent: QObject, resident: Resident = resident_bytes
    ) -> None:
        super().__init__(parent)
        self._pid, self._resident = pid, resident
        self.most_growth = MOST_GROWTH
        self._before = self._last = self._calm = 0
        self._timer = QTimer(self, interval=CHECK_MS)
        self._timer.timeout.connect(self.check)

    def begin(self) -> None:
        """A chapter is about to be loaded: measure its growth from the current size."""
        now = self._resident(self._pid())
        if now is not None:
            self._before = self._last = now
            self._calm = 0
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def check(self) -> None:
        now = self._resident(self._pid())
        self._calm = 0 if now is not None and now > self._last + _GROWTH else self._calm + 1
        if now is None or self._calm >= CALM_CHECKS:
            self.stop()
            return
        self._before, self._last = min(self._before, now), max(self._last, now)
        if now - self._before > self.most_growth or now > MOST:
            log.warning("a web engine takes %d MB after %d", now >> 20, self._before >> 20)
            self.stop()
            self.over.emit()
