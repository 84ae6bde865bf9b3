"""Hands on the X server: real key events, real focus, and another program to give it to."""

import asyncio
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.waiting import until

ROOT = Path(__file__).parents[3]


async def xdotool(*words: str) -> None:
    await asyncio.to_thread(subprocess.run, ["xdotool", *words], check=True, timeout=10)


async def press(*keys: str) -> None:
    """Key events as from a keyboard, to whichever window has the focus."""
    await xdotool("key", "--delay", "5", *keys)


async def focus(window: QWidget) -> None:
    """Give the X focus to one of our windows, as a window manager does."""
    await xdotool("windowfocus", str(int(window.winId())))
    await until(lambda: QApplication.activeWindow() is window)


class OtherProgram:
    """Another program that takes the focus when it starts."""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.to_thread(
            subprocess.Popen,
            [sys.executable, "-m", "tests.gui.xvfb.other_program"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = await asyncio.to_thread(self._process.stdout.readline)
        await xdotool("windowfocus", line.decode().strip())
        await until(lambda: QApplication.activeWindow() is None)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        await asyncio.to_thread(self._process.communicate)
