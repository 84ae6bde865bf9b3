"""Sessions for tests: without waiting, and with the answer to one question."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Pin
from kios_desktop.protocols.http import Credentials, Purpose, Reply, RetryPolicy, Session
from tests.fakes.loopback import Loopback


class Clock:
    """Time that passes when it is told to, and while somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def retry_policy(self) -> RetryPolicy:
        return RetryPolicy(jitter=0, sleep=self.sleep, clock=self)


def signing(
    auth: AuthMethod = AuthMethod.BASIC, password: str = "s3cret", username: str = "alice"
) -> Credentials:
    return Credentials(auth, username, Secret(password))


@asynccontextmanager
async def session_with(
    server: Loopback,
    credentials: Credentials | None = None,
    *,
    clock: Clock | None = None,
    extra: Sequence[tuple[str, str]] = (),
    pin: Pin | None = None,
    path: str = "/opds",
) -> AsyncIterator[Session]:
    root = ServerUrl(server.origin + path)
    retry_policy = (clock or Clock()).retry_policy
    session = Session(root, credentials or Credentials(), pin, extra, retry_policy)
    try:
        yield session
    finally:
        await session.aclose()


async def get(
    session: Session,
    server: Loopback,
    path: str = "/opds",
    *,
    cap_bytes: int = 1_000_000,
    total_s: float = 5,
    secret: bool = True,
    purpose: Purpose = Purpose.DOCUMENT,
) -> Reply:
    return await session.get(
        ServerUrl(server.origin + path),
        accept="*/*",
        cap_bytes=cap_bytes,
        total_s=total_s,
        secret=secret,
        purpose=purpose,
    )
