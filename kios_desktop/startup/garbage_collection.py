"""Runs Python's cyclic garbage collector in the GUI thread only.

By default it runs in whichever thread allocates. In a worker thread it may delete an unreachable
window, and Qt's objects must be deleted in their own thread.
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000
YOUNG, MIDDLE, OLD = 700, 10, 10  # Python's default thresholds


class _Collector(QObject):
    """Collects from a timer, by the thresholds that Python would use.

    Not before the first `settle_garbage`: what a start makes is no garbage, and going through all
    of it takes a tenth of a second, just when a book is about to be shown.
    """

    def __init__(self, parent: QObject, interval_ms: int) -> None:
        super().__init__(parent)
        self._is_due = False
        timer = QTimer(self)
        timer.timeout.connect(self._collect)
        timer.start(interval_ms)

    def _collect(self) -> None:
        self._is_due = self._is_due or gc.get_freeze_count() > 0  # which counts: once is enough
        if not self._is_due:
            return
        young, middle, old = gc.get_count()
        if old > OLD:
            gc.collect(2)
        elif middle > MIDDLE:
            gc.collect(1)
        elif young > YOUNG:
            gc.collect(0)


def collect_in_gui_thread(parent: QObject, interval_ms: int = INTERVAL_MS) -> None:
    """Collect in the calling thread only, from now on. Call once, in the GUI thread."""
    gc.disable()
    _Collector(parent, interval_ms)


def settle_garbage() -> None:
    """Exempt the objects that exist now from later collections (`gc.freeze`).

    Modules, classes and the first windows live to the end, and scanning them takes longer than a
    frame.
    """
    gc.freeze()
