"""The one door from slots to coroutines."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Work = Coroutine[Any, Any, None]


class Tasks:
    """Owns every task the windows start, so that none is lost, collected or silent.

    `on_error` receives what a task let through: a bug, for expected errors are caught where the
    words for them are.
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
        """Run `work` instead of what was last started under `name`."""
        self.cancel(name)
        if (task := self.start(work)) is not None:
            self._latest[name] = task

    def cancel(self, name: str) -> None:
        """Stop what was last started under `name`, if it still runs."""
        if (old := self._latest.pop(name, None)) is not None:
            old.cancel()

    async def aclose(self) -> None:
        """Cancel everything, wait until it is gone, and start nothing any more."""
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
    """The tasks of one window among all: it must not be deleted before they are done with it."""

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
        """Returns when none is running."""
        while self._running:
            await asyncio.wait(set(self._running))
