"""Counts the calls of Kios's own Python functions that one settled page turn costs.

Run as `python -m tests.bench.page_turn_calls`. It reports counts, not times, so every machine gives
the same figures. The whole application runs, with its main window, one reader window and a KOReader
sync server. A turn is counted from the key press until nothing follows it any more, in all threads;
what runs anyway within the same time (timers) is reported as `idle`.
"""

import argparse
import asyncio
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

import kios_desktop
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.launch import new_application
from tests.bench.books import war_and_peace
from tests.gui.kios import Kios, OpenedBook
from tests.gui.waiting import until

ROOT = str(Path(kios_desktop.__file__).parent) + "/"
TURNS = 9
UNCOUNTED_TURNS = 6  # the first ones fill caches
PREPARED_S = 4.0  # for counting characters, the first look at the server, the next spare page
SETTLED_S = 0.8  # for what follows a turn: saving, painting, sync

Function = tuple[str, str]  # file below kios_desktop, qualified name


class CallProfile:
    """A profile function for `sys.setprofile`, which counts while `counts` is set."""

    def __init__(self) -> None:
        self.counts: Counter[Function] | None = None

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        if self.counts is None or event != "call":
            return
        code = frame.f_code
        if code.co_filename.startswith(ROOT):
            self.counts[code.co_filename.removeprefix(ROOT), code.co_qualname] += 1

    def install(self) -> None:
        """Count in this thread and in every thread that starts from now on."""
        threading.setprofile(self)
        sys.setprofile(self)


def by_file(counts: Counter[Function]) -> Counter[str]:
    files: Counter[str] = Counter()
    for (file, _name), calls in counts.items():
        files[file] += calls
    return files


async def turn_by_key(book: OpenedBook) -> None:
    before = book.screens
    target = book.window.view.focusProxy() or book.window.view
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.postEvent(target, event)
    await until(lambda: book.screens > before)


async def counted_turns(book: OpenedBook, profile: CallProfile) -> Counter[Function]:
    """The counts of the median turn of several: some start a new chapter, which costs more."""
    for _ in range(UNCOUNTED_TURNS):
        await turn_by_key(book)
        await asyncio.sleep(SETTLED_S / 4)
    await asyncio.sleep(SETTLED_S)
    found: list[Counter[Function]] = []
    for _ in range(TURNS):
        profile.counts = Counter()
        await turn_by_key(book)
        await asyncio.sleep(SETTLED_S)
        found.append(profile.counts)
        profile.counts = None
    return sorted(found, key=Counter.total)[TURNS // 2]


async def measure(
    qt: QApplication, folder: Path, profile: CallProfile
) -> tuple[Counter[Function], Counter[Function]]:
    """The counts of a turn while header and footer are hidden, as in reading, and while shown."""
    path = war_and_peace(folder)
    async with Kios(qt, folder / "profile") as kios:
        book = await kios.open(await kios.add(path))
        await asyncio.sleep(PREPARED_S)
        hidden = await counted_turns(book, profile)
        book.window.actions_by_name["contents"].trigger()  # keeps header and footer on the screen
        book.window.view.setFocus()
        shown = await counted_turns(book, profile)
        idle: Counter[Function] = Counter()
        profile.counts = idle
        await asyncio.sleep(SETTLED_S)
        profile.counts = None
    for state, turn in (("hidden", hidden), ("shown", shown)):
        print(f"bars {state}: {turn.total()} calls in {len(by_file(turn))} files")
    print(f"idle: {idle.total()} calls")
    return hidden, shown


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", action="store_true", help="list the calls by file")
    parser.add_argument("--functions", action="store_true", help="list the calls by function")
    asked = parser.parse_args()
    profile = CallProfile()
    profile.install()
    qt = new_application()
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner,
    ):
        turns = runner.run(measure(qt, Path(folder), profile))
    for turn in turns:
        if asked.files:
            for file, calls in by_file(turn).most_common():
                print(f"{calls:6} {file}")
        if asked.functions:
            for (file, name), calls in turn.most_common():
                print(f"{calls:6} {file} {name}")


if __name__ == "__main__":
    main()
