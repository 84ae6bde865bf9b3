"""A catalog whose positions can only be read (Stump of 2025), alone and beside KOReader sync."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.locator import Locator, Place, Precision, Resolution
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import Health
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import SourceKind
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.opds.progression import Progressions
from kios_desktop.sources.kosync import KosyncRemote
from kios_desktop.sources.opds_progress import OpdsRemote
from kios_desktop.sources.place_support import ObservedRemote, PlaceSupport
from kios_desktop.sync.driver import BookSync
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account, BookSourceLinks
from kios_desktop.sync.route import RouteReason
from tests.fakes.device import BOOK, book, source_of
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.places import SCREEN, FakePlaces, locator
from tests.fakes.sync import FakeClock, FakeNotebook, FakeStore, FakeView

STUMP, KOREADER = "7" * 32, "5" * 32
ME = "11111111-2222-4333-8444-555555555555"
TYPE = "application/vnd.readium.progression+json"
START, LATER, FAR = locator(1, 1500), locator(1, 1540), locator(3, 2000)


class Stump(Loopback):
    """Its branch of August 2025, as recorded: the default document, and no writing."""

    def __init__(self) -> None:
        super().__init__(self.answer)
        self.writable = False

    def answer(self, asked: Asked) -> Says:
        if asked.method == "GET":
            nothing = b'{"modified":"","device":{"id":"","name":""},"locator":{}}'
            return Says(200, nothing, {"Content-Type": "application/json"})
        return Says(204) if self.writable else Says(405, b"", {"Allow": "GET,HEAD"})

    @property
    def link(self) -> ProgressionLink:
        url = ServerUrl(f"{self.origin}/opds/v2.0/books/1/progression")
        return ProgressionLink(url, ProgressionDialect.READIUM, TYPE)


class ReadiumPlaces(FakePlaces):
    """The book that is nothing but lengths, for a catalog."""

    def komga_locator(self, place: Place) -> dict[str, object]:
        return {"href": f"item{place.spine_index}.xhtml", "locations": {"progression": 0.0}}

    def references(self, _place: Place) -> list[str]:
        return []

    def from_locator(self, _document: object) -> Resolution:
        return Resolution(None, Precision.NONE)

    def from_references(self, _references: Sequence[str], _fraction: float | None) -> Resolution:
        return Resolution(None, Precision.NONE)


class CameFromStump:
    async def source_links(self, _book_id: BookId) -> BookSourceLinks:
        return BookSourceLinks((STUMP,))


@dataclass
class Computer:
    """`koreader` is the sync server that is set up as well, if any."""

    stump: Stump
    koreader: KosyncServer | None
    store: FakeStore = field(default_factory=FakeStore)
    notebook: FakeNotebook = field(default_factory=FakeNotebook)
    clock: FakeClock = field(default_factory=FakeClock)
    view: FakeView = field(default_factory=FakeView)

    def __post_init__(self) -> None:
        self.keeping = PlaceSupport(self.notebook)
        self.session = Session(ServerUrl(self.stump.origin))
        self.remotes: list[KosyncRemote] = []
        self.start_again()

    def start_again(self) -> None:
        self.engine = SyncEngine(
            self.store,
            self._connect,
            SyncPreferences(),
            source_links=CameFromStump(),
            now=self.clock.now,
            later=self.clock.later,
        )

    async def _connect(self) -> Sequence[Account]:
        opds = OpdsRemote(
            STUMP, Progressions(self.session), self._link, self._places, lambda: "desk", ME
        )
        keeps = not await self.keeping.keeps_none(STUMP)
        watched = ObservedRemote(opds, STUMP, self.keeping)
        accounts = [Account(STUMP, "Stump", SourceKind.OPDS, watched, False, keeps_places=keeps)]
        if self.koreader is not None:
            self.remotes.append(
                KosyncRemote(
                    source_of(self.koreader),
                    lambda: "desk",
                    "I" * 32,
                    self._book,
                    self._places,
                    self.notebook,
                )
            )
            accounts.append(Account(KOREADER, "Home", SourceKind.KOSYNC, self.remotes[-1]))
        return accounts

    async def _link(self, _book_id: BookId) -> ProgressionLink:
        return self.stump.link

    async def _book(self, _book_id: BookId) -> Book:
        return book()

    @asynccontextmanager
    async def _places(self, _book_id: BookId) -> AsyncIterator[ReadiumPlaces]:
        yield ReadiumPlaces()

    async def open(self, at: Locator) -> BookSync:
        await self.engine.start()
        sync = self.engine.open(BOOK, "Book", self.view)
        sync.opened(at, SCREEN)
        await self.engine.quiet()
        return sync

    async def read(self, at: Locator, *pages: Locator) -> None:
        """A whole sitting."""
        sync = await self.open(at)
        for page in pages:
            sync.turned(page, SCREEN)
        sync.closed()
        await self.engine.quiet()

    @property
    def writes(self) -> list[str]:
        return [asked.method for asked in self.stump.asked if asked.method == "PUT"]

    async def aclose(self) -> None:
        await self.engine.flush(0.0)
        for remote in self.remotes:
            await remote.aclose()
        await self.session.aclose()


@asynccontextmanager
async def computer(koreader: KosyncServer | None) -> AsyncIterator[Computer]:
    async with Stump() as stump:
        made = Computer(stump, koreader)
        try:
            yield made
        finally:
            await made.aclose()


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "in the background"])
async def test_koreader_sync_takes_over_what_a_catalog_can_only_read(closed: bool) -> None:
    async with KosyncServer() as koreader, computer(koreader) as one:
        if closed:
            await one.read(START, LATER)
        else:
            (await one.open(START)).turned(LATER, SCREEN)
            one.engine.backgrounded()
            await one.engine.quiet()
        assert one.writes == ["PUT"]
        [stored] = koreader.fake.records.values()
        assert stored.progress == FakePlaces().xpointer(LATER.place)
        assert one.engine.overview().health is Health.IN_SYNC
        assert [line.source_id for line in one.engine.overview().servers] == [KOREADER]
        assert (await one.engine.route_of(BOOK)).reason is RouteReason.FALLBACK


async def test_it_is_remembered_over_a_restart() -> None:
    async with KosyncServer() as koreader, computer(koreader) as one:
        await one.read(START, LATER)
        await one.engine.flush(0.0)
        one.start_again()
        asked = len(one.stump.asked)
        koreader.fake.put_elsewhere("1" * 32, FakePlaces().xpointer(FAR.place), 0.7)
        await one.open(LATER)
        assert one.view.asking is not None, "KOReader sync is asked at once"
        assert len(one.stump.asked) == asked


async def test_after_a_test_in_settings_it_is_tried_again() -> None:
    async with KosyncServer() as koreader, computer(koreader) as one:
        await one.read(START, LATER)
        one.stump.writable = True
        assert await one.keeping.ask_again(STUMP)
        one.engine.accounts_changed()
        await one.engine.quiet()
        assert (await one.engine.route_of(BOOK)).reason is RouteReason.ORIGIN
        await one.read(LATER, FAR)
        assert len(one.writes) > 1
        assert not await one.keeping.keeps_none(STUMP)


async def test_without_another_server_nothing_is_wrong_and_the_reason_is_said() -> None:
    async with computer(None) as one:
        await one.read(START, LATER)
        assert (await one.engine.route_of(BOOK)).reason is RouteReason.KEEPS_NONE
        assert one.engine.overview().health is Health.NOT_SET_UP
        assert one.engine.overview().servers == ()


async def test_other_notes_of_a_source_stay() -> None:
    notebook = FakeNotebook({STUMP: '{"bias_s":60}'})
    keeping = PlaceSupport(notebook)
    await keeping.found_none(STUMP)
    assert await keeping.keeps_none(STUMP)
    assert await keeping.ask_again(STUMP)
    assert not await keeping.ask_again(STUMP)
    assert '"bias_s":60' in notebook.notes[STUMP]
    notebook.notes[STUMP] = "no JSON"
    assert not await keeping.keeps_none(STUMP)
