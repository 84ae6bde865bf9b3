"""Downloads a file to the disk, and continues where an earlier download stopped.

Checks that the bytes are complete, belong to one version of the file (`If-Range`) and are not a web
page. Whether the file is a book is checked by the library.
"""

import contextlib
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kios_desktop.domain.disk import from_os
from kios_desktop.domain.download import Arrived, Continuation
from kios_desktop.domain.errors import (
    Fault,
    Full,
    Malformed,
    TooLarge,
    Unreachable,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http.address import address_of
from kios_desktop.protocols.http.body import is_encoded
from kios_desktop.protocols.http.error_page import FirstBytes
from kios_desktop.protocols.http.open_reply import OpenReply
from kios_desktop.protocols.http.part_file import PartFile, size_of
from kios_desktop.protocols.http.reply import check_answered, http_date
from kios_desktop.protocols.http.request import Purpose, Request
from kios_desktop.protocols.http.session import Session

ACCEPT: Final = "application/epub+zip, application/octet-stream;q=0.9, */*;q=0.8"
SILENCE_S: Final = 60.0
SPARE_BYTES: Final = 64 * 1024 * 1024
CAP_BYTES: Final = 2 * 1024 * 1024 * 1024
_PROGRESS_EVERY_S = 0.1
_RANGE = re.compile(r"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18})\s*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Transferred:
    """A complete file. `content_disposition`, `etag` and `modified` are header values.

    `sha256` is the hash the server names (Storyteller), in lower-case hex; "" without one.
    """

    url: ServerUrl
    size_bytes: int
    content_disposition: str
    media_type: str
    etag: str
    modified: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a transfer. `free_bytes` gives the free space of a folder's disk."""

    cap_bytes: int = CAP_BYTES
    spare_bytes: int = SPARE_BYTES
    silence_s: float = SILENCE_S
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    clock: Callable[[], float] = time.monotonic


class _StartOver(Exception):
    """The part file can't be continued after all."""


async def transfer(
    session: Session,
    url: ServerUrl,
    part: Path,
    *,
    continuation: Continuation | None,
    progress: Callable[[Arrived], None],
    limits: Limits | None = None,
) -> Transferred:
    """Fetches a file into `part`, or the rest of it. `progress` comes at most ten times a second.

    `continuation` is the one in the last `progress` of this part file. Raises what `Session.open`
    and `check_answered` raise, `Unreachable` (cut off; the part is kept), `WebPage`, `Full`
    (before the first byte if the size is known), other `StorageError`, and `TooLarge`.
    """
    one = _Transfer(session, url, part, progress, limits or Limits())
    # At least one byte is always asked for, so that the server confirms which file it is
    have = min(size_of(part), continuation.total_bytes - 1) if continuation is not None else 0
    if continuation is not None and have > 0:
        try:
            return await one.run(have, continuation)
        except _StartOver:
            pass
    return await one.run(0, None)


class _Transfer:
    """One run of `transfer`: at most two requests, of which the second has no range."""

    def __init__(
        self,
        session: Session,
        url: ServerUrl,
        path: Path,
        progress: Callable[[Arrived], None],
        limits: Limits,
    ) -> None:
        self._session, self._url, self._path = session, url, path
        self._progress, self._limits = progress, limits
        self._reported_at = -_PROGRESS_EVERY_S

    async def run(self, have: int, continuation: Continuation | None) -> Transferred:
        """Raises `_StartOver` if a continuation was given and can't be used."""
        headers = [(b"accept", ACCEPT.encode()), (b"accept-encoding", b"identity")]
        if continuation is not None:
            headers.append((b"range", f"bytes={have}-".encode()))
            headers.append((b"if-range", continuation.validator.encode()))
        silence_s = self._limits.silence_s
        request = Request(
            "GET", self._url, headers, Purpose.FILE, silence_s=silence_s, total_s=None
        )
        async with self._session.open(request) as answer:
            if answer.status == 416 and continuation is not None:
                raise _StartOver  # without reading the body: calibre never ends it
            if answer.status not in (200, 206):
                check_answered(await answer.said())
                raise Malformed(f"a file was answered with status {answer.status}")
            start, total = _extent(answer, have, continuation)
            self._check_room(start, total)
            size = await self._receive(answer, start, total)
        said = answer.headers.get("x-storyteller-hash", "").strip().lower()
        return Transferred(
            url=answer.url,
            size_bytes=size,
            content_disposition=answer.headers.get("content-disposition", ""),
            media_type=answer.media_type,
            etag=answer.headers.get("etag", ""),
            modified=answer.headers.get("last-modified", ""),
            sha256=hash_of[0] if (hash_of := _SHA256.fullmatch(said)) is not None else "",
        )

    async def _receive(self, answer: OpenReply, start: int, total: int | None) -> int:
        """Writes the body from `start` on; returns the size of the whole file."""
        continuation = _continuation(answer, total)
        first_bytes = FirstBytes() if start == 0 else None
        looked_at = start
        async with (
            await PartFile.open(self._path, start) as part,
            contextlib.aclosing(answer.chunks(self._limits.cap_bytes)) as chunks,
        ):
            self._report(Arrived(start, total, continuation), now=True)
            async for chunk in chunks:
                if first_bytes is not None:
                    first_bytes.add(chunk)
                await part.add(chunk)
                if part.size_bytes > self._limits.cap_bytes:
                    raise TooLarge("the file", self._limits.cap_bytes)
                if total is None and part.size_bytes - looked_at > self._limits.spare_bytes // 4:
                    looked_at = part.size_bytes
                    self._check_room(0, None)
                self._report(Arrived(part.size_bytes, total, continuation))
            if first_bytes is not None:
                first_bytes.end()
            if total is not None and part.size_bytes != total:
                raise Unreachable(Fault.CUT_OFF, address_of(answer.url))
            self._report(Arrived(part.size_bytes, total, continuation), now=True)
            return part.size_bytes

    def _check_room(self, start: int, total: int | None) -> None:
        """Raises `TooLarge` and `Full`, before anything is written."""
        if (total or 0) > self._limits.cap_bytes:
            raise TooLarge("the file", self._limits.cap_bytes)
        needed = (total or 0) - start + self._limits.spare_bytes
        try:
            free = self._limits.free_bytes(self._path.parent)
        except OSError as error:
            raise from_os(error) from error
        if free < needed:
            raise Full("not enough space for the file")

    def _report(self, arrived: Arrived, now: bool = False) -> None:
        at = self._limits.clock()
        if now or at - self._reported_at >= _PROGRESS_EVERY_S:
            self._reported_at = at
            self._progress(arrived)


def _extent(
    answer: OpenReply, have: int, continuation: Continuation | None
) -> tuple[int, int | None]:
    """(where the body begins in the file, the length of the file if known).

    Raises `_StartOver` for another range, or a range of another version, than was requested.
    """
    if answer.status == 200:
        length = answer.headers.get("content-length", "")
        known = length.isascii() and length.isdigit() and not is_encoded(answer.headers)
        return 0, int(length[:18]) if known else None
    found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    if continuation is None:
        raise Malformed("a part of a file was sent for the whole")
    if found is None or is_encoded(answer.headers):
        raise _StartOver
    etag, validator = answer.headers.get("etag"), continuation.validator
    other = etag is not None and validator.startswith('"') and etag != validator
    if other or (int(found[1]), int(found[3])) != (have, continuation.total_bytes):
        raise _StartOver
    return have, continuation.total_bytes


def _continuation(answer: OpenReply, total: int | None) -> Continuation | None:
    """How to continue; None without a validator, or from a server without range requests."""
    headers = answer.headers
    ranges = answer.status == 206 or headers.get("accept-ranges", "").strip().lower() == "bytes"
    if total is None or not ranges:
        return None
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    if etag.startswith('"'):
        return Continuation(etag, total)
    return Continuation(modified, total) if http_date(modified) is not None else None
