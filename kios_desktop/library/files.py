"""The library folder: where book files and covers live, and how they get there.

Book files are copied byte for byte under the name of their SHA-256 and never rewritten: servers
know a book by its bytes. A file appears under its final name only when it is complete.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from kios_desktop.domain.errors import Full, ReadOnly, StorageError
from kios_desktop.domain.library import Book

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_COPY_BYTES = 1024 * 1024


class LibraryFiles:
    """The files below one library folder. Blocking; safe to use from several threads.

    Writing raises Full, ReadOnly or another StorageError; an OSError about the source file, when
    copying, is passed on as it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, relative: str) -> Path:
        """Where a file named in the database (with forward slashes) is."""
        return self.folder / relative

    def book_name(self, sha256: str) -> str:
        return f"books/{sha256[:2]}/{sha256}.epub"

    def copy_book(self, source: Path, sha256: str) -> str:
        """Copy a book in; its relative name. A complete copy that is there already is kept."""
        name = self.book_name(sha256)
        target = self.path(name)
        with contextlib.suppress(OSError):
            if target.stat().st_size == source.stat().st_size:
                return name
        with source.open("rb") as reading, _storing():
            part = _part_of(target)
            try:
                with part.open("wb") as writing:
                    shutil.copyfileobj(reading, writing, _COPY_BYTES)
                    _make_durable(writing.fileno())
                part.replace(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return name

    def write_cover(self, sha256: str, extension: str, data: bytes) -> str:
        """Store a cover picture; its relative name. It can be made again, so it is not synced."""
        name = f"covers/{sha256}.{extension}"
        target = self.path(name)
        with _storing():
            part = _part_of(target)
            try:
                part.write_bytes(data)
                part.replace(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return name

    def remove(self, book: Book) -> None:
        """Delete a book's file and cover; what is gone already is fine."""
        with _storing():
            for relative in filter(None, (book.file, book.cover)):
                self.path(relative).unlink(missing_ok=True)

    def discard(self, *relative: str) -> None:
        """Take back files of a book that could not be added after all."""
        for name in filter(None, relative):
            with contextlib.suppress(OSError):
                self.path(name).unlink(missing_ok=True)


def _part_of(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(f"{target.name}.{os.getpid()}.part")


def _make_durable(descriptor: int) -> None:
    """Before the database names a file its bytes are on the disk."""
    os.fsync(descriptor)


@contextlib.contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as e:
        if e.errno in _FULL:
            raise Full from e
        if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ReadOnly from e
        raise StorageError(e.strerror or "input/output error") from e
