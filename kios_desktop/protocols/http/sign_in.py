"""Whether the credentials of a source may be sent: a wrong password is sent once only.

Calibre-Web locks an address out after three failures, and a page of a catalog has thirty covers.
So the first signed request of a session goes alone, and is for a document; once it is rejected,
nothing is signed any more until there are other credentials.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from kios_desktop.domain.errors import Refusal, Rejected, Unreachable

EVIDENCE_S = 60.0
"""For how long after a delivered document a 401 on a file is about the file, not the password."""


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
        """Whether a document was delivered lately."""
        return self._accepted_at is not None and self._clock() - self._accepted_at <= EVIDENCE_S

    @property
    def settled(self) -> bool:
        """Whether a signed request may be sent: one was accepted, or this task has the trial."""
        return self._accepted_at is not None or self.leading

    @property
    def leading(self) -> bool:
        """Whether this task has the trial."""
        return self._leading is not None and self._leading is asyncio.current_task()

    def check(self) -> None:
        """Raises `Rejected` after the credentials were rejected."""
        if self._rejected is not None:
            raise Rejected(self._rejected.refusal, self._rejected.said)

    def accept(self) -> None:
        """A document was delivered."""
        self._accepted_at = self._clock()

    def reject(self, said: str) -> Rejected:
        """The error to raise; every later request gets the same."""
        self._accepted_at = None
        self._rejected = Rejected(Refusal.CREDENTIALS, said)
        return Rejected(Refusal.CREDENTIALS, said)

    def doubt(self) -> None:
        """A file was refused, and nothing shows that the password is right: a new trial."""
        self._accepted_at = None

    @contextlib.asynccontextmanager
    async def trial(self) -> AsyncIterator[bool]:
        """True for the block that tries the credentials, alone; others wait, and get False.

        Raises the result of that trial for those who waited: `Rejected`, or the same `Unreachable`,
        so that thirty requests do not wait for a dead server one after the other.
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
