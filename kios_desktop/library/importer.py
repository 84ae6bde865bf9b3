"""Adds books: finds the files, hashes, reads and copies them, and returns one report.

Files are processed in a small pool of threads, and stored in batches. One bad file never stops the
others; a full disk does.
"""

import asyncio
import contextlib
import io
import logging
import os
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from kios_desktop.domain.errors import (
    Full,
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
from kios_desktop.domain.text import clean_line
from kios_desktop.epub.container import open_file
from kios_desktop.epub.document_hash import hashes_of
from kios_desktop.epub.outline import keep_outline
from kios_desktop.library.book_reading import (
    ParsedBook,
    facts_of,
    processes_for,
)
from kios_desktop.library.files import LibraryFiles
from kios_desktop.library.import_files import ImportCancellation, ImportFile, files_in
from kios_desktop.library.import_run import ImportRun, at_once, in_turn
from kios_desktop.library.known_files import KnownFiles, stamp_of

log = logging.getLogger(__name__)

_BATCH = 64
_SMALL_BYTES = 1024 * 1024  # a batch of these is held in memory
_LAST_RECORDS_S = 3.0  # how long a cancelled import waits for the store
_STOPPING = (Full, ReadOnly)  # every further file would fail the same way


class BookStore(Protocol):
    """Where books are kept."""

    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]: ...

    async def add_all(self, books: Sequence[NewBook]) -> list[BookId]: ...


class Importer:
    """Adds books to a library folder and its store. `folder` is the library folder.

    `known` recognises files that were added before, without reading them. `cores` is how many
    things the computer does at a time.
    """

    def __init__(
        self,
        books: BookStore,
        folder: Path,
        known: KnownFiles | None = None,
        cores: int = os.cpu_count() or 1,
    ) -> None:
        self._books, self._known, self._cores = books, known, cores
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
        run = ImportRun(progress, cancelled, len(files), processes_for(len(files), self._cores))
        try:
            await self._add_files(run, files)
            await in_turn(run.pool, self._remember, files)
            if self._known is not None:
                await asyncio.get_running_loop().run_in_executor(run.pool, self._known.save)
        finally:
            run.close()
        report = tuple(line for file in files if (line := file.line()) is not None)
        progress(len(report), len(files))
        return ImportReport(report, cancelled=len(report) < len(files))

    async def _add_files(self, run: ImportRun, files: Sequence[ImportFile]) -> None:
        """Batch by batch; while one is copied and stored, the next one is read."""
        keeping: asyncio.Task[None] | None = None
        try:
            for start in range(0, len(files), _BATCH):
                if run.cancelled():
                    break
                batch = files[start : start + _BATCH]
                async with self._reporting(run, batch):
                    await self._read_batch(run, batch)
                if keeping is not None:
                    await keeping
                if run.stopped_by is not None:
                    break
                keeping = asyncio.create_task(self._keep_batch(run, batch, start))
            if keeping is not None:
                await keeping
        except asyncio.CancelledError:
            run.cancellation()
            if keeping is not None:
                keeping.cancel()
                await asyncio.wait({keeping})
            raise
        if run.stopped_by is not None:
            for file in files:
                if file.line() is None:
                    file.error = run.stopped_by

    async def _read_batch(self, run: ImportRun, batch: Sequence[ImportFile]) -> None:
        """Recognises, hashes and reads the files of a batch."""
        await self._recognise(run.pool, batch)
        await in_turn(run.pool, _hash, [file for file in batch if file.same_as is None])
        new = await self._new(run, batch)
        await in_turn(run.pool, self._mend, batch)
        await asyncio.get_running_loop().run_in_executor(run.pool, run.read, new)

    async def _keep_batch(self, run: ImportRun, batch: Sequence[ImportFile], start: int) -> None:
        """Copies the files that were read, and stores their books."""
        run.done = start
        async with self._reporting(run, batch):
            read = [file for file in batch if file.facts is not None]
            await at_once(run.pool, lambda f: self._copy(f, run.cancellation), read, run.step)
            await self._store(read)
        for file in batch:
            file.content = file.facts = None
        errors = (file.error for file in batch)
        run.stopped_by = next((e for e in errors if isinstance(e, _STOPPING)), None)

    @contextlib.asynccontextmanager
    async def _reporting(self, run: ImportRun, batch: Sequence[ImportFile]) -> AsyncIterator[None]:
        """Whatever ends the block early is reported with the files of the batch."""
        try:
            yield
        except asyncio.CancelledError:
            run.cancellation()
            self._give_up(batch, StorageError("called off"))
            raise
        except Exception as e:  # the store failed
            if not isinstance(e, StorageError):
                log.exception("a mistake of ours while adding books")
            self._give_up(batch, e)

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

        await in_turn(pool, look, batch)
        if not (hashes := {file.recognised for file in batch if file.recognised}):
            return
        here = await self._books.by_sha256(hashes)

        def compare(file: ImportFile) -> None:
            book = here.get(file.recognised)
            if book is not None and self._files.is_untouched(book):
                file.same_as = book

        await in_turn(pool, compare, batch)

    def _mend(self, file: ImportFile) -> None:
        """Restores a missing file or cover of a book that is in the library already."""
        book = file.same_as
        if book is None or file.hashes is None:
            return
        if not self._files.is_whole(book):
            with file.open() as source:
                self._files.put_back(book, source)
        if not self._files.has_cover(book):
            cover = facts_of(file.path, file.open()).cover
            if cover is not None:
                self._files.write_cover(file.sha256, *cover)

    def _remember(self, file: ImportFile) -> None:
        in_library = file.same_as is not None or file.book_id is not None
        if self._known is not None and file.stamp is not None and in_library:
            self._known.remember(file.path, file.stamp, file.sha256)

    async def _new(self, run: ImportRun, batch: Sequence[ImportFile]) -> list[ImportFile]:
        """The files of a batch to be added; duplicates are linked to their book or file."""
        hashed = [file for file in batch if file.hashes is not None]
        known = await self._books.by_sha256({file.sha256 for file in hashed})
        new: list[ImportFile] = []
        for file in hashed:
            if file.sha256 in known:
                file.same_as = known[file.sha256]
            elif (twin := run.met.get(file.sha256)) is not None and twin.error is None:
                file.twin = twin
            else:
                run.met[file.sha256] = file
                new.append(file)
        return new

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
        if file.facts is None:
            return
        name = picture = ""
        try:
            with file.open() as source:
                name = self._files.copy_book(source, file.size_bytes, file.sha256)
            if file.facts.outline is not None:
                keep_outline(self._files.path(name), file.facts.outline)
            if file.facts.cover is not None:
                picture = self._files.write_cover(file.sha256, *file.facts.cover)
        except BaseException:
            self._files.discard(name)
            raise
        if not cancellation.keep(file, _book(file, file.facts, name, picture)):
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


def _book(file: ImportFile, facts: ParsedBook, name: str, cover: str) -> NewBook:
    about = facts.metadata
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
        defects=facts.defects,
    )


def _hash(file: ImportFile) -> None:
    if file.error is not None:
        return
    try:
        with open_file(file.path) as source:
            file.stamp = stamp_of(os.fstat(source.fileno()))
            content = source.read(_SMALL_BYTES)
            if len(content) < _SMALL_BYTES:
                file.content = content
                file.hashes = hashes_of(io.BytesIO(content))
            else:
                source.seek(0)
                file.hashes = hashes_of(source)
            file.size_bytes = source.tell()
    except OSError as e:
        raise Missing(file.path.name) from e
