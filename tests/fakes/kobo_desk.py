"""One computer that keeps its places on a Kobo sync server, over a real socket.

Server and computer have clocks of their own: `clock` is the computer's, and the server's is
`server_ahead` before it.
"""

import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Place
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.sources.kobo_progress import KoboRemote
from tests.books import write_book
from tests.fakes.kobo_server import START, KoboServer, Offered, device_state

BOOK = BookId(1)


class Desk:
    """One computer with one account on a server."""

    def __init__(
        self,
        server: KoboServer,
        places: Places,
        grid: bool = False,
        session: Session | None = None,
    ) -> None:
        self.server, self.places, self.grid = server, places, grid
        self.book: Offered = next(iter(server.books.values()))
        self.session = session or Session(server.base, same_origin_only=True)
        self.clock = START
        self.remote = self._remote()

    def _remote(self) -> KoboRemote:
        client = KoboClient(self.session, self.server.base, lambda: self.clock)
        return KoboRemote("1" * 32, client, self._id, self._places, self.grid)

    def started_again(self) -> None:
        """Start again: only what is on the disk is kept."""
        self.remote = self._remote()

    def other(self) -> "Desk":
        """A second computer of the same person, with the same clock."""
        made = Desk(self.server, self.places, self.grid, self.session)
        made.clock = self.clock
        return made

    async def _id(self, _book: BookId) -> str | None:
        return self.book.id

    @asynccontextmanager
    async def _places(self, _book: BookId) -> AsyncIterator[Places]:
        yield self.places

    def passes(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    async def look(self, *mine: Sent) -> Report | Sent | None:
        return await self.remote.pull(BOOK, mine)

    async def report(self, *mine: Sent) -> Report:
        looked = await self.look(*mine)
        assert isinstance(looked, Report)
        return looked

    async def write(self, place: Place, at_the_end: bool = False) -> Sent:
        locator: Locator = self.places.locator(place)
        if at_the_end:
            locator = replace(locator, total_progression=1.0)
        prepared = await self.remote.prepare(BOOK, locator, None, None)
        return await self.remote.push(BOOK, prepared)

    async def store(self, place: Place, at_the_end: bool = False) -> Sent:
        """Store a place as the engine does: read the server's place, then write."""
        await self.look()
        return await self.write(place, at_the_end)

    @property
    def state(self) -> dict[str, Any]:
        assert self.book.state is not None
        return self.book.state

    @property
    def held(self) -> dict[str, Any]:
        bookmark: dict[str, Any] = self.state["CurrentBookmark"]
        return bookmark

    @property
    def status(self) -> str:
        status: str = self.state["StatusInfo"]["Status"]
        return status

    def device(
        self, value: str | None, chapter: int, percent: float, within: float, at: datetime
    ) -> None:
        """An e-reader whose clock shows this time stores a place."""
        source = f"EPUB/chapter{chapter:04}.xhtml"
        state = device_state(self.book.id, at, value or "", source, percent, within)
        self.server.device_writes(self.book, state)


@asynccontextmanager
async def at(
    kind: type[KoboServer],
    path: Path,
    places: Places,
    grid: bool = False,
    server_ahead: timedelta = timedelta(0),
) -> AsyncIterator[Desk]:
    server = kind()
    offer(server, path)
    async with server:
        made = Desk(server, places, grid)
        server.now = lambda: made.clock + server_ahead
        try:
            yield made
        finally:
            await made.session.aclose()
    assert server.crimes == []


def offer(server: KoboServer, path: Path) -> None:
    """Put the book on the server, with the sizes of its documents."""
    with zipfile.ZipFile(path) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
    documents = {name: size for name, size in sizes.items() if "chapter" in name}
    server.offer(1, sizes=documents)


CHAPTERS = (
    "<h1>One</h1><p>Short.</p>",
    *(
        f"<h1>{chapter}</h1>"
        + "".join(
            f"<p>{' '.join(f'word{chapter}x{i}x{j}' for j in range(30))}. And more.</p>"
            for i in range(15)
        )
        for chapter in (2, 3)
    ),
)


def small_book(folder: Path) -> Path:
    """Three chapters, the first of them very short."""
    return write_book(folder / "book.epub", *CHAPTERS)


@contextmanager
def measured(path: Path) -> Iterator[Places]:
    """The conversions of a book whose characters are counted."""
    opened = open_publication(path, None)
    opened.places.measure()
    try:
        yield opened.places
    finally:
        opened.close()
