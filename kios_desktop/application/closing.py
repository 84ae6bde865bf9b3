"""The end of Kios: what was begun is ended in the opposite order, whatever goes wrong meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

log = logging.getLogger(__name__)

STEP_S = 5.0  # nothing that ends may take longer, unless it says so


class Closing:
    """Steps that are taken last in, first out. None keeps another from being taken.

    A step that fails is logged; one that does not come to an end is left alone when its time is
    over. Whoever begins something adds its end at once.
    """

    def __init__(self) -> None:
        self._steps = AsyncExitStack()

    def add(
        self,
        name: str,
        end: Callable[[], Awaitable[object] | None],
        within_s: float | None = STEP_S,
    ) -> None:
        """`end` is called when its turn comes, and awaited when there is something to await.

        `within_s` is None only for what may ask the reader something, and bounds the rest itself.
        """
        self._steps.push_async_callback(_ended, name, end, within_s)

    async def aclose(self) -> None:
        """Take all steps. A second call finds nothing left to do."""
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
