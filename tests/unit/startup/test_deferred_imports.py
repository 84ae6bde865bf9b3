"""Deferred imports: in which thread, and how much each one brings along."""

import json
import subprocess
import sys

import pytest

from kios_desktop.startup import deferred_imports

MOST_AT_ONCE = 18  # of our modules: each takes a millisecond or two
MOST_DATACLASSES = 65  # before the library is painted: defining one takes a millisecond

READ = """
import json, sys
import kios_desktop.startup.app, kios_desktop.ui.reader.engine.page
from importlib import import_module
from kios_desktop.startup import deferred_imports

def ours():
    return {name for name in sys.modules if name.startswith("kios_desktop")}

read = {}
for name in (*deferred_imports.IN_A_THREAD, *deferred_imports.ON_GUI_THREAD):
    before = ours()
    import_module(name)
    read[name] = len(ours() - before)
print(json.dumps(read))
"""


def in_a_fresh_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_no_deferred_import_brings_many_modules_along() -> None:
    read: dict[str, int] = json.loads(in_a_fresh_python(READ))
    too_large = {
        name: read[name] for name in deferred_imports.ON_GUI_THREAD if read[name] > MOST_AT_ONCE
    }
    assert not too_large


@pytest.mark.parametrize("name", deferred_imports.IN_A_THREAD)
def test_what_is_read_in_a_thread_knows_no_widgets(name: str) -> None:
    """Two threads that first meet the same enumeration of Qt's end the process."""
    read = in_a_fresh_python(f"import {name}, sys; print(*sys.modules)").split()
    assert not {"PySide6.QtGui", "PySide6.QtWidgets"} & set(read)


LIBRARY = (
    "import kios_desktop.startup.launch, kios_desktop.startup.lifetime, sys\n"
    "import kios_desktop.ui.shell.library_controller\n"
)
SHOWS_A_BOOK = ("kios_desktop.ui.reader.window", "kios_desktop.ui.reader.engine.page", "lxml")


def test_the_library_is_painted_without_what_reads_and_shows_a_book() -> None:
    read = in_a_fresh_python(f"{LIBRARY}print(*sys.modules)").split()
    assert not set(SHOWS_A_BOOK) & set(read)


COUNT_DATACLASSES = """
defined = {
    kind
    for name, module in tuple(sys.modules.items()) if name.startswith("kios_desktop")
    for kind in vars(module).values() if isinstance(kind, type)
    and "__dataclass_fields__" in vars(kind)
}
print(len(defined))
"""


def test_few_dataclasses_are_defined_before_the_library_is_painted() -> None:
    assert int(in_a_fresh_python(LIBRARY + COUNT_DATACLASSES)) <= MOST_DATACLASSES
