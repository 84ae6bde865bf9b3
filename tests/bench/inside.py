"""The real app measured from within: page turns, keys, openings, imports, the event loop, memory.

The measuring runs in a process of its own with real windows on a virtual screen (`within.py`);
this side reads its figures, one JSON object a line.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.screen import virtual_screen
from tests.bench.table import Figure, Table

MEASURED = """
from kios_desktop.startup.plain_imports import use_plain_imports
use_plain_imports()  # as Kios does, and before anything of Qt is imported
from tests.bench.within import main
main()
"""


def measure(table: Table, folder: Path) -> None:
    with virtual_screen() as screen:
        env = {**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, "-c", MEASURED, str(folder / "inside")]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                said = json.loads(line)
                table.add(said.pop("name"), Figure(**said))
    if process.returncode:
        raise RuntimeError(f"the measured process ended with {process.returncode}")
