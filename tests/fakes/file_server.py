"""A server of one file, with the behaviour and the faults that book servers have."""

import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tests.fakes.loopback import Asked, Loopback, Says

PATH = "/download/7/epub"
PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in &amp; read</title></head><body>%s</body></html>"
)
FORM = b'<form><input name="x"><input type="password"></form>'

MANNERS = (
    "fine",  # ranges, a strong ETag, a length
    "no ranges",  # Komga, Grimmory: every attempt is the whole file
    "ignores range",  # says it can, and sends 200
    "no length",  # the file ends with the connection
    "chunked",  # ends as a chunked body should
    "chunked, cut",
    "short",  # hangs up in the middle
    "wrong start",  # 206, from somewhere else
    "no content-range",
    "416",  # without a length on an open connection, as calibre 6.13 does it
    "changing etag",  # 206 of another file
    "weak etag",
    "date only",
    "html",
    "login",
    "json",
    "too much",  # declares more than anybody takes
    "flood",  # never ends
    "bomb",  # gzip of nothing, unasked
    "packed",  # gzip of the file, unasked
    "silent",  # begins and says no more
    "401",
    "403",
    "404",
    "410",
    "429",
    "500",
    "slash",  # 308 to the same with a slash, as Calibre-Web does it
)


class FileServer:
    """A handler for `Loopback`. `manner` may be changed at any time.

    `once` is a manner for the next request only; `cut_at` is where “short” hangs up;
    `per_part_s` slows it down.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.manner, self.once, self.cut_at = "fine", "", len(content) // 2
        self.per_part_s, self.part_bytes = 0.0, 16 * 1024
        self.elsewhere = ""  # where to redirect to
        self.name = 'attachment; filename="Emma.epub"'
        self.etag = '"v1"'
        self.served = 0

    async def __call__(self, asked: Asked) -> Says:
        manner, self.once = self.once or self.manner, ""
        if self.elsewhere:
            return Says(302, headers={"Location": self.elsewhere})
        if manner.isdigit() and manner != "416":
            return Says(int(manner), b"no", {"Retry-After": "7"} if manner == "429" else {})
        if manner == "slash" and not asked.path.endswith("/"):
            return Says(308, headers={"Location": asked.path + "/"})
        pages = {"html": PAGE % b"", "login": PAGE % FORM, "json": b'{"message": "No such book"}'}
        if manner in pages:
            kind = "application/json" if manner == "json" else "text/html"
            return Says(200, pages[manner], {"Content-Type": kind})
        return self._file(asked, manner)

    def _file(self, asked: Asked, manner: str) -> Says:
        headers = {
            "Content-Type": "application/epub+zip",
            "Content-Disposition": self.name,
            "Last-Modified": "Sat, 21 Nov 2026 12:00:00 GMT",
        }
        if manner != "no ranges":
            headers["Accept-Ranges"] = "bytes"
        if manner == "weak etag":
            headers |= {"ETag": f"W/{self.etag}", "Last-Modified": "today"}
        elif manner != "date only":
            headers["ETag"] = self.etag
        start = self._start(asked, manner)
        if start is not None:
            return self._rest(start, manner, headers)
        body = self.content
        match manner:
            case "no length":
                return Says(200, body, headers, length=False)
            case "chunked" | "chunked, cut":
                says = Says(200, self._chunks(manner == "chunked"), headers, length=False)
                says.headers["Transfer-Encoding"] = "chunked"
                return says
            case "short":
                return Says(200, body, headers, cut_at=self.cut_at)
            case "too much":
                return Says(200, body, headers, length=10**13)
            case "flood":
                return Says(200, self._flood(), headers, length=False)
            case "bomb":
                headers["Content-Encoding"] = "gzip"
                return Says(200, gzip.compress(b"PK\x03\x04" + b"\0" * 30_000_000), headers)
            case "packed":
                headers["Content-Encoding"] = "gzip"
                return Says(200, gzip.compress(body), headers)
            case "silent":
                return Says(200, self._silent(self.content), headers, length=len(body))
        return Says(200, self._slowly(body), headers, length=len(body))

    def _start(self, asked: Asked, manner: str) -> int | None:
        wanted = asked.headers.get("range", "").removeprefix("bytes=").removesuffix("-")
        if not wanted.isdigit() or manner in ("no ranges", "ignores range"):
            return None
        condition = asked.headers.get("if-range", "")
        changed = condition.startswith('"') and condition != self.etag
        return None if changed and manner != "changing etag" else int(wanted)

    def _rest(self, start: int, manner: str, headers: dict[str, str]) -> Says:
        total = len(self.content)
        if manner == "416":
            return Says(416, self._silent(self.content), {}, length=False)
        if manner == "changing etag":
            self.etag = f'"v{self.served}"'
            self.served += 1
            headers["ETag"] = self.etag
        if manner == "wrong start":
            start = max(0, start - 5)
        if manner != "no content-range":
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        body = self.content[start:]
        if manner == "short":
            return Says(206, body, headers, cut_at=self.cut_at)
        if manner == "silent":
            return Says(206, self._silent(body), headers, length=len(body))
        return Says(206, self._slowly(body), headers, length=len(body))

    async def _slowly(self, body: bytes) -> AsyncIterator[bytes]:
        for at in range(0, len(body), self.part_bytes):
            yield body[at : at + self.part_bytes]
            if self.per_part_s:
                await asyncio.sleep(self.per_part_s)

    async def _chunks(self, complete: bool) -> AsyncIterator[bytes]:
        parts = [part async for part in self._slowly(self.content)]
        for part in parts if complete else parts[: len(parts) // 2]:
            yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
        if complete:
            yield b"0\r\n\r\n"

    async def _flood(self) -> AsyncIterator[bytes]:
        yield b"PK\x03\x04"
        while True:
            yield b"x" * 65536

    async def _silent(self, body: bytes) -> AsyncIterator[bytes]:
        yield body[:1000]
        await asyncio.sleep(3600)


async def _main(content: Path, per_part_s: float) -> None:
    """For tests of whole processes: prints the address and serves until it is ended."""
    files = FileServer(await asyncio.to_thread(content.read_bytes))
    files.per_part_s = per_part_s
    async with Loopback(files) as server:
        sys.stdout.write(json.dumps({"url": server.origin + PATH}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), float(sys.argv[2])))
