"""Python's cyclic garbage is collected in the GUI thread, and nowhere else.

The collector runs in whichever thread happens to allocate. In a worker it may find a window that
nobody refers to any more, and Qt's objects must not be deleted outside their thread.
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000
YOUNG, MIDDLE, OLD = 700, 10, 10  # as Python's own thresholds


class _Collector(QObject):
    """Does at its pace what Python would have done at any moment."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        timer = QTimer(self)
        timer.timeout.connect(self._collect)
        timer.start(INTERVAL_MS)

    def _collect(self) -> None:
        young, middle, old = gc.get_count()
        if old > OLD:
            gc.collect(2)
        elif middle > MIDDLE:
            gc.collect(1)
        elif young > YOUNG:
            gc.collect(0)


def collect_in_gui_thread(parent: QObject) -> None:
    """From now on garbage waits for the GUI thread. Call once, in that thread."""
    gc.disable()
    _Collector(parent)


def settle_garbage() -> None:
    """Leave out of every later collection what is there now: modules, classes, the first windows.

    They stay until the end anyway, and looking through them takes longer than a frame.
    """
    gc.freeze()
