"""Kios as a process, seen from outside: start, first page, memory; beside calibre's viewer."""

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests import corpus
from tests.bench import books
from tests.bench.processes import started, tree_rss_mb
from tests.bench.screen import virtual_screen
from tests.bench.table import Figure, Table

ROUNDS = 5
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
    env = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed Kios is compiled
    env["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    home = folder / "home"
    home.mkdir(mode=0o700)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        env[name] = str(home)
    _library(table, env, folder)
    _first_page(table, env, folder)


def _kios(profile: Path, *words: object) -> list[object]:
    return [sys.executable, "-m", "kios_desktop", "--profile", profile, *words]


@contextlib.contextmanager
def _shown(
    command: list[object], env: dict[str, str], timeout_s: float = 40
) -> Iterator[tuple[int, float]]:
    """A program on a screen of its own: its process, and the seconds until it stood still."""
    with virtual_screen() as screen:
        since = time.perf_counter()
        with started(command, {**env, "DISPLAY": screen.display}) as process:
            yield process.pid, screen.painted(since, timeout_s=timeout_s)


def _best(env: dict[str, str], *commands: list[object], rounds: int = ROUNDS) -> list[float]:
    """The quickest of several starts of each, in seconds.

    In turns, so that a busy moment of the machine is no advantage to any of them.
    """
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds):
        for command, taken in zip(commands, times, strict=True):
            with _shown(command, env) as (_pid, seconds):
                taken.append(seconds)
    return [min(taken) for taken in times]


def _settled_mb(command: list[object], env: dict[str, str]) -> float:
    """Memory of the process tree a little after the first page."""
    with _shown(command, env) as (pid, _seconds):
        time.sleep(SETTLE_S)
        return tree_rss_mb(pid)


def _prepare(command: list[object], env: dict[str, str]) -> None:
    """Let calibre's viewer unpack the book, and keep its words of welcome to itself."""
    settings = Path(env["XDG_CONFIG_HOME"]) / "calibre" / "viewer-webengine.json"
    settings.parent.mkdir()
    said = {"old_prefs_migrated": True, "session_data": {"controls_help_shown_count": 100}}
    settings.write_text(json.dumps(said), encoding="utf-8")
    with _shown(command, env, PREPARED_S):
        time.sleep(SETTLE_S)


def _library(table: Table, env: dict[str, str], folder: Path) -> None:
    profile = folder / "library"
    with _shown(_kios(profile, corpus.book("se-alice")), env):
        pass  # so that there is a book, and everything is compiled
    kios, bare = _best(env, _kios(profile), [sys.executable, "-c", BARE_WINDOW])
    note = "reference: a bare Qt list in a window"
    table.add(
        "process start to library painted", Figure(kios * 1000, "ms", bare * 1000, 3, note=note)
    )


def _first_page(table: Table, env: dict[str, str], folder: Path) -> None:
    book = books.war_and_peace(folder)
    ours = _kios(folder / "reading", book)
    (first,) = _best(env, ours, rounds=1)
    table.add("start with a book to first page, the first time", Figure(first * 1000, "ms"))
    mine = _settled_mb(ours, env)
    viewer = shutil.which("ebook-viewer")
    if viewer is None:
        (kios,) = _best(env, ours)
        table.add("start with a book to first page", Figure(kios * 1000, "ms", note="no calibre"))
        table.add("memory of the process tree, a book open", Figure(mine, "MB"))
        return
    theirs: list[object] = [viewer, book]
    _prepare(theirs, env)
    kios, calibre = _best(env, ours, theirs)
    note = "reference: calibre’s viewer, second opening"
    figure = Figure(kios * 1000, "ms", calibre * 1000, limit=0.6, note=note)
    table.add("start with a book to first page", figure)
    note = "RSS summed; reference: calibre’s viewer"
    figure = Figure(mine, "MB", _settled_mb(theirs, env), limit=0.9, note=note)
    table.add("memory of the process tree, a book open", figure)
