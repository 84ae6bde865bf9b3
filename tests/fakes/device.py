"""A whole device: engine, disk, window and a real remote, against a loopback server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kios_desktop.domain.errors import Missing
from kios_desktop.domain.library import Book, BookId, DocumentHashes
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.sources.kosync import KosyncRemote
from kios_desktop.sources.presets import BOOKLORE, KOREADER, OTHER, PRESETS
from kios_desktop.sync.driver import BookSync
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.places import ITEMS, SCREEN, FakePlaces
from tests.fakes.sync import T0, FakeClock, FakeNotebook, FakeStore, FakeView

BOOK = BookId(1)
HASHES = DocumentHashes("a" * 64, "1" * 32, "2" * 32, "3" * 32)


def book(hashes: DocumentHashes = HASHES) -> Book:
    return Book(
        id=BOOK,
        title="Book",
        authors=(),
        language="",
        series="",
        series_index=None,
        identifier="",
        file="f",
        file_name="leaves.epub",
        size_bytes=1,
        hashes=hashes,
        cover="",
        added_at=T0,
    )


def source_of(server: KosyncServer) -> Source:
    """The source that a person would have set up for this server."""
    server.fake.spine = len(ITEMS)
    profile = server.fake.profile
    keys = {preset.key for preset in PRESETS}
    preset = {"official": KOREADER, "grimmory": BOOKLORE}.get(
        profile, profile if profile in keys else OTHER
    )
    user, password = server.fake.login
    return Source(
        id="5" * 32,
        kind=SourceKind.KOSYNC,
        preset=preset,
        name="Server",
        url=ServerUrl(server.url),
        auth=AuthMethod.BASIC if profile == "cwa" else AuthMethod.KOREADER_HEADERS,
        username=user,
        password=Secret(password),
    )


@dataclass
class Device:
    """`restart` keeps the disk and the id, nothing else."""

    server: KosyncServer
    name: str = "desk"
    preferences: SyncPreferences = field(default_factory=SyncPreferences)
    hashes: DocumentHashes = HASHES
    store: FakeStore = field(default_factory=FakeStore)
    notebook: FakeNotebook = field(default_factory=FakeNotebook)
    clock: FakeClock = field(default_factory=FakeClock)
    view: FakeView = field(default_factory=FakeView)
    missing: bool = False
    signed_in: bool = True
    connect_s: float = 0.0

    def __post_init__(self) -> None:
        self._remotes: list[KosyncRemote] = []
        self.engine = self._engine()
        self.sync: BookSync | None = None

    def _engine(self) -> SyncEngine:
        return SyncEngine(
            self.store,
            self._connect,
            self.preferences,
            release=self._release,
            now=self.clock.now,
            later=self.clock.later,
        )

    async def _connect(self) -> Sequence[Account]:
        if not self.signed_in:
            return []
        await asyncio.sleep(self.connect_s)
        remote = self.remote()
        return [Account("5" * 32, "Server", SourceKind.KOSYNC, remote, check=remote.check)]

    def remote(self) -> KosyncRemote:
        made = KosyncRemote(
            source_of(self.server),
            lambda: f"Kios Desktop ({self.name})",
            f"ID{self.name}".upper().ljust(32, "0"),
            self._book,
            self._places,
            self.notebook,
        )
        self._remotes.append(made)
        return made

    async def _release(self) -> None:
        """Close all accounts but those that were connected last, as the app does."""
        for remote in self._remotes[:-1]:
            await remote.aclose()
        del self._remotes[:-1]

    async def _book(self, _book_id: BookId) -> Book:
        return book(self.hashes)

    @asynccontextmanager
    async def _places(self, _book_id: BookId) -> AsyncIterator[FakePlaces]:
        if self.missing:
            raise Missing("the file is gone")
        yield FakePlaces()

    @property
    def record(self) -> SyncRecord:
        return self.store.records[BOOK, "5" * 32]

    @property
    def here(self) -> Locator:
        return self.store.positions[BOOK].locator

    async def start(self) -> "Device":
        await self.engine.start()
        await self.quiet()
        return self

    async def open(self, at: Locator) -> FakeView:
        """Open the book at its last place, else at `at`."""
        last = await self.store.last(BOOK)
        self.view = FakeView()
        self.sync = self.engine.open(BOOK, "Book", self.view)
        self.sync.opened(last.locator if last else at, SCREEN)
        await self.quiet()
        return self.view

    def turn(self, there: Locator) -> None:
        assert self.sync is not None
        self.sync.turned(there, SCREEN)

    def accept(self) -> None:
        """Choose Continue, in the prompt or in the menu."""
        offer = self.engine.book_overview(BOOK).offer
        if self.sync is not None and offer is not None:
            self.sync.accept(offer)

    async def leave(self) -> None:
        self.engine.backgrounded()
        await self.quiet()

    async def close(self) -> None:
        assert self.sync is not None
        self.sync.closed()
        await self.quiet()

    async def read(self, start: Locator, *pages: Locator) -> FakeView:
        """Open the book, turn pages, close it."""
        view = await self.open(start)
        for page in pages:
            self.turn(page)
        await self.close()
        return view

    async def sign_in(self) -> None:
        """Give the password; without it there was no account."""
        self.signed_in = True
        self.engine.accounts_changed()
        await self.quiet()

    async def restart(self) -> "Device":
        """Kill the device and start it again from what is on the disk."""
        await self.end()
        return await self.start()

    async def end(self) -> None:
        """Kill the device; the next one has not started its sync yet."""
        await self.aclose()
        self.engine, self.sync = self._engine(), None

    async def quiet(self) -> None:
        """Wait until no request and no write to the disk is under way."""
        async with asyncio.timeout(10):
            await self.engine.quiet()

    async def aclose(self) -> None:
        await self.engine.flush(0.0)
        for remote in self._remotes:
            await remote.aclose()
        self._remotes.clear()
