"""Stands between Kios and a server, and hangs up in the middle of the first long answer."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class CuttingProxy:
    """Forwards to `port`; the first answer longer than `cut_at` bytes is cut there."""

    def __init__(self, port: int, cut_at: int) -> None:
        self._to, self._cut_at = port, cut_at
        self.port = 0
        self.cuts = 0
        self.ranges: list[str] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
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
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._to)
        asking = asyncio.create_task(self._ask(reader, up_writer))
        sent = 0
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while chunk := await up_reader.read(16_384):
                sent += len(chunk)
                if sent > self._cut_at and not self.cuts:
                    self.cuts += 1
                    break
                writer.write(chunk)
                await writer.drain()
        asking.cancel()
        writer.close()
        up_writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while chunk := await reader.read(16_384):
                for line in chunk.split(b"\r\n"):
                    if line.lower().startswith(b"range:"):
                        self.ranges.append(line.decode())
                writer.write(chunk)
                await writer.drain()
