"""What a session is asked to send, how long it may take, and when it is sent again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from kios_desktop.domain.errors import Fault, Unreachable
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http.credentials import RawHeaders

FEED_S: Final = 30.0
_HICCUPS: Final = frozenset({502, 503, 504})
_WORTH_REPEATING: Final = frozenset({Fault.CUT_OFF, Fault.REFUSED})


class Purpose(Enum):
    """What is fetched. It decides how many are fetched at a time, and what a 401 means."""

    DOCUMENT = "document"
    IMAGE = "image"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Request:
    """What a session is asked to send.

    `silence_s` is the longest wait for the next byte, `total_s` the longest wait for the whole
    answer. `secret`: sign it, if it goes to the source itself; without, every status is an answer.
    `once`: never sent again after a hiccup, because the request has an effect on the server.
    `avoids`: true for addresses to which no redirect may lead.
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
class RetryPolicy:
    """How long a session waits, in seconds: before each repetition, with up to `jitter` more.

    `refused_s` is the most after a refused connection: usually no server runs there, which is to
    be reported soon, but it may just be restarting.
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


class Retries:
    """Whether one request is sent again after a hiccup. Only what is safe to repeat is."""

    def __init__(self, retry_policy: RetryPolicy, request: Request) -> None:
        safe = request.method == "GET" and not request.once
        self._left = (
            len(retry_policy.repeats_s) if safe and request.purpose is not Purpose.IMAGE else 0
        )
        self._retry_policy = retry_policy
        self._done, self._refused = 0, False

    def after_error(self, error: Unreachable) -> bool:
        self._refused = error.fault is Fault.REFUSED
        return self._left > 0 and error.retryable and error.fault in _WORTH_REPEATING

    def after_status(self, status: int) -> bool:
        self._refused = False
        return self._left > 0 and status in _HICCUPS

    async def pause(self) -> None:
        """Waits before the next repetition, and uses it up."""
        await self._retry_policy.before_repeat(self._done, self._refused)
        self._done, self._left = self._done + 1, self._left - 1
