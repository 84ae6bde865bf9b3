"""How fast a thousand books are read for search, how fast they are searched, and who has to wait.

    python -m tests.bench --only library-search

The books are those of the corpus over and over, else some made here. They are read as Kios does,
by a process of its own, while the event loop of this one is watched.
"""

import asyncio
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kios_desktop.application.inside_books import InsideBooks
from kios_desktop.application.library_search import LibrarySearch
from kios_desktop.application.publications import Publications
from kios_desktop.domain.inside_books import BookFile, IndexProgress, IndexStage
from kios_desktop.domain.library import Book, BookId
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.launch import new_application
from kios_desktop.storage.text_index import text_index_bytes
from kios_desktop.ui.settings.inside_books_status import InsideBooksStatus
from tests.bench import books
from tests.bench.heartbeat import Heartbeat
from tests.bench.table import Figure, Table
from tests.corpus import book, book_names

BOOKS = 1000
READ_S = 600.0
GAP_MS = 16.0
QUERY_MS = 50.0
RUNS = 5
QUERIES = (
    *("harpooneer", "call me ishmael", "whale", "love", "wha", "th", "a"),
    *("the", "of the", "in th", "straße", "山路", "国", "السرطان", "nowhere to be found"),
)


class _Files:
    def __init__(self, files: Sequence[BookFile]) -> None:
        self._files = files

    async def files(self) -> list[BookFile]:
        return list(self._files)


class _NoRecords:
    """Nothing is opened here."""

    async def get(self, book_id: BookId) -> Book:
        raise LookupError(book_id)

    async def weights(self, book_id: BookId) -> tuple[int, ...] | None:
        raise LookupError(book_id)

    async def save_weights(self, book_id: BookId, weights: tuple[int, ...]) -> None:
        raise LookupError(book_id)


def measure(table: Table, folder: Path) -> None:
    instance = QApplication.instance()
    app = instance if isinstance(instance, QApplication) else new_application()
    with asyncio.Runner(loop_factory=lambda: new_event_loop(app)) as runner:
        runner.run(measured(table, folder, BOOKS))


async def measured(table: Table, folder: Path, count: int) -> None:
    names = book_names()
    paths = list(map(book, names)) if names else list(books.thousand(folder / "thousand"))
    files = [
        BookFile(BookId(number), f"{number:064}", str(path))
        for number, path in enumerate(islice(cycle(paths), count), start=1)
    ]
    index = folder / "inside-books.sqlite3"
    await _read(table, index, files)
    await _search(table, index)


async def _read(table: Table, path: Path, files: Sequence[BookFile]) -> None:
    reading = InsideBooks(path, Path("/"), _Files(files))
    status, beat = InsideBooksStatus(), Heartbeat()
    status.show()
    reading.watch(status.show_progress)
    done = asyncio.Event()

    def follow(progress: IndexProgress) -> None:
        if progress.stage is IndexStage.COMPLETE:
            done.set()

    reading.watch(follow)
    await asyncio.sleep(0.5)
    beat.start()
    began = time.perf_counter()
    reading.start(on=True, paused=False)
    await done.wait()
    took, worst = time.perf_counter() - began, beat.worst_ms()
    progress = reading.progress
    await reading.aclose()
    status.close()
    size = text_index_bytes(path) / 1e6
    note = f"{progress.unread} of them can’t be read; {size:.0f} MB"
    name = f"reading {len(files):,} books for search"
    table.add(name, Figure(took, "s", limit=READ_S * len(files) / BOOKS, note=note))
    note = "the longest silence of the event loop"
    table.add("the window meanwhile", Figure(worst, "ms", limit=GAP_MS, note=note))


async def _search(table: Table, path: Path) -> None:
    search = LibrarySearch(path, Publications(_NoRecords(), path.parent), lambda _error: None)
    slowest, of = 0.0, ""
    for words in QUERIES:
        best = float("inf")
        for _ in range(RUNS):
            began = time.perf_counter()
            found = await search.find(words)
            best = min(best, time.perf_counter() - began)
        if best > slowest:
            slowest, of = best, f"‘{words}’ in {len(found.books)} books"
    search.close()
    note = f"the slowest of {len(QUERIES)}: {of}"
    figure = Figure(1000 * slowest, "ms", limit=QUERY_MS, note=note)
    table.add("searching inside them, with the first excerpts", figure)
