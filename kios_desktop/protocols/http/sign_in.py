"""A wrong password is sent once: whether the credentials of a source may go out at all.

Calibre-Web locks an address out after three failures, and a catalog asks for thirty covers at a
time. So the first signed request of a session goes alone, and always asks for a document; once
that was rejected, nothing is signed any more until there are other credentials.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from kios_desktop.domain.errors import Refusal, Rejected, Unreachable

EVIDENCE_S = 60.0
"""How long a document that was delivered proves that a 401 on a file is about the file."""


class SignIn:
    """What is known about the credentials of one session."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rejected: Rejected | None = None
        self._accepted_at: float | None = None
        self._alone = asyncio.Lock()
        self._leading: asyncio.Task[object] | None = None
        self._failures = 0
        self._failed: Unreachable | None = None

    @property
    def proven(self) -> bool:
        """Whether documents were delivered lately."""
        return self._accepted_at is not None and self._clock() - self._accepted_at <= EVIDENCE_S

    @property
    def settled(self) -> bool:
        """Whether a signed request may go out: others did well, or this task is finding out."""
        return self._accepted_at is not None or self.leading

    @property
    def leading(self) -> bool:
        """Whether it is this task that finds out."""
        return self._leading is not None and self._leading is asyncio.current_task()

    def check(self) -> None:
        """Raises `Rejected` once the credentials were."""
        if self._rejected is not None:
            raise Rejected(self._rejected.refusal, self._rejected.said)

    def accept(self) -> None:
        """A document was delivered."""
        self._accepted_at = self._clock()

    def reject(self, said: str) -> Rejected:
        """The error to raise; everybody who waits gets the same."""
        self._accepted_at = None
        self._rejected = Rejected(Refusal.CREDENTIALS, said)
        return Rejected(Refusal.CREDENTIALS, said)

    def doubt(self) -> None:
        """A file was refused and nothing proves that the password is right: try it alone again."""
        self._accepted_at = None

    @contextlib.asynccontextmanager
    async def trial(self) -> AsyncIterator[bool]:
        """Whether it is this block's turn to find out; the others wait until it has.

        Raises `Rejected` for them, and the same `Unreachable`: thirty requests must not wait for
        a dead server one after the other.
        """
        failures = self._failures
        async with self._alone:
            self.check()
            if self._failures != failures and self._failed is not None:
                raise Unreachable(self._failed.fault, self._failed.address, self._failed.waited_s)
            if self._accepted_at is not None:
                yield False
                return
            self._leading = asyncio.current_task()
            try:
                yield True
            except Unreachable as error:
                self._failures, self._failed = self._failures + 1, error
                raise
            finally:
                self._leading = None
