"""What a session is asked to send, and for how long it may take."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http.credentials import RawHeaders

FEED_S: Final = 30.0


class Purpose(Enum):
    """What is fetched. It decides how many at a time, and what a 401 means."""

    DOCUMENT = "document"
    IMAGE = "image"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Request:
    """What a session is asked to send. `silence_s` is how long the server may say nothing.

    `secret`: sign it, if it goes to the source itself. Without, any status is an answer. `once`:
    never asked again after a hiccup, because the server remembers that it was asked. `avoids`:
    where no redirect may lead.
    """

    method: str
    url: ServerUrl
    headers: RawHeaders
    purpose: Purpose = Purpose.DOCUMENT
    content: bytes | None = None
    secret: bool = True
    silence_s: float = FEED_S
    total_s: float | None = FEED_S
    once: bool = False
    avoids: Callable[[ServerUrl], bool] | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a session waits, in seconds: before each repetition, with up to `jitter` more.

    `refused_s` at most after a connection that was refused: no server runs there, which is to be
    told soon, unless it is just being started again.
    """

    repeats_s: tuple[float, ...] = (1.0, 3.0)
    refused_s: float = 0.4
    jitter: float = 0.5
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic

    async def before_repeat(self, number: int, refused: bool = False) -> None:
        pause_s = self.repeats_s[number]
        pause_s = min(pause_s, self.refused_s) if refused else pause_s
        await self.sleep(pause_s * (1 + random.uniform(0, self.jitter)))  # noqa: S311
