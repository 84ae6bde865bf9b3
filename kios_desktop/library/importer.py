"""Adds books: finds the files, hashes, reads and copies them, and returns one report.

Files are processed in a small pool of threads, and stored in batches. One bad file never stops the
others; a full disk does.
"""

import asyncio
import contextlib
import io
import logging
import os
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from kios_desktop.domain.errors import (
    Full,
    KiosError,
    Missing,
    ReadOnly,
    StorageError,
)
from kios_desktop.domain.library import (
    Book,
    BookId,
    ImportReport,
    NewBook,
)
from kios_desktop.domain.path_text import path_to_text
from kios_desktop.domain.publication import Publication
from kios_desktop.domain.text import clean_line
from kios_desktop.epub.container import Container, open_file
from kios_desktop.epub.cover_picture import cover_picture
from kios_desktop.epub.document_hash import hashes_of
from kios_desktop.epub.outline import keep_outline
from kios_desktop.epub.package import read_publication
from kios_desktop.library.files import LibraryFiles
from kios_desktop.library.import_files import ImportCancellation, ImportFile, files_in
from kios_desktop.library.known_files import KnownFiles, stamp_of

log = logging.getLogger(__name__)

_BATCH = 64
_TELL_S = 0.02  # how often progress is told
_THREADS = 4
_SMALL_BYTES = 1024 * 1024  # a batch of these is held in memory
_LAST_RECORDS_S = 3.0  # how long a cancelled import waits for the store
_STOPPING = (Full, ReadOnly)  # every further file would fail the same way


class BookStore(Protocol):
    """Where books are kept."""

    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]: ...

    async def add_all(self, books: Sequence[NewBook]) -> list[BookId]: ...


