"""Reads what the library keeps of the books that are added; of many, in processes beside this one.

Parsing is Python's own work, of which a process does one thing at a time. Where a process can't
start, dies or can't read a book, the book is read here, which also finds the reason.
"""

import io
import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from kios_desktop.domain.defect import Defect
from kios_desktop.domain.publication import Metadata, Publication
from kios_desktop.epub.container import Container, open_file
from kios_desktop.epub.cover_picture import cover_picture
from kios_desktop.epub.outline import is_worth_keeping
from kios_desktop.epub.package import read_publication

log = logging.getLogger(__name__)

MANY: Final = 200  # books; reading fewer takes no longer than starting a process
_MOST_PROCESSES: Final = 4
_TOGETHER: Final = 4  # books that are handed to a process at once


@dataclass(frozen=True, slots=True)
class ParsedBook:
    """What is kept of one book. `cover`: (file extension, bytes). `outline`: of a large book."""

    metadata: Metadata
    defects: tuple[Defect, ...]
    cover: tuple[str, bytes] | None
    outline: Publication | None


def facts_of(path: Path, file: BinaryIO) -> ParsedBook:
    """Closes the file. Raises `PublicationError`."""
    with Container.opened(path, file) as container:
        publication = read_publication(container)
        return ParsedBook(
            publication.metadata,
            publication.defects,
            cover_picture(container, publication),
            publication if is_worth_keeping(publication) else None,
        )


class BookSource(NamedTuple):
    """A book's file, and its bytes where they are held in memory."""

    path: Path
    content: bytes | None

    def open(self) -> BinaryIO:
        """Raises Missing or Unreadable."""
        return open_file(self.path) if self.content is None else io.BytesIO(self.content)


class ReadingProcesses:
    """Reads books in other processes. Blocking, but for the GUI thread's `close`."""

    def __init__(self, start: Callable[[], Executor]) -> None:
        """`start` makes the processes, at the first book."""
        self._start = start
        self._executor: Executor | None = None
        self._failed = False

    def facts(self, books: Sequence[BookSource]) -> list[ParsedBook | None]:
        """In the given order; None for a book that has to be read here."""
        if self._failed:
            return [None] * len(books)
        try:
            return self._read(books)
        except Exception as e:  # noqa: BLE001 (whatever it is, the books can be read here)
            log.warning("books are read in this process: %r", e)
            self._failed = True
            return [None] * len(books)

    def _read(self, books: Sequence[BookSource]) -> list[ParsedBook | None]:
        if self._executor is None:
            self._executor = self._start()
        parts = (books[at : at + _TOGETHER] for at in range(0, len(books), _TOGETHER))
        read = list(self._executor.map(_facts_of_several, parts))
        return [facts for part in read for facts in part]

    def close(self) -> None:
        """Does not wait for a process that hangs in a book."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)


def processes_for(books: int, cores: int) -> ReadingProcesses | None:
    """For so many books; None where they are read sooner without."""
    if books < MANY or cores < 2:
        return None
    count = min(cores, _MOST_PROCESSES)
    return ReadingProcesses(lambda: started(count))


def started(count: int) -> Executor:
    """Processes that can read books."""
    # imported where it is needed: most imports are of a few books
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # a fork of a process with threads may find their locks held for ever
    return ProcessPoolExecutor(count, get_context("spawn"), _begin_process)


def _begin_process() -> None:
    """In a new process: it ends with the one that started it, and by nothing else."""
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes
    parent = parent_process()

    def end_with_it() -> None:
        if parent is not None:
            parent.join()
            os._exit(0)

    threading.Thread(target=end_with_it, daemon=True).start()


def _facts_of_several(books: Sequence[BookSource]) -> list[ParsedBook | None]:
    return [_facts_or_none(book) for book in books]


def _facts_or_none(book: BookSource) -> ParsedBook | None:
    try:
        return facts_of(book.path, book.open())
    except Exception:  # noqa: BLE001 (met again where it is reported)
        return None  # errors may lose what they say on their way to another process
