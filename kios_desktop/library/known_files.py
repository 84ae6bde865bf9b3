"""Remembers files that were added, to recognise one given again without reading it.

A file counts as unchanged while its path, size, mtime and ctime are. Paths are stored as digests.
"""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from kios_desktop.domain.disk import write_private
from kios_desktop.domain.path_text import path_to_text

log = logging.getLogger(__name__)

MOST = 2000  # files; the one that was added the longest ago is dropped first
SETTLED_NS = 2_000_000_000  # a file changed more recently may change again in the same clock tick


class FileStamp(NamedTuple):
    """Tells a file from a later version of itself."""

    size_bytes: int
    mtime_ns: int
    ctime_ns: int


class _Known(NamedTuple):
    stamp: FileStamp
    sha256: str


_decoder = msgspec.json.Decoder(dict[str, _Known])


def stamp_of(status: os.stat_result) -> FileStamp:
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class KnownFiles:
    """The remembered files, stored in `file`. Blocking; thread-safe.

    Nothing raises: a damaged file counts as empty, and without a stored entry a file is read again.
    """

    def __init__(self, file: Path, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._file, self._now_ns = file, now_ns
        self._known: dict[str, _Known] | None = None
        self._changed = False
        self._lock = threading.Lock()

    def sha256(self, path: Path) -> str:
        """The SHA-256 of the file at a path; "" when it is unknown or may have changed."""
        with self._lock:
            known = self._all().get(_digest(path))
        if known is None:
            return ""
        try:
            return known.sha256 if stamp_of(path.stat()) == known.stamp else ""
        except (OSError, ValueError):  # gone, or no name of a file at all
            return ""

    def remember(self, path: Path, stamp: FileStamp, sha256: str) -> None:
        """Remembers the hash of a file. `stamp` was taken before it was read."""
        if self._now_ns() - max(stamp.mtime_ns, stamp.ctime_ns) < SETTLED_NS:
            return
        with self._lock:
            known, key = self._all(), _digest(path)
            if known.get(key) == (stamp, sha256):
                return
            known.pop(key, None)
            known[key] = _Known(stamp, sha256)
            while len(known) > MOST:
                del known[next(iter(known))]
            self._changed = True

    def save(self) -> None:
        with self._lock:
            if self._changed:
                self._changed = False
                self._write()

    def _write(self) -> None:
        part = self._file.with_name(self._file.name + ".part")
        try:
            write_private(part, msgspec.json.encode(self._known))
            part.replace(self._file)
        except OSError as e:
            log.info("what was added was not remembered: %s", e)

    def _all(self) -> dict[str, _Known]:
        if self._known is None:
            try:
                self._known = _decoder.decode(self._file.read_bytes())
            except (OSError, msgspec.MsgspecError):
                self._known = {}
        return self._known


def _digest(path: Path) -> str:
    text = path_to_text(path.absolute())
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
