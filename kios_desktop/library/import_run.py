"""One run of an import: its threads and processes, and how far it is."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from kios_desktop.domain.errors import KiosError
from kios_desktop.library.book_reading import ReadingProcesses, facts_of
from kios_desktop.library.import_files import ImportCancellation, ImportFile

log = logging.getLogger(__name__)

_THREADS = 4


class ImportRun:
    """What the steps of one import share."""

    def __init__(
        self,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        total: int,
        processes: ReadingProcesses | None,
    ) -> None:
        self._progress, self.cancelled, self._total = progress, cancelled, total
        self._processes = processes
        self.pool = ThreadPoolExecutor(_THREADS, "import")
        self.cancellation = ImportCancellation()
        self.met: dict[str, ImportFile] = {}  # the files to be added, by SHA-256
        self.done = 0
        self.stopped_by: Exception | None = None

    def step(self, _: object) -> None:
        self.done += 1
        self._progress(self.done, self._total)

    def read(self, files: Sequence[ImportFile]) -> None:
        """Reads files that are to be added, in a thread."""
        if self._processes is not None and not self.cancelled():
            found = self._processes.facts([file.source for file in files])
            for file, facts in zip(files, found, strict=True):
                file.facts = facts
        for file in files:
            if file.facts is None and not self.cancelled():
                _to_its_end(_read, file)

    def close(self) -> None:
        """A thread may still hang in a file; the event loop does not wait for it."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        if self._processes is not None:
            self._processes.close()


async def in_turn(
    pool: ThreadPoolExecutor, work: Callable[[ImportFile], None], files: Sequence[ImportFile]
) -> None:
    """Runs CPU-bound work in one thread: several would only wait for the interpreter lock."""

    def all_of_it() -> None:
        for file in files:
            _to_its_end(work, file)

    await asyncio.get_running_loop().run_in_executor(pool, all_of_it)


async def at_once(
    pool: ThreadPoolExecutor,
    work: Callable[[ImportFile], None],
    files: Sequence[ImportFile],
    finished: Callable[[object], None],
) -> None:
    """Runs disk-bound work in all threads. `finished` is called on the event loop for each file."""
    loop = asyncio.get_running_loop()
    futures = [loop.run_in_executor(pool, _to_its_end, work, file) for file in files]
    for future in futures:
        future.add_done_callback(finished)
    await asyncio.gather(*futures)


def _to_its_end(work: Callable[[ImportFile], None], file: ImportFile) -> None:
    """Runs work on a file and keeps its error, expected or not, for the report."""
    try:
        work(file)
    except Exception as e:
        if not isinstance(e, KiosError):
            log.exception("a mistake of ours while adding a file")
        file.facts, file.error = None, e


def _read(file: ImportFile) -> None:
    file.facts = facts_of(file.path, file.open())
