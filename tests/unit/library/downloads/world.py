"""A queue over a real database, library folder and importer, with sources that do as they are told.

`Shop` is a fetcher without a network; `Sources` in `over_http.py` is one with.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Entry, Format
from kios_desktop.domain.download import (
    Arrived,
    Continuation,
    Download,
    DownloadState,
    EntryState,
    Fetched,
)
from kios_desktop.domain.errors import KiosError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.library.downloads import Downloads
from kios_desktop.library.downloads.ports import Fetcher
from kios_desktop.library.importer import Importer
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.downloads import DownloadRecords
from tests.books import BookDraft

NAS = "a" * 32
ROOT = ServerUrl("https://nas.example/opds")


def book_bytes(folder: Path, title: str = "Emma", **draft: object) -> bytes:
    path = BookDraft(title=title, **draft).write(folder / "draft.epub")  # type: ignore[arg-type]
    return path.read_bytes()


def acquisition(
    name: str, length: int | None = None, modified: str = "", root: ServerUrl = ROOT
) -> Acquisition:
    url = ServerUrl(f"{root.reveal()}/download/{name}")
    kind = AcquisitionKind.DOWNLOAD
    return Acquisition(url, kind, Format.EPUB, "EPUB", "application/epub+zip", length, modified)


def entry(name: str = "1", key: str = "", length: int | None = None, modified: str = "") -> Entry:
    one = acquisition(name, length, modified)
    return Entry(key=key or f"urn:{name}", title=f"Book {name}", acquisitions=(one,))


class Shop:
    """A source whose files are in memory, sent in halves.

    `faults` are raised in turn, one per attempt, after the first half; `hold` makes an attempt wait
    between the halves. `asked` are (name, bytes there were already).
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.roots: dict[str, ServerUrl] = {NAS: ROOT}
        self.off: set[str] = set()
        self.faults: list[KiosError] = []
        self.hold: asyncio.Event | None = None
        self.asked: list[tuple[str, int]] = []
        self.continues = True
        self.most = self._now = 0
        self.server_name = "The Name.epub"

    def is_usable(self, source_id: str) -> bool:
        return source_id in self.roots and source_id not in self.off

    def root_of(self, source_id: str) -> ServerUrl | None:
        return self.roots.get(source_id)

    async def fetch(
        self, download: Download, part: Path, progress: Callable[[Arrived], None]
    ) -> Fetched:
        name = download.url.reveal().rpartition("/")[2]
        content = self.files[name]
        old = _read(part) if download.continuation is not None else b""
        have = len(old)
        self.asked.append((name, have))
        promise = Continuation('"1"', len(content)) if self.continues else None
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            half = max(have, len(content) // 2)
            _write(part, old + content[have:half])
            progress(Arrived(half, len(content), promise))
            await asyncio.sleep(0)
            if self.faults:
                raise self.faults.pop(0)
            if self.hold is not None:
                await self.hold.wait()
            _write(part, old + content[have:])
            progress(Arrived(len(content), len(content), promise))
        finally:
            self._now -= 1
        return Fetched(self.server_name, len(content), '"1"', "yesterday", same_bytes=True)


class World:
    """One profile: what a person sees of it, and how to wait for it."""

    def __init__(self, folder: Path, fetcher: Fetcher, database: Database) -> None:
        self.folder, self.books = folder, Books(database)
        self.records = DownloadRecords(database, fetcher.root_of)
        self.acquisitions = BookAcquisitions(database, fetcher.root_of)
        self.added: list[BookId] = []
        self.queue = Downloads(
            self.records,
            self.acquisitions,
            fetcher,
            Importer(self.books, folder / "library"),
            folder / "downloads",
            added=self.added.append,
            backoff_s=(0.01, 0.01),
        )

    def add(self, one: Entry, source_id: str = NAS) -> None:
        self.queue.add(source_id, one, one.acquisitions[0])

    def state(self, one: Entry, source_id: str = NAS) -> EntryState:
        return self.queue.state_of(source_id, one)

    async def when(self, met: Callable[[Sequence[Download]], bool]) -> list[Download]:
        """The downloads at the moment when they are so."""
        seen: asyncio.Future[list[Download]] = asyncio.get_running_loop().create_future()

        def look() -> None:
            jobs = list(self.queue.jobs())
            if not seen.done() and met(jobs):
                seen.set_result(jobs)

        stop = self.queue.listen(look)
        look()
        try:
            return await asyncio.wait_for(seen, 10)
        except TimeoutError:
            states = [(job.state.value, job.fault) for job in self.queue.jobs()]
            raise AssertionError(f"still {states}") from None
        finally:
            stop()

    async def until(self, *states: DownloadState, number: int = -1) -> Download:
        """The download when it has one of these states."""
        jobs = await self.when(lambda jobs: bool(jobs) and jobs[number].state in states)
        return jobs[number]

    async def ended(self) -> list[Download]:
        """The downloads when nothing goes on by itself."""
        resting = (DownloadState.DONE, DownloadState.FAILED, DownloadState.PAUSED)
        return await self.when(
            lambda jobs: all(job.state in resting and job.retry_at is None for job in jobs)
        )

    def files(self) -> list[str]:
        """What is left of downloads on the disk."""
        folder = self.folder / "downloads"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@asynccontextmanager
async def a_world(folder: Path, fetcher: Fetcher) -> AsyncIterator[World]:
    """Opened and closed as the app does it; open it again to see what survives."""
    database = await Database.open(folder / "library.db")
    world = World(folder, fetcher, database)
    await world.queue.open()
    try:
        yield world
    finally:
        await world.queue.aclose()
        await database.aclose()


def numbered(shop: Shop, folder: Path, count: int) -> list[Entry]:
    """So many different books, and their entries."""
    for number in itertools.islice(itertools.count(1), count):
        shop.files[str(number)] = book_bytes(folder, f"Book {number}")
    return [entry(str(number)) for number in range(1, count + 1)]


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
