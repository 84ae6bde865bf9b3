"""A cache of catalog covers on disk, as the servers sent them.

File names are hashes of addresses, because some servers put API keys into addresses.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from kios_desktop.domain.disk import make_folder
from kios_desktop.domain.secret import ServerUrl

LIMIT_BYTES: Final = 256 << 20
_KEPT_SHARE: Final = 0.9  # share of the limit that is kept when room is made


@dataclass(frozen=True, slots=True)
class CoverKey:
    """Identifies one version of a cover."""

    source_id: str
    digest: str


def cover_key(source_id: str, url: ServerUrl, updated: datetime | None) -> CoverKey:
    """`updated` is the entry's: after a change of the entry its cover gets another key."""
    at = updated.isoformat() if updated is not None else ""
    return CoverKey(source_id, hashlib.sha256(f"{url.reveal()}\0{at}".encode()).hexdigest())


class CoverStore:
    """One folder per source; the least recently read covers are deleted first. Thread-safe.

    Errors of the disk are ignored: covers are then fetched again.
    """

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder, self._limit = folder, limit_bytes
        self._bytes: int | None = None  # None until the folder was scanned
        self._lock = threading.Lock()

    def read(self, key: CoverKey) -> bytes | None:
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def write(self, key: CoverKey, data: bytes) -> None:
        """Store a cover, completely or not at all."""
        path = self._path(key)
        try:
            make_folder(path.parent)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
                part.write(data)
            Path(part.name).replace(path)
        except OSError:
            return
        self._count_bytes(len(data))

    def purge(self, source_id: str) -> None:
        """Delete the covers of a source."""
        with self._lock:
            shutil.rmtree(self._folder / _name(source_id), ignore_errors=True)
            self._bytes = None

    def _path(self, key: CoverKey) -> Path:
        return self._folder / _name(key.source_id) / key.digest

    def _count_bytes(self, added: int) -> None:
        with self._lock:
            if self._bytes is None:
                self._bytes = sum(size for _at, size, _path in self._files())
            else:
                self._bytes += added
            if self._bytes > self._limit:
                self._make_room()

    def _make_room(self) -> None:
        left = 0
        for _at, size, path in sorted(self._files(), reverse=True):
            if left + size <= self._limit * _KEPT_SHARE:
                left += size
                continue
            with contextlib.suppress(OSError):
                path.unlink()
        self._bytes = left

    def _files(self) -> list[tuple[float, int, Path]]:
        found: list[tuple[float, int, Path]] = []
        with contextlib.suppress(OSError):
            for folder in self._folder.iterdir():
                for path in folder.iterdir():
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
        return found


def _name(source_id: str) -> str:
    return source_id if source_id.isalnum() else hashlib.sha256(source_id.encode()).hexdigest()