class Importer:
    """Adds books to a library folder and its store. `folder` is the library folder.

    `known` recognises files that were added before, without reading them.
    """

    def __init__(self, books: BookStore, folder: Path, known: KnownFiles | None = None) -> None:
        self._books, self._known = books, known
        self._files = LibraryFiles(folder)

    async def add(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport:
        """Adds files, and all books in folders; never raises for a bad file.

        `progress(done, total)` is called on the event loop's thread. When the disk is full or
        read-only, the remaining files are reported as failed with that error. When `cancelled`
        returns True, the report covers the files processed until then. When the task is cancelled,
        no file is left in the library without a record.
        """
        files = await asyncio.to_thread(lambda: list(files_in(paths)))
        done = 0

        def step(_: object) -> None:
            nonlocal done
            done += 1
            progress(done, len(files))

        pool, cancellation = ThreadPoolExecutor(_THREADS, "import"), ImportCancellation()
        try:
            for start in range(0, len(files), _BATCH):
                if cancelled():
                    break
                batch, done = files[start : start + _BATCH], start
                try:
                    await self._add_batch(pool, batch, cancellation, cancelled, step)
                except asyncio.CancelledError:
                    cancellation()
                    self._give_up(batch, StorageError("called off"))
                    raise
                except Exception as e:  # the store failed: the files of the batch are reported
                    if not isinstance(e, StorageError):
                        log.exception("a mistake of ours while adding books")
                    self._give_up(batch, e)
                for file in batch:
                    file.content = file.publication = file.cover = None
                stopped_by = next((f.error for f in batch if isinstance(f.error, _STOPPING)), None)
                if stopped_by is not None:
                    for file in files[start + _BATCH :]:
                        file.error = stopped_by
                    break
            await _in_turn(pool, self._remember, files)
            if self._known is not None:
                await asyncio.get_running_loop().run_in_executor(pool, self._known.save)
        finally:
            # a thread may still hang in a file; the event loop must not wait for it
            pool.shutdown(wait=False, cancel_futures=True)
        report = tuple(line for file in files if (line := file.line()) is not None)
        progress(len(report), len(files))
        return ImportReport(report, cancelled=len(report) < len(files))

    async def _add_batch(
        self,
        pool: ThreadPoolExecutor,
        batch: Sequence[ImportFile],
        cancellation: ImportCancellation,
        cancelled: Callable[[], bool],
        step: Callable[[object], None],
    ) -> None:
        await self._recognise(pool, batch)
        await _in_turn(pool, _hash, [file for file in batch if file.same_as is None])
        new = await self._new(batch)
        await _in_turn(pool, self._mend, batch)
        await _in_turn(pool, lambda f: None if cancelled() else _read(f), new)
        read = [file for file in new if file.publication]
        await _at_once(pool, lambda f: self._copy(f, cancellation), read, cancellation, step)
        await self._store(new)

    def _give_up(self, batch: Sequence[ImportFile], error: Exception) -> None:
        """Marks the files of a batch that were not added as failed with this error."""
        self._take_back([file for file in batch if file.book_id is None and file.book], error)
        for file in batch:
            if file.book_id is None and file.same_as is None:
                file.error = file.error or error

    async def _recognise(self, pool: ThreadPoolExecutor, batch: Sequence[ImportFile]) -> None:
        """Recognises files of books in the library without reading them."""
        known = self._known
        if known is None:
            return

        def look(file: ImportFile) -> None:
            file.recognised = known.sha256(file.path)

        await _in_turn(pool, look, batch)
        if not (hashes := {file.recognised for file in batch if file.recognised}):
            return
        here = await self._books.by_sha256(hashes)

        def compare(file: ImportFile) -> None:
            book = here.get(file.recognised)
            if book is not None and self._files.is_untouched(book):
                file.same_as = book

        await _in_turn(pool, compare, batch)

    def _mend(self, file: ImportFile) -> None:
        """Restores a missing file or cover of a book that is in the library already."""
        book = file.same_as
        if book is None or file.hashes is None:
            return
        if not self._files.is_whole(book):
            with file.open() as source:
                self._files.put_back(book, source)
        if not self._files.has_cover(book):
            with Container.opened(file.path, file.open()) as container:
                cover = cover_picture(container, read_publication(container))
            if cover is not None:
                self._files.write_cover(file.sha256, *cover)

    def _remember(self, file: ImportFile) -> None:
        in_library = file.same_as is not None or file.book_id is not None
        if self._known is not None and file.stamp is not None and in_library:
            self._known.remember(file.path, file.stamp, file.sha256)

    async def _new(self, batch: Sequence[ImportFile]) -> list[ImportFile]:
        """The files of a batch to be added; duplicates are linked to their book or file."""
        hashed = [file for file in batch if file.hashes is not None]
        known = await self._books.by_sha256({file.sha256 for file in hashed})
        new: dict[str, ImportFile] = {}
        for file in hashed:
            if file.sha256 in known:
                file.same_as = known[file.sha256]
            elif file.sha256 in new:
                file.twin = new[file.sha256]
            else:
                new[file.sha256] = file
        return list(new.values())

    async def _store(self, files: Sequence[ImportFile]) -> None:
        """Stores the books of a batch; if that fails, one by one, so that only bad ones fail."""
        taken = [file for file in files if file.book is not None]
        if not taken:
            return
        storing = asyncio.ensure_future(
            self._books.add_all([file.book for file in taken if file.book])
        )
        try:
            ids = await asyncio.shield(storing)
        except asyncio.CancelledError:
            await _stored_at_last(storing, taken)
            raise
        except StorageError as e:
            self._take_back(taken, e)
        except Exception as e:
            if len(taken) > 1:
                for file in taken:
                    await self._store([file])
                return
            log.exception("a mistake of ours while storing a book")
            self._take_back(taken, e)
        else:
            for file, number in zip(taken, ids, strict=True):
                file.book_id = number

    def _take_back(self, files: Sequence[ImportFile], error: Exception) -> None:
        for file in files:
            if file.book is not None:
                self._files.discard(file.book.file, file.book.cover)
            file.book, file.error = None, error

    def _copy(self, file: ImportFile, cancellation: ImportCancellation) -> None:
        """Copies one book and its cover into the library folder, in a thread."""
        if file.publication is None:
            return
        name = picture = ""
        try:
            with file.open() as source:
                name = self._files.copy_book(source, file.size_bytes, file.sha256)
            keep_outline(self._files.path(name), file.publication)
            if file.cover is not None:
                picture = self._files.write_cover(file.sha256, *file.cover)
        except BaseException:
            self._files.discard(name)
            raise
        if not cancellation.keep(file, _book(file, file.publication, name, picture)):
            self._files.discard(name, picture)


async def _stored_at_last(
    storing: asyncio.Future[list[BookId]], files: Sequence[ImportFile]
) -> None:
    """Waits for the store after a cancel: a book that was stored must keep its file."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait({storing}, timeout=_LAST_RECORDS_S)
    if not storing.done() or storing.cancelled():
        for file in files:
            file.book = None  # unknown; a later start looks for its record
    elif storing.exception() is None:
        for file, number in zip(files, storing.result(), strict=True):
            file.book_id = number


async def _in_turn(
    pool: ThreadPoolExecutor, work: Callable[[ImportFile], None], files: Sequence[ImportFile]
) -> None:
    """Runs CPU-bound work in one thread: several would only wait for the interpreter lock."""

    def all_of_it() -> None:
        for file in files:
            _to_its_end(work, file)

    await asyncio.get_running_loop().run_in_executor(pool, all_of_it)


async def _at_once(
    pool: ThreadPoolExecutor,
    work: Callable[[ImportFile], None],
    files: Sequence[ImportFile],
    cancellation: ImportCancellation,
    finished: Callable[[object], None],
) -> None:
    """Runs disk-bound work in all threads. `finished` is called on the event loop for each file."""
    loop = asyncio.get_running_loop()
    left = iter(files)  # shared: each thread takes the next one
    done = SimpleQueue[ImportFile]()

    def tell() -> None:
        while not (done.empty() or cancellation.is_done):
            finished(done.get())

    def all_that_is_left() -> None:
        told = time.monotonic()
        for file in left:
            if cancellation.is_done:
                return
            _to_its_end(work, file)
            done.put(file)
            if time.monotonic() - told > _TELL_S:  # waking the loop costs as much as a copy
                told = time.monotonic()
                loop.call_soon_threadsafe(tell)

    await asyncio.gather(*(loop.run_in_executor(pool, all_that_is_left) for _ in range(_THREADS)))
    tell()


def _to_its_end(work: Callable[[ImportFile], None], file: ImportFile) -> None:
    """Runs work on a file and keeps its error, expected or not, for the report."""
    try:
        work(file)
    except Exception as e:
        if not isinstance(e, KiosError):
            log.exception("a mistake of ours while adding a file")
        file.publication, file.error = None, e


def _read(file: ImportFile) -> None:
    with Container.opened(file.path, file.open()) as container:
        file.publication = read_publication(container)
        file.cover = cover_picture(container, file.publication)


def _book(file: ImportFile, publication: Publication, name: str, cover: str) -> NewBook:
    about = publication.metadata
    assert file.hashes is not None  # noqa: S101 (only hashed files get this far)
    return NewBook(
        title=about.title,
        authors=about.authors,
        language=about.language,
        series=about.series,
        series_index=about.series_index,
        identifier=clean_line(about.identifier),
        file=name,
        file_name=path_to_text(Path(file.path.name)),
        size_bytes=file.size_bytes,
        hashes=file.hashes,
        cover=cover,
        defects=publication.defects,
    )


def _hash(file: ImportFile) -> None:
    if file.error is not None:
        return
    try:
        with open_file(file.path) as source:
            status = os.fstat(source.fileno())
            file.stamp = stamp_of(status)
            enough = min(status.st_size + 1, _SMALL_BYTES)  # one more, to see that it ends there
            content = source.read(enough)
            if len(content) < enough:
                file.content = content
                file.hashes = hashes_of(io.BytesIO(content))
            else:
                source.seek(0)
                file.hashes = hashes_of(source)
            file.size_bytes = source.tell()
    except OSError as e:
        raise Missing(file.path.name) from e
