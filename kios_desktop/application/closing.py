"""Closes things in reverse order of their making, whatever goes wrong on the way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

log = logging.getLogger(__name__)

STEP_S = 5.0  # the longest a step may take by default


class Closing:
    """A stack of closing steps, run last in, first out.

    A step that fails is logged; one that takes too long is abandoned. Neither stops the others.
    Whoever opens something adds its step at once.
    """

    def __init__(self) -> None:
        self._steps = AsyncExitStack()

    def add(
        self,
        name: str,
        end: Callable[[], Awaitable[object] | None],
        within_s: float | None = STEP_S,
    ) -> None:
        """Push a step: `end` is called, and its result awaited if it has one.

        `within_s` is None only for a step that may ask the reader, and limits its other waits.
        """
        self._steps.push_async_callback(_ended, name, end, within_s)

    async def aclose(self) -> None:
        """Run all steps. A second call does nothing."""
        await self._steps.aclose()


async def _ended(
    name: str, end: Callable[[], Awaitable[object] | None], within_s: float | None
) -> None:
    try:
        async with asyncio.timeout(within_s):
            if (rest := end()) is not None:
                await rest
    except TimeoutError:
        log.error("%s took too long to end; Kios ends without it", name)
    except Exception:
        log.exception("%s did not end well", name)
