"""Kios ends though a thread hangs in a dead name server; and it ends at once without a screen."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

HANGING = """
import threading, time
from concurrent.futures import ThreadPoolExecutor
from kios_desktop.startup.launch import _leave_stuck_threads
pool = ThreadPoolExecutor(2, thread_name_prefix="work")
pool.submit(time.sleep, {seconds})
time.sleep(0.1)
_leave_stuck_threads(pool, 7)
print("gone by itself")
"""


def test_a_thread_that_hangs_is_left() -> None:
    since = time.monotonic()
    done = subprocess.run([sys.executable, "-c", HANGING.format(seconds=30)], timeout=20)
    assert done.returncode == 7
    assert time.monotonic() - since < 15


def test_a_thread_that_ends_is_waited_for() -> None:
    command = [sys.executable, "-c", HANGING.format(seconds=0.2)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout.strip()) == (0, "gone by itself")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a screen")
def test_without_a_screen_kios_says_so(tmp_path: Path) -> None:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "-m", "kios_desktop", "--profile", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=env)
    assert done.returncode == 1
    assert "needs a screen" in done.stderr
