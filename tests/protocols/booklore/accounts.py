"""An account of a client: its secrets, a clock that tests move, and the client itself."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from kios_desktop.domain.errors import KeystoreFailed, KeystoreLocked
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.protocols.booklore import BookloreClient
from kios_desktop.protocols.booklore.tokens import Tokens, unpacked
from kios_desktop.protocols.http import Http
from tests.fakes.booklore_server import BookloreServer

PASSWORD = "a right password"


class KeptSecrets:
    """A password store in memory.

    `fails` makes it refuse to keep anything, `locked` to tell anything; `slow` is awaited before a
    text is kept.
    """

    def __init__(self, password: str | None = PASSWORD) -> None:
        self._password = password
        self.kept: Secret | None = None
        self.fails = self.locked = False
        self.slow: Callable[[], Awaitable[object]] | None = None

    def pair(self, server: BookloreServer, username: str = "mira") -> Tokens:
        """The tokens that are kept."""
        tokens = unpacked(self.kept, f"{username} {server.url}").tokens
        assert tokens is not None
        return tokens

    def change(self, password: str | None) -> None:
        self._password = password

    async def password(self) -> Secret | None:
        self._check_open()
        return None if self._password is None else Secret(self._password)

    async def tokens(self) -> Secret | None:
        self._check_open()
        return self.kept

    def _check_open(self) -> None:
        if self.locked:
            raise KeystoreLocked("locked")

    async def keep_tokens(self, tokens: Secret) -> None:
        if self.slow is not None:
            await self.slow()
        if self.fails:
            raise KeystoreFailed("full")
        self.kept = tokens


class Clock:
    """One clock for the client and the server; `sleep` lets time go by at once."""

    def __init__(self, server: BookloreServer | None = None) -> None:
        self.at = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []
        self._server = server

    def now(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        if self._server is not None:
            self._server.pass_(seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_(seconds)


@asynccontextmanager
async def signing_in(
    server: BookloreServer,
    secrets: KeptSecrets | None = None,
    clock: Clock | None = None,
    username: str = "mira",
) -> AsyncIterator[BookloreClient]:
    """A client at the server."""
    clock = clock or Clock(server)
    http = Http()
    try:
        yield BookloreClient(
            http,
            ServerUrl(server.url),
            username,
            secrets or KeptSecrets(),
            clock.now,
            clock.sleep,
        )
    finally:
        await http.aclose()
