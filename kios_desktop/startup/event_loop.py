"""One loop for Qt and asyncio that may be run more than once.

qasync runs the application itself, and ending that announces the end of the application. A web
engine takes its leave on that signal, and the process dies at the second one; but `asyncio.Runner`
runs the loop several times, the last to close its generators. So qasync gets a loop of Qt's own to
run in place of the application, and the application's end is announced once, when it comes.

Nor does qasync look after asynchronous generators that nobody finishes, as every loop of asyncio
does: what they hold, a connection above all, was never given back.
"""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import qasync
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

log = logging.getLogger(__name__)


class _Nested:
    """What qasync calls of an application, done by a plain event loop."""

    def __init__(self, app: QApplication) -> None:
        self._loop = QEventLoop()
        self.eventDispatcher = app.eventDispatcher

    def exec(self) -> int:
        return int(self._loop.exec())

    def exit(self, code: int = 0) -> None:
        self._loop.exit(code)


class _Loop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
    """Closes what generators leave open, with the means that every loop of asyncio has for that."""

    stopped_by_qt = False

    def stop(self) -> None:
        self._told_to_stop = True
        super().stop()

    def run_forever(self) -> None:
        self._told_to_stop = False
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(
            firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook
        )
        try:
            super().run_forever()
        finally:
            sys.set_asyncgen_hooks(*before)
            self.stopped_by_qt = not self._told_to_stop


def new_event_loop(
    app: QApplication, pool: ThreadPoolExecutor | None = None
) -> asyncio.AbstractEventLoop:
    """For `asyncio.Runner(loop_factory=…)`. The application must exist, and outlive the loop.

    `pool` does what blocks; without one qasync makes threads of its own.
    """
    if QApplication.instance() is not app:
        raise RuntimeError("the application is gone")
    loop: asyncio.AbstractEventLoop = _Loop(_Nested(app))
    if pool is not None:
        loop.set_default_executor(pool)
    return loop


def stopped_by_qt(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the loop ended by itself when it last ran: Qt does so when the screen is gone."""
    return isinstance(loop, _Loop) and loop.stopped_by_qt


def finish_here(work: Coroutine[Any, Any, None], within_s: float, parent: QObject) -> None:
    """Run `work` to its end, for `within_s` at most, before this returns.

    Only for slots of Qt's own that the system takes as done when they return. Keys and clicks
    wait meanwhile; timers and sockets do not.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    if asyncio.current_task() is not None:  # one task can't run inside another
        log.warning("asked to save from within a task; it is done soon, not now")
        return
    nested = QEventLoop()
    task.add_done_callback(lambda _: nested.quit())
    bound = QTimer(parent, singleShot=True)
    bound.timeout.connect(nested.quit)
    bound.start(round(within_s * 1000))
    if not task.done():
        nested.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    bound.stop()
    bound.deleteLater()
    if not task.done():
        log.error("the session ends before everything was saved")
    elif not task.cancelled() and (error := task.exception()) is not None:
        log.error("saving before the session ends failed", exc_info=error)
