"""The library folder: stores book files and covers.

Book files are copied byte for byte under the name of their SHA-256 and never changed: servers
identify a book by its bytes. A file gets its final name only when it is complete.
"""

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from kios_desktop.domain.disk import FILE_MODE, from_os, make_folder, private, settle, write_private
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book
from kios_desktop.epub.outline import outline_path
from kios_desktop.library.refused_deletions import mark_for_deletion, unmark

_COPY_BYTES = 1024 * 1024


class LibraryFiles:
    """The files below one library folder. Blocking; safe to use from several threads.

    Writing raises Full, ReadOnly or another StorageError. `unlink` deletes a file; Windows refuses
    that for one that is open.
    """

    def __init__(self, folder: Path, unlink: Callable[[Path], None] = Path.unlink) -> None:
        self.folder = folder
        self._unlink = unlink
        self._made: set[Path] = set()
        self._found: set[str] = set()  # files of books that existed before they were added

    def path(self, relative: str) -> Path:
        """Where a file named in the database (with forward slashes) is."""
        return self.folder / relative

    def book_name(self, sha256: str) -> str:
        return f"books/{sha256[:2]}/{sha256}.epub"

    def copy_book(self, source: BinaryIO, size_bytes: int, sha256: str) -> str:
        """Copies a book in and returns its relative name. An existing complete copy is kept."""
        name = self.book_name(sha256)
        target = self.path(name)
        with _storing():
            unmark(target)
        with contextlib.suppress(OSError):
            if target.stat().st_size == size_bytes and _sha256(target) == sha256:
                self._found.add(name)
                target.chmod(FILE_MODE)
                return name
        self._write(target, source, size_bytes)
        return name

    def is_untouched(self, book: Book) -> bool:
        """Whether a book's file has its size and time, without reading it, and the cover exists."""
        try:
            status = self.path(book.file).stat()
        except OSError:
            return False
        same_size = stat.S_ISREG(status.st_mode) and status.st_size == book.size_bytes
        same = same_size and status.st_mtime <= book.added_at.timestamp()
        return same and self.has_cover(book)

    def has_cover(self, book: Book) -> bool:
        """Whether the cover of a book exists; True for a book without one."""
        return not book.cover or self.path(book.cover).exists()

    def is_whole(self, book: Book) -> bool:
        """Whether a book's file has the bytes that were added. Reads the whole file."""
        try:
            return _sha256(self.path(book.file)) == book.hashes.sha256
        except OSError:
            return False

    def put_back(self, book: Book, source: BinaryIO) -> None:
        """Restores a book's file from another file with the same bytes."""
        target = self.path(book.file)
        with _storing():
            unmark(target)
        self._made.discard(target.parent)  # it may have gone with the file
        self._write(target, source, book.size_bytes)

    def _write(self, target: Path, source: BinaryIO, size_bytes: int) -> None:
        source.seek(0)
        with self._part_of(target) as part, _new_file(part) as writing:
            if size_bytes <= _COPY_BYTES:
                writing.write(source.read())
            else:
                shutil.copyfileobj(source, writing, _COPY_BYTES)
            writing.flush()
            settle(writing.fileno())  # flushed before the database refers to the file

    def write_cover(self, sha256: str, extension: str, data: bytes) -> str:
        """Stores a cover picture and returns its relative name.

        It is written in place: nobody reads it before the book is in the database, and adding the
        book again writes it again.
        """
        name = f"covers/{sha256}.{extension}"
        target = self.path(name)
        with _storing():
            self._make_folder(target)
            write_private(target, data)
        return name

    @contextlib.contextmanager
    def _part_of(self, target: Path) -> Iterator[Path]:
        """A temporary name to write to; the file is renamed when the block succeeds."""
        with _storing():
            self._make_folder(target)
            part = target.with_name(f"{target.name}.{os.getpid()}.part")
            try:
                yield part
                part.replace(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise

    def _make_folder(self, target: Path) -> None:
        if target.parent not in self._made:
            make_folder(target.parent)
            self._made.add(target.parent)

    def remove(self, book: Book) -> None:
        """Deletes a book's file, outline and cover; missing ones are no error.

        If one can't be deleted, the others are, and then its error is raised; a later start
        deletes the book's file: see `refused_deletions`.
        """
        try:
            self.remove_file(book.file, book.cover)
        except StorageError:
            mark_for_deletion(self.path(book.file))
            raise

    def remove_file(self, *relative: str) -> None:
        """Deletes files and outlines by relative name. Raises StorageError."""
        refused: OSError | None = None
        for name in filter(None, relative):
            for path in (self.path(name), outline_path(self.path(name))):
                try:
                    self._unlink(path)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    refused = refused or error
        if refused is not None:
            raise from_os(refused) from refused

    def discard(self, *relative: str) -> None:
        """Deletes the files of a book that could not be added.

        A file that existed before is kept: it may be the only copy.
        """
        with contextlib.suppress(StorageError):
            self.remove_file(*(name for name in relative if name not in self._found))


def _sha256(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _new_file(path: Path) -> BinaryIO:
    return open(path, "wb", opener=private)


@contextlib.contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as e:
        raise from_os(e) from e
