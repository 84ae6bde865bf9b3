"""A page that is walked through: in a view of its own, with what it says."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from PySide6.QtWebEngineWidgets import QWebEngineView

from kios_desktop.ui.reader.chapter_failures import ChapterFailures
from kios_desktop.ui.reader.engine.memory_watch import MemoryWatch
from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.engine.wire import (
    ChapterLoading,
    ChapterLost,
    ChapterPreloading,
    Relocated,
)
from kios_desktop.ui.walk.layouts import WalkLayout
from kios_desktop.ui.walk.probe import Probe, ProbeFailed

log = logging.getLogger(__name__)

PATIENCE_S = 60.0  # for one answer of the page; the largest chapters take some seconds

M = TypeVar("M")
T = TypeVar("T")


class EngineStopped(Exception):
    """The web engine ended, hung, or took too much memory."""


class WalkedPage:
    """A page in a view. `at` is the chapter that is walked through.

    `failures` is told of every chapter that the page loads.
    """

    def __init__(self, page: BookPage, layout: WalkLayout, failures: ChapterFailures) -> None:
        self.page, self.probe = page, Probe(page, PATIENCE_S)
        self.messages: list[object] = []
        self.at: int | None = None
        self._failures = failures
        self._news = asyncio.Event()
        self._has_stopped = False
        self._asking: set[asyncio.Task[Any]] = set()
        self._memory = MemoryWatch(page.renderProcessPid, page)
        self._memory.over.connect(page.end_web_engine)
        page.bridge.message.connect(self._note)
        page.stopped.connect(self._stop)
        self._view = QWebEngineView()
        self._view.resize(layout.width, layout.height)
        self._view.setPage(page)
        self._view.show()

    def _note(self, message: object) -> None:
        self.messages.append(message)
        match message:
            case ChapterLoading(spine):
                self._failures.loading(spine)
                self._memory.begin()
            case ChapterPreloading(spine):
                self._failures.preloading(spine)
                if spine is not None:
                    self._memory.begin()
            case Relocated():
                self._failures.shown()
            case ChapterLost():
                self._stop()
        self._news.set()

    def _stop(self) -> None:
        self._has_stopped = True
        self._news.set()
        for task in self._asking:
            task.cancel()

    async def wait(self, kind: type[M], after: int = 0, **fields: object) -> M:
        """The first message of a kind past the first `after` ones. Raises EngineStopped."""
        end = time.monotonic() + PATIENCE_S
        while True:
            for message in self.messages[after:]:
                if isinstance(message, kind) and all(
                    getattr(message, name) == value for name, value in fields.items()
                ):
                    return message
            if self._has_stopped or time.monotonic() > end:
                raise EngineStopped
            self._news.clear()
            try:
                async with asyncio.timeout(end - time.monotonic() + 0.01):
                    await self._news.wait()
            except TimeoutError:
                raise EngineStopped from None

    async def ask(self, expression: str) -> Any:
        """The value of an expression in the probe's world. Raises EngineStopped.

        A chapter that the probe fails at counts as one that the web engine stops in.
        """
        try:
            return await self._unless_stopped(self.probe.ask(expression))
        except ProbeFailed as e:
            log.error("the pages of a chapter could not be looked at: %s", e)
            raise EngineStopped from None

    async def load(self, script: str) -> None:
        """Load a script beside the reader's. Raises EngineStopped."""
        await self._unless_stopped(self.probe.load(script))

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """A web engine that has ended answers nothing any more."""
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        try:
            return await task
        except TimeoutError:
            raise EngineStopped from None
        except asyncio.CancelledError:
            if self._has_stopped:
                raise EngineStopped from None
            raise

    def end_web_engine(self) -> None:
        """It hangs, unless it has ended already."""
        if not self._has_stopped:
            self.page.end_web_engine()

    def close(self) -> None:
        self._memory.stop()
        self._view.setPage(None)  # type: ignore[arg-type]
        self.page.end()
        self._view.close()
        self._view.deleteLater()
