"""Starts coroutines from Qt slots."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Work = Coroutine[Any, Any, None]


class Tasks:
    """Owns the tasks that windows start, so that none is garbage-collected or fails silently.

    `on_error` receives exceptions that a task did not handle: bugs, because expected errors are
    handled where their message is shown.
    """

    def __init__(self, on_error: Callable[[Exception], None]) -> None:
        self.report = on_error
        self._running: set[asyncio.Task[None]] = set()
        self._latest: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    def start(self, work: Work) -> asyncio.Task[None] | None:
        """Run `work` soon. Needs a running event loop; after `aclose` nothing is started."""
        if self._closed:
            work.close()
            return None
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    def replace(self, name: str, work: Work) -> None:
        """Run `work` and cancel what was last started under `name`."""
        self.cancel(name)
        if (task := self.start(work)) is not None:
            self._latest[name] = task

    def cancel(self, name: str) -> None:
        """Cancel what was last started under `name`."""
        if (old := self._latest.pop(name, None)) is not None:
            old.cancel()

    async def aclose(self) -> None:
        """Cancel all tasks, wait until they end, and start none any more."""
        self._closed = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self.report(error)


class WindowTasks(Tasks):
    """The tasks of one window, which must not be deleted before they end."""

    def __init__(self, all_tasks: Tasks) -> None:
        super().__init__(all_tasks.report)
        self._all = all_tasks

    def start(self, work: Work) -> asyncio.Task[None] | None:
        task = self._all.start(work)
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return task

    async def done(self) -> None:
        """Wait until no task is running."""
        while self._running:
            await asyncio.wait(set(self._running))
