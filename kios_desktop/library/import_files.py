"""The files of an import: finding them, and the state of each."""

import io
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kios_desktop.domain.errors import Damage, Unreadable
from kios_desktop.domain.library import (
    Book,
    BookId,
    DocumentHashes,
    Imported,
    ImportOutcome,
    NewBook,
)
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import open_file
from kios_desktop.library.known_files import FileStamp


@dataclass(slots=True, eq=False)
class ImportFile:
    """One file of an import, with what is known of it so far."""

    path: Path
    error: Exception | None = None
    recognised: str = ""  # the SHA-256 it had when it was added before
    stamp: FileStamp | None = None  # of the file, taken before it was read
    content: bytes | None = None  # of a small file, so that it is read only once
    size_bytes: int = 0
    hashes: DocumentHashes | None = None
    same_as: Book | None = None  # it is in the library already
    twin: "ImportFile | None" = None  # the same bytes, met earlier in this import
    publication: Publication | None = None
    cover: tuple[str, bytes] | None = None  # (file extension, bytes)
    book: NewBook | None = None
    book_id: BookId | None = None

    @property
    def sha256(self) -> str:
        return self.hashes.sha256 if self.hashes is not None else ""

    def open(self) -> BinaryIO:
        """Opens its bytes. Raises Missing or Unreadable."""
        return open_file(self.path) if self.content is None else io.BytesIO(self.content)

    def line(self) -> Imported | None:
        """Its line in the report; None when the import was stopped before it."""
        path = str(self.path)
        if self.error is not None:
            return Imported(path, ImportOutcome.FAILED, error=self.error)
        if self.same_as is not None:
            return _already_here(path, self.same_as.id, self.same_as.title)
        if self.twin is not None:
            if self.twin.error is not None:
                return Imported(path, ImportOutcome.FAILED, error=self.twin.error)
            if self.twin.book is None:
                return None
            return _already_here(path, self.twin.book_id, self.twin.book.title)
        if self.book is None:
            return None
        book = self.book
        return Imported(path, ImportOutcome.ADDED, self.book_id, book.title, defects=book.defects)


def _already_here(path: str, book_id: BookId | None, title: str) -> Imported:
    return Imported(path, ImportOutcome.ALREADY_HERE, book_id, title, same_as=title)


class ImportCancellation:
    """Whether an import was cancelled, shared between its threads and the event loop."""

    def __init__(self) -> None:
        self._lock, self._done = threading.Lock(), False

    def __call__(self) -> None:
        """Cancels: from now on no further file is kept."""
        with self._lock:
            self._done = True

    @property
    def is_done(self) -> bool:
        return self._done

    def keep(self, file: ImportFile, book: NewBook) -> bool:
        """Records that a file was copied; False when its book will not be stored any more."""
        with self._lock:
            if not self._done:
                file.book = book
            return not self._done


def files_in(paths: Sequence[Path]) -> Iterator[ImportFile]:
    """The given files, and the EPUBs in the given folders.

    Hidden files and folders are skipped, and links to folders are not followed, to avoid loops.
    """
    for given in paths:
        if not _is_folder(given):
            yield ImportFile(given)
            continue
        refused: list[OSError] = []
        for folder, folders, files in os.walk(given, onerror=refused.append):
            folders[:] = sorted(f for f in folders if not f.startswith((".", "__MACOSX")))
            for name in sorted(files):
                if name.lower().endswith(".epub") and not name.startswith("."):
                    yield ImportFile(Path(folder) / name)
        for error in refused:
            yield ImportFile(Path(error.filename or given), Unreadable(Damage.NO_PERMISSION))


def _is_folder(path: Path) -> bool:
    """False also when that can't be found out: opening the path then raises the reason."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
