"""One loop for Qt and asyncio that may be run more than once.

qasync runs the application itself, and ending that announces the end of the application. A web
engine takes its leave on that signal, and the process dies at the second one; but `asyncio.Runner`
runs the loop several times, the last to close its generators. So qasync gets a loop of Qt's own to
run in place of the application, and the application's end is announced once, when it comes.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import qasync
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication


class _Nested:
    """What qasync calls of an application, done by a plain event loop."""

    def __init__(self, app: QApplication) -> None:
        self._loop = QEventLoop()
        self.eventDispatcher = app.eventDispatcher

    def exec(self) -> int:
        return int(self._loop.exec())

    def exit(self, code: int = 0) -> None:
        self._loop.exit(code)


def new_event_loop(
    app: QApplication, pool: ThreadPoolExecutor | None = None
) -> asyncio.AbstractEventLoop:
    """For `asyncio.Runner(loop_factory=…)`. The application must exist, and outlive the loop.

    `pool` does what blocks; without one qasync makes threads of its own.
    """
    if QApplication.instance() is not app:
        raise RuntimeError("the application is gone")
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(_Nested(app))
    if pool is not None:
        loop.set_default_executor(pool)
    return loop
