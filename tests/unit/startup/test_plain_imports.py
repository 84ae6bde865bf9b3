"""Modules are read by Python's own `import`, whatever Qt's binding puts in its place."""

import subprocess
import sys

READ = """
import builtins, gc
pythons_own = builtins.__import__
from kios_desktop.startup.plain_imports import use_plain_imports
use_plain_imports()
import kios_desktop.startup.launch
print(builtins.__import__ is pythons_own, gc.isenabled())
"""


def test_pythons_own_import_stays_in_force() -> None:
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
