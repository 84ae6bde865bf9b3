"""Reads bodies with a limit on memory, however well they are compressed.

Every generator is closed explicitly, so that a body read only in part frees its connection at once.
"""

import contextlib
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping

import httpx

from kios_desktop.domain.errors import Malformed

ACCEPTED = b"gzip, deflate"
_GZIP_MAGIC = b"\x1f\x8b"
_HEADER_BYTES = 2
_STEP = 64 * 1024
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


async def read(answer: httpx.Response, cap_bytes: int) -> bytes:
    """The body, decompressed. Raises `Malformed` over `cap_bytes`, before that is in memory."""
    body = bytearray()
    async with contextlib.aclosing(chunks(answer, cap_bytes)) as parts:
        async for part in parts:
            body += part
            if len(body) > cap_bytes:
                raise Malformed(f"the body is over {cap_bytes} bytes")
    return bytes(body)


def is_encoded(headers: Mapping[str, str]) -> bool:
    """Whether the bytes on the wire are compressed."""
    return headers.get("content-encoding", "").strip().lower() not in ("", "identity")


async def chunks(answer: httpx.Response, cap_bytes: int) -> AsyncGenerator[bytes, None]:
    """The body, decompressed, in small parts. Close the generator (`contextlib.aclosing`)."""
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    encoded = is_encoded(answer.headers)
    if encoded and encoding not in ("gzip", "x-gzip", "deflate"):
        raise Malformed("the body can't be decompressed")
    inflating = _Inflating(gzip=encoding != "deflate") if encoded else None
    received = 0
    async with _raw(answer) as parts:
        async for part in parts:
            if inflating is None:
                yield part
                continue
            received += len(part)
            if received > cap_bytes:  # compressed blocks may be empty without end
                raise Malformed(f"the body is over {cap_bytes} bytes")
            for piece in inflating.feed(part):
                yield piece
    if inflating is not None:
        inflating.check_complete()


@contextlib.asynccontextmanager
async def _raw(answer: httpx.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """The bytes on the wire.

    The response is closed before its iterator: httpx nests generators and only drops the inner
    ones, which must have nothing left to await by then.
    """
    parts = answer.aiter_raw()
    try:
        yield parts
    finally:
        await answer.aclose()


class _Inflating:
    """Decompresses gzip (any number of members) or deflate (with or without the zlib header)."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._first = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, waiting: bytes) -> Iterator[bytes]:
        """The decompressed bytes, at most 64 KiB at a time."""
        if self._stream is None:
            self._first += waiting
            if len(self._first) < _HEADER_BYTES:
                return
            waiting = self._first
            self._stream = zlib.decompressobj(self._kind(waiting))
        while True:
            try:
                piece = self._stream.decompress(waiting, _STEP)
            except zlib.error:
                raise Malformed("the body can't be decompressed") from None
            if piece:
                yield piece
            if self._stream.eof:
                waiting = self._stream.unused_data
                if not self._gzip or not waiting.startswith(_GZIP_MAGIC):
                    return  # trailing bytes are ignored
                self._stream = zlib.decompressobj(_GZIP)
                continue
            waiting = self._stream.unconsumed_tail
            if not waiting and len(piece) < _STEP:
                return

    def check_complete(self) -> None:
        """Raises `Malformed` if the end is missing."""
        complete = not self._first if self._stream is None else self._stream.eof
        if not complete:
            raise Malformed("the body can't be decompressed")

    def _kind(self, first: bytes) -> int:
        """Some servers send “deflate” without the zlib header."""
        if self._gzip:
            return _GZIP
        has_header = first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0
        return _ZLIB if has_header else _RAW
