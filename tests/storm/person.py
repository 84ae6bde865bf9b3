"""One Kios in a storm, and the person before it: what was seen, answered and read."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kios_desktop.domain.locator import Locator
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import Offer, Report
from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.driver import BookSync
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.sync.ports import Account
from tests.fakes.device import BOOK
from tests.fakes.sync import FakeClock, FakeNotebook, FakeStore
from tests.storm.servers import Held, Written

SCREEN = 0.004  # of the book
READ_ON = 0.0095


@dataclass
class Faults:
    """What went wrong, in words."""

    overwritten: list[str] = field(default_factory=list)
    asked_twice: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.overwritten or self.asked_twice or self.stuck)


class Person:
    """A device with its disk, its clock, its window, and who uses it."""

    def __init__(self, name: str, world: Any, skew: timedelta, faults: Faults) -> None:
        self.name, self.world, self._faults = name, world, faults
        self.clock = FakeClock(world.now + skew)
        self.store, self._notebook = FakeStore(), FakeNotebook()
        self.answered: set[int] = set()  # numbers of what the server held
        self.asked_in: dict[int, int] = {}  # number → the opening it was asked in
        self.marks: dict[int, float] = {}  # number of a mark → how far the person was
        self.asking: Held | None = None
        self.opening = 0
        self.here: Locator | None = None
        self.sync: BookSync | None = None
        self.engine = self._engine()
        self._remotes: list[Any] = []

    # --- the window (sync.ports.ReaderView)

    def ask(self, offer: Offer) -> None:
        held = self._held()
        if held.number in self.answered:
            self._faults.asked_twice.append(f"{self.name} about {held}")
        if self.asking is not None and self.asking.number == held.number:
            self._faults.asked_twice.append(f"{self.name} about {held}, which stood there")
        self.asking = held

    def withdraw(self) -> None:
        self.asking = None

    def jump(self, locator: Locator, why: Report) -> None:
        self.here = locator

    def moved_silently(self, offer: Offer) -> None:
        self.answered.add(self._held().number)

    def finished_elsewhere(self, report: Report) -> None:
        self._learn_of_mark()

    def _held(self) -> Held:
        self.world.look()
        held: Held | None = self.world.held
        assert held is not None, "a report of nothing"
        return held

    def _learn_of_mark(self) -> None:
        held: Held | None = self.world.held
        if held is not None and held.mark and self.here is not None:
            self.marks.setdefault(held.number, self.here.total_progression)

    # --- what the person does

    def _engine(self) -> SyncEngine:
        return SyncEngine(
            self.store,
            self._connect,
            SyncPreferences(),
            now=self.clock.now,
            later=self.clock.later,
        )

    async def _connect(self) -> list[Account]:
        remote = self.world.remote(self.name, self._notebook, self.clock.now)
        self._remotes.append(remote)
        return [Account("5" * 32, "Server", SourceKind.KOSYNC, remote)]

    @property
    def is_open(self) -> bool:
        return self.sync is not None and self.sync.state.open

    async def open(self, wait: bool = True) -> None:
        last = await self.store.last(BOOK)
        place = self.world.places.from_fraction(0.0).place
        self.here = last.locator if last else self.world.places.locator(place)
        self.opening += 1
        self.marks = {}  # reading on counts from where the book was opened
        self.sync = self.engine.open(BOOK, "Book", self)
        self.sync.opened(self.here, self._screen)
        if wait:
            await self.quiet()
            self._learn_of_mark()

    @property
    def _screen(self) -> int:
        return 40

    def turn(self, fraction: float, by_choice: bool = False) -> None:
        """To a place by turning pages, or by choice."""
        assert self.sync is not None and self.here is not None
        self._learn_of_mark()
        place = self.world.places.from_fraction(min(0.98, max(0.0, fraction))).place
        self.here = self.world.places.locator(place).not_at_end
        if by_choice:
            self.marks = dict.fromkeys(self.marks, self.here.total_progression)
            self.sync.moved(self.here, self._screen)
            return
        if self.asking is not None:  # a page turned under the question is an answer
            self.answered.add(self.asking.number)
            self.asking = None
        for number, began in self.marks.items():
            if abs(self.here.total_progression - began) >= READ_ON:
                self.answered.add(number)
        self.sync.turned(self.here, self._screen)

    def step(self, by: float) -> None:
        assert self.here is not None
        self.turn(self.here.total_progression + by)

    def answer(self, go_on: bool) -> None:
        if self.sync is None or self.asking is None:
            return
        self.answered.add(self.asking.number)
        offer = self.engine.book_overview(BOOK).offer
        assert offer is not None
        if go_on:
            self.sync.accept(offer)
        else:
            self.sync.stay()

    def undo(self) -> None:
        if self.is_open and self.sync is not None:
            self.sync.undo()

    def take_mark_back(self) -> None:
        assert self.sync is not None and self.here is not None
        self._learn_of_mark()
        if self.marks:
            self.answered |= set(self.marks)
            self.sync.not_finished(self.here)

    async def close(self) -> None:
        if self.is_open and self.sync is not None:
            self.sync.closed()
            self.asking = None
            await self.quiet()

    async def restart(self, killed: bool) -> None:
        """Quit in order, or killed in the middle of everything."""
        if killed:
            for book in self.engine._books.values():
                book.abandon()
            for task in tuple(self.engine._tasks):
                task.cancel()
            await asyncio.sleep(0)
        else:
            if self.is_open and self.sync is not None:
                self.sync.closed()
            await self.engine.flush(3.0)
        for remote in self._remotes:
            if hasattr(remote, "aclose"):
                await remote.aclose()
        self._remotes.clear()
        self.world.look()
        for book_id, noted in self.store.noted.items():  # as the app does after a kill
            kept = self.store.positions.get(book_id)
            if kept is None or kept.at < noted.at:
                self.store.positions[book_id] = noted
        self.sync, self.asking = None, None
        self.engine = self._engine()
        await self.engine.start()
        await self.quiet()

    async def quiet(self) -> None:
        async with asyncio.timeout(20):
            await self.engine.quiet()
        self.world.look()

    def pass_(self, seconds: float) -> None:
        self.clock.pass_(seconds)

    # --- what must hold

    def check(self, written: Written) -> None:
        """A place this Kios wrote over what the server held."""
        before, now = written.before, written.now
        if before is None or before.by == self.name or before.number in self.answered:
            return
        if before.mark:
            self._faults.overwritten.append(f"{self.name}: {before} by {now}: nobody read on")
        elif before.place is None or now.place is None:
            if before.fraction - now.fraction >= 0.02 + before.slack:
                self._faults.overwritten.append(f"{self.name}: {before} by {now}")
        elif before.fraction - now.fraction > SCREEN + before.slack + now.slack:
            self._faults.overwritten.append(f"{self.name}: {before} by {now}")
