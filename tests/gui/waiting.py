"""Waiting for what Qt's and asyncio's loop will do."""

import asyncio
from collections.abc import Callable


async def until(done: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until something holds that nothing announces; TimeoutError when it never does."""
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.01)
