"""Refuses a pair of Python and PySide6 that corrupts memory."""

import sys

from PySide6.QtCore import QObject, Signal

from kios_desktop.ui.kit.translation import tr

ROUNDS = 1000
SLACK = 200  # references that other code may take or drop meanwhile


class _Probe(QObject):
    rang = Signal()


def broken_binding() -> str:
    """A sentence about a broken pair, or "".

    PySide6 6.12.0 on Python 3.11 loses a reference to a shared object with every emit, and ends
    the process after some hundreds of them.
    """
    probe = _Probe()
    watched = (True, None)
    before = [sys.getrefcount(value) for value in watched]
    for _ in range(ROUNDS):
        probe.rang.emit()
    after = [sys.getrefcount(value) for value in watched]
    if any(then - now > SLACK for then, now in zip(before, after, strict=True)):
        return tr(
            "This version of Qt for Python does not work with this version of Python: it would "
            "crash within minutes. Install the versions Kios was made for and start again."
        )
    return ""
