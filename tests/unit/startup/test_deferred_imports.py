"""Deferred imports: in which thread, and how much each one brings along."""

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from kios_desktop.startup import deferred_imports

MOST_AT_ONCE = 18  # of our modules: each takes a millisecond or two
MOST_DATACLASSES = 7  # before the library is painted: defining one takes half a millisecond

READ = """
import json, sys
import kios_desktop.startup.app, kios_desktop.ui.reader.engine.page
from importlib import import_module
from kios_desktop.startup.deferred_imports import IN_A_THREAD, ON_GUI_THREAD, OPENS_A_BOOK

def ours():
    return {name for name in sys.modules if name.startswith("kios_desktop")}

read = {}
for name in NAMES:
    before = ours()
    import_module(name)
    read[name] = len(ours() - before)
print(json.dumps(read))
"""


def in_a_fresh_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("names", "in_the_gui_thread"),
    [
        ("OPENS_A_BOOK", deferred_imports.OPENS_A_BOOK),
        ("(*IN_A_THREAD, *ON_GUI_THREAD)", deferred_imports.ON_GUI_THREAD),
    ],
    ids=["before a book is opened", "after the first paint"],
)
def test_no_deferred_import_brings_many_modules_along(
    names: str, in_the_gui_thread: Sequence[str]
) -> None:
    read: dict[str, int] = json.loads(in_a_fresh_python(READ.replace("NAMES", names)))
    assert not {name: read[name] for name in in_the_gui_thread if read[name] > MOST_AT_ONCE}


AHEAD = """
import asyncio, sys
from PySide6 import QtWidgets
import kios_desktop.startup.deferred_imports as deferred

async def turns():
    importing = asyncio.ensure_future(deferred.import_ahead())
    counted = 0
    while not importing.done():
        await asyncio.sleep(0)
        counted += 1
    return counted

app = QtWidgets.QApplication([])
print(asyncio.run(turns()) >= len(deferred.OPENS_A_BOOK))
print({"kios_desktop.library.importer", "kios_desktop.ui.reader.window"} <= set(sys.modules))
print("QWizard" in vars(QtWidgets))  # as all other kinds of widgets
"""


def test_what_opens_a_book_is_imported_ahead_and_the_opening_goes_on_in_between() -> None:
    assert in_a_fresh_python(AHEAD).split() == ["True", "True", "True"]


TILES = """
from PySide6 import QtCore, QtWidgets
app = QtWidgets.QApplication([])
from kios_desktop.ui.widgets.tile_view import Tiles, TileView
view = TileView(lambda width: Tiles(4, QtCore.QSize(100, 100)), scrolls=True)
view.setModel(QtCore.QStringListModel(["One", "Two"]))
view.show()
app.processEvents()
print("QWizard" in vars(QtWidgets))
"""


def test_showing_the_tiles_of_the_library_makes_no_class_for_other_widgets() -> None:
    """PySide makes all of them when it wraps a widget that Qt has made, such as a viewport."""
    assert in_a_fresh_python(TILES).split() == ["False"]


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
ONLY_CHANGES_NEED = ("sqlalchemy", "alembic")


def test_the_library_is_painted_without_what_shows_a_book_or_changes_the_library() -> None:
    """What is imported while Kios starts, `tests/e2e/test_first_screen.py` sees."""
    read = in_a_fresh_python(f"{LIBRARY}print(*sys.modules)").split()
    assert not {*SHOWS_A_BOOK, *ONLY_CHANGES_NEED} & set(read)


def test_a_book_is_shown_without_what_changes_the_library() -> None:
    code = READ.replace("NAMES", "OPENS_A_BOOK").replace("json.dumps(read)", "*sys.modules")
    assert not set(ONLY_CHANGES_NEED) & set(in_a_fresh_python(code).split())


def test_all_that_changes_books_and_places_is_imported_in_a_thread() -> None:
    code = (
        "import sys\n"
        "from importlib import import_module\n"
        f"for name in {deferred_imports.IN_A_THREAD}: import_module(name)\n"
        "print(*sys.modules)"
    )
    read = set(in_a_fresh_python(code).split())
    assert {
        "sqlalchemy.dialects.sqlite",
        "kios_desktop.storage.book_changes",
        "kios_desktop.storage.position_changes",
    } <= read


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
