"""Kios with a screen reader that was there before it; for a session with a bus of its own.

    python -m tests.gui.xvfb.spoken_book library|file FOLDER

Prints whether the text of the book can be read: of one opened from the library, in this process,
or of one given on the command line to a Kios of its own.
"""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtGui import QAccessible

from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.launch import new_application
from tests.books import write_book
from tests.gui.kios import Kios
from tests.gui.waiting import until
from tests.gui.xvfb.spoken_tree import SpokenTree

WORDS = "The fog came in."
LIMIT_S = 30


def is_spoken(tree: SpokenTree, limit_s: float = LIMIT_S) -> bool:
    """Whether the words come within the limit."""
    until_s = time.monotonic() + limit_s
    while time.monotonic() < until_s:
        if any(WORDS in name for name in tree.names()):
            return True
        time.sleep(0.2)
    return False


async def from_library(tree: SpokenTree, folder: Path, path: Path) -> bool:
    async with Kios(qt, folder) as kios:
        await until(QAccessible.isActive, LIMIT_S)
        await kios.open(await kios.add(path))
        return await asyncio.to_thread(is_spoken, tree, 10)


def from_command_line(tree: SpokenTree, folder: Path, path: Path) -> bool:
    command = [sys.executable, "-m", "kios_desktop", "--profile", str(folder), str(path)]
    with subprocess.Popen(command) as kios:
        try:
            return is_spoken(tree)
        finally:
            kios.kill()


if __name__ == "__main__":
    way, place = sys.argv[1], Path(sys.argv[2])
    the_tree = SpokenTree()
    book = write_book(place / "b.epub", f"<h1>One</h1><p>{WORDS}</p>", "<p>Two</p>")
    os.environ["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
    if way == "file":
        found = from_command_line(the_tree, place / "profile", book)
    else:
        qt = new_application()
        with asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner:
            found = runner.run(from_library(the_tree, place / "profile", book))
    print("spoken" if found else "silent")  # noqa: T201
