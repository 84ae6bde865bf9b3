"""The last moments of the process."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HANGS = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from kios_desktop.startup.launch import _leave_stuck_threads
if sys.argv[1] == "hangs":
    ThreadPoolExecutor(1, sys.argv[2]).submit(threading.Event().wait)
_leave_stuck_threads(ThreadPoolExecutor(1, "work"), 7)
sys.exit(8)
"""


@pytest.mark.parametrize("name", ["work", "import", "storage", "disk"])
def test_a_thread_that_hangs_does_not_hold_the_end(name: str) -> None:
    """In a name server, or on a network drive that is gone; whoever began it."""
    done = subprocess.run([sys.executable, "-c", HANGS, "hangs", name], cwd=ROOT, timeout=30)
    assert done.returncode == 7


def test_without_one_the_end_is_as_usual() -> None:
    done = subprocess.run([sys.executable, "-c", HANGS, "well", ""], cwd=ROOT, timeout=30)
    assert done.returncode == 8
