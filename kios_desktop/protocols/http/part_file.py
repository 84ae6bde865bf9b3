"""The file a download grows in."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from kios_desktop.domain.disk import from_os, make_folder, private
from kios_desktop.domain.errors import StorageError

_HELD_BYTES = 256 * 1024


class PartFile:
    """The partial file, open at its end. Bytes are buffered and written by a thread, or on closing.

    Methods that touch the disk raise `StorageError`.
    """

    def __init__(self, path: Path, file: BinaryIO, size_bytes: int) -> None:
        self.path, self._file = path, file
        self._size_bytes = size_bytes
        self._held = bytearray()
        self._writing = threading.Lock()  # a cancelled write goes on in its thread

    @staticmethod
    async def open(path: Path, keep_bytes: int) -> "PartFile":
        """Opens the file, truncated to its first `keep_bytes`."""

        def work() -> PartFile:
            with _storing():
                make_folder(path.parent)
                descriptor = private(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0))
                file = os.fdopen(descriptor, "wb", buffering=0)
                try:
                    file.truncate(keep_bytes)
                    file.seek(keep_bytes)
                except BaseException:
                    file.close()
                    raise
                return PartFile(path, file, keep_bytes)

        opening = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unused)
            raise

    @property
    def size_bytes(self) -> int:
        """Including buffered bytes."""
        return self._size_bytes + len(self._held)

    async def add(self, part: bytes) -> None:
        self._held += part
        if len(self._held) >= _HELD_BYTES:
            await asyncio.to_thread(self._write)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Writes what is buffered; not in a thread, since the task may be cancelled."""
        try:
            if kind is None:
                self._write()
            else:  # the error that ended the transfer matters more
                with contextlib.suppress(StorageError):
                    self._write()
        finally:
            self._file.close()

    def discard(self) -> None:
        """Closes without writing."""
        self._file.close()

    def _write(self) -> None:
        with _storing(), self._writing:
            while self._held:
                written = self._file.write(self._held) or 0
                self._size_bytes += written
                del self._held[:written]


def _close_unused(opening: "asyncio.Future[PartFile]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().discard()


@contextlib.contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os(error) from error


def size_of(path: Path) -> int:
    """The size of a file; 0 if it does not exist. Raises `StorageError`."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise from_os(error) from error
