"""A loopback HTTP server that does exactly what a test says, down to the bytes on the wire."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Asked:
    """A request as it came. `path` has its query; header names are lower-case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def raw(self) -> str:
        """Everything a secret could be in."""
        lines = [f"{self.method} {self.path}", *(f"{k}: {v}" for k, v in self.headers.items())]
        return "\n".join(lines) + "\n" + self.body.decode("latin-1")


@dataclass
class Says:
    """An answer. Without `length` the body ends with the connection.

    `body` may be an iterator, which can wait between its parts; `cut_at` hangs up after so many
    bytes of it.
    """

    status: int = 200
    body: bytes | AsyncIterator[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: bool | int = True
    cut_at: int | None = None


Handler = Callable[[Asked], Says | Awaitable[Says]]


class Loopback:
    """`handler` answers every request; `asked` remembers them; `most` ran at the same time."""

    def __init__(
        self, handler: Handler, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.handler = handler
        self.asked: list[Asked] = []
        self.most = self._now = 0
        self.port = 0
        self._tls, self._host = tls, host
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def origin(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._open):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (asked := await _read(reader)) is not None:
                self.asked.append(asked)
                self._now += 1
                self.most = max(self.most, self._now)
                try:
                    says = self.handler(asked)
                    if not isinstance(says, Says):
                        says = await says
                    goes_on = await _write(writer, says, asked.method)
                finally:
                    self._now -= 1
                if not goes_on:
                    break
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass  # hung up on, by either side
        finally:
            self._open.discard(writer)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    words = (await reader.readline()).decode("latin-1").split(" ", 2)
    if len(words) != 3:
        return None
    headers: dict[str, str] = {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        headers[name.decode("latin-1").lower()] = value.strip().decode(errors="replace")
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(words[0], words[1], headers, body)


async def _write(writer: asyncio.StreamWriter, says: Says, method: str) -> bool:
    """False to hang up."""
    headers = dict(says.headers)
    if says.length is not False:
        size = len(says.body) if isinstance(says.body, bytes) else 0
        headers["Content-Length"] = str(size if says.length is True else says.length)
    lines = [f"HTTP/1.1 {says.status} X", *(f"{k}: {v}" for k, v in headers.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    await writer.drain()
    if isinstance(says.body, bytes):
        writer.write(says.body[: says.cut_at])
    else:
        async for part in says.body:
            writer.write(part)
            await writer.drain()
    await writer.drain()
    return says.cut_at is None and says.length is not False
