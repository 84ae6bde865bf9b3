"""Kobo sync over time: two computers, an e-reader, and servers whose clocks nobody set.

Clocks differ by up to ten minutes. What the servers do is recorded: one keeps its own time and
hides the one that counts, one believes everybody's, one lets others put a percentage beside our
place.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kios_desktop.domain.errors import ClockAhead, Overtaken
from kios_desktop.domain.locator import Place
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from tests.effort import examples
from tests.fakes.kobo_desk import BOOK, Desk, measured, offer, small_book
from tests.fakes.kobo_server import START, KoboBookLore, KoboKomga, KoboServer, device_state

MODELS = (KoboServer, KoboKomga, KoboBookLore)
SKEW = st.integers(-600, 600)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["read", "read", "look", "restart", "e-reader", "percentage", "mark"]),
        st.integers(0, 1),
        st.integers(0, 4000),
        st.sampled_from([0, 1, 3, 60, 700]),
    ),
    min_size=2,
    max_size=12,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_book(tmp_path_factory.mktemp("kobo"))


@pytest.fixture(scope="module")
def places(path: Path) -> Iterator[Places]:
    with measured(path) as found:
        yield found


class World:
    """True time, a server, two computers, and an e-reader that asks nobody."""

    def __init__(self, server: KoboServer, places: Places, session: Session, skews: list[int]):
        self.server, self.places, self.seconds = server, places, 0.0
        grid = isinstance(server, KoboKomga)
        self.desks = [Desk(server, places, grid, session) for _ in range(2)]
        self.skews = [timedelta(seconds=one) for one in skews]  # server, computers, e-reader
        self.book = self.desks[0].book
        self.sent: list[list[Sent]] = [[], []]
        self.wrote = -1  # the computer whose place the server holds; -1 for somebody else's
        self.place: Place | None = None  # of that write
        server.now = lambda: self.true + self.skews[0]

    @property
    def true(self) -> Any:
        return START + timedelta(seconds=self.seconds)

    def desk(self, who: int) -> Desk:
        one = self.desks[who]
        one.clock = self.true + self.skews[1 + who]
        return one

    async def step(self, what: str, who: int, ordinal: int, passes: float) -> None:
        self.seconds += passes + 0.3
        match what:
            case "read":
                await self.read(who, self.places.clamp(Place(1 + ordinal % 2, ordinal)))
            case "look":
                await self.look(who)
            case "restart":
                self.desk(who).started_again()
            case "e-reader":
                self.e_reader(ordinal)
            case "percentage" if self.book.state and not isinstance(self.server, KoboKomga):
                percent = self.desk(0).held.get("ProgressPercent")
                self.server.percentage_only(self.book, (ordinal % 90) + 1.5)
                assert percent != (ordinal % 90) + 1.5 or self.wrote < 0
                self.wrote = -1
            case "mark" if isinstance(self.server, KoboKomga):
                self.server.mark_as_read(self.book)
                self.wrote = -1

    async def look(self, who: int) -> Report | Sent | None:
        """What is ours is known, and nothing else is taken for it."""
        mine = self.sent[who][-1:]
        looked = await self.desk(who).look(*mine)
        if self.wrote == who:
            assert isinstance(looked, Sent), "our own write was taken for another device's"
        elif isinstance(looked, Sent):  # it says the same place
            assert self.wrote >= 0 and self.place is not None
            span = self.places.kobo_span(self.place)
            assert self.places.kobo_span(looked.locator.place) == span
        return looked

    async def read(self, who: int, place: Place) -> None:
        """As the engine does it: prepared, looked, written."""
        one = self.desk(who)
        locator = replace(self.places.locator(place), total_progression=0.5)
        prepared = await one.remote.prepare(BOOK, locator, None, None)
        await self.look(who)
        stood = self.book.state
        try:
            sent = await one.remote.push(BOOK, prepared)
        except ClockAhead:
            assert self.book.read_at is not None and self.book.state is stood
            assert self.book.read_at >= self.server.now() - timedelta(seconds=1)
            return
        except Overtaken as error:
            raise AssertionError("nobody was quicker") from error
        self.sent[who].append(sent)
        self.wrote, self.place = who, place
        if self.book.read_at is not None:
            assert self.book.read_at <= self.server.now() + timedelta(seconds=2)

    def e_reader(self, ordinal: int) -> None:
        """Its place gets there when the server likes its time; else nothing happens."""
        at = self.true + self.skews[3]
        source, number = f"EPUB/chapter{2 + ordinal % 2:04}.xhtml", ordinal % 30
        state = device_state(self.book.id, at, f"kobo.{number + 1}.1", source, 40, 3 * number)
        read_at = self.book.read_at
        if read_at is not None and at.replace(microsecond=0) <= read_at:
            return
        self.server.device_writes(self.book, state)
        self.wrote = -1


@pytest.mark.parametrize("kind", MODELS)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, skews=st.lists(SKEW, min_size=4, max_size=4))
def test_own_places_stay_own_and_nothing_is_overwritten_unseen(
    kind: type[KoboServer],
    path: Path,
    places: Places,
    steps: list[tuple[str, int, int, int]],
    skews: list[int],
) -> None:
    asyncio.run(played(kind, path, places, steps, skews))


@pytest.mark.long
@pytest.mark.parametrize("kind", MODELS)
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, skews=st.lists(SKEW, min_size=4, max_size=4))
def test_own_places_stay_own_for_long(
    kind: type[KoboServer],
    path: Path,
    places: Places,
    steps: list[tuple[str, int, int, int]],
    skews: list[int],
) -> None:
    asyncio.run(played(kind, path, places, steps, skews))


async def played(
    kind: type[KoboServer],
    path: Path,
    places: Places,
    steps: list[tuple[str, int, int, int]],
    skews: list[int],
) -> None:
    server = kind()
    offer(server, path)
    async with server:
        session = Session(server.base, same_origin_only=True)
        try:
            world = World(server, places, session, skews)
            for step in steps:
                await world.step(*step)
        finally:
            await session.aclose()
    assert server.crimes == []
