"""Waiting for a condition while the event loop runs."""

import asyncio
from collections.abc import Callable


async def until(done: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for a condition that no signal announces; TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.01)
