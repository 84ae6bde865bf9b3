"""When garbage is collected: after the start, in the GUI thread."""

import subprocess
import sys

COLLECTS = """
import gc, sys, time, weakref
from PySide6.QtCore import QCoreApplication
from kios_desktop.startup.garbage_collection import collect_in_gui_thread, settle_garbage

class Node:
    pass

def ring():
    node = Node()
    node.itself = node
    return weakref.ref(node)

qt = QCoreApplication([])
collect_in_gui_thread(qt, interval_ms=1)
if sys.argv[1] == "started":
    settle_garbage()
gone = [ring() for _ in range(2000)]
until = time.monotonic() + 0.3
while time.monotonic() < until:
    qt.processEvents()
print(sum(ref() is None for ref in gone))
"""


def collected(*words: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COLLECTS, *words], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_nothing_is_collected_while_kios_starts() -> None:
    """It would go through all that a start makes, just before a book is shown."""
    assert collected("starting") == 0


def test_afterwards_what_nothing_leads_to_is_collected() -> None:
    assert collected("started") == 2000
