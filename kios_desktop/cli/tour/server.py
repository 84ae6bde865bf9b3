"""A minimal KOReader sync server on the loopback interface, for the tour.

It behaves like koreader-sync-server: login by headers, `{}` for no place, the last write wins.
Standard library only; it stores nothing on the disk.
"""

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass, field

MEDIA_TYPE = "application/vnd.koreader.v1+json"
LINE_BYTES = 65536


@dataclass
class TourServer:
    """`places` maps a document id to its last record; `requests` lists methods and paths."""

    username: str
    password: str
    places: dict[str, dict[str, object]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    port: int = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LINE_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            method, path, _ = (await reader.readline()).decode("latin-1").split(" ", 2)
            headers: dict[str, str] = {}
            while line := (await reader.readline()).decode("latin-1").strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            status, answer = self._answer(method, path, headers, body)
            text = json.dumps(answer).encode()
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {MEDIA_TYPE}\r\n"
                f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode()
                + text
            )
            await writer.drain()
        except (ValueError, asyncio.IncompleteReadError, ConnectionError):
            pass  # not HTTP, or the connection is gone
        finally:
            writer.close()

    def _answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[str, dict[str, object]]:
        self.requests.append(f"{method} {path}")
        if headers.get("accept") != MEDIA_TYPE:
            return "412 Precondition Failed", {"code": 101, "message": "Invalid Accept header"}
        key = hashlib.md5(self.password.encode(), usedforsecurity=False).hexdigest()
        if (headers.get("x-auth-user"), headers.get("x-auth-key")) != (self.username, key):
            return "401 Unauthorized", {"code": 2001, "message": "Unauthorized"}
        if (method, path) == ("GET", "/users/auth"):
            return "200 OK", {"authorized": "OK"}
        if (method, path) == ("PUT", "/syncs/progress"):
            record = json.loads(body)
            record["timestamp"] = int(time.time())
            self.places[record["document"]] = record
            return "200 OK", {"document": record["document"], "timestamp": record["timestamp"]}
        if method == "GET" and path.startswith("/syncs/progress/"):
            return "200 OK", self.places.get(path.rpartition("/")[2], {})
        return "404 Not Found", {"message": "Not found"}
