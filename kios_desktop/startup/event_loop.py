"""The event loop of Qt and asyncio, which may run more than once.

qasync runs `QApplication.exec`, and each return from it emits `aboutToQuit`. The web engine shuts
down at that signal, and a second one ends the process; but `asyncio.Runner` runs its loop several
times, at last to close asynchronous generators. So qasync is given a `QEventLoop` in place of the
application, and `aboutToQuit` is emitted once.

qasync also lacks asyncio's hooks for asynchronous generators: a generator that was not finished
would keep its connection. They are installed here.
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
    """The methods of QApplication that qasync calls, on a plain QEventLoop."""

    def __init__(self, app: QApplication) -> None:
        self._loop = QEventLoop()
        self.eventDispatcher = app.eventDispatcher

    def exec(self) -> int:
        return int(self._loop.exec())

    def exit(self, code: int = 0) -> None:
        self._loop.exit(code)


class _Loop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
    """Closes unfinished asynchronous generators, as the loops of asyncio do."""

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
    """A loop for `asyncio.Runner(loop_factory=…)`; the application must outlive it.

    `pool` is the default executor; without one qasync makes its own threads.
    """
    if QApplication.instance() is not app:
        raise RuntimeError("the application is gone")
    loop: asyncio.AbstractEventLoop = _Loop(_Nested(app))
    if pool is not None:
        loop.set_default_executor(pool)
    return loop


def stopped_by_qt(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether Qt ended the last run of the loop itself, as it does when the screen is gone."""
    return isinstance(loop, _Loop) and loop.stopped_by_qt


def finish_here(work: Coroutine[Any, Any, None], within_s: float, parent: QObject) -> None:
    """Run `work` to its end before returning, or for `within_s` at most.

    For Qt's own slots whose return tells the system that the work is done. Keys and clicks wait
    meanwhile; timers and sockets do not.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    if asyncio.current_task() is not None:  # a task can't run inside another one
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
