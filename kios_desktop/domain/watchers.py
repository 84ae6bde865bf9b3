"""Notification that a state differs: at most once per turn of the event loop.

The owner of a state calls `changed` as often as it likes. What follows the state is called only if
the part it reads has another value by then.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

CallSoon = Callable[[Callable[[], None]], object]
"""Calls a function in the next turn of the event loop, as `asyncio.loop.call_soon` does."""


class Watchers:
    """The functions that follow one state. Used on the event loop's thread only."""

    def __init__(self, call_soon: CallSoon | None = None) -> None:
        """Without `call_soon`, the event loop that runs at the time of a change is used."""
        self._call_soon = call_soon
        self._watches: list[_Watch[object]] = []
        self._scheduled = False

    def watch(self, read: Callable[[], T], show: Callable[[T], object]) -> Callable[[], None]:
        """Call `show` with the value of `read` when it differs from the one read before.

        The first value is read now and not shown. Returns a function that ends the watch.
        """
        watch = _Watch(read, show)
        self._watches.append(watch)  # type: ignore[arg-type]

        def stop() -> None:
            watch.stopped = True
            if watch in self._watches:
                self._watches.remove(watch)  # type: ignore[arg-type]

        return stop

    def changed(self) -> None:
        """The state may differ: compare once, in the next turn of the event loop."""
        if self._watches and not self._scheduled:
            (self._call_soon or asyncio.get_running_loop().call_soon)(self._compare)
            self._scheduled = True

    def _compare(self) -> None:
        self._scheduled = False
        for watch in tuple(self._watches):
            try:
                watch.compare()
            except Exception:  # one that fails keeps no other from its notification
                log.exception("a change of state could not be shown")


class _Watch(Generic[T]):
    def __init__(self, read: Callable[[], T], show: Callable[[T], object]) -> None:
        self._read, self._show = read, show
        self._last = read()
        self.stopped = False

    def compare(self) -> None:
        if self.stopped:  # by one that was called before it in the same round
            return
        value = self._read()
        if value != self._last:
            self._last = value
            self._show(value)
