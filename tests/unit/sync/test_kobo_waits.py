"""The engine over Kobo sync: a place that a server takes for an older one is held and sent."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from kios_desktop.domain.errors import ClockAhead
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import Health
from kios_desktop.domain.source import SourceKind
from kios_desktop.epub.places import Places
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account, BookSourceLinks
from kios_desktop.ui.sync.texts import status_line
from tests.fakes.kobo_desk import BOOK, Desk, at, measured, small_book
from tests.fakes.kobo_server import KoboKomga
from tests.fakes.sync import FakeClock, FakeStore, FakeView

SOURCE = "1" * 32
SCREEN = 40


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_book(tmp_path_factory.mktemp("kobo"))


@pytest.fixture(scope="module")
def places(path: Path) -> Iterator[Places]:
    with measured(path) as found:
        yield found


class CameFromKomga:
    async def source_links(self, _book_id: BookId) -> BookSourceLinks:
        return BookSourceLinks((SOURCE,))


class Rig:
    """An engine whose clock is that of the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.clock, self.view = desk, FakeClock(desk.clock), FakeView()
        self.store = FakeStore()
        self.engine = SyncEngine(
            self.store,
            self._connect,
            SyncPreferences(),
            source_links=CameFromKomga(),
            now=self.clock.now,
            later=self.clock.later,
        )

    async def _connect(self) -> Sequence[Account]:
        return [Account(SOURCE, "Komga", SourceKind.KOBO, self.desk.remote, takes_every_book=False)]

    async def passes(self, seconds: float) -> None:
        self.desk.passes(seconds)
        self.clock.pass_(seconds)
        await self.engine.quiet()


@asynccontextmanager
async def rig(path: Path, places: Places) -> AsyncIterator[Rig]:
    async with at(KoboKomga, path, places, True, timedelta(minutes=-10)) as desk:
        made = Rig(desk)
        await made.engine.start()
        try:
            yield made
        finally:
            await made.engine.flush(0.0)


async def test_a_place_behind_a_clock_that_is_ahead_gets_through(
    path: Path, places: Places
) -> None:
    async with rig(path, places) as one:
        here, read_to = places.locator(Place(1, 700)), places.locator(Place(1, 900))
        ahead = one.desk.server.now() + timedelta(minutes=10)
        one.desk.device(places.kobo_span(Place(1, 700)), 2, 10, 15, ahead)
        sync = one.engine.open(BOOK, "Book", one.view)
        sync.opened(here, SCREEN)
        await one.engine.quiet()
        assert one.view.asked == []
        sync.turned(read_to, SCREEN)
        sync.closed()
        await one.engine.quiet()

        overview = one.engine.overview()
        [waiting] = overview.waiting
        assert isinstance(waiting.error, ClockAhead)
        assert overview.health is Health.WAITING, "nothing is wrong with the server"
        assert status_line(overview, one.clock.now()).text == "Waiting to send · 1 book"
        for seconds in (6, 31, 121):
            await one.passes(seconds)
            assert len(one.engine.overview().waiting) == 1
        await one.passes(601)
        assert one.engine.overview().waiting == ()
        assert one.desk.held["Location"]["Value"] == places.kobo_span(Place(1, 900))


async def test_a_place_that_waits_for_days_is_sent_at_the_next_trigger(
    path: Path, places: Places
) -> None:
    async with rig(path, places) as one:
        here, read_to = places.locator(Place(1, 700)), places.locator(Place(1, 900))
        ahead = one.desk.server.now() + timedelta(days=2)
        one.desk.device(places.kobo_span(Place(1, 700)), 2, 10, 15, ahead)
        sync = one.engine.open(BOOK, "Book", one.view)
        sync.opened(here, SCREEN)
        await one.engine.quiet()
        sync.turned(read_to, SCREEN)
        sync.closed()
        for seconds in (6, 31, 121, 601, 3600):
            await one.passes(seconds)
        assert len(one.engine.overview().waiting) == 1
        await one.passes(2 * 86400)
        one.engine.backgrounded()
        await one.engine.quiet()
        assert one.engine.overview().waiting == ()
        assert one.desk.held["Location"]["Value"] == places.kobo_span(Place(1, 900))
