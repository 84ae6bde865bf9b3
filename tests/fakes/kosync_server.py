"""A loopback KOReader sync server that behaves as a given real one, and with faults on demand.

In a test: `async with KosyncServer("komga") as server`. As a program, for tests of the whole
application: `python -m tests.fakes.kosync_server --profile komga --port 0` prints the base URL.
`GET /__control` tells what happened; `POST /__control` with a JSON object of attributes of
`KosyncFake`, or with `mode` and `delay_s`, changes how it behaves.
"""

import argparse
import asyncio
import email.utils
import gzip
import json
import ssl
import sys
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from tests.fakes.kosync_profiles import PAGE, KosyncFake, Request, Response, html, js

MODES = ("ok", "slow", "dead", "cut off", "lost", "wrong", "busy", "broken", "huge", "login")


class KosyncServer:
    """Modes: slow (`delay_s` first), dead (accepts and says nothing), cut off (half an answer),
    lost (does it, then hangs up), wrong (HTML for everything), busy (429), broken (500), huge.
    """

    def __init__(self, profile: str = "official", tls: ssl.SSLContext | None = None) -> None:
        self.fake = KosyncFake(profile)
        self.mode, self.delay_s, self.retry_after = "ok", 0.0, "30"
        self.port = 0
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base URL to type in."""
        return self.origin + self.fake.base

    async def start(self, port: int = 0) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Hangs up on everybody; the port refuses connections from then on."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._open):
            writer.close()
        self._server = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                if not await self._respond(request, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass  # hung up on, by either side
        finally:
            self._open.discard(writer)
            writer.close()

    async def _respond(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answers in the manner of the mode; False to hang up."""
        if request.path == "/__control":
            await _write(writer, self._control(request), self.fake.now())
            return True
        if self.mode == "slow":
            await asyncio.sleep(self.delay_s)
        if self.mode == "dead":
            self.fake.requests.append(request)
            await asyncio.sleep(3600)
        answer = self._wrong(request) or self.fake.answer(request)
        if self.mode == "lost":
            return False
        if self.mode == "cut off":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
            await writer.drain()
            return False
        await _write(writer, answer, self.fake.now())
        return True

    def _wrong(self, request: Request) -> Response | None:
        match self.mode:
            case "wrong":
                answer: Response | None = html(200, PAGE)
            case "login":
                answer = html(200, b"<html><form><input type='password'></form></html>")
            case "busy":
                answer = Response(429, b"", "", {"Retry-After": self.retry_after})
            case "broken":
                answer = html(500)
            case "huge":
                packed = gzip.compress(b'{"authorized":"' + b"A" * 10_000_000 + b'"}')
                answer = Response(200, packed, headers={"Content-Encoding": "gzip"})
            case _:
                return None
        self.fake.requests.append(request)
        return answer

    def _control(self, request: Request) -> Response:
        if request.method == "POST":
            for name, value in request.json.items():
                target: object = self if name in ("mode", "delay_s", "retry_after") else self.fake
                if name in ("known", "duplicates") and value is not None:
                    value = set(value)
                if name == "put_elsewhere":
                    self.fake.put_elsewhere(**value)
                else:
                    setattr(target, name, value)
        return js(
            200,
            {
                "profile": self.fake.profile,
                "mode": self.mode,
                "base": self.fake.base,
                "records": {key: asdict(value) for key, value in self.fake.records.items()},
                "requests": [
                    {"method": r.method, "path": r.path, "body": r.body.decode(errors="replace")}
                    for r in self.fake.requests
                ],
            },
        )


async def _read(reader: asyncio.StreamReader) -> Request | None:
    line = await reader.readline()
    words = line.decode("latin-1").split(" ", 2)
    if len(words) != 3:  # nothing, or something that is not HTTP
        return None
    method, path, _ = words
    headers: dict[str, str] = {}
    while (header := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = header.partition(b":")
        headers[name.decode("latin-1").lower()] = value.strip().decode(errors="replace")
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


async def _write(writer: asyncio.StreamWriter, answer: Response, at: float) -> None:
    date = email.utils.formatdate(at, usegmt=True)
    headers = {"Date": date, "Content-Length": str(len(answer.body))}
    if answer.content_type:
        headers["Content-Type"] = answer.content_type
    headers |= answer.headers
    head = f"HTTP/1.1 {answer.status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    writer.write(head.encode() + b"\r\n" + answer.body)
    await writer.drain()


async def _main(arguments: Any) -> None:
    server = KosyncServer(arguments.profile)
    await server.start(arguments.port)
    sys.stdout.write(json.dumps({"port": server.port, "url": server.url}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="official")
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_main(parser.parse_args()))
