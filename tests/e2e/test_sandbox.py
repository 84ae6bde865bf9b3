"""Chromium's sandbox is on, in a process that starts as Kios does and with nobody's settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.reader import ROOT

pytestmark = [
    pytest.mark.gui,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="seen in /proc, which is Linux's"),
]

# what Kios does before its first book; then the commands by which Chromium's processes were begun
START = """
import os
import tempfile
from pathlib import Path
from PySide6.QtCore import QTimer
from kios_desktop.paths import profile_paths
from kios_desktop.startup import launch

def look():
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text().split("\\0")
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == os.getpid() and "--type=zygote" in command:
            print("begun", "--no-sandbox" in command, flush=True)
            qt.quit()

qt = launch.new_application()
engine = launch._engine(qt, profile_paths(Path(tempfile.mkdtemp())))
timer = QTimer(interval=200)
timer.timeout.connect(look)
timer.start()
QTimer.singleShot(20_000, qt.quit)
qt.exec()
print("alive", flush=True)
os._exit(0)
"""


def ran(*words: str) -> "subprocess.CompletedProcess[str]":
    """Python, without anybody's settings of the web engine."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("QTWEBENGINE")}
    env |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *words],
        env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_pages_are_shown_inside_chromiums_sandbox() -> None:
    kios = ran("-c", START)
    if os.geteuid() == 0:  # the sandbox refuses root, and ends the process: so it was on
        assert "alive" not in kios.stdout
        assert "root without --no-sandbox is not supported" in kios.stderr
        return
    begun = [line for line in kios.stdout.splitlines() if line.startswith("begun")]
    assert begun, kios.stdout + kios.stderr
    assert set(begun) == {"begun False"}


@pytest.mark.skipif(getattr(os, "geteuid", int)() != 0, reason="only root is refused")
def test_kios_does_not_start_where_the_sandbox_can_not(tmp_path: Path) -> None:
    kios = ran("-m", "kios_desktop", "--profile", str(tmp_path), str(tmp_path / "a.epub"))
    assert kios.returncode == 1
    assert "run as root" in kios.stderr
