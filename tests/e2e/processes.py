"""Whole Kioses as processes of their own. None outlives the test that began it."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Processes:
    """`begin` as often as needed, then `end`: what still runs is killed, with its web engine."""

    def __init__(self) -> None:
        self._begun: list[subprocess.Popen[str]] = []

    def begin(
        self,
        profile: Path,
        *words: str | bytes | Path,
        module: str = "kios_desktop",
        folder: Path = ROOT,
        **environment: str,
    ) -> subprocess.Popen[str]:
        """Off screen, unless `environment` says otherwise."""
        env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        process = subprocess.Popen(
            [sys.executable, "-m", module, "--profile", str(profile), *words],
            cwd=folder,
            env={**env, **environment},
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._begun.append(process)
        return process

    def end(self) -> None:
        for process in self._begun:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if process.stdout is not None and not process.stdout.closed:
                process.communicate()


def titles(database: Path) -> list[str]:
    """What is in the library of a Kios that runs; nothing while there is no table yet."""
    if not database.exists():
        return []
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database)) as at:
        return [title for (title,) in at.execute("SELECT title FROM books")]
    return []
