"""Kios as a process, seen from outside: start, first page, memory; beside calibre's viewer."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests import corpus
from tests.bench import books
from tests.bench.processes import started, tree_rss_mb
from tests.bench.screen import INK, Screen, virtual_screen
from tests.bench.table import Figure, Table

ROUNDS = 3
SETTLE_S = 2.0
PREPARED_S = 90.0
BARE_WINDOW = """
import sys
from PySide6.QtWidgets import QApplication, QListWidget
app = QApplication(sys.argv)
view = QListWidget()
view.addItems([f"Book number {n}: a title of usual length" for n in range(40)])
view.resize(1200, 800)
view.show()
app.exec()
"""


def measure(table: Table, folder: Path) -> None:
    with virtual_screen() as screen:
        env = {**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed Kios is compiled
        env["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
        home = folder / "home"
        home.mkdir(mode=0o700)
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            env[name] = str(home)
        _library(table, screen, env, folder)
        _first_page(table, screen, env, folder)


def _kios(profile: Path, *words: object) -> list[object]:
    return [sys.executable, "-m", "kios_desktop", "--profile", profile, *words]


def _best(
    screen: Screen, command: list[object], env: dict[str, str], rounds: int = ROUNDS
) -> float:
    """The quickest of several starts, seconds until the window stood still."""
    times = []
    for _ in range(rounds):
        screen.blank()
        since = time.perf_counter()
        with started(command, env):
            times.append(screen.painted(since))
    return min(times)


def _prepare(screen: Screen, command: list[object], env: dict[str, str]) -> None:
    """Let calibre's viewer fill its cache and show its words of welcome for the last time.

    The welcome has no ink in the middle of the screen and goes at a key; without a window manager
    keys go to the window under the pointer.
    """
    screen.blank()
    deadline = time.perf_counter() + PREPARED_S
    with started(command, env):
        while screen.dark() < INK and time.perf_counter() < deadline:
            time.sleep(1)
            pressed = ["xdotool", "mousemove", "200", "300", "key", "Right"]
            subprocess.run(pressed, env=env, check=False)
        screen.painted(time.perf_counter())
        time.sleep(SETTLE_S)


def _library(table: Table, screen: Screen, env: dict[str, str], folder: Path) -> None:
    profile = folder / "library"
    shelf = [corpus.book(name) for name in corpus.book_names()[:20]]
    screen.blank()
    since = time.perf_counter()
    with started(_kios(profile, *shelf[:1]), env):
        screen.painted(since)
    kios = _best(screen, _kios(profile), env)
    bare = _best(screen, [sys.executable, "-c", BARE_WINDOW], env)
    note = "reference: a bare Qt list in a window"
    table.add("process start to library painted", Figure(kios * 1000, "ms", bare * 1000, note=note))


def _first_page(table: Table, screen: Screen, env: dict[str, str], folder: Path) -> None:
    book = books.war_and_peace(folder)
    profile = folder / "reading"
    kios_first = _best(screen, _kios(profile, book), env, rounds=1)
    kios = _best(screen, _kios(profile, book), env)
    table.add("start with a book to first page, the first time", Figure(kios_first * 1000, "ms"))
    viewer = shutil.which("ebook-viewer")
    if viewer is None:
        table.add("start with a book to first page", Figure(kios * 1000, "ms", note="no calibre"))
    else:
        command: list[object] = [viewer, book]
        _prepare(screen, command, env)
        calibre = _best(screen, command, env)
        note = "reference: calibre’s viewer, second opening"
        figure = Figure(kios * 1000, "ms", calibre * 1000, limit=0.7, note=note)
        table.add("start with a book to first page", figure)
    screen.blank()
    since = time.perf_counter()
    with started(_kios(profile, book), env) as process:
        screen.painted(since)
        time.sleep(SETTLE_S)
        mine = tree_rss_mb(process.pid)
    if viewer is None:
        table.add("memory of the process tree, a book open", Figure(mine, "MB", limit=450))
        return
    screen.blank()
    since = time.perf_counter()
    with started([viewer, book], env) as process:
        screen.painted(since)
        time.sleep(SETTLE_S)
        theirs = tree_rss_mb(process.pid)
    note = "RSS summed; reference: calibre’s viewer"
    table.add("memory of the process tree, a book open", Figure(mine, "MB", theirs, note=note))
