"""Adding books: finding the files, hashing, reading, copying, and one report at the end.

Nothing here blocks the event loop: files are worked on in a small pool of threads, and results
go to the store in batches. One bad file never stops the rest; a full disk does, cleanly.
"""

import asyncio
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kios_desktop.domain.errors import (
    Damage,
    Full,
    Missing,
    PublicationError,
    ReadOnly,
    StorageError,
    Unreadable,
)
from kios_desktop.domain.library import (
    Book,
    BookId,
    DocumentHashes,
    Imported,
    ImportOutcome,
    ImportReport,
    NewBook,
)
from kios_desktop.domain.publication import Metadata, Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.document_hash import document_hashes
from kios_desktop.epub.package import read_publication
from kios_desktop.library.files import LibraryFiles

MAX_COVER_BYTES = 32 * 1024 * 1024
_BATCH = 64
_THREADS = 4
_STOPPING = (Full, ReadOnly)  # what would happen to every further file as well
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
    "image/avif": "avif",
    "image/bmp": "bmp",
}


class BookStore(Protocol):
    """Where books are kept."""

    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]: ...

    async def add_all(self, books: Sequence[NewBook]) -> list[BookId]: ...


class Importer:
    """Adds books to a library folder and its store. `folder` is the library folder."""

    def __init__(self, books: BookStore, folder: Path) -> None:
        self._books = books
        self._files = LibraryFiles(folder)

    async def add(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport:
        """Add files, and all books in folders; never raises for a bad file.

        `progress(done, total)` is called on the event loop's thread. When the disk is full or may
        not be written to, the remaining files are reported as failed with that error. After a
        cancel the report holds what was done until then.
        """
        files = await asyncio.to_thread(lambda: list(_files_in(paths)))
        done = 0

        def step(_: object) -> None:
            nonlocal done
            done += 1
            progress(done, len(files))

        with ThreadPoolExecutor(_THREADS, "import") as pool:
            for start in range(0, len(files), _BATCH):
                if cancelled():
                    break
                batch = files[start : start + _BATCH]
                await _each(pool, _hash, batch)
                new = await self._new(batch)
                await _each(pool, lambda f: None if cancelled() else self._take(f), new, step)
                await self._store(new)
                stopped_by = next((f.error for f in batch if isinstance(f.error, _STOPPING)), None)
                if stopped_by is not None:
                    for file in files[start + _BATCH :]:
                        file.error = stopped_by
                    break
        report = tuple(line for file in files if (line := file.line()) is not None)
        progress(len(report), len(files))
        return ImportReport(report, cancelled=len(report) < len(files))

    async def _new(self, batch: Sequence["_File"]) -> list["_File"]:
        """The files of a batch that are to be added; the others learn what they are the same as."""
        hashed = [file for file in batch if file.hashes is not None]
        known = await self._books.by_sha256({file.sha256 for file in hashed})
        new: dict[str, _File] = {}
        for file in hashed:
            if file.sha256 in known:
                file.same_as = known[file.sha256].title
            elif file.sha256 in new:
                file.twin = new[file.sha256]
            else:
                new[file.sha256] = file
        return list(new.values())

    async def _store(self, files: Sequence["_File"]) -> None:
        taken = [file for file in files if file.book is not None]
        if not taken:
            return
        try:
            ids = await self._books.add_all([file.book for file in taken if file.book])
        except StorageError as e:
            for file in taken:
                if file.book is not None:
                    self._files.discard(file.book.file, file.book.cover)
                file.book, file.error = None, e
        else:
            for file, number in zip(taken, ids, strict=True):
                file.book_id = number

    def _take(self, file: "_File") -> None:
        """Read and copy one book, in a thread."""
        try:
            with Container.open(file.path) as container:
                publication = read_publication(container)
                cover = _cover(container, publication)
            name = self._files.copy_book(file.path, file.sha256)
            size = self._files.path(name).stat().st_size
            try:
                picture = self._files.write_cover(file.sha256, *cover) if cover else ""
            except StorageError:
                self._files.discard(name)
                raise
        except (PublicationError, StorageError) as e:
            file.error = e
        except PermissionError:
            file.error = Unreadable(Damage.NO_PERMISSION)
        except OSError:
            file.error = Missing(file.path.name)
        else:
            file.book = _book(file, publication.metadata, name, size, picture, publication.defects)


@dataclass(slots=True, eq=False)
class _File:
    """One file on its way through an import."""

    path: Path
    error: Exception | None = None
    hashes: DocumentHashes | None = None
    same_as: str | None = None  # title of the book that is in the library already
    twin: "_File | None" = None  # the same bytes, met earlier in this import
    book: NewBook | None = None
    book_id: BookId | None = None

    @property
    def sha256(self) -> str:
        return self.hashes.sha256 if self.hashes is not None else ""

    def line(self) -> Imported | None:
        """Its line in the report; None when an import was stopped before it."""
        path = str(self.path)
        if self.error is not None:
            return Imported(path, ImportOutcome.FAILED, error=self.error)
        if self.same_as is not None:
            return Imported(path, ImportOutcome.ALREADY_HERE, same_as=self.same_as)
        if self.twin is not None:
            if self.twin.error is not None:
                return Imported(path, ImportOutcome.FAILED, error=self.twin.error)
            if self.twin.book is None:
                return None
            return Imported(path, ImportOutcome.ALREADY_HERE, same_as=self.twin.book.title)
        if self.book is None:
            return None
        return Imported(path, ImportOutcome.ADDED, self.book_id, self.book.title)


async def _each(
    pool: ThreadPoolExecutor,
    work: Callable[[_File], None],
    files: Sequence[_File],
    finished: Callable[[object], None] = lambda _: None,
) -> None:
    """Do the work for all files in the pool; `finished` is called on the loop for each."""
    futures = [asyncio.get_running_loop().run_in_executor(pool, work, file) for file in files]
    for future in futures:
        future.add_done_callback(finished)
    await asyncio.gather(*futures)


def _book(
    file: _File, about: Metadata, name: str, size: int, cover: str, defects: tuple[str, ...]
) -> NewBook:
    assert file.hashes is not None  # noqa: S101 (only hashed files are taken)
    return NewBook(
        title=about.title,
        authors=about.authors,
        language=about.language,
        series=about.series,
        series_index=about.series_index,
        identifier=about.identifier,
        file=name,
        file_name=file.path.name,
        size_bytes=size,
        hashes=file.hashes,
        cover=cover,
        defects=defects,
    )


def _files_in(paths: Sequence[Path]) -> Iterator[_File]:
    """The files given, and the EPUBs in the folders given.

    Hidden files and folders are skipped, and links to folders are not followed: no loops.
    """
    for given in paths:
        if not given.is_dir():
            yield _File(given)
            continue
        refused: list[OSError] = []
        for folder, folders, files in os.walk(given, onerror=refused.append):
            folders[:] = sorted(f for f in folders if not f.startswith((".", "__MACOSX")))
            for name in sorted(files):
                if name.lower().endswith(".epub") and not name.startswith("."):
                    yield _File(Path(folder) / name)
        for error in refused:
            yield _File(Path(error.filename or given), Unreadable(Damage.NO_PERMISSION))


def _hash(file: _File) -> None:
    if file.error is None:
        try:
            file.hashes = document_hashes(file.path)
        except PublicationError as e:
            file.error = e


def _cover(container: Container, publication: Publication) -> tuple[str, bytes] | None:
    """(file extension, bytes) of the cover; None when there is none that can be kept."""
    link = publication.resources.get(publication.cover_href)
    if link is None or link.media_type not in _EXTENSIONS:
        return None
    try:
        if container.size(link.href) > MAX_COVER_BYTES:
            return None
        return _EXTENSIONS[link.media_type], container.read(link.href)
    except PublicationError:
        return None
